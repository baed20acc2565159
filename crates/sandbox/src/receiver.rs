//! Another program that is told by signed webhooks: it verifies each call as Standard Webhooks asks.
//!
//! Source: <https://www.standardwebhooks.com>, `spec/standard-webhooks.md` (read 2026-11).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::call::Vendor;
use crate::cast;
use crate::core::Core;
use crate::door::Cut;
use crate::state::State;
use crate::vendor::{self, Denial, Reply, Request};

/// How far the caller's clock may be from ours, in seconds.
const WINDOW_SECS: u64 = 300;

/// What the program was told.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// The message's id, the same at every try.
    pub id: String,
    /// What it says.
    pub body: Value,
    /// How often it came.
    pub times: u32,
    /// When it first came.
    pub at: String,
}

/// Answers `POST /receiver`.
pub(crate) async fn receive(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| -> String {
        headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let signed = Signed {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
    };
    let request = Request {
        vendor: Vendor::Receiver,
        method: "receive".to_owned(),
        args: json!({"id": signed.id, "body": vendor::for_the_record(&body)}),
        deed: Box::new(move |state, _| match take(state, &signed, &body) {
            Ok(()) => Reply::text(StatusCode::NO_CONTENT, "", "ok"),
            Err(why) => Reply::text(StatusCode::UNAUTHORIZED, why, why),
        }),
        refuse,
    };
    vendor::answer(core, cut, request).await
}

fn refuse(denial: Denial<'_>) -> Reply {
    match denial {
        Denial::Throttled(wait) => {
            let mut reply = Reply::text(StatusCode::TOO_MANY_REQUESTS, "", "http 429");
            reply.headers.push(("retry-after", wait.to_string()));
            reply
        }
        Denial::TokenRevoked | Denial::MissingScope(_) => {
            Reply::text(StatusCode::UNAUTHORIZED, "", "http 401")
        }
        Denial::Refused("gone") => Reply::text(StatusCode::GONE, "", "http 410"),
        Denial::Refused(why) => Reply::text(StatusCode::BAD_REQUEST, why, why),
    }
}

/// The headers of a call.
struct Signed {
    id: String,
    timestamp: String,
    signature: String,
}

fn take(state: &mut State, signed: &Signed, body: &[u8]) -> Result<(), &'static str> {
    if signed.id.is_empty() || signed.id.contains('.') {
        return Err("webhook-id is missing, or has a dot in it");
    }
    let sent_at: i64 = signed.timestamp.parse().map_err(|_| "webhook-timestamp is no number")?;
    if state.clock.seconds().abs_diff(sent_at) > WINDOW_SECS {
        return Err("webhook-timestamp is too far from now");
    }
    let expected = signature(&signed.id, &signed.timestamp, body);
    // Several may be given, while a key is replaced.
    if !signed.signature.split(' ').any(|given| given == expected) {
        return Err("webhook-signature does not fit");
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| "the body is no JSON")?;
    if let Some(told) = state.told.iter_mut().find(|told| told.id == signed.id) {
        told.times += 1;
    } else {
        let at = state.clock.text();
        state.told.push(Told { id: signed.id.clone(), body, times: 1, at });
    }
    Ok(())
}

fn signature(id: &str, timestamp: &str, body: &[u8]) -> String {
    let secret = cast::WEBHOOK_SECRET.trim_start_matches("whsec_");
    let key = STANDARD.decode(secret).expect("the cast's own secret is base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}
