//! Socket Mode: addresses good for one use, greetings, envelopes, acknowledgements, farewells.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::stage::{PATIENCE, Stage};

type Socket = WebSocketStream<TcpStream>;

async fn begins() -> Stage {
    let stage = Stage::begins().await;
    stage.sandbox.use_sockets();
    stage
}

/// An address to connect to.
async fn address(stage: &Stage, token: &str) -> Value {
    let url = format!("{}apps.connections.open", stage.sandbox.slack_base_url());
    let answer = stage.http.post(url).bearer_auth(token).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

async fn connects(stage: &Stage, url: &str) -> Result<Socket, String> {
    let stream = TcpStream::connect(stage.sandbox.address()).await.unwrap();
    match tokio_tungstenite::client_async(url, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(error) => Err(error.to_string()),
    }
}

/// A connection that was greeted.
async fn opens(stage: &Stage) -> Socket {
    let answer = address(stage, stage.sandbox.app_token()).await;
    let mut socket = connects(stage, answer["url"].as_str().unwrap()).await.unwrap();
    let hello = reads(&mut socket).await.unwrap();
    assert_eq!(hello["type"], "hello");
    assert!(hello["num_connections"].as_u64().unwrap() >= 1);
    stage
        .sandbox
        .wait_for(PATIENCE, |_| (stage.sandbox.sockets() > 0).then_some(()))
        .await
        .unwrap();
    socket
}

/// The next text; nothing when the socket has ended.
async fn reads(socket: &mut Socket) -> Option<Value> {
    loop {
        match tokio::time::timeout(PATIENCE, socket.next()).await.expect("a frame or an end") {
            Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            Some(Ok(_)) => {}
        }
    }
}

async fn acknowledges(socket: &mut Socket, envelope: &Value, payload: Option<Value>) {
    let mut written = json!({"envelope_id": envelope["envelope_id"]});
    if let Some(payload) = payload {
        written["payload"] = payload;
    }
    socket.send(Message::text(written.to_string())).await.unwrap();
}

#[tokio::test]
async fn an_address_is_given_for_the_app_token_alone_and_is_good_once() {
    let stage = Stage::begins().await;
    let off = address(&stage, stage.sandbox.app_token()).await;
    assert_eq!(off["ok"], false);
    stage.sandbox.use_sockets();
    let wrong = address(&stage, stage.sandbox.bot_token()).await;
    assert_eq!(wrong["error"], "not_allowed_token_type");
    let given = address(&stage, stage.sandbox.app_token()).await;
    let url = given["url"].as_str().unwrap();
    assert!(url.starts_with("ws://"), "{given}");
    let _first = connects(&stage, url).await.unwrap();
    assert!(connects(&stage, url).await.is_err());
}

#[tokio::test]
async fn a_command_is_answered_with_its_acknowledgement() {
    let stage = begins().await;
    let mut socket = opens(&stage).await;
    let types = stage.sandbox.slash("ines", "general", "/incident", "help & <more>");
    let answers = async {
        let envelope = reads(&mut socket).await.unwrap();
        acknowledges(&mut socket, &envelope, Some(json!({"text": "here is help"}))).await;
        envelope
    };
    let (answer, envelope) = tokio::join!(types, answers);
    assert_eq!(envelope["type"], "slash_commands");
    assert_eq!(envelope["accepts_response_payload"], true);
    assert_eq!(envelope["payload"]["command"], "/incident");
    assert_eq!(envelope["payload"]["user_id"], stage.sandbox.person("ines"));
    assert_eq!(answer.json()["text"], "here is help");
    assert!(stage.app.received("slash").is_empty(), "nothing goes to the app's URLs");
}

#[tokio::test]
async fn an_event_comes_again_when_its_socket_ends_before_the_acknowledgement() {
    let stage = begins().await;
    let mut first = opens(&stage).await;
    stage.creates("incident-1").await;
    let event = reads(&mut first).await.unwrap();
    assert_eq!(
        (&event["type"], &event["payload"]["type"]),
        (&json!("events_api"), &json!("event_callback"))
    );
    assert!(event.get("retry_attempt").is_none());
    drop(first);
    let mut second = opens(&stage).await;
    // Others may come first: they, too, had not been acknowledged.
    let again = loop {
        let envelope = reads(&mut second).await.unwrap();
        acknowledges(&mut second, &envelope, None).await;
        if envelope["payload"]["event_id"] == event["payload"]["event_id"] {
            break envelope;
        }
    };
    assert_eq!((&again["retry_attempt"], &again["retry_reason"]), (&json!(1), &json!("timeout")));
}

#[tokio::test]
async fn what_is_no_acknowledgement_ends_the_socket() {
    let stage = begins().await;
    for wrong in ["thank you", r#"{"envelope_id":"of nobody"}"#] {
        let mut socket = opens(&stage).await;
        socket.send(Message::text(wrong)).await.unwrap();
        assert_eq!(reads(&mut socket).await, None, "{wrong}");
    }
    assert_eq!(stage.sandbox.problems().len(), 2);
}

#[tokio::test]
async fn a_socket_is_warned_before_it_is_closed() {
    let stage = begins().await;
    let mut socket = opens(&stage).await;
    stage.sandbox.faults().disconnect_sockets("refresh_requested");
    let farewell = reads(&mut socket).await.unwrap();
    assert_eq!(
        (&farewell["type"], &farewell["reason"]),
        (&json!("disconnect"), &json!("refresh_requested"))
    );
    assert_eq!(stage.sandbox.sockets(), 0, "nothing new goes there");
    stage.sandbox.advance(std::time::Duration::from_secs(10));
    assert_eq!(reads(&mut socket).await, None);
}

#[tokio::test]
async fn the_eleventh_socket_is_turned_away() {
    let stage = begins().await;
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(opens(&stage).await);
    }
    let answer = address(&stage, stage.sandbox.app_token()).await;
    let mut eleventh = connects(&stage, answer["url"].as_str().unwrap()).await.unwrap();
    let farewell = reads(&mut eleventh).await.unwrap();
    assert_eq!(farewell["reason"], "too_many_websockets");
    assert_eq!(reads(&mut eleventh).await, None);
}
