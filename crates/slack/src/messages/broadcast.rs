//! The broadcast: the one short message the company gets. Always edited, never repeated.

use sima_incident::{Incident, Policy, Role, Stage, StageName};

use super::{
    Message, badge, blocks, buttons,
    escape::line,
    frontline,
    info::next_update,
    mention,
    moment::{span, time},
};
use crate::actions::Action;

/// The broadcast of an incident as it is.
pub fn broadcast(incident: &Incident, policy: &Policy) -> Message {
    let domain = line(policy.domain_name(&incident.domain), 80);
    let facts = format!(
        "*{domain}* · {}\n{}",
        badge::impact_among_facts(incident.impact),
        standing(incident)
    );
    let mut shown = vec![
        blocks::section(&format!("*{}*", badge::headline(incident))),
        blocks::title(&incident.summary, 300),
        blocks::section(&facts),
    ];
    shown.push(blocks::context(&match &incident.channel {
        Some(channel) => {
            format!("Follow in this thread · the work happens in {}", mention::channel(channel))
        }
        None => "Follow in this thread".to_owned(),
    }));
    let mut steps = vec![buttons::info(incident)];
    if incident.stage.is_live() || matches!(incident.stage, Stage::Recovered { .. }) {
        steps.extend(frontline::lane(incident));
    }
    steps.extend(buttons::postmortem(incident));
    shown.extend(blocks::actions(steps));
    Message {
        text: format!("{}: {}", badge::headline(incident), line(&incident.summary, 500)),
        blocks: shown,
    }
}

/// What is left of a broadcast whose incident is private now: nothing of what it was about.
pub fn withdrawn() -> Message {
    let told = "🔒 This message was taken back. Nothing more will be told here.";
    let mut shown = vec![blocks::section(told)];
    let list = buttons::button("Open incidents", &Action::ListIncidents);
    shown.extend(blocks::actions(vec![list]));
    Message { text: told.to_owned(), blocks: shown }
}

/// Where it stands, in one line.
fn standing(incident: &Incident) -> String {
    let lasted = |until: jiff::Timestamp| span(until.duration_since(incident.times.started()));
    match &incident.stage {
        Stage::Open => match incident.holder(Role::IncidentManager) {
            Some(manager) => {
                format!(
                    "🚨 Not investigated yet · {} is incident manager{}",
                    mention::person(manager),
                    next_update(incident)
                )
            }
            None => format!("🚨 Nobody is on it yet{}", next_update(incident)),
        },
        Stage::Investigating | Stage::Fixing | Stage::Monitoring => {
            let stage = incident.stage.name();
            let next = next_update(incident);
            let doing = match stage {
                StageName::Fixing => "The cause is known and being repaired",
                StageName::Monitoring => "The impact has stopped; we watch whether it holds",
                _ => "We are looking for the cause",
            };
            format!("{} {doing}{next}", badge::of_stage(stage))
        }
        Stage::Recovered { recovered_at, .. } | Stage::Closed { recovered_at, .. } => {
            format!(
                "✅ Back to normal since {} · lasted {}",
                time(*recovered_at),
                lasted(*recovered_at)
            )
        }
        Stage::Dismissed { reason, .. } => format!("🚫 It was no incident: {reason}"),
    }
}
