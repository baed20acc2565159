//! New Relic workflows: the issue as their own template sends it, and the older template that still
//! renders the fields of an incident.
//!
//! Source: `docs.newrelic.com/docs/alerts/get-notified/notification-integrations` (read 2026-08-22).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    Delivery, Then,
    lenient::{filled, one_line, text, time},
    sources::Reading,
    told::{Told, firing, of_repeat, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let fields = filled(body, |text| text.starts_with("{{"));
    let first = |names: &[&str]| names.iter().find_map(|name| fields.get(*name).cloned());
    // Others have a `state` or an `id` too: what names New Relic is the policy, or the issue.
    let names =
        ["issueid", "issueurl", "issuepageurl", "incident_id", "workflowname", "policy_name"];
    let is_ours = body
        .as_object()
        .is_some_and(|all| all.keys().any(|key| names.contains(&&*key.to_ascii_lowercase())));
    let Some(word) = first(&["current_state", "state"]).filter(|_| is_ours) else {
        if is_ours && fields.len() < body.as_object().map_or(0, serde_json::Map::len) {
            return Ok(Reading::nothing("the template was not filled: it is a test"));
        }
        return Err("it has no `state` of an issue and no `current_state` of an incident".into());
    };
    let is_test = fields.get("details").is_some_and(|text| text == "I am a test Violation")
        || listed(&body["targets"], "product").iter().any(|product| product == "TESTING");
    if is_test {
        return Ok(Reading::nothing("it is the test of a destination"));
    }
    let at = |names: &[&str]| first(names).and_then(|text| time(&Value::String(text)));
    let began_at = at(&["createdat", "activatedat", "opened_at"]);
    let told_at = at(&["timestamp", "updatedat"]);
    let now = delivery.now;
    let (state, unless_ruled) = match word.to_ascii_lowercase().as_str() {
        "open" | "opened" | "activated" | "created" | "active" => {
            (firing(began_at.or(told_at), now), Then::Open)
        }
        "acknowledged" => (firing(began_at.or(told_at), now), of_repeat(began_at)),
        "closed" | "close" | "resolved" | "deactivated" => {
            (resolved(at(&["closedat", "closed_at"]).or(told_at), now), Then::Open)
        }
        _ => {
            let word = one_line(&word, 40);
            return Ok(Reading::nothing(format!("{word:?} is neither open nor closed")));
        }
    };
    let names = |field: &str| body[field].as_array().into_iter().flatten().map(text);
    let domain_hints = listed(&body["targets"], "name")
        .into_iter()
        .map(Some)
        .chain(names("impactedEntities"))
        .chain(names("entities"))
        .chain(names("alertPolicyNames"))
        .chain([first(&["policy_name", "condition_name"])])
        .collect();
    let labels: BTreeMap<String, String> = [
        ("policy", first(&["policy_name"]).or_else(|| names("alertPolicyNames").flatten().next())),
        (
            "condition",
            first(&["condition_name"]).or_else(|| names("alertConditionNames").flatten().next()),
        ),
        ("account", first(&["account_name"])),
        ("workflow", first(&["workflowname"])),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label.to_owned(), value?)))
    .collect();
    let told = Told {
        key: first(&["issueid", "issue_id", "incident_id", "id"]),
        title: first(&["issuetitle", "title", "condition_name"]),
        description: vec![first(&["details", "description"])],
        severity: ["priority", "severity"]
            .into_iter()
            .find_map(|field| delivery.severity_of(fields.get(field)?)),
        domain_hints,
        links: ["issuepageurl", "issueurl", "incident_url", "runbook_url", "violation_chart_url"]
            .map(|field| fields.get(field).cloned())
            .into(),
        labels,
        unless_ruled,
    };
    Ok(Reading::one(told.alert("newrelic", state)))
}

/// One field of each object of a list.
fn listed(value: &Value, field: &str) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|item| text(&item[field])).collect()
}
