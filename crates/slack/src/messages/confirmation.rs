//! Short private answers: it was done, and what comes next.

use jiff::Timestamp;
use sima_incident::{Incident, Policy};

use super::{Message, badge, blocks, buttons, escape::line, mention, moment::moment};
use crate::actions::Action;

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
        Some(due) => format!("The next one is promised by {}.", super::moment::time(due)),
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
