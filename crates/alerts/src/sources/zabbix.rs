//! Zabbix, as the media type of our guide posts it: a script's parameters, filled from macros.
//!
//! Source: `zabbix.com/documentation/current/en/manual/appendix/macros/supported_by_location` (read
//! 2026-08-22).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    Delivery, Then,
    lenient::{affected, filled, tags, time},
    sources::Reading,
    told::{Told, firing, of_repeat, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    if body["event_value"].is_null() && body["EVENT_VALUE"].is_null() {
        return Err("it has no `event_value`: use the media type of our guide".into());
    }
    let fields = filled(body, is_macro);
    let first = |names: &[&str]| names.iter().find_map(|name| fields.get(*name).cloned());
    let is = |name: &str, value: &str| fields.get(name).is_some_and(|text| text == value);
    let Some(value) = fields.get("event_value") else {
        return Ok(Reading::nothing("its macros were not replaced: it is a test"));
    };
    if is("event_source", "1") || is("event_source", "2") {
        return Ok(Reading::nothing("it is about a host that was found or has registered"));
    }
    let at = |names: &[&str]| first(names).and_then(|text| time(&Value::String(text)));
    let began_at = at(&["event_timestamp"]);
    let now = delivery.now;
    let is_over = value == "0" || is("event_recovery_value", "0");
    let (state, unless_ruled) = if is_over {
        (resolved(at(&["event_recovery_timestamp"]), now), Then::Open)
    } else if is("event_source", "3") {
        // An item that cannot be read says little about what it watches.
        (firing(began_at, now), Then::Record)
    } else if is("event_update_status", "1") {
        (firing(began_at, now), of_repeat(began_at))
    } else {
        (firing(began_at, now), Then::Open)
    };
    let labels = labels(&fields);
    let host = first(&["host_name", "host"]);
    let told = Told {
        key: first(&["event_id"])
            .or_else(|| first(&["trigger_id"]).map(|trigger| format!("trigger/{trigger}"))),
        title: first(&["event_name", "title", "subject"]).map(|title| without_state(&title)),
        description: vec![first(&["description", "message"])],
        severity: fields.get("event_nseverity").and_then(|word| {
            // Its numbers are the other way round from ours.
            delivery.configured_severity(word).or_else(|| match word.as_str() {
                "5" => delivery.severity_of("disaster"),
                "4" => delivery.severity_of("high"),
                "3" | "2" => delivery.severity_of("warning"),
                "1" => delivery.severity_of("information"),
                // Not classified.
                "0" => None,
                word => delivery.severity_of(word),
            })
        }),
        domain_hints: affected(&labels).chain([host]).collect(),
        links: vec![page(&fields)],
        labels,
        unless_ruled,
    };
    Ok(Reading::one(told.alert("zabbix", state)))
}

/// Tags as they are listed, or as JSON in a text; and the host.
fn labels(fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let listed = fields.get("event_tags").map(|text| tags(&Value::from(text.as_str())));
    let as_json = fields
        .get("event_tagsjson")
        .and_then(|text| serde_json::from_str::<Value>(text).ok())
        .map(|value| tags(&value));
    let mut labels = listed.unwrap_or_default();
    labels.extend(as_json.unwrap_or_default());
    labels.extend(fields.get("host_name").map(|host| ("host".to_owned(), host.clone())));
    labels
}

/// The page of the event, in the Zabbix that sent it.
fn page(fields: &BTreeMap<String, String>) -> Option<String> {
    let [site, trigger, event] =
        ["zabbix_url", "trigger_id", "event_id"].map(|name| fields.get(name));
    let (site, trigger, event) = (site?.trim_end_matches('/'), trigger?, event?);
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(trigger) && is_number(event))
        .then(|| format!("{site}/tr_events.php?triggerid={trigger}&eventid={event}"))
}

/// The name of the problem, without the word before it that says how it stands.
fn without_state(title: &str) -> String {
    match title.split_once(": ") {
        Some((state, name)) if state == "Problem" || state.starts_with("Resolved") => name.into(),
        _ => title.to_owned(),
    }
}

/// Whether a text is a macro that was not replaced: `{EVENT.VALUE}`, `{$ZABBIX.URL}`.
fn is_macro(text: &str) -> bool {
    text == "*UNKNOWN*"
        || text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(|name| {
            !name.is_empty()
                && !name.starts_with('"')
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"$#?._:".contains(&byte))
        })
}
