//! Checks secrets that requests carry, without telling by the time it takes.

use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

/// Whether a text is the secret.
pub fn is_secret(given: &str, secret: &SecretString) -> bool {
    given.as_bytes().ct_eq(secret.expose_secret().as_bytes()).into()
}

/// Whether two texts are the same, where one of them is not to be guessed.
pub fn are_equal(given: &str, kept: &str) -> bool {
    given.as_bytes().ct_eq(kept.as_bytes()).into()
}

/// The token of `Authorization: Bearer …`, or the password of `Authorization: Basic …`.
pub fn authorization(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = STANDARD.decode(rest.trim()).ok()?;
        let pair = String::from_utf8(decoded).ok()?;
        return pair.split_once(':').map(|(_, password)| password.to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().expect("a header value"));
        headers
    }

    #[test]
    fn the_token_is_found_however_it_is_sent() {
        assert_eq!(authorization(&headers("Bearer abc")).as_deref(), Some("abc"));
        assert_eq!(authorization(&headers("bearer abc")).as_deref(), Some("abc"));
        assert_eq!(authorization(&headers("Basic YW55Ym9keTphYmM=")).as_deref(), Some("abc"));
        for none in ["abc", "Basic !!!", "Digest abc", "Basic YWJj"] {
            assert_eq!(authorization(&headers(none)), None, "{none}");
        }
        assert_eq!(authorization(&HeaderMap::new()), None);
    }

    #[test]
    fn only_the_secret_is_the_secret() {
        let secret = SecretString::from("abc");
        assert!(is_secret("abc", &secret));
        assert!(
            !is_secret("abd", &secret) && !is_secret("", &secret) && !is_secret("abcd", &secret)
        );
    }
}
