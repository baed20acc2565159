//! The way to PagerDuty: one HTTP client, one address, one time limit.

use std::time::Duration;

use reqwest::{StatusCode, header, redirect};
use secrecy::ExposeSecret as _;

use crate::{Unusable, routing::Route, wire};

/// How long one call may take in all.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// How long it may take to reach PagerDuty at all.
const CONNECT_LIMIT: Duration = Duration::from_secs(4);

/// Sends events.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    enqueue: reqwest::Url,
}

/// What came back, before anybody made sense of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

/// Makes an HTTP client.
pub(crate) fn http() -> Result<reqwest::Client, Unusable> {
    reqwest::Client::builder()
        .timeout(TIME_LIMIT)
        .connect_timeout(CONNECT_LIMIT)
        // A redirect would take the key somewhere else.
        .redirect(redirect::Policy::none())
        .user_agent(concat!("SIMA/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(Unusable::Http)
}

impl Client {
    pub fn new(events_url: &str) -> Result<Self, Unusable> {
        let http = http()?;
        let enqueue = format!("{}/v2/enqueue", events_url.trim().trim_end_matches('/'));
        // Building a request is what checks an address, without a crate of its own for it.
        let enqueue = http.post(enqueue).build().map_err(Unusable::Http)?.url().clone();
        Ok(Self { http, enqueue })
    }

    /// Sends one event on a route.
    pub async fn enqueue(
        &self,
        route: &Route<'_>,
        event: &wire::Event<'_>,
    ) -> Result<Answer, reqwest::Error> {
        let keyed = wire::Keyed { routing_key: route.routing_key.expose_secret(), event };
        let answer = self.http.post(self.enqueue.clone()).json(&keyed).send().await?;
        let status = answer.status();
        let retry_after = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|seconds| seconds.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let body = answer.bytes().await.map(Into::into).unwrap_or_default();
        Ok(Answer { status, retry_after, body })
    }
}
