//! Events, people and times in the words people read.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    Actor, AlertState, DomainKey, Event, Impact, KeyTime, Kind, PersonId, Policy, Recorded,
    Visibility, Who,
};

/// What happened, in words that follow the name of who did it: `acknowledged it`.
///
/// Every event has words; [`is_bookkeeping`] tells those that matter to SIMA alone.
pub fn in_words(
    recorded: &Recorded,
    policy: &Policy,
    name_of: &dyn Fn(&PersonId) -> String,
) -> String {
    let domain_name = |key: &DomainKey| policy.domain_name(key).to_owned();
    match &recorded.event {
        Event::Declared { number, summary, domain, severity, kind, visibility, .. } => {
            let what = match (kind, visibility) {
                (Kind::Drill, _) => " as a drill",
                (Kind::Real, Visibility::Private) => " privately",
                (Kind::Real, Visibility::Company) => "",
            };
            format!("opened {number}{what}: {summary} ({severity}, {})", domain_name(domain))
        }
        Event::Acknowledged => "acknowledged it and started investigating".into(),
        Event::Identified => "said that the cause is known and the repair under way".into(),
        Event::Mitigated => "said that the impact has stopped".into(),
        Event::SteppedBack => "went back to looking for the cause".into(),
        Event::Recovered => "said that the system is back to normal".into(),
        Event::Settled { postmortem_owed: true } => {
            "ended the stability window: a post-mortem is owed".into()
        }
        Event::Settled { postmortem_owed: false } => {
            "ended the stability window: no post-mortem is owed".into()
        }
        Event::Closed => "closed it".into(),
        Event::Reopened { reason } => format!("reopened it: {reason}"),
        Event::Dismissed { reason } => format!("dismissed it: {reason}"),
        Event::SeverityChanged { from, to } => {
            let direction = if to < from { "raised" } else { "lowered" };
            format!("{direction} the severity from {from} to {to}")
        }
        Event::ImpactChanged { from, to } => {
            format!(
                "changed the impact from {} to {}",
                impact_in_words(*from),
                impact_in_words(*to)
            )
        }
        Event::Edited { summary, description, domain } => {
            edited(summary.as_deref(), description.is_some(), domain.as_ref().map(domain_name))
        }
        Event::TimeCorrected { which, from, to } => {
            let to = date_and_time(*to, &policy.time_zone);
            let before = from.map_or_else(String::new, |from| {
                format!(" (was {})", date_and_time(from, &policy.time_zone))
            });
            format!("set when {} to {to}{before}", key_time_in_words(*which))
        }
        Event::RoleTaken { role, person } if recorded.by.person() == Some(person) => {
            format!("became {}", role.name())
        }
        Event::RoleTaken { role, person } => format!("made {} {}", name_of(person), role.name()),
        Event::RoleDropped { role, person } if recorded.by.person() == Some(person) => {
            format!("stepped down as {}", role.name())
        }
        Event::RoleDropped { role, person } => {
            format!("relieved {} as {}", name_of(person), role.name())
        }
        Event::UpdatePosted { text, .. } => format!("posted an update: {text}"),
        Event::PersonJoined { person } if recorded.by.person() == Some(person) => {
            "joined the channel".into()
        }
        Event::PersonJoined { person } => format!("saw {} join the channel", name_of(person)),
        Event::AlertSeen { title, state: AlertState::Firing { since }, .. } => {
            format!("reported “{title}”, firing since {}", date_and_time(*since, &policy.time_zone))
        }
        Event::AlertSeen { title, state: AlertState::Resolved { since }, .. } => {
            format!("reported “{title}” resolved at {}", date_and_time(*since, &policy.time_zone))
        }
        Event::ChannelOpened { channel } => format!("opened the channel #{}", channel.name),
        Event::BriefPosted { .. } => "posted the brief".into(),
        Event::BroadcastPosted { .. } => "told the company".into(),
        Event::Paged { .. } => "paged the on-call person".into(),
        Event::PostmortemDrafted { .. } => "drafted the post-mortem".into(),
        Event::GivenUp { what, why, .. } => format!("could not {what}: {why}"),
    }
}

/// Whether an event matters to SIMA's own running alone: a timeline for people leaves it out or
/// shows it faintly. A page is not such an event, nor is something that was given up.
pub fn is_bookkeeping(event: &Event) -> bool {
    match event {
        Event::ChannelOpened { .. }
        | Event::BriefPosted { .. }
        | Event::BroadcastPosted { .. }
        | Event::PersonJoined { .. }
        | Event::Settled { .. }
        | Event::PostmortemDrafted { .. } => true,
        Event::Declared { .. }
        | Event::Acknowledged
        | Event::Identified
        | Event::Mitigated
        | Event::SteppedBack
        | Event::Recovered
        | Event::Closed
        | Event::Reopened { .. }
        | Event::Dismissed { .. }
        | Event::SeverityChanged { .. }
        | Event::ImpactChanged { .. }
        | Event::Edited { .. }
        | Event::TimeCorrected { .. }
        | Event::RoleTaken { .. }
        | Event::RoleDropped { .. }
        | Event::UpdatePosted { .. }
        | Event::AlertSeen { .. }
        | Event::Paged { .. }
        | Event::GivenUp { .. } => false,
    }
}

/// Who did it, by name.
pub fn who(actor: &Actor, name_of: &dyn Fn(&PersonId) -> String) -> String {
    match &actor.who {
        Who::Person(person) => name_of(person),
        Who::Monitor(source) => source.clone(),
        Who::Sima => "SIMA".into(),
    }
}

/// A time in a zone, with the zone: `2022-06-30 11:07:30 CEST`.
pub fn date_and_time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// The name of a zone: `Europe/Rome`, or its offset if it has no name.
pub fn zone_name(zone: &TimeZone, at: Timestamp) -> String {
    zone.iana_name().map_or_else(|| zone.to_offset(at).to_string(), str::to_owned)
}

/// An impact in words: `unknown`, `1,200 clients`.
pub fn impact_in_words(impact: Impact) -> String {
    match impact {
        Impact::Unknown => "unknown".into(),
        Impact::Clients(1) => "1 client".into(),
        Impact::Clients(count) => format!("{} clients", grouped(count)),
    }
}

/// Digits in groups of three.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn key_time_in_words(which: KeyTime) -> &'static str {
    match which {
        KeyTime::Started => "customers first felt it",
        KeyTime::Detected => "it was first noticed",
        KeyTime::Acknowledged => "it was acknowledged",
        KeyTime::Identified => "the cause was known",
        KeyTime::Mitigated => "the impact stopped",
        KeyTime::Recovered => "it was back to normal",
    }
}

fn edited(summary: Option<&str>, description: bool, domain: Option<String>) -> String {
    let mut changes = Vec::new();
    if let Some(summary) = summary {
        changes.push(format!("the summary to “{summary}”"));
    }
    if description {
        changes.push("the description".into());
    }
    if let Some(domain) = domain {
        changes.push(format!("the domain to {domain}"));
    }
    format!("changed {}", changes.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impact_reads_as_a_number_of_clients() {
        let cases = [
            (Impact::Unknown, "unknown"),
            (Impact::Clients(0), "0 clients"),
            (Impact::Clients(1), "1 client"),
            (Impact::Clients(999), "999 clients"),
            (Impact::Clients(1_200), "1,200 clients"),
            (Impact::Clients(1_234_567), "1,234,567 clients"),
        ];
        for (impact, words) in cases {
            assert_eq!(impact_in_words(impact), words);
        }
    }
}
