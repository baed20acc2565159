//! Opsgenie's outgoing webhook; Jira Service Management Operations sends the same.
//!
//! Source: `support.atlassian.com/opsgenie/docs/integrate-opsgenie-with-webhook` (read 2026-08-22).

use serde_json::Value;

use crate::{
    Delivery, Then,
    lenient::{affected, labels, one_line, tags, text, time},
    sources::Reading,
    told::{Told, firing, of_repeat, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let alert = &body["alert"];
    let (Some(action), Some(id)) =
        (text(&body["action"]), text(&alert["alertId"]).or_else(|| text(&alert["alias"])))
    else {
        return Err("it has no `action` on an `alert` with an `alertId`".into());
    };
    let created_at = time(&alert["createdAt"]);
    let now = delivery.now;
    let (state, unless_ruled) = match action.to_ascii_lowercase().as_str() {
        "create" => (firing(created_at, now), Then::Open),
        "acknowledge" | "unacknowledge" | "escalate" | "escalatenext" | "updatepriority"
        | "unsnooze" => (firing(created_at, now), of_repeat(created_at)),
        "close" | "delete" => (resolved(time(&alert["updatedAt"]), now), Then::Open),
        _ => {
            let action = one_line(&action, 40);
            return Ok(Reading::nothing(format!("{action:?} does not change whether it fires")));
        }
    };
    // Of the one account that the address is for, whichever its name is: the site leads there.
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let page = is_plain.then(|| format!("https://app.opsgenie.com/alert/detail/{id}/details"));
    let mut set = labels(&alert["details"]);
    set.extend(tags(&alert["tags"]));
    for field in ["entity", "priority", "source"] {
        set.extend(text(&alert[field]).map(|value| (field.to_owned(), value)));
    }
    let told = Told {
        key: Some(id),
        title: text(&alert["message"]),
        description: vec![text(&alert["description"])],
        severity: text(&alert["priority"]).as_deref().and_then(|word| delivery.severity_of(word)),
        domain_hints: affected(&set)
            .chain(["entity", "team", "source"].map(|field| text(&alert[field])))
            .collect(),
        links: vec![page],
        labels: set,
        unless_ruled,
    };
    Ok(Reading::one(told.alert("opsgenie", state)))
}
