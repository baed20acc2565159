//! The REST API: one client, its limits, and what its refusals mean.
//!
//! Sources, read 2026-08-22: `developer.pagerduty.com/docs/rest-api-overview`, "Errors", "Rate
//! Limits", "Pagination".

pub(crate) mod wire;

use std::time::Duration;

use reqwest::{
    Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, FROM, HeaderMap, HeaderValue},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sima_incident::Setback;

use crate::client::http;
use crate::{RestSettings, Unusable};

/// The version of the API that is spoken.
const VERSION: &str = "application/vnd.pagerduty+json;version=2";

/// How long to wait when PagerDuty throttles without saying for how long.
const USUAL_WAIT: Duration = Duration::from_secs(30);

/// The most entries of a list on one page, and the end of what can be listed at all.
const PAGE: usize = 100;
const END: usize = 10_000;

/// Reads and changes what is in PagerDuty.
#[derive(Debug)]
pub(crate) struct Rest {
    http: reqwest::Client,
    base: reqwest::Url,
    authorization: HeaderValue,
    from: Option<HeaderValue>,
}

/// Why there is no answer to work with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RestError {
    /// It was surely not done.
    Unreachable,
    /// It was not read.
    Unread(String),
    /// It may have been done.
    Lost(String),
    /// PagerDuty asks to wait.
    Throttled(Duration),
    /// PagerDuty says no.
    Refused { status: StatusCode, code: Option<i64>, said: String },
}

impl Rest {
    pub fn new(settings: &RestSettings) -> Result<Self, Unusable> {
        let http = http()?;
        let base = settings.api_url.trim().trim_end_matches('/');
        let base = http.get(base).build().map_err(Unusable::Http)?.url().clone();
        let mut authorization = secret_header(&settings.api_token)?;
        authorization.set_sensitive(true);
        let from = settings.from.as_deref().map(|from| HeaderValue::from_str(from.trim()));
        let from = from.transpose().map_err(|_| Unusable::From)?;
        Ok(Self { http, base, authorization, from })
    }

    /// Whether things can be changed: PagerDuty wants to know on whose behalf.
    pub fn may_change(&self) -> bool {
        self.from.is_some()
    }

    /// Reads one thing.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, RestError> {
        self.call(Method::GET, path, query, None).await.map_err(|error| match error {
            RestError::Lost(why) => RestError::Unread(why),
            error => error,
        })
    }

    /// Reads a list to its end: `name` is the field it is in.
    pub async fn list<T: DeserializeOwned>(
        &self,
        name: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, RestError> {
        let mut all = Vec::new();
        let limit = PAGE.to_string();
        for offset in (0..END).step_by(PAGE) {
            let offset = offset.to_string();
            let paged = [("limit", limit.as_str()), ("offset", offset.as_str())];
            let query: Vec<_> = query.iter().copied().chain(paged).collect();
            let mut page: Value = self.get(&[name], &query).await?;
            let entries = page[name].take();
            // What cannot be read is passed over: PagerDuty adds kinds as it likes.
            let entries = entries.as_array().into_iter().flatten();
            all.extend(entries.filter_map(|entry| serde_json::from_value(entry.clone()).ok()));
            if page["more"] != true {
                break;
            }
        }
        Ok(all)
    }

    /// Changes one thing.
    pub async fn put(&self, path: &[&str], body: &Value) -> Result<Value, RestError> {
        self.call(Method::PUT, path, &[], Some(body)).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<T, RestError> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = self
            .http
            .request(method, url)
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, VERSION);
        if let Some(body) = body {
            request = request.json(body);
            if let Some(from) = &self.from {
                request = request.header(FROM, from.clone());
            }
        }
        let answer = request.send().await.map_err(|error| unanswered(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(|error| unanswered(&error))?;
        if status.is_success() {
            let unread = |_| RestError::Lost("PagerDuty's answer could not be read".into());
            return serde_json::from_slice(&body).map_err(unread);
        }
        Err(read_error(status, &headers, &body))
    }
}

fn secret_header(token: &SecretString) -> Result<HeaderValue, Unusable> {
    let value = format!("Token token={}", token.expose_secret().trim());
    HeaderValue::from_str(&value).map_err(|_| Unusable::Token)
}

fn unanswered(error: &reqwest::Error) -> RestError {
    if error.is_connect() || error.is_builder() {
        RestError::Unreachable
    } else if error.is_timeout() {
        RestError::Lost("PagerDuty gave no answer within 10 s".into())
    } else {
        RestError::Lost("PagerDuty's answer was lost".into())
    }
}

fn read_error(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> RestError {
    if status == StatusCode::TOO_MANY_REQUESTS {
        // Seconds to wait, not a date; it may be absent.
        let wait = headers.get("ratelimit-reset").and_then(|wait| wait.to_str().ok());
        let wait = wait.and_then(|wait| wait.trim().parse().ok());
        let wait = wait.map_or(USUAL_WAIT, |wait: u64| Duration::from_secs(wait.clamp(1, 300)));
        return RestError::Throttled(wait);
    }
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        return RestError::Lost(format!("PagerDuty answered {status}"));
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = &body["error"];
    let errors = error["errors"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let said: Vec<&str> = error["message"].as_str().into_iter().chain(errors).collect();
    let said = if said.is_empty() { "it does not say why".into() } else { said.join("; ") };
    let said = said.chars().filter(|letter| !letter.is_control()).take(300).collect();
    RestError::Refused { status, code: error["code"].as_i64(), said }
}

/// The one place where the REST API's codes are known.
impl From<RestError> for Setback {
    fn from(error: RestError) -> Self {
        match error {
            RestError::Unreachable => Self::later("PagerDuty's REST API could not be reached"),
            RestError::Unread(why) => Self::later(why),
            RestError::Lost(why) => Self::unsure(why),
            RestError::Throttled(wait) => Self::rate_limited(wait),
            RestError::Refused { status, code, said } => Self::refused(match (status, code) {
                (StatusCode::UNAUTHORIZED, _) => {
                    "PagerDuty does not know the key (401): check pagerduty.api_token".into()
                }
                (StatusCode::PAYMENT_REQUIRED, _) => {
                    "the plan of the PagerDuty account does not have this (402)".into()
                }
                (StatusCode::FORBIDDEN, _) => {
                    "the key may not do this (403): pagerduty.api_token must be able to read and \
                     write"
                        .into()
                }
                (_, Some(1008)) => {
                    "PagerDuty knows nobody of the address in pagerduty.from: write that of a \
                     user of the account"
                        .into()
                }
                (_, Some(1015)) => "nobody is on call in that escalation policy".into(),
                (StatusCode::NOT_FOUND, _) => {
                    format!("PagerDuty does not find it (404): {said}. Check pagerduty.api_url")
                }
                _ => format!("PagerDuty answered {status}: {said}"),
            }),
        }
    }
}
