//! The channel's topic: the incident in one plain line.
//!
//! Source: docs.slack.dev, "conversations.setTopic", 2026-08-20: 250 characters, no formatting.

use sima_incident::{Incident, Policy};

use super::{badge, escape::plain_line};

/// The topic. Angle brackets are replaced, for a topic knows no escapes.
pub fn topic(incident: &Incident, policy: &Policy) -> String {
    let mut marks = String::new();
    if incident.is_private() {
        marks.push_str("🔒 Private · ");
    }
    if incident.is_drill() {
        marks.push_str("🎓 Drill · ");
    }
    let line = format!(
        "{} {} · {} · {marks}{} · {}",
        badge::of_severity(incident.severity),
        incident.severity,
        incident.number,
        policy.domain_name(&incident.domain),
        incident.summary,
    );
    plain_line(&line.replace('<', "‹").replace('>', "›"), 250)
}
