//! Uptime Kuma, notification type webhook: JSON, a form with JSON in it, or values in the address.
//!
//! Source: github.com/louislam/uptime-kuma, `server/notification-providers/webhook.js` (read
//! 2026-08-22).

use serde_json::Value;

use crate::{
    Delivery, Then,
    lenient::{affected, one_line, tags, text, time},
    sources::Reading,
    told::{Told, firing, of_repeat, resolved},
};

/// Reads one delivery.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let (heartbeat, monitor) = (&body["heartbeat"], &body["monitor"]);
    if !heartbeat.is_object() {
        return announced(body, delivery);
    }
    let at = time(&heartbeat["time"]);
    // A beat sent again says when it was sent, not when the trouble began.
    let repeats = heartbeat["important"] == Value::Bool(false) || heartbeat["important"] == 0;
    let (state, unless_ruled) = match text(&heartbeat["status"]).as_deref() {
        Some("0") if repeats => (firing(at, delivery.now), of_repeat(None)),
        Some("0") => (firing(at, delivery.now), Then::Open),
        Some("1") => (resolved(at, delivery.now), Then::Open),
        Some("2") => return Ok(Reading::nothing("the monitor is being tried again")),
        Some("3") => return Ok(Reading::nothing("the monitor is under maintenance")),
        _ => return Err("its `heartbeat` has no `status` from 0 to 3".into()),
    };
    let name = text(&monitor["name"]);
    let labelled = tags(&monitor["tags"]);
    let mut labels = labelled.clone();
    for (label, field) in [("monitor", "name"), ("type", "type")] {
        labels.extend(text(&monitor[field]).map(|value| (label.to_owned(), value)));
    }
    let told = Told {
        key: text(&monitor["id"]).or_else(|| text(&heartbeat["monitorID"])),
        title: Some(match &name {
            Some(name) => format!("{name} is down"),
            None => text(&body["msg"]).unwrap_or_else(|| "A monitor is down".into()),
        }),
        description: vec![text(&heartbeat["msg"])],
        severity: labelled.get("severity").and_then(|word| delivery.severity_of(word)),
        domain_hints: affected(&labelled)
            .chain(
                labelled.iter().flat_map(|(tag, value)| [Some(tag.clone()), Some(value.clone())]),
            )
            .chain([name])
            .collect(),
        links: vec![text(&monitor["url"])],
        labels,
        unless_ruled,
    };
    Ok(Reading::one(told.alert("uptimekuma", state)))
}

/// A message about no beat of a monitor: the test, or a certificate that expires.
fn announced(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let is_ours = body.get("heartbeat").is_some() || body.get("monitor").is_some();
    let Some(message) = text(&body["msg"]).filter(|_| is_ours) else {
        return Err("it has no `heartbeat` of a `monitor`".into());
    };
    if message.trim_end().to_ascii_lowercase().ends_with("testing") {
        return Ok(Reading::nothing("it is the test of a notification"));
    }
    let told = Told { title: Some(one_line(&message, 1000)), ..Told::default() };
    let told = Told { unless_ruled: Then::Record, ..told };
    Ok(Reading::one(told.alert("uptimekuma", firing(None, delivery.now))))
}
