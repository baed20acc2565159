//! The token of Entra ID that an action group of Azure Monitor sends with a *secure webhook*.
//!
//! A door takes it in this order: the keys of the tenant, from [`keys_address`], kept; do they hold
//! the one it names ([`is_key_in`]), and if not, once more; [`verify`].
//!
//! Source: `learn.microsoft.com/azure/azure-monitor/alerts/action-groups#configure-authentication-for-secure-webhook`
//! (read 2026-08-22) for the role and the application; RFC 7515 and 7519 for the rest.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::Value;

use super::NotAuthentic;

/// The application of Microsoft's that sends for every action group.
const SENDER: &str = "461e8683-5575-4561-ac7f-899cc907d62a";

/// The role that our application gives it.
const ROLE: &str = "ActionGroupsSecureWebhook";

/// How far clocks may be apart, in seconds.
const LEEWAY_SECS: i64 = 60;

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;

/// Where the keys of a tenant are.
pub fn keys_address(tenant: &str) -> String {
    format!("https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys")
}

/// Whether the key that a token names is among these.
pub fn is_key_in(token: &str, keys: &[u8]) -> bool {
    let named = Parts::of(token).ok().and_then(|parts| parts.key_id());
    named.is_some_and(|named| key(&named, keys).is_some())
}

/// Checks that one of these keys signed a token, for an action group of the tenant, to us, and that
/// it holds now.
///
/// # Errors
/// [`NotAuthentic`] says why not.
pub fn verify(
    token: &str,
    keys: &[u8],
    tenant: &str,
    audience: &str,
    now: Timestamp,
) -> Result<(), NotAuthentic> {
    let parts = Parts::of(token)?;
    // The token must not choose how it is checked.
    if parts.header["alg"] != "RS256" || !parts.header["crit"].is_null() {
        return Err(NotAuthentic::Unreadable);
    }
    let named = parts.key_id().ok_or(NotAuthentic::Missing)?;
    let (modulus, exponent) = key(&named, keys).ok_or(NotAuthentic::Wrong)?;
    RsaPublicKeyComponents { n: modulus, e: exponent }
        .verify(&RSA_PKCS1_2048_8192_SHA256, parts.signed.as_bytes(), &parts.signature)
        .map_err(|_| NotAuthentic::Wrong)?;

    let claims = &parts.claims;
    let now = now.as_second();
    let ends = claims["exp"].as_i64().ok_or(NotAuthentic::Missing)?;
    let begins = claims["nbf"].as_i64().unwrap_or(now);
    if now > ends.saturating_add(LEEWAY_SECS) || now < begins.saturating_sub(LEEWAY_SECS) {
        return Err(NotAuthentic::Stale);
    }
    let issuers = [
        format!("https://sts.windows.net/{tenant}/"),
        format!("https://login.microsoftonline.com/{tenant}/v2.0"),
    ];
    let is_issuer = claims["iss"].as_str().is_some_and(|iss| issuers.iter().any(|one| one == iss));
    let is_for_us = claims["aud"] == audience;
    // Tokens of version 1 call it `appid`, those of version 2 `azp`.
    let is_sender = claims["appid"] == SENDER || claims["azp"] == SENDER;
    let has_role = claims["roles"].as_array().is_some_and(|all| all.iter().any(|one| one == ROLE));
    if is_issuer && is_for_us && is_sender && has_role { Ok(()) } else { Err(NotAuthentic::Wrong) }
}

/// A token taken apart. Nothing in it is believed yet.
struct Parts<'a> {
    header: Value,
    claims: Value,
    /// What is signed: header and claims, as they came.
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn of(token: &'a str) -> Result<Self, NotAuthentic> {
        let read = || {
            let (signed, signature) = token.rsplit_once('.')?;
            let (header, claims) = signed.split_once('.')?;
            let json =
                |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
            let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
            Some(Self { header: json(header)?, claims: json(claims)?, signed, signature })
        };
        let parts = if token.len() <= LONGEST { read() } else { None };
        parts.ok_or(NotAuthentic::Unreadable)
    }

    fn key_id(&self) -> Option<String> {
        self.header["kid"].as_str().map(str::to_owned)
    }
}

/// The modulus and the exponent of a key of that name.
fn key(named: &str, keys: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let keys: Value = serde_json::from_slice(keys).ok()?;
    let key =
        keys["keys"].as_array()?.iter().find(|key| key["kid"] == named && key["kty"] == "RSA")?;
    let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str()?).ok();
    Some((number("n")?, number("e")?))
}
