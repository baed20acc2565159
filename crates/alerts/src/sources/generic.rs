//! Our own JSON, for whatever has no source of its own: only `title` is required.
//!
//! `{"title", "status": "firing"|"resolved", "severity", "service", "dedup_key", "description",
//! "links": [{"href", "text"}], "starts_at", "ends_at", "labels": {…}}`

use serde_json::Value;
use sima_incident::{AlertState, Members};

use crate::{
    Alert, Delivery, MAX_FULL_TITLE, MAX_TITLE, Then,
    lenient::{description, digest, is_placeholder, key, labels, links, one_line, text, time},
    sources::Reading,
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let now = delivery.now;
    // Who fills a template sends its variables as they were typed when there is nothing to fill in.
    let text = |value: &Value| text(value).filter(|text| !is_placeholder(text));
    let status = text(&body["status"]);
    if status.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("test"))
        || body["test"] == Value::Bool(true)
    {
        return Ok(Reading::nothing("it is a test"));
    }
    if body["title"].as_str().is_some_and(is_placeholder) {
        return Ok(Reading::nothing("its variables were not replaced: it is a test"));
    }
    let title = text(&body["title"])
        .map(|title| one_line(&title, MAX_FULL_TITLE))
        .filter(|title| !title.is_empty())
        .ok_or("`title` is missing: say in one line what is wrong")?;
    let at = |field: &str| time(&body[field]).unwrap_or(now).min(now);
    let state = match status.as_deref().map(|word| (fires(word), word)) {
        None | Some((Some(true), _)) => AlertState::Firing { since: at("starts_at") },
        Some((Some(false), _)) => AlertState::Resolved { since: at("ends_at") },
        Some((None, other)) => {
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
        severity: text(&body["severity"]).as_deref().and_then(|word| delivery.severity_of(word)),
        domain_hints: domain_hints.collect(),
        links: links(found_links.filter_map(|link| text(link).or_else(|| text(&link["href"])))),
        labels,
        members: Members::default(),
        unreplaced: Vec::new(),
        unless_ruled: Then::Open,
    }]))
}

/// Whether a word says that it fires, or that it no longer does; or neither.
pub(crate) fn fires(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "firing" | "alerting" | "triggered" | "open" => Some(true),
        "resolved" | "ok" | "recovered" | "closed" => Some(false),
        _ => None,
    }
}
