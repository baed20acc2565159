//! What a person sees who comes into the channel: the facts in three lines, and what they can do.

use sima_incident::{Incident, PersonId, Policy, Role};

use super::{
    Message, badge, blocks, buttons,
    escape::line,
    mention,
    moment::{span, time},
};
use jiff::{SignedDuration, Timestamp};

/// The greeting of one person.
pub fn greeting(
    incident: &Incident,
    policy: &Policy,
    person: &PersonId,
    now: Timestamp,
) -> Message {
    let lines = [
        format!(
            "*What* · {} · {} · {}",
            line(policy.domain_name(&incident.domain), 80),
            badge::impact_among_facts(incident.impact),
            lasting(incident, now),
        ),
        format!("*Who* · {}", people(incident, person)),
        format!("*Now* · {}", standing(incident)),
    ];
    let mut shown = vec![
        blocks::section(&format!("*{}*", badge::headline(incident))),
        blocks::title(&incident.summary, 300),
        blocks::section(&lines.join("\n")),
    ];
    let mut steps =
        if holds_a_role(incident, person) || incident.holder(Role::IncidentManager).is_some() {
            buttons::next_steps(incident)
        } else {
            // An incident without a manager needs one before anything else.
            let mut steps = buttons::vacancies(incident);
            let rest = buttons::next_steps(incident);
            steps.extend(rest.into_iter().filter(|step| {
                !step["action_id"].as_str().is_some_and(|id| id.starts_with("take_"))
            }));
            steps
        };
    steps.extend(buttons::escalation(incident));
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

/// How long it has lasted.
fn lasting(incident: &Incident, now: Timestamp) -> String {
    let until = incident.times.recovered_at;
    let length = until.unwrap_or(now).duration_since(incident.times.started());
    match until {
        Some(_) => format!("lasted {}", span(length)),
        None if length < SignedDuration::from_mins(1) => "for less than a minute".to_owned(),
        None => format!("for {} now", span(length)),
    }
}

/// Who does what; a person is told their own role.
fn people(incident: &Incident, person: &PersonId) -> String {
    let roles = Role::ALL.map(|role| match incident.holder(role) {
        Some(holder) if holder == person => format!("you are {}", role.name()),
        Some(holder) => format!("{} is {}", mention::person(holder), role.name()),
        None => format!("no {} yet", role.name()),
    });
    roles.join(" · ")
}

/// The stage and what was said last.
fn standing(incident: &Incident) -> String {
    let stage = incident.stage.name();
    let said = match &incident.update {
        Some(update) => format!(": “{}” ({})", line(&update.text, 300), time(update.at)),
        None => String::new(),
    };
    let next = match incident.next_update_due() {
        Some(due) => format!(" · ⏱️ next update by {}", time(due)),
        None => String::new(),
    };
    format!("{} {stage}{said}{next}", badge::of_stage(stage))
}

/// Whether a person holds a role.
fn holds_a_role(incident: &Incident, person: &PersonId) -> bool {
    incident.roles.values().any(|holder| holder == person)
}
