//! Our own JSON, for whatever has no source of its own: only `title` is required.
//!
//! `{"title", "status": "firing"|"resolved", "severity", "service", "dedup_key", "description",
//! "links": [{"href", "text"}], "starts_at", "ends_at", "labels": {…}}`

use serde_json::Value;
use sima_incident::AlertState;

use crate::{
    Alert, Delivery, MAX_FULL_TITLE, MAX_TITLE, Then,
    lenient::{description, digest, key, labels, links, one_line, text, time},
    severity_of,
    sources::Reading,
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let now = delivery.now;
    let status = text(&body["status"]).map(|status| status.to_ascii_lowercase());
    if status.as_deref() == Some("test") || body["test"] == Value::Bool(true) {
        return Ok(Reading::nothing("it is a test"));
    }
    let title = text(&body["title"])
        .map(|title| one_line(&title, MAX_FULL_TITLE))
        .filter(|title| !title.is_empty())
        .ok_or("`title` is missing: say in one line what is wrong")?;
    let at = |field: &str| time(&body[field]).unwrap_or(now).min(now);
    let state = match status.as_deref() {
        None | Some("firing" | "alerting" | "triggered" | "open") => {
            AlertState::Firing { since: at("starts_at") }
        }
        Some("resolved" | "ok" | "recovered" | "closed") => {
            AlertState::Resolved { since: at("ends_at") }
        }
        Some(other) => {
            let other = one_line(other, 40);
            return Err(format!("`status` is {other:?}: use \"firing\" or \"resolved\""));
        }
    };
    let labels = labels(&body["labels"]);
    let service = text(&body["service"]);
    let key = match text(&body["dedup_key"]) {
        Some(given) => key(&given),
        None => digest([service.as_deref().unwrap_or_default(), &title]),
    };
    let found_links = body["links"].as_array().into_iter().flatten();
    let in_labels = ["domain", "service", "job", "team"].map(|name| labels.get(name).cloned());
    let domain_hints = [text(&body["domain"]), service].into_iter().chain(in_labels).flatten();
    Ok(Reading::Alerts(vec![Alert {
        source: "generic".into(),
        integration: "generic".into(),
        key,
        state,
        title: one_line(&title, MAX_TITLE),
        full_title: title,
        description: text(&body["description"]).as_deref().and_then(description),
        severity: text(&body["severity"]).as_deref().and_then(severity_of),
        domain_hints: domain_hints.collect(),
        links: links(found_links.filter_map(|link| text(link).or_else(|| text(&link["href"])))),
        labels,
        unless_ruled: Then::Open,
    }]))
}
