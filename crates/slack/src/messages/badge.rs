//! Severity, stage and marks at a glance: an emoji and always the word, for colour alone says nothing.

use sima_incident::{Impact, Incident, Severity, StageName};

/// The emoji of a severity.
pub(crate) fn of_severity(severity: Severity) -> &'static str {
    match severity.level() {
        1 => "🔴",
        2 => "🟠",
        3 => "🟡",
        4 => "🔵",
        _ => "⚪",
    }
}

/// The emoji of a stage.
pub(crate) fn of_stage(stage: StageName) -> &'static str {
    match stage {
        StageName::Open => "🚨",
        StageName::Investigating => "🔍",
        StageName::Fixing => "🔧",
        StageName::Monitoring => "👀",
        StageName::Recovered => "✅",
        StageName::Closed => "🏁",
        StageName::Dismissed => "🚫",
    }
}

/// The first line of an incident: `🔴 SEV1 · Investigating · INC-42`, with its marks. Once it is
/// over the stage's emoji stands first, so that nobody is alarmed by the old colour.
pub(super) fn headline(incident: &Incident) -> String {
    let stage = incident.stage.name();
    let emoji =
        if incident.stage.is_live() { of_severity(incident.severity) } else { of_stage(stage) };
    let mut line = format!("{emoji} {} · {stage} · {}", incident.severity, incident.number);
    if incident.is_private() {
        line.push_str(" · 🔒 Private");
    }
    if incident.is_drill() {
        line.push_str(" · 🎓 Drill");
    }
    line
}

/// How many clients are affected, in words.
pub(super) fn impact(impact: Impact) -> String {
    match impact {
        Impact::Unknown => "Not known yet".to_owned(),
        Impact::Clients(0) => "No clients".to_owned(),
        Impact::Clients(1) => "1 client".to_owned(),
        Impact::Clients(count) => format!("{} clients", grouped(count)),
    }
}

/// The same in the middle of other facts, where it must say what is not known.
pub(super) fn impact_among_facts(among: Impact) -> String {
    match among {
        Impact::Unknown => "impact unknown".to_owned(),
        known @ Impact::Clients(_) => impact(known),
    }
}

/// A number with thin spaces between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, expected) in
            [(7, "7"), (999, "999"), (1200, "1 200"), (1_000_000, "1 000 000")]
        {
            assert_eq!(grouped(number).replace('\u{202f}', " "), expected);
        }
    }
}
