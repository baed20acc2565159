//! Better Stack Uptime, outgoing webhooks about incidents.
//!
//! Source: `betterstack.com/docs/uptime/webhooks` (read 2026-08-22).

use serde_json::Value;

use crate::{
    Delivery, Then,
    lenient::{one_line, text, time},
    sources::Reading,
    told::{Told, firing, of_repeat, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let incident = &body["data"];
    let told = &incident["attributes"];
    if incident["type"] != "incident" || !told.is_object() {
        return Err("its `data` is not of type incident".into());
    }
    let began_at = time(&told["started_at"]);
    let now = delivery.now;
    let word = text(&told["status"]).unwrap_or_default();
    let (state, unless_ruled) = match word.to_ascii_lowercase().as_str() {
        "acknowledged" | "validating" => (firing(began_at, now), of_repeat(began_at)),
        "resolved" => (resolved(time(&told["resolved_at"]), now), Then::Open),
        "" if !told["resolved_at"].is_null() => {
            (resolved(time(&told["resolved_at"]), now), Then::Open)
        }
        "started" | "unconfirmed" | "reopened" | "" => (firing(began_at, now), Then::Open),
        _ => {
            let word = one_line(&word, 40);
            return Ok(Reading::nothing(format!("{word:?} is neither started nor resolved")));
        }
    };
    let (name, cause) = (text(&told["name"]), text(&told["cause"]));
    let title = match (&name, &cause) {
        (Some(name), Some(cause)) => Some(format!("{name}: {cause}")),
        (one, other) => one.clone().or_else(|| other.clone()),
    };
    let team = text(&told["team_name"]);
    let labels = [("monitor", name.clone()), ("team", team.clone())];
    let told = Told {
        key: text(&incident["id"]),
        title,
        description: Vec::new(),
        severity: None,
        domain_hints: vec![name, team],
        links: ["url", "screenshot_url", "origin_url"].map(|field| text(&told[field])).into(),
        labels: labels
            .into_iter()
            .filter_map(|(label, value)| Some((label.to_owned(), value?)))
            .collect(),
        unless_ruled,
    };
    Ok(Reading::one(told.alert("betterstack", state)))
}
