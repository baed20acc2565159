//! Datadog's webhook integration, whose body is whatever was typed there with `$VARIABLES` in it.
//!
//! We read the payload of our guide, and any other whose fields are named after the variables. A
//! variable that does not apply stays as it was typed.
//!
//! Source: `docs.datadoghq.com/integrations/webhooks` (read 2026-08-22).

use std::collections::BTreeMap;

use serde_json::Value;
use sima_incident::Severity;

use crate::{
    Delivery, Then,
    lenient::{affected, filled, one_line, tags, time},
    sources::Reading,
    told::{Told, firing, of_repeat, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let has = |name: &str| {
        body.as_object()
            .is_some_and(|fields| fields.keys().any(|key| key.eq_ignore_ascii_case(name)))
    };
    if !has("alert_transition") && !has("alert_type") {
        return Err(
            "it has no `alert_transition`: give the webhook the payload of our guide".into()
        );
    }
    let fields = filled(body, is_variable);
    if fields.is_empty() {
        return Ok(Reading::nothing("no variable in it was replaced: it is a test"));
    }
    let first = |names: &[&str]| names.iter().find_map(|name| fields.get(*name).cloned());
    let at = first(&["date", "last_updated"]).and_then(|date| time(&Value::String(date)));
    let transition = fields.get("alert_transition").map(|word| word.to_ascii_lowercase());
    let of_type = fields.get("alert_type").map(|word| word.to_ascii_lowercase());
    let now = delivery.now;
    let (state, unless_ruled) = match (transition.as_deref(), of_type.as_deref()) {
        (Some("recovered"), _) | (None, Some("success")) => (resolved(at, now), Then::Open),
        (Some(word), _) if word.starts_with("re-") || word == "renotify" => {
            (firing(at, now), of_repeat(None))
        }
        (Some("triggered" | "warn" | "no data"), _) | (None, Some("error" | "warning")) => {
            (firing(at, now), Then::Open)
        }
        (Some(other), _) => {
            let other = one_line(other, 40);
            return Ok(Reading::nothing(format!("{other:?} is neither an alert nor its recovery")));
        }
        (None, _) => return Ok(Reading::nothing("it is an event that no monitor sent")),
    };
    let labels = fields.get("tags").cloned().map(Value::String).as_ref().map(tags);
    let labels = labels.unwrap_or_default();
    let told = Told {
        key: monitored(&fields),
        title: first(&["alert_title", "title", "event_title"]),
        description: vec![first(&["text", "text_only_msg", "body", "event_msg"])],
        severity: severity(&fields, delivery),
        domain_hints: affected(&labels).chain([first(&["hostname", "alert_scope"])]).collect(),
        links: vec![first(&["link"]), first(&["snapshot"])],
        labels,
        unless_ruled,
    };
    Ok(Reading::one(told.alert("datadog", state)))
}

/// The cycle from firing to recovery, else the monitor and which of its groups: without the scope,
/// two hosts would be one trouble.
fn monitored(fields: &BTreeMap<String, String>) -> Option<String> {
    if let Some(cycle) = fields.get("alert_cycle_key") {
        return Some(cycle.clone());
    }
    if let Some(monitor) = fields.get("alert_id") {
        let scope = fields.get("alert_scope").map_or("", String::as_str);
        return Some(format!("{monitor}/{scope}"));
    }
    fields.get("aggreg_key").cloned()
}

/// The priority somebody gave the monitor, else how it names what it saw.
fn severity(fields: &BTreeMap<String, String>, delivery: &Delivery<'_>) -> Option<Severity> {
    let of = |name: &str| fields.get(name).and_then(|word| delivery.severity_of(word));
    of("alert_priority")
        .or_else(|| {
            let transition = fields.get("alert_transition")?.to_ascii_lowercase();
            transition.ends_with("warn").then(|| delivery.severity_of("warning")).flatten()
        })
        .or_else(|| of("alert_type"))
}

/// Whether a text is a variable that was not replaced: `$ALERT_ID`.
fn is_variable(text: &str) -> bool {
    text.strip_prefix('$').is_some_and(|name| {
        !name.is_empty()
            && name.bytes().all(|byte| {
                byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_[].".contains(&byte)
            })
    })
}
