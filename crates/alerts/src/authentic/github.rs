//! GitHub's `X-Hub-Signature-256`; the header with SHA-1 beside it is not looked at.
//!
//! Source: `docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries` (read 2026-08-22).

use secrecy::SecretString;

use super::{NotAuthentic, signed};

/// Checks the header `X-Hub-Signature-256` against the bytes as they came.
///
/// # Errors
/// [`NotAuthentic`] if it is missing, not `sha256=…`, or does not fit.
pub fn verify(
    secret: &SecretString,
    signature: Option<&str>,
    body: &[u8],
) -> Result<(), NotAuthentic> {
    let signature = signature.ok_or(NotAuthentic::Missing)?.trim();
    let signature = signature.strip_prefix("sha256=").ok_or(NotAuthentic::Unreadable)?;
    signed(secret, &[body], [signature])
}
