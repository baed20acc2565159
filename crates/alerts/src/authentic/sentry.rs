//! Sentry's `Sentry-Hook-Signature`, made with the client secret of the integration.
//!
//! Source: `docs.sentry.io/organization/integrations/integration-platform/webhooks` (read
//! 2026-08-22). Its samples sign the body as written anew; what is signed are the bytes as sent.

use secrecy::SecretString;

use super::{NotAuthentic, signed};

/// Checks the header `Sentry-Hook-Signature` against the bytes as they came.
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
