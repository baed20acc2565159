//! What the app asked of a vendor, when, and how it ended.

use serde::Serialize;
use serde_json::Value;

/// One of the services the sandbox stands in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// Slack's Web API and its response URLs.
    Slack,
    /// PagerDuty's Events and REST APIs.
    PagerDuty,
    /// Notion's API.
    Notion,
    /// Statuspage's API.
    Statuspage,
    /// Another program that is told by signed webhooks.
    Receiver,
    /// The other pagers.
    Pagers,
}

/// One call to a vendor, kept from the moment it arrived.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// Microseconds from the sandbox's start to the call's arrival, on the real clock.
    pub at: u64,
    /// Who was asked.
    pub vendor: Vendor,
    /// What was asked: `chat.postMessage`, `response_url`, `enqueue`, `pages.create`, …
    pub method: String,
    /// With which arguments, JSON texts read, the token left out.
    pub args: Value,
    /// Microseconds from the sandbox's start to the answer; `None` while it is under way.
    pub answered_at: Option<u64>,
    /// `ok`, the vendor's error code, `http 429`, `dropped`, or empty while it is under way.
    pub outcome: String,
}
