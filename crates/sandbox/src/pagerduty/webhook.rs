//! Webhooks v3 to the app, for what people do with an incident in PagerDuty itself.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use crate::core::Core;
use crate::random;

/// The secret the webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "sima-sandbox-webhook-secret";

/// A person acknowledges or resolves an incident in PagerDuty; the app's webhook is told.
pub(crate) fn tell(core: &Arc<Core>, incident: &str, action: &str) -> Result<(), String> {
    let event = core.change(|state| {
        let now = state.clock.text();
        let services = state.pager.services.clone();
        let base_url = state.base_url.clone();
        let found = state
            .pager
            .incidents
            .iter_mut()
            .find(|other| other.id == incident)
            .ok_or("there is no such page")?;
        if !found.is_open() {
            return Err("the page is resolved already".to_owned());
        }
        let status = if action == "resolve" { "resolved" } else { "acknowledged" };
        status.clone_into(&mut found.status);
        found.note(&now, action, "by Malik Diop");
        let described = found.describe(&services, &base_url);
        Ok(json!({"event": {
            "id": random::id("01"),
            "event_type": format!("incident.{status}"),
            "resource_type": "incident",
            "occurred_at": now,
            "agent": {"id": "PUSERMALIK", "type": "user_reference", "summary": "Malik Diop"},
            "client": null,
            "data": {
                "id": found.id, "type": "incident", "self": described["self"],
                "html_url": described["html_url"], "number": found.number, "status": status,
                "incident_key": found.dedup_key, "created_at": found.created_at,
                "title": found.title, "service": described["service"], "assignees": [],
                "teams": [], "priority": null, "urgency": described["urgency"],
                "conference_bridge": null, "resolve_reason": null,
            },
        }}))
    })?;
    let core = core.clone();
    tokio::spawn(async move {
        let body = event.to_string();
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
    Ok(())
}

fn signature(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(body.as_bytes());
    format!("v1={}", hex::encode(mac.finalize().into_bytes()))
}
