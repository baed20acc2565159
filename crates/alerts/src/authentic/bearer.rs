//! `Authorization: Bearer …`, with a secret both sides know.

use secrecy::SecretString;

use super::{NotAuthentic, is_secret};

/// Checks the header `Authorization`.
///
/// # Errors
/// [`NotAuthentic`] if it is missing, of another scheme, or another secret.
pub fn verify(secret: &SecretString, authorization: Option<&str>) -> Result<(), NotAuthentic> {
    let (scheme, token) = authorization
        .ok_or(NotAuthentic::Missing)?
        .trim()
        .split_once(' ')
        .ok_or(NotAuthentic::Unreadable)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(NotAuthentic::Unreadable);
    }
    if is_secret(token.trim(), secret) { Ok(()) } else { Err(NotAuthentic::Wrong) }
}
