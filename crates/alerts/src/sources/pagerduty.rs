//! PagerDuty webhooks v3, as a source of alerts: an incident there is a trouble here.
//!
//! Source: `developer.pagerduty.com/docs/webhooks-overview` (read 2026-08-22).

use serde_json::Value;

use crate::{
    Delivery, Then,
    lenient::{one_line, text, time},
    sources::Reading,
    told::{Told, firing, of_repeat, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let event = &body["event"];
    let Some(kind) = text(&event["event_type"]) else {
        return Err("it has no `event` with an `event_type`".into());
    };
    let incident = &event["data"];
    let is_of_incident = kind.starts_with("incident.") && incident["type"] == "incident";
    if !is_of_incident {
        let kind = one_line(&kind, 60);
        return Ok(Reading::nothing(format!("{kind:?} says nothing about an incident's state")));
    }
    // What SIMA paged for comes back as an incident there, and must not open another one here.
    if text(&incident["incident_key"]).is_some_and(|key| key.starts_with("sima:")) {
        return Ok(Reading::nothing("it is a page that SIMA sent"));
    }
    let occurred_at = time(&event["occurred_at"]);
    let created_at = time(&incident["created_at"]);
    let now = delivery.now;
    let (state, unless_ruled) = match (kind.as_str(), text(&incident["status"]).as_deref()) {
        ("incident.resolved", _) | (_, Some("resolved")) => {
            (resolved(occurred_at, now), Then::Open)
        }
        ("incident.triggered", _) => (firing(created_at.or(occurred_at), now), Then::Open),
        ("incident.reopened", _) => {
            (firing(time(&incident["reopened_at"]).or(occurred_at), now), Then::Open)
        }
        _ => (firing(created_at.or(occurred_at), now), of_repeat(created_at)),
    };
    let teams = incident["teams"].as_array().into_iter().flatten();
    let service = text(&incident["service"]["summary"]);
    let labels = [
        ("service", service.clone()),
        ("urgency", text(&incident["urgency"])),
        ("priority", text(&incident["priority"]["summary"])),
        ("escalation_policy", text(&incident["escalation_policy"]["summary"])),
    ];
    let told = Told {
        key: text(&incident["id"]).or_else(|| text(&incident["incident_key"])),
        title: text(&incident["title"]),
        description: Vec::new(),
        severity: [&incident["priority"]["summary"], &incident["urgency"]]
            .into_iter()
            .find_map(|word| delivery.severity_of(&text(word)?)),
        domain_hints: std::iter::once(service)
            .chain(teams.map(|team| text(&team["summary"])))
            .collect(),
        links: vec![
            text(&incident["html_url"]),
            text(&incident["conference_bridge"]["conference_url"]),
        ],
        labels: labels
            .into_iter()
            .filter_map(|(label, value)| Some((label.to_owned(), value?)))
            .collect(),
        unless_ruled,
    };
    Ok(Reading::one(told.alert("pagerduty", state)))
}
