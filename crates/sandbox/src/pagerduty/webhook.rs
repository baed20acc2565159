//! Webhooks v3 to the app, for what people do with an incident in PagerDuty itself.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::account::{refer, user_id};
use crate::core::Core;
use crate::random;
use crate::state::State;

/// The secret the webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "sima-sandbox-webhook-secret";

/// A person of the workspace acknowledges or resolves an incident in PagerDuty; the app's webhook is
/// told.
pub(crate) fn tell(core: &Arc<Core>, incident: &str, action: &str, by: &str) -> Result<(), String> {
    let event = core.change(|state| {
        let now = state.clock.text();
        let seconds = state.clock.whole_seconds();
        let person = state.person(by).ok_or("there is nobody of that name")?;
        let (user, name) = (user_id(&person.name), person.real_name.clone());
        let at = state.pager.incidents.iter().position(|other| other.id == incident);
        let at = at.ok_or("there is no such page")?;
        let found = &mut state.pager.incidents[at];
        if !found.is_open() {
            return Err("the page is resolved already".to_owned());
        }
        let status = if action == "resolve" { "resolved" } else { "acknowledged" };
        status.clone_into(&mut found.status);
        found.note(&now, action, &format!("by {name}"));
        if status == "acknowledged" {
            found.assign(std::slice::from_ref(&user), &seconds);
        }
        let agent = json!({"id": user, "type": "user_reference", "summary": name});
        Ok(event(state, at, &format!("incident.{status}"), &agent))
    })?;
    post(core, &event);
    Ok(())
}

/// The body of a webhook about the incident at that place, as it is now.
pub(super) fn event(state: &State, at: usize, kind: &str, agent: &Value) -> Value {
    let found = &state.pager.incidents[at];
    let described = found.describe(&state.pager, &state.people, &state.base_url);
    let assignees: Vec<Value> =
        found.assigned.iter().map(|one| refer(&state.people, &one.user)).collect();
    json!({"event": {
        "id": random::id("01"),
        "event_type": kind,
        "resource_type": "incident",
        "occurred_at": state.clock.text(),
        "agent": agent,
        "client": null,
        "data": {
            "id": found.id, "type": "incident", "self": described["self"],
            "html_url": described["html_url"], "number": found.number, "status": found.status,
            "incident_key": found.dedup_key, "created_at": found.created_at,
            "title": found.title, "service": described["service"], "assignees": assignees,
            "escalation_policy": described["escalation_policy"],
            "teams": [], "priority": null, "urgency": described["urgency"],
            "conference_bridge": null, "resolve_reason": null,
        },
    }})
}

/// Sends a webhook, signed.
pub(super) fn post(core: &Arc<Core>, event: &Value) {
    let (core, body) = (core.clone(), event.to_string());
    tokio::spawn(async move {
        let app_url = core.app_url.read().expect("app url").clone();
        let Some(app_url) = app_url else { return };
        let sent = core
            .http
            .post(format!("{}/pagerduty/webhooks", app_url.trim_end_matches('/')))
            .timeout(Duration::from_secs(5))
            .header("content-type", "application/json")
            .header("x-pagerduty-signature", signature(&body))
            .header("x-webhook-id", crate::random::uuid())
            .body(body)
            .send();
        match sent.await {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => {
                tracing::info!(status = %answer.status(), "the app did not take the webhook");
            }
            Err(error) => tracing::info!(%error, "the webhook did not arrive"),
        }
    });
}

fn signature(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(body.as_bytes());
    format!("v1={}", hex::encode(mac.finalize().into_bytes()))
}
