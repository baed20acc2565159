//! Request signing v0, as Slack signs what it sends to an app.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The `X-Slack-Signature` of a body sent at `timestamp`; the secret is used as text, not decoded.
pub fn signature(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}
