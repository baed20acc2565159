//! Pingdom, webhooks of uptime and transaction checks.
//!
//! Source: `pingdom.com/resources/webhooks` (read 2026-08-22).

use serde_json::Value;

use crate::{
    Delivery, Then,
    lenient::{affected, one_line, tags, text, time},
    sources::Reading,
    told::{Told, firing, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let (Some(check), Some(word)) = (text(&body["check_id"]), text(&body["current_state"])) else {
        return Err("it has no `check_id` with a `current_state`".into());
    };
    let at =
        time(&body["state_changed_timestamp"]).or_else(|| time(&body["state_changed_utc_time"]));
    let state = match word.to_ascii_uppercase().as_str() {
        "DOWN" | "FAILING" => firing(at, delivery.now),
        "UP" | "SUCCESS" => resolved(at, delivery.now),
        _ => {
            let word = one_line(&word, 40);
            return Ok(Reading::nothing(format!("{word:?} is neither up nor down")));
        }
    };
    let name = text(&body["check_name"]);
    let is_transaction = ["current_state", "previous_state"]
        .iter()
        .any(|field| text(&body[*field]).is_some_and(|word| word.eq_ignore_ascii_case("FAILING")));
    let trouble = if is_transaction { "is failing" } else { "is down" };
    let title = format!("{} {trouble}", name.as_deref().unwrap_or("A check"));
    let mut labels = tags(&body["tags"]);
    for (label, field) in [("check", "check_name"), ("check_type", "check_type")] {
        labels.extend(text(&body[field]).map(|value| (label.to_owned(), value)));
    }
    let told = Told {
        key: Some(check),
        title: Some(title),
        description: vec![text(&body["long_description"]).or_else(|| text(&body["description"]))],
        severity: text(&body["importance_level"])
            .as_deref()
            .and_then(|word| delivery.severity_of(word)),
        domain_hints: affected(&labels)
            .chain(tags(&body["tags"]).into_keys().map(Some))
            .chain([name])
            .collect(),
        links: vec![text(&body["check_params"]["full_url"])],
        labels,
        unless_ruled: Then::Open,
    };
    Ok(Reading::one(told.alert("pingdom", state)))
}
