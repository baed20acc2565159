//! Whatever arrives at the doors of monitors is answered in one line, never with a fault of ours;
//! nothing comes of it, and a good alert is taken afterwards.
//!
//! What is sent is the same at every run. `PROPTEST_CASES=500 cargo test -p sima --test stories fuzzed`
//! sends more of it.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use serde_json::{Map, Value, json};
use sima_alerts::{Integration, Rules};
use sima_store::OutboxView;

use crate::{
    doors::Answered,
    hosts::{CERTIFICATE, Hosts},
    signed::integration,
    story::Story,
    vouched,
};

/// How many of each kind are sent for each source, unless `PROPTEST_CASES` says more.
const CASES: u32 = 6;

/// The headers in which senders prove themselves, or say what they send.
const HEADERS: [&str; 9] = [
    "authorization",
    "x-grafana-alerting-signature",
    "x-pagerduty-signature",
    "sentry-hook-signature",
    "sentry-hook-resource",
    "x-sima-signature",
    "x-hub-signature-256",
    "x-amz-sns-message-type",
    "ce-specversion",
];

/// Draws what is sent: as a property would, but for requests that have to be waited for.
struct Chance(TestRunner);

impl Chance {
    fn new() -> Self {
        Self(TestRunner::deterministic())
    }

    fn draw<T: std::fmt::Debug>(&mut self, from: &impl Strategy<Value = T>) -> T {
        from.new_tree(&mut self.0).expect("something to send").current()
    }
}

fn cases() -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").is_ok();
    if wanted { Config::default().cases } else { CASES }
}

/// Every body of the contract, with the source that sends it.
pub fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../alerts/tests/contract");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .expect("the samples")
        .map(|entry| entry.expect("a sample").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name.split('_').next().unwrap_or_default().to_owned(), path)
        })
        .filter(|(source, _)| sima_alerts::known(source))
        .map(|(source, path)| (source, std::fs::read(path).expect("a sample")))
        .collect();
    found.sort();
    found
}

/// A value where another was expected.
fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        prop::sample::select(vec![
            json!(""),
            json!([]),
            json!({}),
            json!(["<!channel>", { "a": [1, null] }]),
            json!("0001-01-01T00:00:00Z"),
            json!(1e300),
            json!(" \u{0}\n"),
            json!("$ALERT_ID"),
            json!("{EVENT.VALUE}"),
            json!("{{rule.id}}"),
            json!("x".repeat(50_000)),
        ]),
    ]
}

/// The JSON pointers of a value and all that is in it.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value))
            .collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(place, value)| (place.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    for (name, value) in below {
        pointers(value, &format!("{here}/{name}"), found);
    }
    found.push(here.to_owned());
}

/// A body near one that is sent, or far from any.
fn body(sample: &[u8]) -> impl Strategy<Value = Vec<u8>> {
    let (whole, length) = (sample.to_vec(), sample.len());
    let value: Value = serde_json::from_slice(sample).expect("JSON");
    let mut places = Vec::new();
    pointers(&value, "", &mut places);
    let change = (prop::sample::select(places), leaf());
    let changed = prop::collection::vec(change, 1..6).prop_map(move |changes| {
        let mut body = value.clone();
        for (place, other) in changes {
            if let Some(found) = body.pointer_mut(&place) {
                *found = other;
            }
        }
        body.to_string().into_bytes()
    });
    let (cut, flipped) = (whole.clone(), whole);
    prop_oneof![
        4 => changed,
        1 => (0..length).prop_map(move |at| cut[..at].to_vec()),
        1 => (0..length, any::<u8>()).prop_map(move |(at, byte)| {
            let mut body = flipped.clone();
            body[at] = byte;
            body
        }),
        1 => prop::collection::vec(any::<u8>(), 0..300),
        1 => (1_usize..60_000).prop_map(|deep| "[{\"a\":".repeat(deep).into_bytes()),
    ]
}

/// One line that is no fault of ours and holds no secret.
fn is_answered(answered: &Answered, what: &str) {
    assert!(answered.status < 500, "{what}: {answered:?}");
    assert_eq!(answered.body.trim().lines().count(), 1, "{what}: {answered:?}");
    assert!(answered.body.len() < 2000, "{what}: {answered:?}");
    for told in ["panicked", "src/", "Err(", "SELECT", "of-the-stories"] {
        assert!(!answered.body.contains(told), "{what}: {answered:?}");
    }
}

/// An alert like the others is taken still.
async fn a_good_one_is_taken(story: &Story) {
    let good = story.alert(&crate::alerting::queue_is_stuck("2026-01-05T09:00:00Z")).await;
    assert_eq!(good.status / 100, 2, "{good:?}");
    story
        .until("it is open", |state| {
            let mut channels = state.channels.iter();
            channels.any(|one| one.name.ends_with("_queue-is-not-draining")).then_some(())
        })
        .await;
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1, "and nothing else has come of anything");
}

/// Nothing is to be done, and nothing was.
async fn nothing_came_of_it(story: &Story) {
    story.is_quiet().await;
    assert!(story.incident_channels().is_empty());
    let rows = story.outbox(OutboxView::Unsettled).await;
    assert!(rows.is_empty(), "{rows:?}");
}

/// Bodies of every kind, from a sender that has the token.
#[tokio::test]
async fn whatever_a_sender_with_the_token_sends_is_answered() {
    // What happens to be an alert still opens nothing here.
    let rules: Rules = serde_json::from_value(json!([
        { "labels": { "alertname": "QueueStuck" }, "then": "open" },
        { "then": "ignore" },
    ]))
    .expect("rules");
    let story = Story::begins_with(|config| config.alerts.rules = rules).await;
    let mut chance = Chance::new();
    let content_types = prop::sample::select(vec![
        "application/json",
        "text/plain; charset=UTF-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "application/cloudevents+json",
        "",
    ]);
    let query = "[ -~&&[^#\"<>`{}]]{0,40}".prop_map(|query| query.replace(' ', "+"));
    for (source, sample) in samples() {
        let bodies = body(&sample);
        for _ in 0..cases() {
            let body = chance.draw(&bodies);
            let kind = chance.draw(&content_types);
            let path = format!("/alerts/{source}/sandbox?{}", chance.draw(&query));
            let what =
                format!("{path} {kind} {}", String::from_utf8_lossy(&body[..body.len().min(3000)]));
            let answered = story.sends("POST", &path, &[("content-type", kind)], body).await;
            is_answered(&answered, &what);
            assert!([200, 400, 415].contains(&answered.status), "{what}: {answered:?}");
        }
    }
    nothing_came_of_it(&story).await;
    a_good_one_is_taken(&story).await;
    story.ends().await;
}

/// Proofs of every kind, from those who have none.
#[tokio::test]
async fn whatever_somebody_else_sends_is_turned_away() {
    let one = |source: &str| -> Integration {
        integration(&format!(
            "name = \"{source}\"\nsource = \"{source}\"\nsecret = \"a-secret-of-the-stories\""
        ))
    };
    let configured: Vec<Integration> = sima_alerts::sources()
        .into_iter()
        .filter(|name| *name != "alertmanager")
        .map(one)
        .collect();
    let story = Story::begins_with(|config| config.alerts.integrations = configured).await;
    let mut chance = Chance::new();
    let proof = prop_oneof![
        "[ -~]{0,80}",
        "[0-9a-f]{64}",
        "sha256=[0-9a-f]{64}",
        "v1=[0-9a-f]{64}(,v1=[0-9a-f]{64}){0,3}",
        "t=[0-9]{1,25},v1=[0-9a-f]{64}",
        "Bearer [ -~]{0,40}",
        "Basic [A-Za-z0-9+/=]{0,40}",
    ];
    for (source, sample) in samples().into_iter().filter(|(source, _)| source != "alertmanager") {
        let bodies = prop_oneof![Just(sample.clone()), body(&sample)];
        for _ in 0..cases() {
            let sent: Vec<(&str, String)> =
                HEADERS.iter().map(|name| (*name, chance.draw(&proof))).collect();
            let headers: Vec<(&str, &str)> =
                sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let guessed = chance.draw(&"[a-zA-Z0-9]{0,40}");
            let token = if guessed.is_empty() { String::new() } else { format!("/{guessed}") };
            let path = format!("/alerts/{source}{token}");
            let answered = story.sends("POST", &path, &headers, chance.draw(&bodies)).await;
            let what = format!("{path} {headers:?}");
            is_answered(&answered, &what);
            assert!([401, 415].contains(&answered.status), "{what}: {answered:?}");
        }
    }
    nothing_came_of_it(&story).await;
    a_good_one_is_taken(&story).await;
    story.ends().await;
}

/// Addresses in messages of SNS, changed here and there and signed all the same: none leads SIMA
/// anywhere but to the host of the topic.
#[tokio::test]
async fn no_address_in_a_message_leads_elsewhere() {
    let hosts = Hosts::begin();
    hosts.has_certificate();
    let story = vouched::begins(&hosts).await;
    let mut chance = Chance::new();
    let bits = prop::sample::select(vec![
        "@",
        ":",
        "/",
        "//",
        "\\",
        "#",
        "?",
        "%2e",
        "%00",
        ".",
        "evil.example",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "169.254.169.254",
        ":8443",
        "user:pass@",
        "\u{3002}",
        " ",
        "\n",
        "..",
        "http://",
        "file://",
        "x",
    ]);
    let handshake = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336";
    for (field, kind, url) in [
        ("SigningCertURL", "Notification", CERTIFICATE),
        ("SubscribeURL", "SubscriptionConfirmation", handshake),
    ] {
        for _ in 0..cases() * 10 {
            let (at, bit) = chance.draw(&(0..url.len(), bits.clone()));
            let replaced = chance.draw(&(0_usize..3));
            let rest = url.get(at + replaced..).unwrap_or_default();
            let changed = format!("{}{bit}{rest}", &url[..at]);
            let message = vouched::message(&story, kind, |message| message[field] = json!(changed));
            let answered = vouched::from_sns(&story, &message).await;
            is_answered(&answered, &changed);
            assert!([400, 401].contains(&answered.status), "{changed}: {answered:?}");
        }
    }
    let home = "https://sns.eu-west-1.amazonaws.com/";
    let asked = hosts.asked();
    assert!(asked.iter().all(|url| url.starts_with(home)), "{asked:?}");
    nothing_came_of_it(&story).await;
    a_good_one_is_taken(&story).await;
    story.ends().await;
}

/// Who sends ten megabytes without looking up, as most programs do, reads why they were refused,
/// whether it said before how many there would be or not.
#[tokio::test]
async fn who_sends_far_too_much_learns_why() {
    let story = Story::begins().await;
    let address = story.url().strip_prefix("http://").expect("an address").to_owned();
    let length = 10 * 1024 * 1024;
    for (header, piece, last) in [
        (format!("content-length: {length}"), "x".repeat(1024), ""),
        (
            "transfer-encoding: chunked".to_owned(),
            format!("400\r\n{}\r\n", "x".repeat(1024)),
            "0\r\n\r\n",
        ),
    ] {
        let address = address.clone();
        let answered = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(&address).expect("SIMA listens");
            let head = format!(
                "POST /alerts/generic/sandbox HTTP/1.1\r\nhost: {address}\r\n{header}\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).expect("it is taken");
            for _ in 0..length / 1024 {
                stream.write_all(piece.as_bytes()).expect("nobody hangs up");
            }
            stream.write_all(last.as_bytes()).expect("all of it is taken");
            let (mut answer, mut piece) = (String::new(), [0; 1024]);
            while !answer.contains("KiB") {
                let read = stream.read(&mut piece).expect("an answer");
                assert!(read > 0, "it ends with {answer}");
                answer.push_str(&String::from_utf8_lossy(&piece[..read]));
            }
            answer
        });
        let answered = answered.await.expect("an answer");
        assert!(answered.starts_with("HTTP/1.1 413 "), "{answered}");
    }
    nothing_came_of_it(&story).await;
    a_good_one_is_taken(&story).await;
    story.ends().await;
}

/// An alarm that is nearly JSON is an alarm: half of a character, Latin-1, a mark, a number too large,
/// a line that was not escaped.
#[tokio::test]
async fn a_bad_character_loses_no_alarm() {
    let story = Story::begins().await;
    let nearly: [&[u8]; 5] = [
        br#"{"title":"Disk \ud83d is full","dedup_key":"1"}"#,
        b"{\"title\":\"Le caf\xe9 est ferm\xe9\",\"dedup_key\":\"2\"}",
        b"\xef\xbb\xbf{\"title\":\"Marked\",\"dedup_key\":\"3\"}",
        br#"{"title":"Too much","labels":{"value":1e400},"dedup_key":"4"}"#,
        b"{\"title\":\"Two\nlines\",\"dedup_key\":\"5\"}",
    ];
    for body in nearly {
        let shown = String::from_utf8_lossy(body).into_owned();
        let answered = story.sends("POST", "/alerts/generic/sandbox", &[], body.to_vec()).await;
        assert_eq!(
            (answered.status, answered.body.trim()),
            (200, "1 alert is recorded"),
            "{shown}"
        );
    }
    let came = story.came_of_alerts().await;
    assert_eq!(
        came,
        ["opened INC-1", "attached INC-1", "attached INC-1", "attached INC-1", "attached INC-1"]
    );
    story.is_quiet().await;
    story.ends().await;
}

/// Ten megabytes are not read to be refused, and much that is nested deeply is no alert.
#[tokio::test]
async fn what_is_too_large_or_too_deep_is_refused() {
    let story = Story::begins().await;
    let address = story.url().strip_prefix("http://").expect("an address").to_owned();
    for source in sima_alerts::sources() {
        let address = address.clone();
        let answered = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(&address).expect("SIMA listens");
            let head = format!(
                "POST /alerts/{source}/sandbox HTTP/1.1\r\nhost: {address}\r\n\
                 content-length: 10485760\r\nconnection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).expect("it is taken");
            // Nobody waits for what was promised.
            let (mut answer, mut piece) = (String::new(), [0; 1024]);
            while !answer.contains("KiB") {
                let read = stream.read(&mut piece).expect("an answer");
                assert!(read > 0, "it ends with {answer}");
                answer.push_str(&String::from_utf8_lossy(&piece[..read]));
            }
            answer
        });
        let answered = answered.await.expect("an answer");
        assert!(answered.starts_with("HTTP/1.1 413 ") && answered.contains("KiB"), "{answered}");

        let path = format!("/alerts/{source}/sandbox");
        for (deep, shallow) in [("[", "]"), ("{\"a\":", "}"), ("{\"alerts\":[", "]}")] {
            let body = format!("{}1{}", deep.repeat(50_000), shallow.repeat(50_000));
            let answered = story.sends("POST", &path, &[], body).await;
            assert_eq!(answered.status, 400, "{source} {deep}: {answered:?}");
        }
    }
    let many: Map<String, Value> =
        (0..50_000).map(|count| (format!("key{count}"), json!(count))).collect();
    let many = json!({ "title": "Many labels", "labels": many, "status": "resolved" }).to_string();
    let answered = story.sends("POST", "/alerts/generic/sandbox", &[], many).await;
    is_answered(&answered, "many labels");
    nothing_came_of_it(&story).await;
    a_good_one_is_taken(&story).await;
    story.ends().await;
}
