//! Signed HTTP from the workspace to the app, and what came back within Slack's three seconds.

use std::time::Duration;

use serde_json::Value;

use crate::core::Core;
use crate::{cast, signing, socket};

/// How long Slack waits for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// What the app answered to one delivery.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// HTTP status; `None` when there was no answer or nothing was sent.
    pub status: Option<u16>,
    /// The body as it came.
    pub body: String,
    /// What the person was told instead, when something was wrong with it.
    pub trouble: Option<String>,
}

impl Answer {
    /// The body read as JSON, null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Whether the app answered, and in a way Slack takes.
    pub fn is_fine(&self) -> bool {
        self.trouble.is_none()
    }

    /// The client refused to send anything; the reason is in words for the person.
    pub(crate) fn not_sent(why: impl Into<String>) -> Self {
        Self { trouble: Some(why.into()), ..Self::default() }
    }
}

/// Why a delivery got no proper answer, in the words of `x-slack-retry-reason`.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) reason: &'static str,
    pub(crate) status: Option<u16>,
}

/// A delivery that got its 2xx.
#[derive(Debug)]
pub(crate) struct Delivered {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

/// Sends a body to one of the app's paths, signed with the sandbox's time.
pub(crate) async fn send(
    core: &Core,
    path: &str,
    content_type: &str,
    body: String,
    headers: &[(&str, String)],
) -> Result<Delivered, Failure> {
    if core.read(|state| state.socket_tickets.is_some()) {
        return socket::send(core, path, &body, headers).await;
    }
    let app_url = core.app_url.read().expect("app url").clone();
    let Some(app_url) = app_url else {
        return Err(Failure { reason: "connection_failed", status: None });
    };
    let timestamp = core.clock.seconds().to_string();
    let mut request = core
        .http
        .post(format!("{}{path}", app_url.trim_end_matches('/')))
        .timeout(PATIENCE)
        .header("content-type", content_type)
        .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
        .header(
            "x-slack-signature",
            signing::signature(cast::SIGNING_SECRET, &timestamp, body.as_bytes()),
        )
        .header("x-slack-request-timestamp", timestamp);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let failed = |error: &reqwest::Error| Failure {
        reason: if error.is_timeout() { "http_timeout" } else { "connection_failed" },
        status: None,
    };
    let response = request.body(body).send().await.map_err(|error| failed(&error))?;
    let status = response.status();
    let no_retry = response.headers().get("x-slack-no-retry").is_some_and(|value| value == "1");
    let content_type = response
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let body = response.text().await.map_err(|error| failed(&error))?;
    if status.is_success() {
        Ok(Delivered { status: status.as_u16(), content_type, body })
    } else {
        let reason = if no_retry { "no_retry" } else { "http_error" };
        Err(Failure { reason, status: Some(status.as_u16()) })
    }
}
