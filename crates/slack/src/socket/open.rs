//! Opening a connection: asking where, and shaking hands over the one HTTP client.

use std::time::Duration;

use reqwest::{StatusCode, Upgraded, Url, header};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::{client::generate_key, derive_accept_key},
        protocol::{Role, WebSocketConfig},
    },
};

use super::UNTIL_MENDED;
use crate::{
    CallError, Slack,
    client::{self, is_loopback},
    wire::OpenConnection,
};

/// The largest message that is read: requests stay far below.
const LARGEST: usize = 4 * 1024 * 1024;

/// A connection that is there.
pub(super) type Stream = WebSocketStream<Upgraded>;

/// Why there is none.
#[derive(Debug)]
pub(super) struct Failure {
    /// What is wrong and what to do about it.
    pub why: String,
    /// How long to wait, if that is known.
    pub wait: Option<Duration>,
}

/// Opens one connection. Each needs an address of its own, which is good for one use.
pub(super) async fn open(slack: &Slack) -> Result<Stream, Failure> {
    shake_hands(slack, address_of(slack).await?).await
}

/// Asks Slack where to connect to.
pub(super) async fn address_of(slack: &Slack) -> Result<Url, Failure> {
    let answer = slack.call(&OpenConnection {}).await.map_err(|error| refused(&error))?;
    answer.url.as_deref().and_then(address).ok_or_else(|| {
        passing("Slack gave no address of a socket that may be used (wss, or ws on this machine)")
    })
}

/// Asks the address to speak WebSocket.
async fn shake_hands(slack: &Slack, url: Url) -> Result<Stream, Failure> {
    let key = generate_key();
    let asked = slack
        .http()
        .get(url)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_VERSION, "13")
        .header(header::SEC_WEBSOCKET_KEY, &key)
        .send();
    // The address holds a ticket, which the error's own text would show.
    let answer = asked.await.map_err(|error| passing(&client::unanswered(&error).to_string()))?;
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(passing(&format!("the socket was answered with {}", answer.status())));
    }
    let accepted = client::header(answer.headers(), "sec-websocket-accept");
    if accepted != Some(derive_accept_key(key.as_bytes()).as_str()) {
        return Err(passing("something between here and Slack answered in its place"));
    }
    let upgraded = answer.upgrade().await.map_err(|_| passing("the socket was cut at once"))?;
    let limits = WebSocketConfig::default().max_message_size(Some(LARGEST));
    Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(limits)).await)
}

/// The address as the HTTP client knows it; none that is not safe.
fn address(given: &str) -> Option<Url> {
    let http = match given.split_once("://")? {
        ("wss", rest) => format!("https://{rest}"),
        ("ws", rest) => format!("http://{rest}"),
        _ => return None,
    };
    let url = Url::parse(&http).ok()?;
    (url.scheme() == "https" || is_loopback(&url)).then_some(url)
}

/// Something that may pass by itself.
fn passing(why: &str) -> Failure {
    Failure { why: format!("{why}; trying again"), wait: None }
}

/// Slack did not give an address.
fn refused(error: &CallError) -> Failure {
    match error {
        CallError::RateLimited(wait) => Failure { why: error.to_string(), wait: Some(*wait) },
        CallError::Unreachable(_) | CallError::Lost(_) => passing(&error.to_string()),
        CallError::Refused(refused) => match repair(&refused.error) {
            Some(repair) => Failure { why: format!("{error}: {repair}"), wait: Some(UNTIL_MENDED) },
            None => passing(&error.to_string()),
        },
    }
}

/// What to do about a refusal that does not pass by itself.
pub(crate) fn repair(code: &str) -> Option<&'static str> {
    Some(match code {
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" => {
            "make a token under Basic Information, App-Level Tokens, with the scope \
             connections:write, and set SIMA_SLACK__APP_TOKEN"
        }
        "not_allowed_token_type" => {
            "slack.app_token is a token of another kind: set SIMA_SLACK__APP_TOKEN to one from Basic \
             Information, App-Level Tokens, which begins with xapp-"
        }
        "missing_scope" | "no_permission" => {
            "the app-level token lacks the scope connections:write: make another under Basic \
             Information, App-Level Tokens, and set SIMA_SLACK__APP_TOKEN"
        }
        "account_inactive" | "user_removed_from_team" | "team_disabled" => {
            "the app or its workspace was deactivated: install the app again, and set its tokens"
        }
        "link_disabled" | "socket_mode_disabled" => {
            "turn Socket Mode on in the app's settings, or set slack.mode = \"http\""
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_encrypted_or_on_this_machine() {
        for good in ["wss://wss-primary.slack.com/link/?ticket=a", "ws://127.0.0.1:9/link"] {
            assert!(address(good).is_some(), "{good}");
        }
        for bad in ["ws://wss.slack.com/link", "https://slack.com", "wss://", "slack.com/link"] {
            assert!(address(bad).is_none(), "{bad}");
        }
    }
}
