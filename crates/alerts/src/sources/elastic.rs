//! Elastic: Kibana's webhook connector, whose body is a Mustache template.
//!
//! We read the template of our guide, and one that nests the same variables as Kibana names them.
//! Recovery is a second action on the rule, to be run when it has recovered.
//!
//! Source: `elastic.co/docs/reference/kibana/connectors-kibana/webhook-action-type` (read 2026-08-22).

use serde_json::Value;

use crate::{
    Delivery, Then,
    lenient::{affected, filled, tags, text, time},
    sources::Reading,
    told::{Told, firing, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    if body["action_group"].is_null() && body["alert"]["actionGroup"].is_null() {
        return Err("it has no `action_group`: use the body of our guide".into());
    }
    let fields = filled(body, is_variable);
    let [rule, alert, context] = ["rule", "alert", "context"].map(|name| &body[name]);
    let said = |flat: &str, nested: &Value| {
        fields.get(flat).cloned().or_else(|| text(nested).filter(|text| !is_variable(text)))
    };
    let Some(group) = said("action_group", &alert["actionGroup"]) else {
        return Ok(Reading::nothing("its variables were not replaced: it is a test"));
    };
    let at = said("date", &body["date"]).and_then(|text| time(&Value::String(text)));
    let group = group.to_ascii_lowercase();
    let state = match group.as_str() {
        "recovered" => resolved(at, delivery.now),
        _ => firing(at, delivery.now),
    };
    let rule_id = said("rule_id", &rule["id"]);
    let alert_id = said("alert_id", &alert["id"]);
    let key = match (&rule_id, &alert_id) {
        (None, None) => None,
        (rule, alert) => {
            Some([rule, alert].map(|part| part.as_deref().unwrap_or_default()).join("/"))
        }
    };
    let mut labels = fields.get("tags").map(|text| tags(&Value::from(text.as_str())));
    if let Value::Array(_) = &rule["tags"] {
        labels = Some(tags(&rule["tags"]));
    }
    let mut labels = labels.unwrap_or_default();
    for (label, value) in [
        ("rule", said("rule_name", &rule["name"])),
        ("space", said("space", &rule["spaceId"])),
        ("action_group", Some(group.clone())),
    ] {
        labels.extend(value.map(|value| (label.to_owned(), value)));
    }
    let own = said("severity", &context["severity"]).or_else(|| labels.get("severity").cloned());
    let told = Told {
        key,
        title: said("rule_name", &rule["name"]),
        description: vec![said("message", &context["message"])],
        // Some rules name their groups after how bad it is.
        severity: own
            .as_deref()
            .and_then(|word| delivery.severity_of(word))
            .or_else(|| delivery.severity_of(&group)),
        domain_hints: affected(&labels).chain([alert_id.filter(|id| id != "*")]).collect(),
        links: vec![said("url", &rule["url"])],
        labels,
        unless_ruled: Then::Open,
    };
    Ok(Reading::one(told.alert("elastic", state)))
}

/// Whether a text is a variable that was not replaced.
fn is_variable(text: &str) -> bool {
    text.starts_with("{{") && text.ends_with("}}")
}
