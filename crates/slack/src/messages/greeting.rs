//! What a person sees who comes into the channel: the facts in three lines, what is new to those who
//! return, and what they can do.

use serde_json::Value;
use sima_incident::{Incident, PersonId, Policy, Role, Stage};

use super::{
    Message, badge, blocks, buttons,
    catch_up::{News, told_anew},
    escape::line,
    info::next_update,
    mention,
    moment::{span, time},
};
use jiff::{SignedDuration, Timestamp};

/// The greeting of one person.
pub fn greeting(
    incident: &Incident,
    policy: &Policy,
    person: &PersonId,
    news: Option<&News>,
    now: Timestamp,
) -> Message {
    let lines = [
        format!(
            "*What* · {} · {} · {}",
            line(policy.domain_name(&incident.domain), 80),
            badge::impact_among_facts(incident.impact),
            lasting(incident, now),
        ),
        format!("*Who* · {}", people(incident, Some(person))),
        format!("*Now* · {}", standing(incident)),
    ];
    let mut shown = vec![
        blocks::section(&format!("*{}*", badge::headline(incident))),
        blocks::title(&incident.summary, 300),
        blocks::section(&lines.join("\n")),
    ];
    shown.extend(news.map(|news| blocks::section(&told_anew(news, policy, now))));
    let mut steps = first_steps(incident, person);
    steps.extend(buttons::escalation(incident));
    steps.push(buttons::catch_up(incident));
    steps.push(buttons::info(incident));
    steps.push(buttons::help(Some(incident)));
    shown.extend(blocks::actions(steps));
    Message {
        text: format!(
            "{}: {}. {}",
            badge::headline(incident),
            line(&incident.summary, 500),
            standing(incident)
        ),
        blocks: shown,
    }
}

/// What is needed most comes first: somebody to take it, then somebody to lead.
fn first_steps(incident: &Incident, person: &PersonId) -> Vec<Value> {
    let steps = buttons::next_steps(incident);
    let has_manager = incident.holder(Role::IncidentManager).is_some();
    if incident.stage == Stage::Open || has_manager || holds_a_role(incident, person) {
        return steps;
    }
    let is_role =
        |step: &Value| step["action_id"].as_str().is_some_and(|id| id.starts_with("take_"));
    let (roles, rest): (Vec<Value>, Vec<Value>) = steps.into_iter().partition(is_role);
    roles.into_iter().chain(rest).collect()
}

/// How long it has lasted.
pub(super) fn lasting(incident: &Incident, now: Timestamp) -> String {
    let until = incident.times.recovered_at;
    let length = until.unwrap_or(now).duration_since(incident.times.started());
    match until {
        Some(_) => format!("lasted {}", span(length)),
        None if length < SignedDuration::from_mins(1) => "for less than a minute".to_owned(),
        None => format!("for {} now", span(length)),
    }
}

/// Who does what; a person is told their own role.
pub(super) fn people(incident: &Incident, person: Option<&PersonId>) -> String {
    let roles = Role::ALL.map(|role| match incident.holder(role) {
        Some(holder) if Some(holder) == person => format!("you are {}", role.name()),
        Some(holder) => format!("{} is {}", mention::person(holder), role.name()),
        None => format!("no {} yet", role.name()),
    });
    roles.join(" · ")
}

/// The stage and what was said last.
pub(super) fn standing(incident: &Incident) -> String {
    let stage = incident.stage.name();
    let said = match &incident.update {
        Some(update) => format!(": “{}” ({})", line(&update.text, 300), time(update.at)),
        None => String::new(),
    };
    let next = next_update(incident);
    format!("{} {stage}{said}{next}", badge::of_stage(stage))
}

/// Whether a person holds a role.
fn holds_a_role(incident: &Incident, person: &PersonId) -> bool {
    incident.roles.values().any(|holder| holder == person)
}
