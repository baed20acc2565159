//! Our own signature, `X-Sima-Signature: t=<unix seconds>,v1=<hex>`, for whoever writes the sender.
//!
//! `v1` is the HMAC-SHA256 of `<t>.<body>`; it may be given twice while a secret is being replaced.

use jiff::Timestamp;
use secrecy::SecretString;

use super::{NotAuthentic, in_time, signed};

/// Checks the header `X-Sima-Signature` against the bytes as they came.
///
/// # Errors
/// [`NotAuthentic`] if it is missing, not of that form, more than five minutes off, or does not fit.
pub fn verify(
    secret: &SecretString,
    signature: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), NotAuthentic> {
    let parts = || signature.unwrap_or_default().split(',').map(str::trim);
    if signature.is_none() {
        return Err(NotAuthentic::Missing);
    }
    let mut times = parts().filter_map(|part| part.strip_prefix("t="));
    // With two times it would not be clear which one was signed.
    let (Some(time), None) = (times.next(), times.next()) else {
        return Err(NotAuthentic::Unreadable);
    };
    let signatures: Vec<&str> = parts().filter_map(|part| part.strip_prefix("v1=")).collect();
    if signatures.is_empty() {
        return Err(NotAuthentic::Unreadable);
    }
    in_time(time, now)?;
    signed(secret, &[time.as_bytes(), b".", body], signatures)
}
