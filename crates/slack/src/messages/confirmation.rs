//! Short private answers: it was done, and what comes next.

use jiff::Timestamp;
use sima_incident::{Incident, Policy};

use super::{
    Message, badge, blocks, buttons,
    escape::line,
    mention,
    moment::{moment, time},
};
use crate::{actions::Action, commands};

/// It is recorded; the channel is on its way.
pub fn opening(incident: &Incident, policy: &Policy) -> Message {
    let told = format!(
        "{} *{}* is being opened: {} · {}",
        badge::of_severity(incident.severity),
        incident.number,
        incident.severity,
        line(policy.domain_name(&incident.domain), 80),
    );
    let next = "You will be invited into its channel in a moment.";
    with_summary(incident, &told, next, vec![buttons::info(incident)])
}

/// The same after one line was typed: what was understood of it, to be corrected on the spot.
pub fn opening_by_line(
    incident: &Incident,
    understood: &commands::Opening,
    alike: &[Incident],
    policy: &Policy,
) -> Message {
    let mut message = opening(incident, policy);
    let heard = understood_as(incident, understood, policy);
    message.text = format!("{}. {heard}", message.text);
    let at = message.blocks.len() - 1;
    message.blocks.insert(at, blocks::context(&heard));
    // Of a private incident nothing is changed from elsewhere.
    if !incident.is_private() {
        let mut corrections = Vec::new();
        corrections.extend(severities(incident, policy));
        corrections.extend(domains(incident, policy));
        message.blocks.extend(blocks::actions(corrections));
    }
    message.blocks.extend(super::alike(alike, policy));
    message
}

/// What was understood, and from which words; what was not said is told to be the usual.
fn understood_as(incident: &Incident, understood: &commands::Opening, policy: &Policy) -> String {
    let domain = |key| line(policy.domain_name(key), 80);
    let from = |what: String, heard: Option<&String>| match heard {
        Some(heard) => format!("{what} from “{}”", line(heard, 60)),
        None => format!("{what} as usual"),
    };
    let heard = &understood.heard;
    let mut told = vec![from(incident.severity.to_string(), heard.severity.as_ref())];
    told.push(if heard.among.is_empty() {
        from(domain(&incident.domain), heard.domain.as_ref())
    } else {
        let among: Vec<String> = heard.among.iter().take(4).map(domain).collect();
        format!("{}, since you named {}", domain(&incident.domain), among.join(" and "))
    });
    if incident.is_private() {
        told.push(from("🔒 private".to_owned(), heard.private.as_ref()));
    }
    if incident.is_drill() {
        told.push("🎓 a drill".to_owned());
    }
    let place = if incident.is_private() { "in its channel" } else { "here or at any time" };
    format!("Understood: {}. Change it {place}.", told.join(" · "))
}

/// The list of severities, this one chosen.
fn severities(incident: &Incident, policy: &Policy) -> Option<serde_json::Value> {
    let choices: Vec<(String, String)> = policy
        .severities
        .iter()
        .map(|rule| {
            let severity = rule.severity;
            (format!("{} {severity}", badge::of_severity(severity)), severity.to_string())
        })
        .collect();
    buttons::correction(incident, "severity", &choices, &incident.severity.to_string())
}

/// The list of domains, this one chosen.
fn domains(incident: &Incident, policy: &Policy) -> Option<serde_json::Value> {
    let choices: Vec<(String, String)> =
        policy.domains.iter().map(|domain| (domain.name.clone(), domain.key.0.clone())).collect();
    buttons::correction(incident, "domain", &choices, &incident.domain.0)
}

/// It is open, and here is its channel.
pub fn opened(incident: &Incident) -> Message {
    let told = match &incident.channel {
        Some(channel) => format!(
            "{} *{}* is open in {}",
            badge::of_severity(incident.severity),
            incident.number,
            mention::channel(channel)
        ),
        None => format!("{} *{}* is open", badge::of_severity(incident.severity), incident.number),
    };
    with_summary(incident, &told, "Come and say what you see.", vec![buttons::info(incident)])
}

/// Something was done; `what` says it in a sentence of ours, without what people wrote.
pub fn done(what: &str, incident: &Incident) -> Message {
    let told = format!("👍 {}", line(what, 500));
    let mut shown = vec![blocks::section(&told)];
    let mut steps = buttons::next_steps(incident);
    steps.push(buttons::info(incident));
    shown.extend(blocks::actions(steps));
    Message { text: told, blocks: shown }
}

/// An update was posted.
pub fn posted(incident: &Incident) -> Message {
    let next = match incident.next_update_due() {
        Some(due) => format!("The next one is promised by {}.", time(due)),
        None => "No other one is promised.".to_owned(),
    };
    let told = format!("📣 Your update on {} is posted. {next}", incident.number);
    let steps = vec![
        buttons::info(incident),
        buttons::button("📣 Another update", &Action::OpenUpdateForm(incident.id)),
    ];
    let mut shown = vec![blocks::section(&told)];
    shown.extend(blocks::actions(steps));
    Message { text: told, blocks: shown }
}

/// A note stands on the timeline, at the time it is about.
pub fn noted(text: &str, at: Timestamp, incident: &Incident) -> Message {
    let told = format!("✍️ On the timeline of {}, {}", incident.number, moment(at));
    let steps = vec![
        buttons::info(incident),
        buttons::button("✍️ Another note", &Action::OpenNoteForm(incident.id)),
    ];
    let mut shown = vec![blocks::section(&format!("{told}:")), blocks::words(text, 300)];
    shown.extend(blocks::actions(steps));
    Message { text: format!("{told}: {}", line(text, 300)), blocks: shown }
}

/// A reminder is put off.
pub fn snoozed(incident: &Incident, until: Timestamp) -> Message {
    let told = format!(
        "⏱️ You are reminded of {} again at {}; nobody else is before.",
        incident.number,
        time(until)
    );
    let steps = vec![buttons::first("📣 Post update", &Action::OpenUpdateForm(incident.id))];
    let mut shown = vec![blocks::section(&told)];
    shown.extend(blocks::actions(steps));
    Message { text: told, blocks: shown }
}

/// What was done to which incident, and what comes next.
fn with_summary(
    incident: &Incident,
    told: &str,
    next: &str,
    steps: Vec<serde_json::Value>,
) -> Message {
    let mut shown =
        vec![blocks::section(told), blocks::title(&incident.summary, 300), blocks::context(next)];
    shown.extend(blocks::actions(steps));
    Message { text: format!("{told}: {}", line(&incident.summary, 500)), blocks: shown }
}
