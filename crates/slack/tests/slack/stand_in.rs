//! A server that answers as Slack's pages say, from a script, and keeps what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use secrecy::SecretString;
use serde_json::{Value, json};
use sima_slack::{Settings, Slack};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// One answer.
#[derive(Clone, Debug)]
pub enum Answer {
    /// HTTP 200 with JSON.
    Json(Value),
    /// Some status with a header line and a body of no JSON.
    Status(u16, &'static str),
    /// The deed is done and the connection breaks.
    HangUp,
}

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The last part of the path.
    pub method: String,
    /// The form's fields, or the JSON body's.
    pub fields: Value,
}

impl Asked {
    /// A field as text.
    pub fn field(&self, name: &str) -> &str {
        self.fields[name].as_str().unwrap_or_default()
    }
}

/// What is to be asked next, with the answer; then what was asked.
#[derive(Default)]
struct Script {
    expected: VecDeque<(&'static str, Answer)>,
    asked: Vec<Asked>,
}

/// Slack's stand-in.
pub struct StandIn {
    script: Arc<Mutex<Script>>,
    address: String,
}

impl StandIn {
    /// Begins to answer.
    pub async fn begins() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let script = Arc::<Mutex<Script>>::default();
        let held = Arc::clone(&script);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&held)));
            }
        });
        Self { script, address }
    }

    /// A client of it.
    pub fn slack(&self, broadcast_channel: &str) -> Slack {
        client(&format!("http://{}/api/", self.address), broadcast_channel)
    }

    /// Its own place for answers.
    pub fn response_url(&self) -> String {
        format!("http://{}/respond", self.address)
    }

    /// What it is asked next, and its answer.
    pub fn expects(&self, method: &'static str, answer: Answer) -> &Self {
        self.script.lock().expect("whole").expected.push_back((method, answer));
        self
    }

    /// The same, with an answer in JSON.
    pub fn answers(&self, method: &'static str, answer: Value) -> &Self {
        self.expects(method, Answer::Json(answer))
    }

    /// What it was asked. Everything expected must have been.
    pub fn asked(&self) -> Vec<Asked> {
        let mut script = self.script.lock().expect("whole");
        let left: Vec<&str> = script.expected.iter().map(|(method, _)| *method).collect();
        assert!(left.is_empty(), "never asked: {left:?}");
        std::mem::take(&mut script.asked)
    }
}

/// A client of an address.
pub fn client(base_url: &str, broadcast_channel: &str) -> Slack {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Slack::new(Settings {
        base_url: base_url.to_owned(),
        bot_token: SecretString::from("xoxb-test"),
        broadcast_channel: Some(broadcast_channel.to_owned()),
        mark: "pushpin".to_owned(),
        taken_mark: "memo".to_owned(),
    })
    .expect("good settings")
}

/// Answers the requests of one connection.
async fn converse(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    while let Some((head, body)) = request(&mut stream).await {
        assert!(head.contains("authorization: Bearer xoxb-test") || head.contains("POST /respond"));
        let path = head.split_whitespace().nth(1).unwrap_or_default();
        let method = path.rsplit('/').next().unwrap_or_default().to_owned();
        let answer = {
            let mut script = script.lock().expect("whole");
            // Calls that go side by side come in any order.
            let at = script.expected.iter().position(|(expected, _)| *expected == method);
            script.asked.push(Asked { method: method.clone(), fields: fields(&head, &body) });
            at.and_then(|at| script.expected.remove(at)).map(|(_, answer)| answer)
        };
        let answer =
            answer.unwrap_or_else(|| Answer::Json(json!({ "ok": false, "error": "not_expected" })));
        let sent = match answer {
            Answer::Json(json) => {
                respond(&mut stream, "200 OK", "x-slack-req-id: 1", &json.to_string()).await
            }
            Answer::Status(status, header) => {
                respond(&mut stream, &status.to_string(), header, "<html>no</html>").await
            }
            Answer::HangUp => return,
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Reads one request; nothing when the connection is closed.
async fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let end = read.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&read[..end]).into_owned();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .and_then(|length| length.parse::<usize>().ok())
                .unwrap_or(0);
            let body = &read[end + 4..];
            if body.len() >= length {
                return Some((head, body[..length].to_vec()));
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
        }
    }
}

async fn respond(
    stream: &mut TcpStream,
    status: &str,
    header: &str,
    body: &str,
) -> std::io::Result<()> {
    let head = format!("HTTP/1.1 {status}\r\n{header}\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await
}

/// The fields of a body. A form is read by the URL parser, not by our own reader.
fn fields(head: &str, body: &[u8]) -> Value {
    if head.contains("content-type: application/json") {
        return serde_json::from_slice(body).expect("JSON");
    }
    let url = format!("http://x/?{}", String::from_utf8_lossy(body));
    let url = reqwest::Url::parse(&url).expect("a form");
    url.query_pairs()
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect()
}
