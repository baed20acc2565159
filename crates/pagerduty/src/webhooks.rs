//! Webhooks v3: whether PagerDuty sent it, and what it says.
//!
//! Sources, read 2026-08-22: `developer.pagerduty.com/docs/webhooks-overview` (headers, body, kinds of
//! events), `developer.pagerduty.com/docs/verifying-webhook-signatures`.
//!
//! Reading is lenient: PagerDuty adds fields and kinds as it likes, and three webhooks turned away in
//! a row disable the whole subscription for a day.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;
use sima_incident::{IncidentId, PagerNews, PagerTold};
use subtle::{Choice, ConstantTimeEq};

use crate::routing::incident_of;

/// The request was not signed with our secret. The sender is told no more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// The header is missing, or holds no signature of the version we know.
    #[error("there is no v1 signature")]
    Missing,
    /// No signature fits the body.
    #[error("no signature fits the body")]
    Wrong,
}

/// Checks that PagerDuty signed these very bytes. `signatures` is the header
/// `X-PagerDuty-Signature`: several while a secret is being rotated, and one that fits is enough.
///
/// The signature holds no time: a repetition is told by the event's id.
///
/// # Errors
/// [`BadSignature`] says why not, for our log; the sender gets a bare 401.
pub fn verify(
    secret: &SecretString,
    signatures: Option<&str>,
    body: &[u8],
) -> Result<(), BadSignature> {
    // The secret looks like base64 and is not: its characters are the key.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .map_err(|_| BadSignature::Wrong)?;
    mac.update(body);
    let expected = hex::encode(mac.finalize().into_bytes());
    let given = signatures.unwrap_or_default().split(',');
    let mut given = given.filter_map(|part| part.trim().strip_prefix("v1=")).peekable();
    if given.peek().is_none() {
        return Err(BadSignature::Missing);
    }
    let fits = given.fold(Choice::from(0), |fits, signature| {
        fits | expected.as_bytes().ct_eq(signature.as_bytes())
    });
    if fits.into() { Ok(()) } else { Err(BadSignature::Wrong) }
}

/// What a webhook says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Something happened to one of PagerDuty's incidents.
    Told(Told),
    /// Somebody tries the subscription out.
    Ping,
    /// It is of no use to us, or cannot be read.
    Nothing {
        /// Why, for our log.
        why: String,
    },
}

/// Something that happened to one of PagerDuty's incidents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The event's own id, the same however often and by whatever subscription it is sent.
    pub event_id: Option<String>,
    /// Our incident, if the webhook names the dedup key of its page.
    pub incident: Option<IncidentId>,
    /// Who did it, by the name PagerDuty gives.
    pub by: String,
    /// What happened.
    pub told: PagerTold,
}

/// Reads a body whose signature was checked. Whatever it is, there is an answer.
pub fn read(body: &[u8]) -> Reading {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Reading::Nothing { why: "it is no JSON".into() };
    };
    let event = &body["event"];
    let Some(kind) = text(event, "/event_type") else {
        return Reading::Nothing { why: "it names no event_type".into() };
    };
    if kind == "pagey.ping" {
        return Reading::Ping;
    }
    let Some(news) = news(&kind, &event["data"]) else {
        return Reading::Nothing { why: format!("{kind} changes nothing here") };
    };
    let by = text(event, "/agent/summary").or_else(|| text(event, "/client/name"));
    Reading::Told(Told {
        event_id: text(event, "/id"),
        incident: text(event, "/data/incident_key").and_then(|key| incident_of(&key)),
        by: by.unwrap_or_else(|| "PagerDuty".into()),
        told: PagerTold {
            // A note is data of its own and names the incident it belongs to.
            pager_id: text(event, "/data/incident/id").or_else(|| text(event, "/data/id")),
            user: person(event),
            at: text(event, "/occurred_at").and_then(|at| at.parse().ok()),
            news,
        },
    })
}

/// What a kind of event means to us; nothing if it means nothing.
fn news(kind: &str, data: &Value) -> Option<PagerNews> {
    Some(match kind {
        "incident.triggered" => PagerNews::Triggered,
        "incident.acknowledged" => PagerNews::Acknowledged,
        "incident.unacknowledged" => PagerNews::Unacknowledged,
        "incident.escalated" => PagerNews::Escalated { to: assignees(data) },
        "incident.reassigned" | "incident.delegated" => {
            PagerNews::Reassigned { to: assignees(data) }
        }
        "incident.reopened" => PagerNews::Reopened,
        "incident.priority_updated" => {
            PagerNews::Prioritised { priority: text(data, "/priority/summary") }
        }
        "incident.annotated" => PagerNews::Annotated { text: text(data, "/content")? },
        "incident.resolved" => PagerNews::Resolved,
        _ => return None,
    })
}

/// The person who did it, by PagerDuty's own id. What we send comes back as done by a service.
fn person(event: &Value) -> Option<String> {
    let kind = text(event, "/agent/type").unwrap_or_default();
    text(event, "/agent/id").filter(|_| matches!(kind.as_str(), "user_reference" | "user"))
}

/// Who has the incident now, by name.
fn assignees(data: &Value) -> Vec<String> {
    let assignees = data["assignees"].as_array().into_iter().flatten();
    assignees.filter_map(|person| text(person, "/summary")).collect()
}

/// A text that says something.
fn text(value: &Value, pointer: &str) -> Option<String> {
    let text = value.pointer(pointer)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
