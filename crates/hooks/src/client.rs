//! The way to a receiver: one HTTP client, a time limit, and the one place where answers are read.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{StatusCode, header, redirect};
use sima_incident::Setback;

use crate::{Address, SigningKey, sign};

/// How long one call may take in all. The specification asks receivers to answer at once.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// How long it may take to reach the receiver at all.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// The longest a receiver may make us wait.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Sends signed webhooks.
#[derive(Clone, Debug)]
pub struct Hooks {
    http: reqwest::Client,
}

/// There is no TLS on this machine.
#[derive(Debug, thiserror::Error)]
#[error("cannot make an HTTP client for webhooks")]
pub struct Unusable(#[from] reqwest::Error);

impl Hooks {
    /// Makes ready to send. Calls nobody.
    ///
    /// # Errors
    /// [`Unusable`] if this machine has no certificates to trust.
    pub fn new() -> Result<Self, Unusable> {
        let http = reqwest::Client::builder()
            .timeout(TIME_LIMIT)
            .connect_timeout(CONNECT_LIMIT)
            // What is signed for one receiver goes to no other.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("SIMA/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http })
    }

    /// Sends one message of JSON. `id` is the same at every try: the receiver tells by it that it
    /// has the message already.
    ///
    /// # Errors
    /// [`Setback::Retry`] when the receiver could not be reached, was busy or gave no answer;
    /// [`Setback::Refused`] when it will not take the message, with what to mend.
    pub async fn post(
        &self,
        to: &Address,
        key: &SigningKey,
        id: &str,
        now: Timestamp,
        body: Vec<u8>,
    ) -> Result<(), Setback> {
        let unix_seconds = now.as_second();
        let sent = self
            .http
            .post(to.url())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", unix_seconds.to_string())
            .header("webhook-signature", sign(key, id, unix_seconds, &body))
            .body(body)
            .send()
            .await;
        let host = to.host();
        match sent {
            Ok(answer) => judge(host, answer.status(), retry_after(&answer)),
            Err(error) if error.is_connect() => {
                Err(Setback::later(format!("{host} could not be reached")))
            }
            Err(error) if error.is_timeout() => {
                Err(Setback::unsure(format!("{host} gave no answer within 15 s")))
            }
            Err(error) if error.is_builder() => {
                Err(Setback::refused("the message could not be written as a request"))
            }
            Err(_) => Err(Setback::unsure(format!("the answer of {host} was lost"))),
        }
    }
}

/// Reads an answer. What the body says is not looked at: it is the receiver's own affair.
fn judge(host: &str, status: StatusCode, after: Option<Duration>) -> Result<(), Setback> {
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::GONE => Err(Setback::refused(format!(
            "{host} wants no more of these (410): remove the webhook from the configuration"
        ))),
        StatusCode::TOO_MANY_REQUESTS => Err(after.map_or_else(
            || Setback::later(format!("{host} is busy (429)")),
            Setback::rate_limited,
        )),
        status if status == StatusCode::REQUEST_TIMEOUT || status.is_server_error() => {
            Err(Setback::Retry { why: format!("{host} answered {status}"), after, unsure: true })
        }
        status if status.is_redirection() => Err(Setback::refused(format!(
            "{host} sends on to another address ({status}), which is not followed: configure that one"
        ))),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Setback::refused(format!(
            "{host} does not let us in ({status}): check that both sides have the same secret"
        ))),
        StatusCode::NOT_FOUND => Err(Setback::refused(format!(
            "there is nothing at that address of {host} (404): check the webhook's url"
        ))),
        status => Err(Setback::refused(format!("{host} does not take the message ({status})"))),
    }
}

/// How long the receiver asks to wait, if it says so in seconds.
fn retry_after(answer: &reqwest::Response) -> Option<Duration> {
    let seconds = answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).clamp(Duration::from_secs(1), LONGEST_WAIT))
}
