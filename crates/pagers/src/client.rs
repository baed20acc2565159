//! The way to a pager: one HTTP client, a time limit, and the one place where answers are read.

use std::time::Duration;

use reqwest::{
    StatusCode,
    header::{ACCEPT, HeaderValue, RETRY_AFTER},
    redirect,
};
use secrecy::ExposeSecret as _;
use sima_hooks::Hooks;
use sima_incident::{Attempt, Setback};

use crate::{
    Unusable,
    call::{Authorization, Call},
    settings::Pager,
};

/// How long one call may take in all.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// How long it may take to reach a pager at all.
const CONNECT_LIMIT: Duration = Duration::from_secs(4);

/// The longest a pager may make us wait.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// Calls pagers.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    hooks: Hooks,
}

impl Client {
    pub fn new() -> Result<Self, Unusable> {
        let http = reqwest::Client::builder()
            .timeout(TIME_LIMIT)
            .connect_timeout(CONNECT_LIMIT)
            // A redirect would take the token somewhere else.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("SIMA/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Unusable(error.into()))?;
        let hooks = Hooks::new().map_err(|error| Unusable(error.into()))?;
        Ok(Self { http, hooks })
    }

    /// Sends one call.
    pub async fn send(
        &self,
        pager: &Pager,
        call: Call,
        attempt: &Attempt<'_>,
    ) -> Result<(), Setback> {
        if let (Authorization::Signed { id }, Some(key)) = (&call.authorization, &pager.key) {
            let body = call.body.to_string().into_bytes();
            return self.hooks.post(&pager.address, key, id, attempt.now, body).await;
        }
        let unwritten = || Setback::refused("the page could not be written as a request");
        let mut url: reqwest::Url = pager.url.parse().map_err(|_| unwritten())?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(&call.path);
            if call.slash {
                segments.push("");
            }
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let mut request = self.http.post(url).header(ACCEPT, "application/json").json(&call.body);
        if let Authorization::Header(name, before, secret) = call.authorization {
            let value = format!("{before}{}", secret.expose_secret().trim());
            let mut value = HeaderValue::from_str(&value).map_err(|_| unwritten())?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        // The address may have a token in it: no error of the client's is shown.
        match request.send().await {
            Ok(answer) => judge(pager, answer.status(), retry_after(&answer)),
            Err(error) if error.is_connect() => {
                Err(Setback::later(format!("{} could not be reached", pager.kind)))
            }
            Err(error) if error.is_builder() => Err(unwritten()),
            Err(_) => Err(Setback::unsure(format!("the answer of {} was lost", pager.kind))),
        }
    }
}

fn judge(pager: &Pager, status: StatusCode, after: Option<Duration>) -> Result<(), Setback> {
    let (kind, name) = (pager.kind, &pager.name);
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::TOO_MANY_REQUESTS => Err(after.map_or_else(
            || Setback::later(format!("{kind} is busy (429)")),
            Setback::rate_limited,
        )),
        status if status == StatusCode::REQUEST_TIMEOUT || status.is_server_error() => {
            Err(Setback::Retry { why: format!("{kind} answered {status}"), after, unsure: true })
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Setback::refused(format!(
            "{kind} does not let us in ({status}): check pagers.{name}.secret"
        ))),
        StatusCode::NOT_FOUND => Err(Setback::refused(format!(
            "{kind} is not there (404): check pagers.{name}.url and pagers.{name}.secret"
        ))),
        status if status.is_redirection() => Err(Setback::refused(format!(
            "{kind} sends on to another address ({status}), which is not followed: configure that \
             one as pagers.{name}.url"
        ))),
        status => Err(Setback::refused(format!(
            "{kind} does not take the page ({status}): check pagers.{name}"
        ))),
    }
}

/// How long the pager asks to wait, if it says so in seconds.
fn retry_after(answer: &reqwest::Response) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).clamp(Duration::from_secs(1), LONGEST_WAIT))
}
