//! Whether a monitor is who it should be, one file for each way of proving it.
//!
//! Pure: secrets, headers, the raw bytes and the time are arguments. The sender is told no more than
//! that it was refused; the log says why.
//!
//! To add a way: a file with a `verify` that answers with [`NotAuthentic`], and its module below.

pub mod basic;
pub mod bearer;
pub mod entra;
pub mod github;
pub mod grafana;
pub mod pagerduty;
pub mod sentry;
pub mod sima;
pub mod sns;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// How far a signature's time may be from ours, in seconds, either way. Exactly so far is accepted.
const WINDOW_SECS: u64 = 300;

/// Why a delivery is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAuthentic {
    /// What should prove it is not there.
    #[error("the header or field that proves the sender is missing")]
    Missing,
    /// What should prove it is not of the form it should have.
    #[error("the proof of the sender is not of the form it should have")]
    Unreadable,
    /// It was signed too long ago, or in the future.
    #[error("it was signed too long ago, or in the future")]
    Stale,
    /// The proof is of another secret, or of other bytes.
    #[error("the proof of the sender does not fit")]
    Wrong,
    /// An address in it leads to somebody else.
    #[error("an address in it does not lead to where it must")]
    Elsewhere,
}

/// The HMAC-SHA256 of some bytes; nothing with an empty secret, which everybody knows.
fn mac_of(secret: &SecretString, parts: &[&[u8]]) -> Option<Vec<u8>> {
    let secret = secret.expose_secret();
    if secret.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac.finalize().into_bytes().to_vec())
}

/// Whether any of some texts is the HMAC-SHA256 of some bytes, in hex.
fn signed<'a>(
    secret: &SecretString,
    parts: &[&[u8]],
    signatures: impl IntoIterator<Item = &'a str>,
) -> Result<(), NotAuthentic> {
    let mac = mac_of(secret, parts).ok_or(NotAuthentic::Wrong)?;
    let fits = |signature: &str| {
        hex::decode(signature.trim()).is_ok_and(|given| bool::from(given.ct_eq(&mac)))
    };
    if signatures.into_iter().any(fits) { Ok(()) } else { Err(NotAuthentic::Wrong) }
}

/// Whether a text is a secret, without telling by the time it takes how much of it, or how long it is.
fn is_secret(given: &str, secret: &SecretString) -> bool {
    let secret = secret.expose_secret();
    let same = Sha256::digest(given.as_bytes()).ct_eq(&Sha256::digest(secret.as_bytes()));
    !secret.is_empty() && bool::from(same)
}

/// Checks that a text is a secret, without telling by the time it takes how much of it is.
pub(crate) fn same(given: &str, secret: &SecretString) -> Result<(), NotAuthentic> {
    if is_secret(given, secret) { Ok(()) } else { Err(NotAuthentic::Wrong) }
}

/// Whether a number of seconds since 1970 is near enough to now.
fn in_time(seconds: &str, now: Timestamp) -> Result<(), NotAuthentic> {
    // `parse` alone would accept a leading plus.
    if seconds.is_empty() || !seconds.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotAuthentic::Unreadable);
    }
    let signed_at: i64 = seconds.parse().map_err(|_| NotAuthentic::Unreadable)?;
    if now.as_second().abs_diff(signed_at) > WINDOW_SECS {
        return Err(NotAuthentic::Stale);
    }
    Ok(())
}
