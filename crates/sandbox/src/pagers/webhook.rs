//! A receiver of webhooks that are signed by Standard Webhooks.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::{OtherPage, WEBHOOK_KEY, no, open, said, settle, take};
use crate::core::Core;
use crate::door::Cut;
use crate::vendor::{Reply, for_the_record};

/// How far the sender's clock may be from ours, in seconds.
const TOLERANCE: i64 = 300;

/// Answers `POST /pagers/webhook`.
pub(crate) async fn receive(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let (id, at) = (text("webhook-id").to_owned(), text("webhook-timestamp").to_owned());
    let is_signed =
        text("webhook-signature").split(' ').any(|one| one == signature(&id, &at, &body));
    let args = for_the_record(&body);
    let told = args.clone();
    take(core, cut, "webhook", args, move |state| {
        let age = at.parse().map_or(i64::MAX, |at: i64| (state.clock.seconds() - at).abs());
        if id.is_empty() || !is_signed || age > TOLERANCE {
            return no(StatusCode::UNAUTHORIZED, "the signature does not fit");
        }
        // A message that is here already is taken again, and changes nothing.
        if !state.webhook_ids.contains(&id) {
            state.webhook_ids.push(id);
            let key = said(&told, "key");
            match told["type"].as_str() {
                Some("page.triggered") => open(
                    state,
                    OtherPage {
                        pager: "webhook".into(),
                        key,
                        title: said(&told, "title"),
                        details: said(&told, "details"),
                        link: said(&told, "link"),
                        status: "triggered".into(),
                        triggers: 1,
                    },
                ),
                Some("page.acknowledged") => drop(settle(state, "webhook", &key, "acknowledged")),
                Some("page.resolved") => drop(settle(state, "webhook", &key, "resolved")),
                _ => return no(StatusCode::BAD_REQUEST, "unknown type"),
            }
        }
        Reply::ok(json!({}))
    })
    .await
}

fn signature(id: &str, at: &str, body: &[u8]) -> String {
    let key = WEBHOOK_KEY.trim_start_matches("whsec_");
    let key = STANDARD.decode(key).expect("the key is base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    mac.update(format!("{id}.{at}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}
