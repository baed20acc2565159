//! The program that is told by webhooks takes what is signed, and nothing else.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use sima_sandbox::cast;

use crate::stage::Stage;

const BODY: &str = r#"{"type":"incident.opened"}"#;

fn signed(id: &str, seconds: i64, body: &str) -> String {
    let key = STANDARD.decode(cast::WEBHOOK_SECRET.trim_start_matches("whsec_")).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

async fn post(stage: &Stage, id: &str, seconds: i64, signature: &str) -> u16 {
    let request = stage
        .http
        .post(stage.sandbox.receiver_url())
        .header("webhook-id", id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signature)
        .body(BODY);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn what_is_signed_is_taken_and_known_again() {
    let stage = Stage::begins().await;
    let now = stage.sandbox.now_micros() / 1_000_000;
    let signature = signed("msg_1", now, BODY);
    assert_eq!(post(&stage, "msg_1", now, &signature).await, 204);
    assert_eq!(post(&stage, "msg_1", now, &format!("v1,old= {signature}")).await, 204);
    let told = stage.sandbox.read(|state| state.told.clone());
    assert_eq!((told.len(), told[0].times), (1, 2));
}

#[tokio::test]
async fn what_is_not_signed_just_now_by_the_right_key_is_refused() {
    let stage = Stage::begins().await;
    let now = stage.sandbox.now_micros() / 1_000_000;
    let long_ago = now - 301;
    for (id, seconds, signature) in [
        ("msg_1", now, signed("msg_1", now, "{}")),
        ("msg_2", now, signed("msg_1", now, BODY)),
        ("msg_1", now, String::new()),
        ("", now, signed("", now, BODY)),
        ("msg.1", now, signed("msg.1", now, BODY)),
        ("msg_1", long_ago, signed("msg_1", long_ago, BODY)),
    ] {
        assert_eq!(post(&stage, id, seconds, &signature).await, 401, "{id} {seconds}");
    }
    assert!(stage.sandbox.read(|state| state.told.is_empty()));
}
