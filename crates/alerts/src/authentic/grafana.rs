//! Grafana's signature of its webhooks, with or without the time in it.
//!
//! Source: github.com/grafana/alerting, `http/hmac.go` (read 2026-08-22). The header is
//! `X-Grafana-Alerting-Signature` unless another was configured, and so is that of the time.

use jiff::Timestamp;
use secrecy::SecretString;

use super::{NotAuthentic, in_time, signed};

/// Checks the signature of the bytes as they came.
///
/// # Errors
/// [`NotAuthentic`] if it is missing or does not fit.
pub fn verify(
    secret: &SecretString,
    signature: Option<&str>,
    body: &[u8],
) -> Result<(), NotAuthentic> {
    signed(secret, &[body], [signature.ok_or(NotAuthentic::Missing)?])
}

/// Checks the signature of a time and the bytes as they came. It is for senders that were told to
/// send the time: one that leaves it out is refused, or an old delivery could be sent again.
///
/// # Errors
/// [`NotAuthentic`] if either is missing, too old, or does not fit.
pub fn verify_with_time(
    secret: &SecretString,
    time: Option<&str>,
    signature: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), NotAuthentic> {
    let (Some(time), Some(signature)) = (time, signature) else {
        return Err(NotAuthentic::Missing);
    };
    in_time(time, now)?;
    signed(secret, &[time.as_bytes(), b":", body], [signature])
}
