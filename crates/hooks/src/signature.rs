//! The signature of Standard Webhooks: a function of key, id, time and body.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use sha2::Sha256;

/// How long a key may be, in bytes: what the specification asks for.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// Base64 as people paste it: with or without its padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A key that both sides know.
#[derive(Clone, Debug)]
pub struct SigningKey(SecretSlice<u8>);

/// What is wrong with a secret, as a fragment that follows its name. It does not show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// It does not look like one.
    #[error("does not begin with whsec_")]
    Prefix,
    /// What follows the prefix cannot be read.
    #[error("is not base64 after whsec_")]
    Encoding,
    /// It is too short to be safe, or longer than receivers take.
    #[error("is {0} bytes long after decoding, and must be 24 to 64")]
    Length(usize),
}

impl SigningKey {
    /// Reads a secret as the receiver shows it: `whsec_` and base64.
    ///
    /// # Errors
    /// [`BadKey`] says what is wrong, without showing it.
    pub fn read(secret: &SecretString) -> Result<Self, BadKey> {
        let encoded = secret.expose_secret().trim().strip_prefix("whsec_").ok_or(BadKey::Prefix)?;
        let bytes = LENIENT.decode(encoded).map_err(|_| BadKey::Encoding)?;
        if LENGTHS.contains(&bytes.len()) {
            Ok(Self(bytes.into()))
        } else {
            Err(BadKey::Length(bytes.len()))
        }
    }
}

/// The value of `webhook-signature` over the id, the time and these very bytes.
pub fn sign(key: &SigningKey, id: &str, unix_seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.0.expose_secret())
        .expect("HMAC takes keys of every length");
    mac.update(format!("{id}.{unix_seconds}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret: &str) -> Result<SigningKey, BadKey> {
        SigningKey::read(&secret.into())
    }

    /// The vectors of the reference libraries: `svix-webhooks/go/webhook_test.go` and
    /// `standard-webhooks/libraries/rust/src/lib.rs` (read 2026-11).
    #[test]
    fn it_signs_as_the_reference_libraries_do() {
        let signed = sign(
            &key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap(),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

        let signed = sign(
            &key("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap(),
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            1_649_367_553,
            br#"{"email":"test@example.com","username":"test_user"}"#,
        );
        assert_eq!(signed, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }

    #[test]
    fn a_secret_that_cannot_be_a_key_is_refused_with_what_is_wrong_and_not_shown() {
        let padded = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
        assert!(key(padded).is_ok());
        assert!(key(padded.trim_end_matches('=')).is_ok());
        assert_eq!(key("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap_err(), BadKey::Prefix);
        assert_eq!(key("whsec_not base64!").unwrap_err(), BadKey::Encoding);
        assert_eq!(key("whsec_dG9vLXNob3J0").unwrap_err(), BadKey::Length(9));
        assert!(!format!("{:?}", key(padded).unwrap()).contains("MDEyMzQ1"));
    }
}
