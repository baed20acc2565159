//! The sender's own id of one delivery, the same when it is sent again.
//!
//! What is signed comes before what is only beside it: a copy must not pass for another by a header
//! that anybody can change.

use serde_json::Value;

use crate::{Delivery, lenient::text};

/// The longest id that is looked at, in bytes; a longer one is none.
const LONGEST: usize = 256;

/// Finds the id of a delivery whose body has been opened.
pub(crate) type Identifier = fn(&Value, &Delivery<'_>) -> Option<String>;

/// For senders that have no id of their own, but may be told to send one.
pub(crate) fn by_header(_body: &Value, delivery: &Delivery<'_>) -> Option<String> {
    ["x-idempotency-key", "idempotency-key", "x-github-delivery", "webhook-id"]
        .into_iter()
        .find_map(|name| header(delivery, name))
}

/// The id of an event, within its source; a batch has none.
pub(crate) fn of_event(body: &Value, delivery: &Delivery<'_>) -> Option<String> {
    let (source, id) = (text(&body["source"]), text(&body["id"]));
    let both = source.zip(id).map(|(source, id)| format!("{source}#{id}"));
    both.and_then(kept).or_else(|| by_header(body, delivery))
}

/// The id of an SNS message, which is signed.
pub(crate) fn of_message(body: &Value, _delivery: &Delivery<'_>) -> Option<String> {
    text(&body["MessageId"]).and_then(kept)
}

/// What Datadog puts in place of `$ID`.
pub(crate) fn of_datadog(body: &Value, delivery: &Delivery<'_>) -> Option<String> {
    let id = text(&body["id"]).filter(|id| !id.starts_with('$'));
    id.and_then(kept).or_else(|| by_header(body, delivery))
}

/// The id of an event of PagerDuty's, which is signed, rather than that of the webhook.
pub(crate) fn of_pagerduty(body: &Value, delivery: &Delivery<'_>) -> Option<String> {
    text(&body["event"]["id"]).and_then(kept).or_else(|| header(delivery, "x-webhook-id"))
}

/// Sentry's id of a request.
pub(crate) fn of_sentry(body: &Value, delivery: &Delivery<'_>) -> Option<String> {
    header(delivery, "request-id").or_else(|| by_header(body, delivery))
}

fn header(delivery: &Delivery<'_>, name: &str) -> Option<String> {
    (delivery.header)(name).map(|id| id.trim().to_owned()).and_then(kept)
}

fn kept(id: String) -> Option<String> {
    let is_id = !id.is_empty() && id.len() <= LONGEST && !id.contains(char::is_control);
    is_id.then_some(id)
}
