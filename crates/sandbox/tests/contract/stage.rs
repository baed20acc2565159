//! A sandbox, an app that answers as it is told, and the calls a test makes in the app's name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sima_sandbox::{Options, Sandbox, start};
use tokio::sync::watch;

/// Long enough for anything that happens at all.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// One delivery as the app received it.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub path: String,
    pub headers: HeaderMap,
    pub raw: String,
    /// The form, the payload inside it, or the JSON body.
    pub body: Value,
}

impl Delivery {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// `slash`, the type of an interaction, or the type of an event.
    pub fn kind(&self) -> &str {
        if self.path == "/slack/commands" {
            return "slash";
        }
        let event = &self.body["event"];
        let kind = [&event["type"], &event["event_type"], &self.body["type"]];
        kind.into_iter().find_map(Value::as_str).unwrap_or_default()
    }
}

type Reply = (u16, &'static str, String);

/// The app under test, played.
#[derive(Clone, Debug)]
pub struct App {
    deliveries: watch::Sender<Vec<Delivery>>,
    replies: Arc<Mutex<HashMap<String, Reply>>>,
}

impl App {
    async fn starts() -> (Self, String) {
        let app = Self { deliveries: watch::Sender::new(Vec::new()), replies: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(receive).with_state(app.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (app, url)
    }

    /// From now on, answers this kind of delivery so.
    pub fn answers(
        &self,
        kind: &str,
        status: u16,
        content_type: &'static str,
        body: impl Into<String>,
    ) {
        self.replies.lock().unwrap().insert(kind.to_owned(), (status, content_type, body.into()));
    }

    pub fn answers_json(&self, kind: &str, body: &Value) {
        self.answers(kind, 200, "application/json", body.to_string());
    }

    /// Every delivery of this kind so far.
    pub fn received(&self, kind: &str) -> Vec<Delivery> {
        self.deliveries
            .borrow()
            .iter()
            .filter(|delivery| delivery.kind() == kind)
            .cloned()
            .collect()
    }

    /// Waits for the `count`th delivery of this kind.
    pub async fn receives(&self, kind: &str, count: usize) -> Delivery {
        let mut deliveries = self.deliveries.subscribe();
        let arrived = deliveries
            .wait_for(|all| all.iter().filter(|delivery| delivery.kind() == kind).count() >= count);
        let Ok(Ok(_)) = tokio::time::timeout(PATIENCE, arrived).await else {
            panic!("no {kind} number {count} was delivered");
        };
        self.received(kind)[count - 1].clone()
    }
}

async fn receive(State(app): State<App>, uri: Uri, headers: HeaderMap, raw: Bytes) -> Response {
    let text = String::from_utf8(raw.to_vec()).unwrap();
    let body = if uri.path() == "/slack/events" || uri.path().starts_with("/pagerduty") {
        serde_json::from_str(&text).unwrap()
    } else {
        let fields: HashMap<String, String> = form(&text);
        fields
            .get("payload")
            .map_or_else(|| json!(fields), |payload| serde_json::from_str(payload).unwrap())
    };
    let delivery = Delivery { path: uri.path().to_owned(), headers, raw: text, body };
    let reply = app.replies.lock().unwrap().get(delivery.kind()).cloned();
    app.deliveries.send_modify(|all| all.push(delivery));
    let (status, content_type, body) = reply.unwrap_or((200, "text/plain", String::new()));
    (StatusCode::from_u16(status).unwrap(), [("content-type", content_type)], body).into_response()
}

/// Reads a form with the URL rules of the HTTP client, not with the sandbox's own.
fn form(text: &str) -> HashMap<String, String> {
    let url = reqwest::Url::parse(&format!("http://form/?{text}")).unwrap();
    url.query_pairs().into_owned().collect()
}

/// Everything a test needs.
pub struct Stage {
    pub sandbox: Sandbox,
    pub app: App,
    pub http: reqwest::Client,
}

impl Stage {
    pub async fn begins() -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            rustls::crypto::ring::default_provider().install_default().unwrap();
        });
        let (app, app_url) = App::starts().await;
        let options = Options { app_url: Some(app_url), ..Options::default() };
        let sandbox = start(options).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { sandbox, app, http }
    }

    /// Calls a Web API method with a JSON body; the raw answer.
    pub async fn send(&self, method: &str, args: &Value) -> reqwest::Result<reqwest::Response> {
        self.http
            .post(format!("{}{method}", self.sandbox.slack_base_url()))
            .bearer_auth(self.sandbox.bot_token())
            .header("content-type", "application/json; charset=utf-8")
            .body(args.to_string())
            .send()
            .await
    }

    /// Calls a Web API method; the answer as JSON.
    pub async fn slack(&self, method: &str, args: Value) -> Value {
        let response = self.send(method, &args).await.unwrap();
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    /// Calls a method that takes forms only.
    pub async fn slack_form(&self, method: &str, args: &[(&str, &str)]) -> Value {
        let response = self
            .http
            .post(format!("{}{method}", self.sandbox.slack_base_url()))
            .bearer_auth(self.sandbox.bot_token())
            .form(args)
            .send()
            .await
            .unwrap();
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    /// Creates a public channel and answers its id.
    pub async fn creates(&self, name: &str) -> String {
        let answer = self.slack("conversations.create", json!({"name": name})).await;
        answer["channel"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Posts a text and answers the message's id.
    pub async fn posts(&self, channel: &str, text: &str) -> String {
        let answer =
            self.slack("chat.postMessage", json!({"channel": channel, "text": text})).await;
        answer["ts"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// A fresh trigger, from a command typed by this person.
    pub async fn trigger(&self, person: &str) -> String {
        let before = self.app.received("slash").len();
        self.sandbox.slash(person, "general", "/incident", "open").await;
        let delivery = self.app.receives("slash", before + 1).await;
        delivery.body["trigger_id"].as_str().unwrap().to_owned()
    }
}

/// The error code of an answer, which must be one.
pub fn error(answer: &Value) -> &str {
    assert_eq!(answer["ok"], false, "{answer}");
    answer["error"].as_str().unwrap()
}

pub fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

/// A modal with one text field `summary` and one select `severity`.
pub fn form_view(title: &str) -> Value {
    json!({
        "type": "modal", "title": plain(title), "submit": plain("Open"), "notify_on_close": true,
        "callback_id": "open",
        "blocks": [
            {"type": "section", "block_id": "intro", "text": plain("Tell us.")},
            {
                "type": "input", "block_id": "summary", "label": plain("Summary"),
                "element": {"type": "plain_text_input", "action_id": "text", "max_length": 100},
            },
            {
                "type": "input", "block_id": "severity", "label": plain("Severity"), "optional": true,
                "element": {
                    "type": "static_select", "action_id": "choice",
                    "options": [
                        {"text": plain("SEV1"), "value": "sev1"},
                        {"text": plain("SEV2"), "value": "sev2"},
                    ],
                },
            },
        ],
    })
}
