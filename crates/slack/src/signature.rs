//! Whether Slack sent it: the signature over the raw body, and its age.
//!
//! Source: <https://docs.slack.dev/authentication/verifying-requests-from-slack>, 2026-01.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How far the sender's clock may be from ours, in seconds, either way. Exactly so far is accepted.
const WINDOW_SECS: i64 = 300;

/// The request was not signed by Slack, or not just now. The sender is told no more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// A header is missing.
    #[error("the signature headers are missing")]
    Missing,
    /// The timestamp is no whole number.
    #[error("the signature's timestamp is not a number")]
    Unreadable,
    /// It was signed too long ago, or in the future.
    #[error("the signature's timestamp is more than {WINDOW_SECS} s from now")]
    Stale,
    /// The signature does not fit the body.
    #[error("the signature does not fit the body")]
    Wrong,
}

/// Checks that Slack signed these very bytes within the last five minutes.
///
/// `timestamp` and `signature` are the headers `X-Slack-Request-Timestamp` and `X-Slack-Signature`;
/// `body` is what arrived, before any parsing.
///
/// # Errors
/// [`BadSignature`] says why not, for our log; the sender gets a bare 401.
pub fn verify(
    secret: &SecretString,
    timestamp: Option<&str>,
    signature: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), BadSignature> {
    let (Some(timestamp), Some(signature)) = (timestamp, signature) else {
        return Err(BadSignature::Missing);
    };
    // `parse` alone would accept a leading plus.
    if timestamp.is_empty() || !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadSignature::Unreadable);
    }
    let sent_at: i64 = timestamp.parse().map_err(|_| BadSignature::Unreadable)?;
    if now.as_second().abs_diff(sent_at) > WINDOW_SECS as u64 {
        return Err(BadSignature::Stale);
    }
    // The secret looks like hex and is not: its characters are the key.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .map_err(|_| BadSignature::Wrong)?;
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    let expected = format!("v0={}", hex::encode(mac.finalize().into_bytes()));
    if bool::from(expected.as_bytes().ct_eq(signature.as_bytes())) {
        Ok(())
    } else {
        Err(BadSignature::Wrong)
    }
}
