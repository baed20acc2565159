//! What a receiver gets, and what becomes of each of its answers.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use jiff::Timestamp;
use sima_hooks::{Address, Hooks, SigningKey, sign};
use sima_incident::Setback;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const BODY: &[u8] = br#"{"type":"incident.opened"}"#;

/// A receiver of one's own, which answers what it is told to.
struct Receiver {
    address: Address,
    got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

impl Receiver {
    async fn that_answers(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> Self {
        let got = Arc::new(Mutex::new(Vec::new()));
        let take = move |State(got): State<Arc<Mutex<Vec<_>>>>, headers: HeaderMap, body: Bytes| {
            let answer = answer.clone();
            async move {
                got.lock().expect("nobody panicked").push((headers, body));
                answer()
            }
        };
        let app = Router::new().route("/in", post(take)).with_state(got.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}/in", listener.local_addr().expect("an address"))
            .parse()
            .expect("loopback");
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, got }
    }

    async fn gets(&self) -> Result<(), Setback> {
        // A second crypto provider of the same kind is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let hooks = Hooks::new().expect("a client");
        let key = SigningKey::read(&SECRET.into()).expect("a key");
        let now = Timestamp::from_second(1_649_367_553).expect("a time");
        hooks.post(&self.address, &key, "msg_1", now, BODY.to_vec()).await
    }
}

#[tokio::test]
async fn a_receiver_gets_the_body_with_the_headers_to_verify_it_by() {
    let receiver = Receiver::that_answers(|| StatusCode::NO_CONTENT.into_response()).await;

    receiver.gets().await.unwrap();

    let got = receiver.got.lock().unwrap();
    let (headers, body) = &got[0];
    assert_eq!(body, BODY);
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["webhook-id"], "msg_1");
    assert_eq!(headers["webhook-timestamp"], "1649367553");
    let key = SigningKey::read(&SECRET.into()).expect("a key");
    assert_eq!(headers["webhook-signature"], sign(&key, "msg_1", 1_649_367_553, BODY));
}

#[tokio::test]
async fn a_receiver_that_is_busy_is_asked_again_when_it_says() {
    let busy = || (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "7")]).into_response();
    let receiver = Receiver::that_answers(busy).await;

    let setback = receiver.gets().await.unwrap_err();

    assert_eq!(setback, Setback::rate_limited(Duration::from_secs(7)));
}

#[tokio::test]
async fn what_may_have_arrived_is_tried_again_as_unsure() {
    let broken = || StatusCode::BAD_GATEWAY.into_response();
    let receiver = Receiver::that_answers(broken).await;

    let setback = receiver.gets().await.unwrap_err();

    assert!(matches!(setback, Setback::Retry { unsure: true, after: None, .. }), "{setback:?}");
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_tried_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/in", listener.local_addr().expect("an address"))
        .parse()
        .expect("loopback");
    drop(listener);
    let receiver = Receiver { address, got: Arc::default() };

    let setback = receiver.gets().await.unwrap_err();

    assert!(matches!(setback, Setback::Retry { unsure: false, .. }), "{setback:?}");
}

#[tokio::test]
async fn a_receiver_that_will_not_have_it_is_not_asked_again() {
    for (status, says) in [
        (StatusCode::GONE, "wants no more of these (410)"),
        (StatusCode::UNAUTHORIZED, "have the same secret"),
        (StatusCode::NOT_FOUND, "check the webhook's url"),
        (StatusCode::BAD_REQUEST, "does not take the message (400 Bad Request)"),
    ] {
        let receiver = Receiver::that_answers(move || status.into_response()).await;

        let Err(Setback::Refused { why }) = receiver.gets().await else { panic!("{status}") };

        assert!(why.contains(says), "{why}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = || (StatusCode::FOUND, [(header::LOCATION, "/in")]).into_response();
    let receiver = Receiver::that_answers(elsewhere).await;

    let Err(Setback::Refused { why }) = receiver.gets().await else { panic!("it was not refused") };

    assert!(why.contains("which is not followed"), "{why}");
    assert_eq!(receiver.got.lock().unwrap().len(), 1);
}
