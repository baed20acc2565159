//! Incidents that look like the one about to be opened: one may join one of them instead.

use serde_json::Value;
use sima_incident::{Incident, Policy};

use super::{Message, badge, blocks, buttons, escape::line, mention, moment::moment};
use crate::actions::Action;

/// Those that look alike, each with a button that lets one in.
pub(crate) fn alike(incidents: &[Incident], policy: &Policy) -> Vec<Value> {
    if incidents.is_empty() {
        return Vec::new();
    }
    let mut shown =
        vec![blocks::section("*Is it one of these?* Then join it, and say what you see.")];
    shown.extend(incidents.iter().map(|incident| {
        let row = format!(
            "*{}*\n{}\n{} · opened {}",
            badge::headline(incident),
            line(&incident.summary, 220),
            line(policy.domain_name(&incident.domain), 80),
            moment(incident.times.opened_at),
        );
        let join = buttons::button("Join that one instead", &Action::JoinInstead(incident.id));
        blocks::section_with(&row, &join)
    }));
    shown
}

/// They are being invited.
pub fn let_in(incident: &Incident) -> Message {
    let place = match &incident.channel {
        Some(channel) => format!("into {}", mention::channel(channel)),
        None => "into its channel".to_owned(),
    };
    let told = format!("🤝 You are being invited {place}. Nothing else was opened.");
    let mut shown = vec![
        blocks::section(&told),
        blocks::section(&format!("*{}*", badge::headline(incident))),
        blocks::title(&incident.summary, 300),
        blocks::context("Say there what you see: it may be the piece that is missing."),
    ];
    shown.extend(blocks::actions(vec![buttons::info(incident)]));
    let text = format!("{told} {}: {}", badge::headline(incident), line(&incident.summary, 500));
    Message { text, blocks: shown }
}
