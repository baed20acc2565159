//! Under the message an incident was opened from: where it is being worked on.

use sima_incident::{Incident, Policy};

use super::{Message, badge, blocks, buttons, escape::line, mention};

/// The reply under the message.
pub fn link_back(incident: &Incident, policy: &Policy) -> Message {
    let place = incident.channel.as_ref().map(mention::channel).unwrap_or_default();
    let told = format!(
        "{} *{}* was opened from this message: it is worked on in {place}",
        badge::of_severity(incident.severity),
        incident.number,
    );
    let mut shown = vec![blocks::section(&told), blocks::title(&incident.summary, 300)];
    let mut steps =
        vec![buttons::button("Join", &crate::actions::Action::JoinInstead(incident.id))];
    steps.push(buttons::info(incident));
    steps.extend(buttons::page(incident, policy));
    shown.extend(blocks::actions(steps));
    Message { text: format!("{told}: {}", line(&incident.summary, 500)), blocks: shown }
}

/// The same could not be said there: whoever opened it is told, and may say it themselves.
pub fn not_linked_back(incident: &Incident) -> Message {
    let place = incident.channel.as_ref().map(mention::channel).unwrap_or_default();
    let told = format!(
        "SIMA may not write where that message stands, so nothing is said under it. {} is worked on in \
         {place}: say so there yourself, or invite SIMA into that channel for the next time.",
        incident.number
    );
    let mut shown = vec![blocks::section(&told)];
    shown.extend(blocks::actions(vec![buttons::info(incident)]));
    Message { text: told, blocks: shown }
}
