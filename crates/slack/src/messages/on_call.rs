//! Who is on call for each domain, with the button that calls them.

use jiff::Timestamp;
use sima_incident::{DomainKey, Incident, PersonId, Policy};

use super::{Message, blocks, buttons, escape::line, mention, moment::moment};
use crate::actions::Action;

/// The most domains shown; the rest is counted.
const MOST: usize = 40;
/// The most people of one domain shown.
const MOST_PEOPLE: usize = 6;
/// The most characters of all domains together: Slack refuses a message that is too long.
const MOST_TEXT: usize = 8000;

/// One domain and who is on call for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCallRow {
    /// The domain.
    pub domain: DomainKey,
    /// Who.
    pub standing: Standing,
}

/// Who is on call, or why that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// These, by level.
    People(Vec<OnCallPerson>),
    /// Nobody is paged for it.
    Unpaged,
    /// It cannot be said, and what to do about that.
    Unknown(String),
}

/// One person at one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCallPerson {
    /// The level, from 1.
    pub level: u32,
    /// Who they are in the chat, if they are known there.
    pub person: Option<PersonId>,
    /// Their name at the pager.
    pub name: String,
    /// The schedule that says so.
    pub schedule: Option<String>,
    /// Until when; absent if permanently.
    pub until: Option<Timestamp>,
}

/// Who is on call; with buttons where there is an incident to call them for.
pub fn on_call(rows: &[OnCallRow], incident: Option<&Incident>, policy: &Policy) -> Message {
    let told = "📟 Who is on call";
    let mut shown = vec![blocks::header(told)];
    let mut read = Vec::new();
    let (mut told_of, mut used) = (0, 0);
    for row in rows.iter().take(MOST) {
        let name = line(policy.domain_name(&row.domain), 80);
        let (words, is_paged) = match &row.standing {
            Standing::People(people) if people.is_empty() => ("⚠️ nobody is on call".into(), true),
            Standing::People(people) => (people_in_words(people), true),
            Standing::Unpaged => ("nobody is paged for it".into(), false),
            Standing::Unknown(why) => (format!("⚠️ not known: {}", line(why, 300)), true),
        };
        let text = format!("*{name}*\n{words}");
        used += text.chars().count();
        if used > MOST_TEXT {
            break;
        }
        told_of += 1;
        let live = incident.filter(|incident| incident.stage.is_live() && is_paged);
        shown.push(match live {
            Some(incident) => {
                let command = format!("page {}", row.domain);
                let action = Action::RunCommand { incident: Some(incident.id), text: command };
                blocks::section_with(&text, &buttons::button("📟 Page", &action))
            }
            None => blocks::section(&text),
        });
        if let Standing::People(people) = &row.standing
            && let Some(first) = people.first()
        {
            read.push(format!("{name}: {}", line(&first.name, 80)));
        }
    }
    if rows.len() > told_of {
        let more = rows.len() - told_of;
        let ask = line(&policy.slash_command, 40);
        shown.push(blocks::context(&format!("and {more} more: type {ask} oncall and a domain")));
    }
    let mut steps = Vec::new();
    match incident.filter(|incident| incident.stage.is_live()) {
        Some(incident) => steps.push(buttons::escalate(incident)),
        None => steps.push(buttons::button("🚨 Open an incident", &Action::OpenForm)),
    }
    steps.push(buttons::help(incident));
    shown.extend(blocks::actions(steps));
    let read = line(&read.join(" · "), 1500);
    let text = if read.is_empty() { told.to_owned() } else { format!("{told}: {read}") };
    Message { text, blocks: shown }
}

fn people_in_words(people: &[OnCallPerson]) -> String {
    let first = people.first().map_or(1, |person| person.level);
    let lines = people.iter().take(MOST_PEOPLE).map(|one| {
        let who = one.person.as_ref().map_or_else(|| line(&one.name, 60), mention::person);
        let until = match one.until {
            Some(until) => format!("until {}", moment(until)),
            None => "permanently".to_owned(),
        };
        let schedule = one
            .schedule
            .as_deref()
            .map(|name| format!(" · {}", line(name, 60)))
            .unwrap_or_default();
        if one.level == first {
            format!("{who} · {until}{schedule}")
        } else {
            format!("then {who} (level {}) · {until}{schedule}", one.level)
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
