//! Answers to a `response_url`: the place where somebody asked, for half an hour.

use reqwest::{StatusCode, Url};
use serde_json::Value;

use crate::{
    CallError, Slack,
    client::{is_loopback, unanswered, wait},
    messages::Message,
};

/// Slack's own hosts of response URLs.
const HOSTS: [&str; 2] = ["hooks.slack.com", "hooks.slack-gov.com"];

/// Where an answer to a response URL appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// As a new message that only the person who asked sees.
    Below,
    /// Instead of the message whose button was pressed.
    Instead,
}

/// An answer that did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum RespondError {
    /// The address is not Slack's: nothing was sent.
    #[error("the response URL does not lead to Slack")]
    Foreign,
    /// It has expired or was used up, or Slack refuses the message.
    #[error("the response URL was refused with {0}")]
    Refused(StatusCode),
    /// Slack asked to wait, was not reached, or its answer was lost.
    #[error(transparent)]
    Failed(#[from] CallError),
}

impl Slack {
    /// Answers where somebody asked, so that they alone see it.
    ///
    /// # Errors
    /// [`RespondError`] when it did not arrive.
    pub async fn respond(
        &self,
        response_url: &str,
        message: &Message,
        place: Place,
    ) -> Result<(), RespondError> {
        let url = ours(response_url, self.base()).ok_or(RespondError::Foreign)?;
        let sent = self.http().post(url).json(&body(message, place)).send().await;
        let response = sent.map_err(|error| unanswered(&error))?;
        match response.status() {
            status if status.is_success() => Ok(()),
            StatusCode::TOO_MANY_REQUESTS => {
                Err(CallError::RateLimited(wait(response.headers())).into())
            }
            status if status.is_server_error() => {
                Err(CallError::Lost(format!("the response URL answered {status}")).into())
            }
            status => Err(RespondError::Refused(status)),
        }
    }
}

/// What is sent.
fn body(message: &Message, place: Place) -> Value {
    match place {
        Place::Below => message.privately(),
        Place::Instead => message.instead(),
    }
}

/// The URL, if it leads to Slack or to the server that stands in for it. Whoever can send us a
/// payload could else make us call anything inside the company's network.
fn ours(response_url: &str, base: &Url) -> Option<Url> {
    let url = Url::parse(response_url).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    let slacks = url.scheme() == "https"
        && url.port_or_known_default() == Some(443)
        && url.host_str().is_some_and(|host| HOSTS.contains(&host));
    let stands_in = url.host_str() == base.host_str()
        && url.port_or_known_default() == base.port_or_known_default()
        && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)));
    (plain && (slacks || stands_in)).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_slack_and_its_stand_in_are_answered() {
        let slack = Url::parse("https://slack.com/api/").expect("a URL");
        let sandbox = Url::parse("http://127.0.0.1:4000/slack/api").expect("a URL");
        let cases = [
            ("https://hooks.slack.com/commands/T1/1/a", &slack, true),
            ("https://hooks.slack-gov.com/actions/T1/1/a", &slack, true),
            ("https://slack.com/answer", &slack, true),
            ("http://hooks.slack.com/commands/T1/1/a", &slack, false),
            ("https://hooks.slack.com:8443/commands", &slack, false),
            ("https://hooks.slack.com.evil.test/", &slack, false),
            ("https://evil.test/hooks.slack.com", &slack, false),
            ("https://hooks.slack.com@evil.test/", &slack, false),
            ("https://user@hooks.slack.com/", &slack, false),
            ("http://169.254.169.254/latest", &slack, false),
            ("http://127.0.0.1:4000/respond/1", &sandbox, true),
            ("http://127.0.0.1:4001/respond/1", &sandbox, false),
            ("http://localhost:4000/respond/1", &sandbox, false),
            ("https://hooks.slack.com/commands/T1/1/a", &sandbox, true),
            ("file:///etc/passwd", &sandbox, false),
            ("not a url", &sandbox, false),
        ];
        for (url, base, expected) in cases {
            assert_eq!(ours(url, base).is_some(), expected, "{url} over {base}");
        }
    }
}
