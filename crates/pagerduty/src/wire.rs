//! PagerDuty's shapes.
//!
//! Sources, read 2026-08-22: `developer.pagerduty.com/docs/send-alert-event` (the request and its
//! limits), `developer.pagerduty.com/docs/events-api-v2-overview` (the answers, 512 KB a request).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The longest summary, in characters.
pub(crate) const MAX_SUMMARY: usize = 1024;

/// The longest dedup key, in characters.
pub(crate) const MAX_DEDUP_KEY: usize = 255;

/// A request: an event with the integration key of the service it is for.
#[derive(Serialize)]
pub(crate) struct Keyed<'a> {
    pub routing_key: &'a str,
    #[serde(flatten)]
    pub event: &'a Event<'a>,
}

/// What is to become of an alert.
#[derive(Debug, Serialize)]
#[serde(tag = "event_action", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    Trigger {
        dedup_key: &'a str,
        client: &'static str,
        client_url: String,
        payload: Payload,
        links: Vec<Link>,
    },
    Acknowledge {
        dedup_key: &'a str,
    },
    Resolve {
        dedup_key: &'a str,
    },
}

/// What an alert says (PagerDuty's common event format).
#[derive(Debug, Serialize)]
pub(crate) struct Payload {
    /// At most [`MAX_SUMMARY`] characters.
    pub summary: String,
    pub source: String,
    pub severity: Level,
    /// ISO 8601.
    pub timestamp: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_details: BTreeMap<&'static str, String>,
}

/// The four severities there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    Critical,
    Error,
    Warning,
    Info,
}

#[derive(Debug, Serialize)]
pub(crate) struct Link {
    pub href: String,
    pub text: String,
}

/// What a refusal says; everything may be absent.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Problem {
    #[serde(default)]
    pub message: Option<String>,
    #[serde(default)]
    pub errors: Vec<String>,
}
