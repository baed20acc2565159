//! PagerDuty's `X-PagerDuty-Signature`: several of them while a secret is being replaced.
//!
//! There is no time in it: what was sent before is known by `X-Webhook-Id` and the event's id.
//!
//! Source: `developer.pagerduty.com/docs/verifying-webhook-signatures` (read 2026-08-22).

use secrecy::SecretString;

use super::{NotAuthentic, signed};

/// Checks the header `X-PagerDuty-Signature` against the bytes as they came. The secret looks like
/// base64 and is not: its characters are the key.
///
/// # Errors
/// [`NotAuthentic`] if it is missing, holds no `v1=…`, or none of them fits.
pub fn verify(
    secret: &SecretString,
    signatures: Option<&str>,
    body: &[u8],
) -> Result<(), NotAuthentic> {
    let listed = signatures.ok_or(NotAuthentic::Missing)?.split(',');
    let known: Vec<&str> = listed.filter_map(|one| one.trim().strip_prefix("v1=")).collect();
    if known.is_empty() {
        return Err(NotAuthentic::Unreadable);
    }
    signed(secret, &[body], known)
}
