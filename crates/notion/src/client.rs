//! The way to Notion: one HTTP client, one address, one token, one pace, one time limit.

use std::{num::NonZeroU32, time::Duration};

use governor::{DefaultDirectRateLimiter, Quota};
use reqwest::{Method, StatusCode, header, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use crate::Unusable;

/// How long one call may take in all. Notion answers within seconds or not at all.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// How long it may take to reach Notion at all.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// Calls a second that Notion grants one token on average.
const CALLS_A_SECOND: NonZeroU32 = NonZeroU32::new(3).expect("three is not zero");

/// How many may follow each other at once: a page and what belongs to it. Notion allows bursts.
const BURST: NonZeroU32 = NonZeroU32::new(12).expect("twelve is not zero");

/// Sends requests.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base_url: String,
    version: String,
    token: SecretString,
    pace: DefaultDirectRateLimiter,
}

/// What came back, before anybody made sense of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(base_url: &str, version: &str, token: SecretString) -> Result<Self, Unusable> {
        let http = reqwest::Client::builder()
            .timeout(TIME_LIMIT)
            .connect_timeout(CONNECT_LIMIT)
            // A redirect would take the token somewhere else.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("SIMA/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Unusable)?;
        let base_url = base_url.trim().trim_end_matches('/').trim_end_matches("/v1").to_owned();
        // Building a request is what checks an address, without a crate of its own for it.
        http.get(&base_url).build().map_err(Unusable)?;
        let pace =
            DefaultDirectRateLimiter::direct(Quota::per_second(CALLS_A_SECOND).allow_burst(BURST));
        Ok(Self { http, base_url, version: version.trim().to_owned(), token, pace })
    }

    /// Whether the version that is spoken has data sources between a database and its pages.
    pub fn has_data_sources(&self) -> bool {
        // Versions are dates, which sort as text.
        self.version.as_str() >= "2025-09-03"
    }

    /// Sends one request when the pace allows it; `path` follows `/v1/`.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<Answer, reqwest::Error> {
        self.pace.until_ready().await;
        let mut request = self
            .http
            .request(method, format!("{}/v1/{path}", self.base_url))
            .bearer_auth(self.token.expose_secret())
            .header("Notion-Version", &self.version);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let retry_after = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|seconds| seconds.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let body = answer.bytes().await?.into();
        Ok(Answer { status, retry_after, body })
    }
}
