//! UptimeRobot, whose values come in the address, as a form or as JSON, all of them as text.
//!
//! Source: `uptimerobot.com/help/web-hook-alert-contacts` (read 2026-08-22).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    Delivery, Then,
    lenient::{filled, one_line, time},
    sources::Reading,
    told::{Told, firing, resolved},
};

/// Reads one delivery.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let names = ["monitorid", "monitorfriendlyname", "monitorurl"];
    let has_monitor = body
        .as_object()
        .is_some_and(|all| all.keys().any(|key| names.contains(&&*key.to_ascii_lowercase())));
    if !has_monitor {
        return Err(
            "it has no `monitorID`; let the address end in `?`, so that values follow it".into()
        );
    }
    let fields =
        filled(body, |text| text.len() > 2 && text.starts_with('*') && text.ends_with('*'));
    let word = fields.get("alerttype").or_else(|| fields.get("alerttypefriendlyname"));
    let Some(word) = word.map(|word| word.to_ascii_lowercase()) else {
        return Ok(Reading::nothing("it says neither up nor down: it is a test"));
    };
    let name = fields.get("monitorfriendlyname").or_else(|| fields.get("monitorurl")).cloned();
    let at = fields.get("alertdatetime").and_then(|text| time(&Value::from(text.as_str())));
    let called = name.clone().unwrap_or_else(|| "A monitor".into());
    let monitor = fields.get("monitorid").or(name.as_ref()).cloned();
    let (state, title, key, unless_ruled) = match word.as_str() {
        "1" | "down" => {
            (firing(at, delivery.now), format!("{called} is down"), monitor, Then::Open)
        }
        "2" | "up" => {
            (resolved(at, delivery.now), format!("{called} is down"), monitor, Then::Open)
        }
        // A date that comes nearer is work, not an incident, and coming up does not end it.
        "3" | "ssl" | "ssl expiry" => (
            firing(at, delivery.now),
            format!("The certificate of {called} expires soon"),
            monitor.map(|monitor| format!("{monitor}/certificate")),
            Then::Record,
        ),
        other => {
            let other = one_line(other, 40);
            return Ok(Reading::nothing(format!("{other:?} is neither up nor down")));
        }
    };
    let labels: BTreeMap<String, String> =
        name.iter().map(|name| ("monitor".to_owned(), name.clone())).collect();
    let told = Told {
        key,
        title: Some(title),
        description: vec![fields.get("alertdetails").cloned()],
        severity: None,
        domain_hints: vec![name],
        links: vec![fields.get("monitorurl").cloned()],
        labels,
        unless_ruled,
    };
    Ok(Reading::one(told.alert("uptimerobot", state)))
}
