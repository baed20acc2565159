//! The shortest chain there can be: create, post, pin, one after the other, by a bare client.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;
use sima_sandbox::Sandbox;

/// Does the three calls and nothing between them; how long it took.
pub async fn chain(sandbox: &Sandbox) -> Duration {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("bare-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let began = Instant::now();
    let created = call(sandbox, "conversations.create", &[("name", &name)]).await;
    let channel = created["channel"]["id"].as_str().expect("a channel");
    let message = [("channel", channel), ("text", "Checkout is down")];
    let posted = call(sandbox, "chat.postMessage", &message).await;
    let pin = [("channel", channel), ("timestamp", posted["ts"].as_str().expect("a message"))];
    call(sandbox, "pins.add", &pin).await;
    began.elapsed()
}

async fn call(sandbox: &Sandbox, method: &str, form: &[(&str, &str)]) -> Value {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    let client =
        CLIENT.get_or_init(|| reqwest::Client::builder().no_proxy().build().expect("a client"));
    let request = client.post(format!("{}{method}", sandbox.slack_base_url()));
    let sent = request.bearer_auth(sandbox.bot_token()).form(form).send().await;
    let answer: Value = sent.expect("an answer").json().await.expect("a JSON answer");
    assert_eq!(answer["ok"], true, "{method}: {answer}");
    answer
}
