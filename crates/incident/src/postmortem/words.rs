//! Events, people and times in the words people read.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    Actor, AlertState, AlertTally, CaptureEnd, DomainKey, EscalateTo, Event, Impact, KeyTime, Kind,
    MAX_ROUNDS, PageCause, PagerNews, PersonId, Policy, Recorded, Said, Visibility, Who, named,
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
        Event::SeverityChanged { from, to, because } => {
            let direction = if to < from { "raised" } else { "lowered" };
            let because = because.as_ref().map_or_else(String::new, |title| format!(": “{title}”"));
            format!("{direction} the severity from {from} to {to}{because}")
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
        Event::NoteAdded { text } => format!("noted: {text}"),
        Event::PeopleInvited { people } => format!("invited {}", guests(people, name_of)),
        Event::MadePrivate => "made it private".into(),
        Event::MessageMarked { .. } => "marked a message for the timeline".into(),
        Event::MarkRemoved { .. } => "took a mark off a message".into(),
        Event::MessageCaptured { said, .. } => format!("wrote: {}", said_in_words(said, name_of)),
        Event::CaptureEdited { said, .. } => {
            format!("edited a message: {}", said_in_words(said, name_of))
        }
        Event::CaptureEnded { why: CaptureEnd::Deleted, .. } => match recorded.by.person() {
            Some(_) => "withdrew a message that stood here".into(),
            None => "found a message gone that stood here".into(),
        },
        Event::CaptureEnded { why: CaptureEnd::Unmarked, .. } => {
            "took a message off the timeline".into()
        }
        Event::CaptureEnded { why: CaptureEnd::NotTaken, .. } => {
            "found nobody's words in a message that was marked".into()
        }
        Event::CustomersReported { customers, example } => reported(*customers, example.as_deref()),
        Event::QuestionAsked { text, .. } => format!("asked: {text}"),
        Event::QuestionsAnswered { questions, text, .. } => match questions.len() {
            1 => format!("answered a question: {text}"),
            count => format!("answered {count} questions: {text}"),
        },
        Event::WordingApproved { text } => format!("approved what customers may be told: {text}"),
        Event::PromiseKept { due } => format!(
            "saw the promise of an update by {} kept",
            date_and_time(*due, &policy.time_zone)
        ),
        Event::PromiseMissed { due } => format!(
            "saw no update by {}, when it was promised",
            date_and_time(*due, &policy.time_zone)
        ),
        Event::ReminderCalled { person: Some(person) } => {
            format!("asked for {} to be reminded of the promised update", name_of(person))
        }
        Event::ReminderCalled { person: None } => {
            "reminded the channel of the promised update: nobody held a role".into()
        }
        Event::Reminded { person, .. } => {
            format!("reminded {} of the promised update", name_of(person))
        }
        Event::ReminderSnoozed { until, .. } => {
            format!("put the reminder off until {}", date_and_time(*until, &policy.time_zone))
        }
        Event::PersonJoined { person, .. } if recorded.by.person() == Some(person) => {
            "joined the channel".into()
        }
        Event::PersonJoined { person, .. } => format!("saw {} join the channel", name_of(person)),
        Event::AlertSeen { title, state, members, .. } => {
            let of_them = members.filter(|members| members.total > 1);
            let saw = match (state, of_them) {
                (AlertState::Firing { .. }, None) => "firing".to_owned(),
                (AlertState::Firing { .. }, Some(AlertTally { total, firing })) => {
                    format!("firing, {firing} of {total} alerts")
                }
                (AlertState::Resolved { .. }, None) => "resolved".to_owned(),
                (AlertState::Resolved { .. }, Some(AlertTally { total, .. })) => {
                    format!("resolved, all {total} alerts")
                }
            };
            // The row shows the source's time unless that lies in the future.
            let since = match state.since() {
                since if since == recorded.happened_at => String::new(),
                since => format!(" since {}", date_and_time(since, &policy.time_zone)),
            };
            format!("reported “{title}” {saw}{since}")
        }
        Event::AlertsSeen { news, total, firing, .. } => {
            format!("reported {news} alerts: {total} in all, {firing} still firing")
        }
        Event::ChannelOpened { channel } => format!("opened the channel #{}", channel.name),
        Event::BriefPosted { .. } => "posted the brief".into(),
        Event::BroadcastPosted { .. } => "told the company".into(),
        Event::PageCalled { cause: PageCause::Unanswered { round } } => format!(
            "asked for the on-call person again ({round} of {MAX_ROUNDS}): nobody had taken it"
        ),
        Event::PageCalled { cause: PageCause::Raised { to } } => {
            format!("asked for the on-call person: it had become {to} and nobody was on it")
        }
        Event::PageCalled { cause: PageCause::Reopened { .. } } => {
            "asked for the on-call person again: it was not over".into()
        }
        Event::PageCalled { cause: PageCause::Escalated { .. } } => {
            "asked for somebody else who is on call".into()
        }
        Event::Escalated { to, reason, .. } => {
            let whom = match to {
                EscalateTo::NextLevel => "to the next in line".to_owned(),
                EscalateTo::Domain(domain) => format!("to the on-call of {}", domain_name(domain)),
                EscalateTo::Person(person) => format!("to {}", name_of(person)),
                EscalateTo::Policy(policy) => format!("to the escalation policy {policy}"),
                EscalateTo::Group(_) => "to a group of the chat".to_owned(),
            };
            format!("escalated {whom}: {reason}")
        }
        Event::Paged { cause: None, .. } => "paged the on-call person".into(),
        Event::Paged { cause: Some(PageCause::Escalated { .. }), .. } => {
            "paged whoever it was escalated to".into()
        }
        Event::Paged { cause: Some(_), .. } => "paged the on-call person again".into(),
        Event::PagerTold { news, .. } => pager_news_in_words(news),
        Event::PostmortemDrafted { .. } => "drafted the post-mortem".into(),
        Event::NotInvited { people } => format!("could not invite {}", people_of(people.len())),
        Event::StepDone { step, kind, .. } => {
            format!("{} (step “{step}”)", kind.done_in_words())
        }
        Event::GivenUp { what, why, .. } => format!("could not {what}: {why}"),
    }
}

fn reported(customers: Option<u64>, example: Option<&str>) -> String {
    let who = match customers {
        None => "customers".to_owned(),
        Some(1) => "1 customer".to_owned(),
        Some(count) => format!("{} customers", grouped(count)),
    };
    match example {
        None => format!("reported {who}"),
        Some(example) => format!("reported {who}: {example}"),
    }
}

/// Who was asked for: people by name, groups only counted, for nobody knows the name of a group here.
fn guests(people: &[String], name_of: &dyn Fn(&PersonId) -> String) -> String {
    let (groups, people): (Vec<&String>, Vec<&String>) =
        people.iter().partition(|who| who.starts_with('S') && !who.contains('@'));
    let mut named: Vec<String> =
        people.into_iter().map(|who| name_of(&PersonId(who.clone()))).collect();
    match groups.len() {
        0 => {}
        1 => named.push("a group of the chat".into()),
        count => named.push(format!("{count} groups of the chat")),
    }
    named.join(", ")
}

/// What a message says, with people by their names and files by theirs.
fn said_in_words(said: &Said, name_of: &dyn Fn(&PersonId) -> String) -> String {
    let mut parts = vec![with_names(&said.text, name_of)];
    parts.extend(said.files.iter().map(|file| format!("[file {}]", file.name)));
    parts.retain(|part| !part.is_empty());
    let mut words = parts.join(" ");
    if said.edited.is_some() {
        words.push_str(" (edited)");
    }
    words
}

/// A text with people by their names.
pub fn with_names(text: &str, name_of: &dyn Fn(&PersonId) -> String) -> String {
    let mut ids: Vec<&str> = named(text).collect();
    ids.sort_unstable_by_key(|id| std::cmp::Reverse(id.len()));
    ids.dedup();
    ids.into_iter().fold(text.to_owned(), |text, id| {
        text.replace(&format!("@{id}"), &format!("@{}", name_of(&PersonId(id.to_owned()))))
    })
}

fn people_of(count: usize) -> String {
    if count == 1 { "one person".into() } else { format!("{count} people") }
}

/// What happened at the pager, in words that follow the name of who did it there.
fn pager_news_in_words(news: &PagerNews) -> String {
    let others = |to: &[String]| match to {
        [] => "others".to_owned(),
        names => names.join(", "),
    };
    match news {
        PagerNews::Triggered => "took the page in".into(),
        PagerNews::Acknowledged => "acknowledged the page".into(),
        PagerNews::Unacknowledged => "let the page go: nobody has it any more".into(),
        PagerNews::Escalated { to } => format!("escalated the page to {}", others(to)),
        PagerNews::Reassigned { to } => format!("gave the page to {}", others(to)),
        PagerNews::Reopened => "reopened the page".into(),
        PagerNews::Prioritised { priority: Some(name) } => {
            format!("gave the page the priority {name}")
        }
        PagerNews::Prioritised { priority: None } => "took the page's priority away".into(),
        PagerNews::Annotated { text } => format!("noted on the page: {text}"),
        PagerNews::Resolved => "resolved the page".into(),
    }
}

/// Whether an event matters to SIMA's own running alone: a timeline for people leaves it out or
/// shows it faintly. A page is not such an event, nor is something that was given up.
pub fn is_bookkeeping(event: &Event) -> bool {
    match event {
        Event::ChannelOpened { .. }
        | Event::BriefPosted { .. }
        | Event::BroadcastPosted { .. }
        | Event::MessageMarked { .. }
        | Event::MarkRemoved { .. }
        | Event::CaptureEdited { .. }
        | Event::CaptureEnded { why: CaptureEnd::Unmarked | CaptureEnd::NotTaken, .. }
        | Event::PromiseKept { .. }
        | Event::ReminderCalled { .. }
        | Event::Reminded { .. }
        | Event::ReminderSnoozed { .. }
        | Event::PersonJoined { .. }
        | Event::Settled { .. }
        | Event::PagerTold { news: PagerNews::Triggered, .. }
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
        | Event::NoteAdded { .. }
        | Event::PeopleInvited { .. }
        | Event::MadePrivate
        | Event::MessageCaptured { .. }
        | Event::CaptureEnded { why: CaptureEnd::Deleted, .. }
        | Event::CustomersReported { .. }
        | Event::QuestionAsked { .. }
        | Event::QuestionsAnswered { .. }
        | Event::WordingApproved { .. }
        | Event::PromiseMissed { .. }
        | Event::AlertSeen { .. }
        | Event::AlertsSeen { .. }
        | Event::PageCalled { .. }
        | Event::Escalated { .. }
        | Event::Paged { .. }
        | Event::PagerTold { .. }
        | Event::NotInvited { .. }
        | Event::StepDone { .. }
        | Event::GivenUp { .. } => false,
    }
}

/// Who did it, by name.
pub fn who(actor: &Actor, name_of: &dyn Fn(&PersonId) -> String) -> String {
    match &actor.who {
        Who::Person(person) => name_of(person),
        Who::Monitor(name) | Who::Pager(name) => name.clone(),
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
    use crate::{
        Dismissal, IncidentNumber, Role, SharedFile,
        postmortem::story::{Story, malik, name_of, nour, severity, time},
    };

    fn words(by: Actor, event: Event) -> String {
        let at = time("09:00:00");
        let recorded = Recorded { version: 1, at, happened_at: at, by, event };
        in_words(&recorded, &Story::begins("It is down").policy, &name_of)
    }

    #[test]
    fn every_event_reads_as_a_sentence_after_a_name() {
        let malik_id = PersonId("U0MALIK".into());
        let manager = Role::IncidentManager;
        let edited = |summary: Option<&str>, description: Option<&str>, domain: Option<&str>| {
            Event::Edited {
                summary: summary.map(Into::into),
                description: description.map(Into::into),
                domain: domain.map(|key| DomainKey(key.into())),
            }
        };
        let pager = |news| Event::PagerTold { pager_id: None, user: None, news };
        let cases = [
            (
                nour(),
                Event::RoleTaken { role: manager, person: malik_id.clone() },
                "made Malik incident manager",
            ),
            (
                malik(),
                Event::RoleTaken { role: manager, person: malik_id.clone() },
                "became incident manager",
            ),
            (
                malik(),
                Event::RoleDropped { role: manager, person: malik_id.clone() },
                "stepped down as incident manager",
            ),
            (
                nour(),
                Event::RoleDropped { role: manager, person: malik_id.clone() },
                "relieved Malik as incident manager",
            ),
            (
                malik(),
                Event::PersonJoined { person: malik_id.clone(), invited: false },
                "joined the channel",
            ),
            (
                nour(),
                Event::SeverityChanged { from: severity(1), to: severity(3), because: None },
                "lowered the severity from SEV1 to SEV3",
            ),
            (
                nour(),
                Event::ImpactChanged { from: Impact::Unknown, to: Impact::Clients(1) },
                "changed the impact from unknown to 1 client",
            ),
            (nour(), edited(Some("Slow"), None, None), "changed the summary to “Slow”"),
            (
                nour(),
                edited(None, Some("…"), Some("email")),
                "changed the description and the domain to Outbound Email",
            ),
            (
                nour(),
                Event::TimeCorrected { which: KeyTime::Started, from: None, to: time("08:00:00") },
                "set when customers first felt it to 2022-06-30 10:00:00 CEST",
            ),
            (
                nour(),
                Event::Dismissed { reason: Dismissal::DuplicateOf(IncidentNumber(41)) },
                "dismissed it: duplicate of INC-41",
            ),
            (
                Actor::in_pager("Malik Diop"),
                pager(PagerNews::Escalated { to: vec!["Nour".into(), "Théo".into()] }),
                "escalated the page to Nour, Théo",
            ),
            (
                Actor::in_pager("PagerDuty"),
                pager(PagerNews::Reassigned { to: Vec::new() }),
                "gave the page to others",
            ),
            (
                Actor::clock(),
                Event::PageCalled { cause: PageCause::Unanswered { round: 2 } },
                "asked for the on-call person again (2 of 3): nobody had taken it",
            ),
            (
                nour(),
                Event::PageCalled { cause: PageCause::Raised { to: severity(1) } },
                "asked for the on-call person: it had become SEV1 and nobody was on it",
            ),
            (
                nour(),
                Event::Escalated {
                    to: EscalateTo::Person(malik_id),
                    reason: "He knows the queue".into(),
                    pages: true,
                },
                "escalated to Malik: He knows the queue",
            ),
            (
                Actor::in_pager("Malik Diop"),
                pager(PagerNews::Annotated { text: "Looking at eu1".into() }),
                "noted on the page: Looking at eu1",
            ),
            (
                malik(),
                Event::MessageCaptured {
                    ts: "1656579600.000200".into(),
                    said: Said {
                        text: "Ask about @payments".into(),
                        files: vec![SharedFile { name: "queue.png".into(), link: None }],
                        edited: Some("1656579700.000000".into()),
                    },
                    link: None,
                },
                "wrote: Ask about @payments [file queue.png] (edited)",
            ),
            (
                malik(),
                Event::CaptureEnded { ts: "1656579600.000200".into(), why: CaptureEnd::Deleted },
                "withdrew a message that stood here",
            ),
            (
                Actor::sima(),
                Event::GivenUp {
                    effect: "page_on_call".into(),
                    what: "page the on-call person".into(),
                    why: "the key is wrong".into(),
                },
                "could not page the on-call person: the key is wrong",
            ),
        ];
        for (by, event, expected) in cases {
            assert_eq!(words(by, event), expected);
        }
    }

    #[test]
    fn people_in_a_text_are_named() {
        let name_of = |person: &PersonId| match person.0.as_str() {
            "U0NOUR00012" => "Nour".to_owned(),
            "U0NOUR0001" => "Malik".to_owned(),
            other => other.to_owned(),
        };
        let text = "@U0NOUR00012 and @U0NOUR0001, not @U0INES0001 nor @here";
        assert_eq!(with_names(text, &name_of), "@Nour and @Malik, not @U0INES0001 nor @here");
    }

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
