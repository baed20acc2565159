//! What is not done by a command of its own: where it is written down, and what to do instead.

use sima_incident::{Incident, Policy, Postmortem, Stage};

use super::{Message, blocks, buttons, mention, moment::span};
use crate::{actions::Action, commands::Instead};

/// Where the post-mortem is, or when it comes.
pub fn postmortem(incident: &Incident, policy: &Policy) -> Message {
    about_postmortem("", incident, policy)
}

/// What to do instead of a command that SIMA does not have.
pub fn instead(what: Instead, incident: Option<&Incident>, policy: &Policy) -> Message {
    let (told, action) = match (what, incident) {
        (Instead::RootCause, Some(incident)) => {
            let told = "🔎 The root cause is written in the post-mortem, under *Root cause*.\n";
            return about_postmortem(told, incident, policy);
        }
        (Instead::Tasks, Some(incident)) => {
            let told = "📋 Who changes what by when is written in the post-mortem, under *Action \
                        items*.\n";
            return about_postmortem(told, incident, policy);
        }
        (Instead::RootCause | Instead::Tasks, None) => (
            "📝 Root causes and action items are written in the post-mortem of each incident.",
            buttons::button("Open incidents", &Action::ListIncidents),
        ),
        (Instead::Feedback, _) => (
            "💬 SIMA asks for no feedback yet. What went well or badly belongs into the \
             post-mortem; what SIMA should do better, whoever runs it wants to hear.",
            buttons::button("Open incidents", &Action::ListIncidents),
        ),
        (Instead::Tutorial, _) => (
            "🎓 The quickest way to learn is a drill: it looks like an incident, pages nobody and \
             counts nowhere.",
            practise(),
        ),
    };
    let mut shown = vec![blocks::section(told)];
    shown.extend(blocks::actions(vec![action, buttons::help(incident)]));
    Message { text: told.to_owned(), blocks: shown }
}

fn about_postmortem(before: &str, incident: &Incident, policy: &Policy) -> Message {
    let told = format!("{before}{}", standing(incident, policy));
    let mut steps = Vec::new();
    // Among the next steps it would stand as well.
    let next = buttons::next_steps(incident);
    steps.extend(buttons::postmortem(incident).filter(|link| !next.contains(link)));
    steps.extend(next);
    steps.push(buttons::info(incident));
    let mut shown = vec![blocks::section(&told)];
    shown.extend(blocks::actions(steps));
    Message { text: told, blocks: shown }
}

/// Where it is, or when it comes.
fn standing(incident: &Incident, policy: &Policy) -> String {
    let number = incident.number;
    let window = span(policy.stability_window);
    match (&incident.postmortem, &incident.stage) {
        (Postmortem::Drafted { url, .. }, _) => {
            format!(
                "📝 The post-mortem of {number}: {}",
                mention::link(url, "read and complete it")
            )
        }
        (_, Stage::Dismissed { .. }) => {
            format!("{number} was dismissed, so no post-mortem is owed.")
        }
        (Postmortem::Owed, _) => format!("📝 The post-mortem of {number} is being drafted."),
        (Postmortem::None, _) if incident.is_drill() => {
            format!("{number} is a drill: no post-mortem is owed.")
        }
        (Postmortem::None, Stage::Closed { .. } | Stage::Recovered { settled: true, .. }) => {
            format!("No post-mortem is owed for {number}: {} asks for none.", incident.severity)
        }
        (Postmortem::None, Stage::Recovered { settled: false, .. }) => format!(
            "📝 The post-mortem of {number} is drafted when it has stayed recovered for {window}, if \
             its severity asks for one."
        ),
        (
            Postmortem::None,
            Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring,
        ) => format!(
            "📝 The post-mortem of {number} comes after it has recovered and stayed so for \
             {window}, if its severity asks for one."
        ),
    }
}

/// The way into practice.
fn practise() -> serde_json::Value {
    buttons::first("🎓 Practise", &Action::RunCommand { incident: None, text: "drill".to_owned() })
}
