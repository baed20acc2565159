//! CloudEvents 1.0 over HTTP: structured, binary, or a batch of them.
//!
//! What an event means is up to its sender. One whose data or type says that something fires opens
//! an incident; any other is only recorded, unless a rule says otherwise.
//!
//! Source: github.com/cloudevents/spec, `cloudevents/bindings/http-protocol-binding.md` (read
//! 2026-08-22).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::{
    Alert, Delivery, Then, Unreadable,
    delivery::json,
    lenient::{affected, labels, one_line, text, time},
    percent,
    sources::Reading,
    told::{Told, firing, resolved},
};

/// The attributes that are looked for in headers.
const ATTRIBUTES: [&str; 7] =
    ["specversion", "id", "source", "type", "subject", "time", "severity"];

/// Makes one event, or a batch under `batch`, of whichever way they were sent.
pub(super) fn open(delivery: &Delivery<'_>) -> Result<Value, Unreadable> {
    let attributes: Map<String, Value> = ATTRIBUTES
        .iter()
        .filter_map(|name| {
            let value = (delivery.header)(&format!("ce-{name}"))?;
            Some(((*name).to_owned(), Value::String(header_text(value))))
        })
        .collect();
    if attributes.contains_key("specversion") {
        let mut event = attributes;
        // Data may be anything at all.
        let data = json(delivery)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(delivery.body).into_owned()));
        event.insert("data".into(), data);
        return Ok(Value::Object(event));
    }
    Ok(match json(delivery)? {
        Value::Array(events) if !events.is_empty() => json!({ "batch": events }),
        other => other,
    })
}

/// Reads one event or one batch. An event of a batch that cannot be read does not take the others
/// with it.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let Some(batch) = body["batch"].as_array() else {
        return event(body, delivery);
    };
    let mut alerts: Vec<Alert> = Vec::new();
    let mut odd = None;
    for one in batch {
        match event(one, delivery) {
            Ok(Reading::Alerts(more)) => alerts.extend(more),
            Ok(Reading::Nothing { .. }) => {}
            Err(why) => odd = Some(why),
        }
    }
    match odd {
        Some(why) if alerts.is_empty() => Err(why),
        _ if alerts.is_empty() => Ok(Reading::nothing("no event of the batch is an alert")),
        _ => Ok(Reading::Alerts(alerts)),
    }
}

fn event(event: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    match text(&event["specversion"]) {
        Some(version) if version.starts_with("1.") => {}
        Some(version) => {
            let version = one_line(&version, 20);
            return Err(format!("its `specversion` is {version:?}: send 1.0"));
        }
        None => return Err("it has no `specversion`".into()),
    }
    let (Some(source), Some(kind)) = (text(&event["source"]), text(&event["type"])) else {
        return Err("it has no `source` or no `type`".into());
    };
    let encoded = event["data_base64"]
        .as_str()
        .and_then(|data| serde_json::from_slice::<Value>(&STANDARD.decode(data).ok()?).ok());
    let data = encoded.as_ref().unwrap_or(&event["data"]);
    if data["test"] == Value::Bool(true) {
        return Ok(Reading::nothing("it is a test"));
    }
    let said = ["status", "state"].into_iter().find_map(|name| text(&data[name]));
    // The last part of the type says what happened: `com.example.disk.full.resolved`.
    let happened = kind.rsplit(['.', '/']).next().unwrap_or_default();
    let meaning = said.as_deref().and_then(meaning).or_else(|| meaning(happened));
    let began_at = time(&data["starts_at"]).or_else(|| time(&event["time"]));
    let state = match meaning {
        Some(false) => {
            resolved(time(&data["ends_at"]).or_else(|| time(&event["time"])), delivery.now)
        }
        Some(true) | None => firing(began_at, delivery.now),
    };
    let subject = text(&event["subject"]);
    let stable = text(&data["dedup_key"]).or_else(|| subject.clone());
    let stable = stable.unwrap_or_else(|| kind.clone());
    let mut set = labels(&data["labels"]);
    // Attributes, and the extensions a sender added to them.
    set.extend(labels(event).into_iter().filter(|(name, _)| {
        !["id", "time", "specversion", "datacontenttype", "data_base64"].contains(&name.as_str())
    }));
    set.remove("data");
    let severity = [&data["severity"], &event["severity"]];
    let told = Told {
        key: Some(format!("{source}#{stable}")),
        title: ["title", "summary"]
            .into_iter()
            .find_map(|name| text(&data[name]))
            .or(subject)
            .or_else(|| Some(kind.clone())),
        description: vec![text(&data["description"]), text(&data["message"]), text(data)],
        severity: severity.into_iter().find_map(|word| delivery.severity_of(&text(word)?)),
        domain_hints: ["domain", "service"]
            .into_iter()
            .map(|name| text(&data[name]))
            .chain(affected(&set))
            .chain([Some(source)])
            .collect(),
        links: ["url", "link"].map(|name| text(&data[name])).into(),
        labels: set,
        unless_ruled: if meaning.is_some() { Then::Open } else { Then::Record },
    };
    Ok(Reading::one(told.alert("cloudevents", state)))
}

/// Whether a word says that it fires, or that it no longer does; or neither.
fn meaning(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "firing" | "fired" | "alerting" | "alert" | "alarm" | "triggered" | "open" | "opened"
        | "failed" | "failing" | "down" => Some(true),
        "resolved" | "ok" | "recovered" | "closed" | "cleared" | "up" => Some(false),
        _ => None,
    }
}

/// The value of a header: perhaps quoted, and percent-encoded once.
fn header_text(value: &str) -> String {
    let value = value.trim();
    let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let plain = quoted.map(|quoted| quoted.replace("\\\"", "\"").replace("\\\\", "\\"));
    percent::decoded(plain.as_deref().unwrap_or(value))
}
