//! The way to Statuspage: one HTTP client, one address, one token, one pace, one time limit.

use std::{num::NonZeroU32, time::Duration};

use governor::{DefaultDirectRateLimiter, Quota};
use reqwest::{Method, StatusCode, header, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use crate::Unusable;

/// How long one call may take in all.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// How long it may take to reach Statuspage at all.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// Calls a minute that Statuspage grants one token; bursts are allowed within them.
const CALLS_A_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("sixty is not zero");

/// How many may follow each other at once: the rest of the minute stays for what comes then.
const BURST: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");

/// Sends requests.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base_url: String,
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
    pub fn new(base_url: &str, token: SecretString) -> Result<Self, Unusable> {
        let http = reqwest::Client::builder()
            .timeout(TIME_LIMIT)
            .connect_timeout(CONNECT_LIMIT)
            // A redirect would take the token somewhere else.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("SIMA/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let base_url = base_url.trim().trim_end_matches('/').trim_end_matches("/v1").to_owned();
        // Building a request is what checks an address, without a crate of its own for it.
        http.get(&base_url).build()?;
        let pace =
            DefaultDirectRateLimiter::direct(Quota::per_minute(CALLS_A_MINUTE).allow_burst(BURST));
        Ok(Self { http, base_url, token, pace })
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
            // The word is OAuth, though there is no OAuth in it.
            .header(header::AUTHORIZATION, format!("OAuth {}", self.token.expose_secret().trim()));
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
