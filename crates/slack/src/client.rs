//! The Web API client: one base URL, one token, one HTTP client, one time limit.

use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};

use reqwest::{
    StatusCode, Url,
    header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{OnceCell, RwLock, watch};

use crate::{identity::Identity, wire::Method};

/// How long a call may take before its answer counts as lost.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// How long it may take to reach Slack at all.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long to wait when Slack asks to wait and does not say how long.
const USUAL_WAIT: Duration = Duration::from_secs(30);

/// What the company has configured about Slack.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the Web API is: ends where the method name follows, with or without the slash, such as
    /// `https://slack.com/api`. Plain `http` is accepted on loopback alone.
    pub base_url: String,
    /// The bot token (`xoxb-…`).
    pub bot_token: SecretString,
    /// The channel the company is told in, by id or name, with or without `#`.
    pub broadcast_channel: Option<String>,
    /// The emoji by which people put a message on the timeline; empty for none.
    pub mark: String,
    /// The emoji by which SIMA shows that it was taken; empty for none.
    pub taken_mark: String,
}

/// The settings cannot work.
#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    /// The base URL is no URL, or not one that may be called.
    #[error("the Slack base URL {given:?} {problem}")]
    BaseUrl {
        /// What was given.
        given: String,
        /// What is wrong with it, following the URL in a sentence.
        problem: &'static str,
    },
    /// The token has characters no token has, such as a line break.
    #[error("the Slack bot token has characters that no token has; copy it again")]
    Token,
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made")]
    Http(#[source] reqwest::Error),
}

/// A call that did not succeed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallError {
    /// Slack was not reached: it was surely not done.
    #[error("Slack could not be reached: {0}")]
    Unreachable(String),
    /// The answer was lost or unreadable: it may have been done.
    #[error("Slack's answer was lost: {0}")]
    Lost(String),
    /// Slack asked to wait so long.
    #[error("Slack asked to wait {} s", .0.as_secs())]
    RateLimited(Duration),
    /// Slack refused.
    #[error(transparent)]
    Refused(Box<Refused>),
}

impl CallError {
    /// The error code, if Slack gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(refused) => Some(&refused.error),
            Self::Unreachable(_) | Self::Lost(_) | Self::RateLimited(_) => None,
        }
    }
}

/// Slack's own words for why it refused.
#[derive(Clone, Debug, thiserror::Error)]
#[error("Slack refused {method} with {error}")]
pub struct Refused {
    /// The method that was called.
    pub method: &'static str,
    /// The error code.
    pub error: String,
    /// The scope that is missing, with `missing_scope`.
    pub needed: Option<String>,
    /// What the validation said (`response_metadata.messages`).
    pub messages: Vec<String>,
    /// The `errors` list as it came; per person when inviting.
    pub errors: Vec<Value>,
}

/// A workspace, reached through one bot token. Cheap to clone; clones share what they learned.
#[derive(Clone)]
pub struct Slack {
    pub(crate) known: Arc<Known>,
}

/// The connection, and what was learned through it.
pub(crate) struct Known {
    http: reqwest::Client,
    base: Url,
    authorization: HeaderValue,
    /// The broadcast channel as configured.
    pub(crate) broadcast_channel: Option<String>,
    /// The emoji by which people put a message on the timeline.
    pub(crate) mark: String,
    /// The emoji that shows that it was taken.
    pub(crate) taken_mark: String,
    /// Its id, once looked up.
    pub(crate) broadcast_id: RwLock<Option<String>>,
    /// Who we are, once asked.
    pub(crate) identity: OnceCell<Identity>,
    /// What Slack said when it last turned the bot token away, until it takes it again.
    turned_away: watch::Sender<Option<String>>,
    /// People by their e-mail addresses, as far as looked up.
    pub(crate) people_by_address: RwLock<HashMap<String, String>>,
}

impl std::fmt::Debug for Slack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slack").field("base", &self.known.base.as_str()).finish_non_exhaustive()
    }
}

impl Slack {
    /// Makes the client. Calls nobody.
    ///
    /// # Errors
    /// [`BadSettings`] when the base URL or the token cannot work.
    pub fn new(settings: Settings) -> Result<Self, BadSettings> {
        let base = base_url(&settings.base_url)
            .map_err(|problem| BadSettings::BaseUrl { given: settings.base_url, problem })?;
        let bearer = format!("Bearer {}", settings.bot_token.expose_secret().trim());
        let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| BadSettings::Token)?;
        authorization.set_sensitive(true);
        let http = reqwest::Client::builder()
            .timeout(TIME_LIMIT)
            .connect_timeout(CONNECT_LIMIT)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("sima/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(BadSettings::Http)?;
        let broadcast_channel = settings
            .broadcast_channel
            .map(|channel| channel.trim().trim_start_matches('#').to_owned())
            .filter(|channel| !channel.is_empty());
        Ok(Self {
            known: Arc::new(Known {
                http,
                base,
                authorization,
                broadcast_channel,
                mark: settings.mark,
                taken_mark: settings.taken_mark,
                broadcast_id: RwLock::new(None),
                identity: OnceCell::new(),
                turned_away: watch::Sender::new(None),
                people_by_address: RwLock::new(HashMap::new()),
            }),
        })
    }

    /// Calls one method.
    pub(crate) async fn call<M: Method>(&self, method: &M) -> Result<M::Answer, CallError> {
        let (answer, _) = self.call_for_headers(method).await?;
        Ok(answer)
    }

    /// Calls one method; gives the headers of the answer too.
    pub(crate) async fn call_for_headers<M: Method>(
        &self,
        method: &M,
    ) -> Result<(M::Answer, HeaderMap), CallError> {
        let url = format!("{}/{}", self.known.base.as_str().trim_end_matches('/'), M::NAME);
        let sent = self
            .known
            .http
            .post(url)
            .header(AUTHORIZATION, self.known.authorization.clone())
            .form(&form(method))
            .send()
            .await;
        let response = sent.map_err(|error| unanswered(&error))?;
        let status = response.status();
        let headers = response.headers().clone();
        let request_id = header(&headers, "x-slack-req-id").unwrap_or_default();
        tracing::debug!(slack.method = M::NAME, slack.request_id = request_id, %status, "answered");
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(CallError::RateLimited(wait(&headers)));
        }
        let body = response.bytes().await.map_err(|error| unanswered(&error))?;
        let answer: Value = match serde_json::from_slice(&body) {
            Ok(answer) if !status.is_server_error() => answer,
            Err(_) if status.is_client_error() || status.is_redirection() => {
                return Err(CallError::Refused(Box::new(Refused::by_status(M::NAME, status))));
            }
            _ => return Err(CallError::Lost(format!("{} was answered with {status}", M::NAME))),
        };
        if answer.get("ok").and_then(Value::as_bool) == Some(true) {
            self.is_turned_away(None);
            // An `ok` is a success even if the rest is not as expected.
            return Ok((serde_json::from_value(answer).unwrap_or_default(), headers));
        }
        let Some(error) = answer.get("error").and_then(Value::as_str) else {
            return Err(CallError::Lost(format!("{} was answered without ok or error", M::NAME)));
        };
        tracing::info!(slack.method = M::NAME, slack.request_id = request_id, error, "refused");
        if matches!(error, "ratelimited" | "rate_limited" | "message_limit_exceeded") {
            return Err(CallError::RateLimited(wait(&headers)));
        }
        if is_for_all_calls(error) {
            self.is_turned_away(Some(error));
        }
        Err(CallError::Refused(Box::new(Refused::read(M::NAME, error, &answer))))
    }

    /// The code with which Slack turns the bot token away, whatever is called; nothing while it takes it,
    /// as far as is known.
    pub fn turned_away(&self) -> Option<String> {
        self.known.turned_away.borrow().clone()
    }

    /// Notes whether Slack takes the token.
    fn is_turned_away(&self, code: Option<&str>) {
        self.known.turned_away.send_if_modified(|known| {
            let is_news = known.as_deref() != code;
            if is_news {
                if let Some(code) = code {
                    tracing::error!(code, "Slack turns the token away; what is due waits");
                } else {
                    tracing::info!("Slack takes the token again");
                }
                *known = code.map(str::to_owned);
            }
            is_news
        });
    }

    /// The HTTP client, for what is not the Web API.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.known.http
    }

    /// Where the Web API is.
    pub(crate) fn base(&self) -> &Url {
        &self.known.base
    }
}

impl Refused {
    /// Reads a refusal.
    fn read(method: &'static str, error: &str, answer: &Value) -> Self {
        let texts = |list: Option<&Value>| -> Vec<String> {
            list.and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|text| text.as_str().map(str::to_owned))
                .collect()
        };
        Self {
            method,
            error: error.to_owned(),
            needed: answer.get("needed").and_then(Value::as_str).map(str::to_owned),
            messages: texts(answer.pointer("/response_metadata/messages")),
            errors: answer.get("errors").and_then(Value::as_array).cloned().unwrap_or_default(),
        }
    }

    /// A refusal by HTTP status alone: there is no Slack where we called.
    fn by_status(method: &'static str, status: StatusCode) -> Self {
        Self {
            method,
            error: format!("http_{}", status.as_u16()),
            needed: None,
            messages: Vec::new(),
            errors: Vec::new(),
        }
    }
}

/// Writes a method's arguments as the form Slack's own libraries send: lists and objects are JSON
/// text, what is absent is left out.
pub(crate) fn form<M: Serialize>(method: &M) -> Vec<(String, String)> {
    let Ok(Value::Object(arguments)) = serde_json::to_value(method) else {
        return Vec::new();
    };
    arguments
        .into_iter()
        .filter_map(|(name, value)| match value {
            Value::Null => None,
            Value::String(text) => Some((name, text)),
            other => Some((name, other.to_string())),
        })
        .collect()
}

/// What it means that there was no whole answer.
pub(crate) fn unanswered(error: &reqwest::Error) -> CallError {
    // The address of the call says nothing secret, but a response_url is one: never print it.
    if error.is_connect() || error.is_builder() {
        CallError::Unreachable("there was no connection".to_owned())
    } else if error.is_timeout() {
        CallError::Lost(format!("none came within {} s", TIME_LIMIT.as_secs()))
    } else {
        CallError::Lost("the connection broke".to_owned())
    }
}

/// Whether a refusal is about the token or the workspace, so that no call will work until somebody mends
/// that, and every call may work afterwards.
pub(crate) fn is_for_all_calls(error: &str) -> bool {
    matches!(
        error,
        "invalid_auth"
            | "not_authed"
            | "token_revoked"
            | "token_expired"
            | "account_inactive"
            | "user_removed_from_team"
            | "not_allowed_token_type"
            | "team_disabled"
            | "org_login_required"
            | "enterprise_is_restricted"
            | "ekm_access_denied"
            | "team_access_not_granted"
    )
}

/// How long the answer asks to wait. Fractions and dates are not in the contract.
pub(crate) fn wait(headers: &HeaderMap) -> Duration {
    headers
        .get(RETRY_AFTER)
        .and_then(|seconds| seconds.to_str().ok())
        .and_then(|seconds| seconds.trim().parse().ok())
        .map_or(USUAL_WAIT, |seconds: u64| Duration::from_secs(seconds.clamp(1, 3600)))
}

/// A header as text.
pub(crate) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Reads the base URL, or says what is wrong with it.
fn base_url(given: &str) -> Result<Url, &'static str> {
    let url = Url::parse(given.trim()).map_err(|_| "is not a URL")?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err("is plain http, which is accepted on loopback alone: use https"),
        _ => Err("is not a web address: it begins with https://"),
    }
}

/// Whether a URL leads to this very machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_base_url_is_https_or_on_this_machine() {
        for good in [
            "https://slack.com/api/",
            "http://127.0.0.1:4000/slack/api",
            "http://localhost:1/",
            "http://[::1]:9/api",
        ] {
            assert!(base_url(good).is_ok(), "{good}");
        }
        for bad in [
            "slack.com/api",
            "http://slack.com/api",
            "ftp://slack.com",
            "http://127.0.0.1.evil.test",
        ] {
            assert!(base_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn arguments_travel_as_a_form() {
        let pairs = form(
            &json!({"channel": "C1", "blocks": [{"type": "divider"}], "thread_ts": null, "force": true, "limit": 200}),
        );
        let expected = [
            ("blocks", r#"[{"type":"divider"}]"#),
            ("channel", "C1"),
            ("force", "true"),
            ("limit", "200"),
        ];
        assert_eq!(pairs.len(), expected.len());
        for (name, value) in expected {
            assert!(pairs.contains(&(name.to_owned(), value.to_owned())), "{name}");
        }
    }

    #[test]
    fn the_wait_is_what_slack_asks_or_half_a_minute() {
        let mut headers = HeaderMap::new();
        assert_eq!(wait(&headers), USUAL_WAIT);
        headers.insert(RETRY_AFTER, HeaderValue::from_static("7"));
        assert_eq!(wait(&headers), Duration::from_secs(7));
        headers.insert(RETRY_AFTER, HeaderValue::from_static("soon"));
        assert_eq!(wait(&headers), USUAL_WAIT);
    }
}
