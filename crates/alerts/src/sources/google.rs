//! Google Cloud Monitoring, notification channels of kind webhook (versions 1.1 and 1.2) and Pub/Sub.
//!
//! Source: `cloud.google.com/monitoring/support/notification-options#webhooks` (read 2026-08-22).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{
    Delivery, Then,
    lenient::{affected, labels, one_line, text, time},
    sources::Reading,
    told::{Told, firing, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    // Pub/Sub wraps the same body.
    let unwrapped = body["message"]["data"].as_str().and_then(|data| {
        let bytes = STANDARD.decode(data).ok()?;
        serde_json::from_slice::<Value>(&bytes).ok()
    });
    let incident = &unwrapped.as_ref().unwrap_or(body)["incident"];
    if !incident.is_object() || (incident["state"].is_null() && incident["policy_name"].is_null()) {
        return Err("it has no `incident` with a `state`".into());
    }
    let Some(id) = text(&incident["incident_id"]) else {
        return Ok(Reading::nothing("the incident has no id: it is a test"));
    };
    let word = text(&incident["state"]).unwrap_or_default();
    let state = match word.to_ascii_lowercase().as_str() {
        "open" => firing(time(&incident["started_at"]), delivery.now),
        "closed" => resolved(time(&incident["ended_at"]), delivery.now),
        _ => {
            let word = one_line(&word, 40);
            return Ok(Reading::nothing(format!(
                "the incident is neither open nor closed: {word:?}"
            )));
        }
    };
    let of_policy = labels(&incident["policy_user_labels"]);
    let of_user = labels(&incident["metadata"]["user_labels"]);
    let of_system = labels(&incident["metadata"]["system_labels"]);
    let of_resource = labels(&incident["resource"]["labels"]);
    let severity = text(&incident["severity"])
        .as_ref()
        .into_iter()
        .chain([&of_policy, &of_user, &of_system].into_iter().filter_map(|set| set.get("severity")))
        .find_map(|word| delivery.severity_of(word));
    let names = ["service_name", "service", "module_id", "cluster_name"];
    let domain_hints = affected(&of_policy)
        .chain(affected(&of_user))
        .chain(names.map(|name| of_resource.get(name).cloned()))
        .chain(["resource_display_name", "resource_name"].map(|name| text(&incident[name])))
        .collect();
    // What somebody set for the policy counts more than what a resource happens to carry.
    let mut all = of_resource;
    all.extend(of_user);
    all.extend(of_policy);
    for (label, value) in [
        ("policy", &incident["policy_name"]),
        ("condition", &incident["condition_name"]),
        ("metric", &incident["metric"]["type"]),
        ("project", &incident["scoping_project_id"]),
    ] {
        all.extend(text(value).map(|value| (label.to_owned(), value)));
    }
    let written = &incident["documentation"];
    let written_links = written["links"].as_array().into_iter().flatten();
    let told = Told {
        key: Some(id),
        title: text(&incident["summary"])
            .or_else(|| text(&incident["condition_name"]))
            .or_else(|| text(&incident["policy_name"])),
        description: vec![text(&written["subject"]), text(&written["content"])],
        severity,
        domain_hints,
        links: std::iter::once(text(&incident["url"]))
            .chain(written_links.map(|link| text(&link["url"])))
            .collect(),
        labels: all,
        unless_ruled: Then::Open,
    };
    Ok(Reading::one(told.alert("google", state)))
}
