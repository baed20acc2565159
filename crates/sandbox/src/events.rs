//! Events on their way to the app: the envelope, and the attempts to deliver it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::Core;
use crate::{cast, delivery, form, random};

/// One event with the id that all its deliveries share.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) time: i64,
    pub(crate) body: Value,
}

impl Event {
    pub(crate) fn new(body: Value, time: i64) -> Self {
        Self { id: random::id("Ev"), time, body }
    }

    fn envelope(&self) -> Value {
        json!({
            "token": "sandbox-verification-token",
            "team_id": cast::TEAM,
            "context_team_id": cast::TEAM,
            "context_enterprise_id": null,
            "api_app_id": cast::APP,
            "event": self.body,
            "type": "event_callback",
            "event_id": self.id,
            "event_time": self.time,
            "authorizations": [{
                "enterprise_id": null, "team_id": cast::TEAM, "user_id": cast::BOT_USER,
                "is_bot": true, "is_enterprise_install": false,
            }],
            "is_ext_shared_channel": false,
            "event_context": format!("4-{}", self.id),
        })
    }
}

/// Delivers an event: at once, and after each failure again at once, after a minute, after five.
pub(crate) async fn deliver(core: Arc<Core>, event: Event) {
    const WAITS_SECS: [i64; 3] = [0, 60, 300];
    let body = event.envelope().to_string();
    let mut headers = Vec::new();
    let mut waits = WAITS_SECS.iter();
    for attempt in 1.. {
        let sent =
            delivery::send(&core, "/slack/events", "application/json", body.clone(), &headers);
        let outcome = tokio::select! {
            outcome = sent => outcome,
            () = core.stopped.cancelled() => return,
        };
        let Err(failure) = outcome else { break };
        let wait = waits.next().filter(|_| failure.reason != "no_retry");
        let Some(wait) = wait else { break };
        headers = vec![
            ("x-slack-retry-num", attempt.to_string()),
            ("x-slack-retry-reason", failure.reason.to_owned()),
        ];
        let due = core.change(|state| {
            state.retries_waiting += 1;
            state.clock.micros() + wait * 1_000_000 / i64::from(state.retry_divisor)
        });
        tokio::select! {
            () = core.clock.reaches(due) => {}
            () = core.stopped.cancelled() => return,
        }
        core.change(|state| state.retries_waiting -= 1);
    }
    core.change(|state| state.deliveries_pending -= 1);
}

/// Sends an unsigned body with `ssl_check=1`, as Slack does to see whether the certificate holds.
pub(crate) async fn check_ssl(core: &Core) -> Option<u16> {
    let body = form::write(&[("ssl_check", "1"), ("token", "sandbox-verification-token")]);
    let app_url = core.app_url.read().expect("app url").clone()?;
    let sent = core
        .http
        .post(format!("{}/slack/commands", app_url.trim_end_matches('/')))
        .timeout(delivery::PATIENCE)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send();
    sent.await.ok().map(|answer| answer.status().as_u16())
}

/// Asks the app to prove that the URL is its own, as Slack does before it saves it.
pub(crate) async fn verify_url(core: &Core) -> bool {
    let challenge = random::hex(26);
    let body = json!({
        "token": "sandbox-verification-token", "challenge": challenge, "type": "url_verification",
    });
    let answer =
        delivery::send(core, "/slack/events", "application/json", body.to_string(), &[]).await;
    answer.is_ok_and(|answer| {
        let given = if answer.content_type.starts_with("application/json") {
            serde_json::from_str::<Value>(&answer.body)
                .ok()
                .and_then(|body| body["challenge"].as_str().map(str::to_owned))
        } else if let Some(value) = answer.body.strip_prefix("challenge=") {
            Some(value.to_owned())
        } else {
            Some(answer.body.trim().to_owned())
        };
        given.as_deref() == Some(challenge.as_str())
    })
}
