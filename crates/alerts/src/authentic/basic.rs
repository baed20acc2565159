//! `Authorization: Basic …`, for the many senders that can do nothing better.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::SecretString;

use super::{NotAuthentic, is_secret};

/// Checks the header `Authorization`. Without a `user`, any name goes with the password.
///
/// # Errors
/// [`NotAuthentic`] if it is missing, of another scheme, or of another name or password.
pub fn verify(
    user: Option<&str>,
    password: &SecretString,
    authorization: Option<&str>,
) -> Result<(), NotAuthentic> {
    let (scheme, pair) = authorization
        .ok_or(NotAuthentic::Missing)?
        .trim()
        .split_once(' ')
        .ok_or(NotAuthentic::Unreadable)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(NotAuthentic::Unreadable);
    }
    let pair = STANDARD.decode(pair.trim()).map_err(|_| NotAuthentic::Unreadable)?;
    let pair = String::from_utf8(pair).map_err(|_| NotAuthentic::Unreadable)?;
    let (name, given) = pair.split_once(':').ok_or(NotAuthentic::Unreadable)?;
    // Both are always compared, so that the time does not tell which of them is wrong.
    let is_name = user.is_none_or(|user| is_secret(name, &SecretString::from(user)));
    if is_secret(given, password) & is_name { Ok(()) } else { Err(NotAuthentic::Wrong) }
}
