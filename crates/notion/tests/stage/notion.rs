//! A Notion on a port of its own: it keeps pages, holds to its limits and fails when told to.

use std::{collections::VecDeque, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use secrecy::SecretString;
use serde_json::{Value, json};
use sima_incident::{Attempt, Effect, Incident, Receipt, Setback, postmortem::Document};
use sima_notion::{Notion, Settings};
use tokio::sync::Mutex;

use super::{policy, time};

/// What becomes of one request.
#[derive(Clone, Debug)]
pub enum Mood {
    /// It is done and answered.
    Well,
    /// It is done, and the answer is lost.
    Loses,
    /// It is not done.
    Answers(u16, Value),
    /// It is not done, with a wish to wait for so many seconds.
    AsksToWait(u16, u64),
}

/// What Notion holds and has heard.
#[derive(Default)]
pub struct World {
    pub pages: Vec<Value>,
    pub children: Vec<Value>,
    pub heard: Vec<(String, Value)>,
    /// One for each request; well when it runs out.
    pub moods: VecDeque<Mood>,
    pub database: Value,
    pub data_source: Value,
}

pub struct Stage {
    pub notion: Notion,
    pub world: Arc<Mutex<World>>,
}

impl Stage {
    pub async fn of_version(version: &str) -> Self {
        // Whoever is first installs it; the others find it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let old = version < "2025-09-03";
        let world = Arc::new(Mutex::new(World {
            database: contract(if old { "database_2022-06-28" } else { "database" }),
            data_source: if old { Value::Null } else { contract("data_source") },
            ..World::default()
        }));
        let router = Router::new().fallback(answer).with_state((world.clone(), version.to_owned()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let notion = Notion::new(Settings {
            // What people paste.
            base_url: format!("http://{address}/v1/"),
            version: version.into(),
            token: SecretString::from("ntn_secret"),
            database_id: "db000000000000000000000000000001".into(),
        })
        .expect("an address");
        Self { notion, world }
    }

    pub async fn new() -> Self {
        Self::of_version("2026-03-11").await
    }

    pub async fn moods(&self, moods: impl IntoIterator<Item = Mood>) {
        self.world.lock().await.moods = moods.into_iter().collect();
    }

    pub async fn create(&self, document: &Document, unsure: bool) -> Result<Receipt, Setback> {
        self.create_for(&super::incident(), document, unsure).await
    }

    pub async fn create_for(
        &self,
        incident: &Incident,
        document: &Document,
        unsure: bool,
    ) -> Result<Receipt, Setback> {
        let attempt = Attempt {
            effect: &Effect::DraftPostmortem,
            incident,
            policy: &policy(),
            reporter: None,
            key: "key",
            unsure,
            now: time("2022-06-30T10:20:00Z"),
        };
        self.notion.create(&attempt, document).await
    }

    /// What was asked for, as method and path.
    pub async fn asked(&self) -> Vec<String> {
        self.world.lock().await.heard.iter().map(|(asked, _)| asked.clone()).collect()
    }

    /// The lines of the page, without its heading.
    pub async fn lines(&self) -> Vec<String> {
        let world = self.world.lock().await;
        let line = |child: &Value| {
            child["bulleted_list_item"]["rich_text"][0]["plain_text"].as_str().map(str::to_owned)
        };
        world.children.iter().filter_map(line).collect()
    }
}

type Shared = (Arc<Mutex<World>>, String);

async fn answer(
    State((world, version)): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut world = world.lock().await;
    assert_eq!(headers["authorization"], "Bearer ntn_secret");
    assert_eq!(headers["notion-version"], version.as_str());
    assert!(body.len() <= 500 * 1024, "{} bytes", body.len());
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    world.heard.push((format!("{method} {}", uri.path()), body.clone()));
    match world.moods.pop_front().unwrap_or(Mood::Well) {
        Mood::Well => {
            let (status, answer) = carry_out(&mut world, &method, &uri, &body, &version);
            let status = StatusCode::from_u16(status).expect("a status");
            (status, axum::Json(answer)).into_response()
        }
        Mood::Loses => {
            carry_out(&mut world, &method, &uri, &body, &version);
            (StatusCode::BAD_GATEWAY, "<html>").into_response()
        }
        Mood::Answers(status, answer) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, axum::Json(answer)).into_response()
        }
        Mood::AsksToWait(status, seconds) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, [("Retry-After", seconds.to_string())]).into_response()
        }
    }
}

fn carry_out(
    world: &mut World,
    method: &Method,
    uri: &Uri,
    body: &Value,
    version: &str,
) -> (u16, Value) {
    let old = version < "2025-09-03";
    let parts: Vec<&str> = uri.path().trim_start_matches("/v1/").split('/').collect();
    match (method.as_str(), parts.as_slice()) {
        ("GET", ["databases", _]) if !world.database.is_null() => (200, world.database.clone()),
        ("GET", ["data_sources", _]) if !world.data_source.is_null() => {
            (200, world.data_source.clone())
        }
        ("POST", ["databases", _, "query"]) if old => found(world, body),
        ("POST", ["data_sources", _, "query"]) if !old => found(world, body),
        ("POST", ["pages"]) => made(world, body, old),
        ("PATCH", ["blocks", _, "children"]) => appended(world, body),
        ("GET", ["blocks", _, "children"]) => listed(world, uri.query().unwrap_or_default()),
        _ => (404, contract("object_not_found")),
    }
}

fn schema(world: &World, old: bool) -> &Value {
    if old { &world.database["properties"] } else { &world.data_source["properties"] }
}

fn made(world: &mut World, body: &Value, old: bool) -> (u16, Value) {
    let parent = if old { "database_id" } else { "data_source_id" };
    let known = schema(world, old).as_object().expect("a schema");
    let properties = body["properties"].as_object().expect("properties");
    let fits = |name: &String, value: &Value| {
        let kind = known.get(name).and_then(|property| property["type"].as_str());
        kind.is_some_and(|kind| !value[kind].is_null())
    };
    let is_valid = body["parent"]["type"] == parent
        && body["parent"][parent].is_string()
        && properties.iter().all(|(name, value)| fits(name, value));
    if !is_valid {
        return (400, contract("validation_error"));
    }
    let mut page = contract("page");
    page["properties"] = body["properties"].clone();
    world.pages.push(page.clone());
    let (status, answer) = appended(world, body);
    if status == 200 { (200, page) } else { (status, answer) }
}

fn appended(world: &mut World, body: &Value) -> (u16, Value) {
    let children = body["children"].as_array().expect("children");
    assert!(children.len() <= 100, "{} blocks", children.len());
    for child in children {
        let kind = child["type"].as_str().expect("a type");
        let texts = child[kind]["rich_text"].as_array().expect("texts");
        assert!(texts.len() <= 100);
        let mut stored = child.clone();
        for (place, text) in texts.iter().enumerate() {
            let content = text["text"]["content"].as_str().expect("content");
            assert!(content.encode_utf16().count() <= 2000);
            stored[kind]["rich_text"][place]["plain_text"] = json!(content);
        }
        world.children.push(stored);
    }
    (200, json!({ "object": "list", "results": [] }))
}

/// Answers a filter on text, address or title by looking for the value anywhere in the property.
fn found(world: &World, body: &Value) -> (u16, Value) {
    let filter = &body["filter"];
    let name = filter["property"].as_str().expect("a property");
    let wanted =
        ["rich_text", "url", "title"].iter().find_map(|kind| filter[kind]["equals"].as_str());
    let wanted = wanted.expect("a value");
    let holds = |page: &&Value| {
        let property = &page["properties"][name];
        [
            &property["rich_text"][0]["text"]["content"],
            &property["url"],
            &property["title"][0]["text"]["content"],
        ]
        .iter()
        .any(|value| value.as_str() == Some(wanted))
    };
    let pages: Vec<&Value> = world.pages.iter().filter(holds).collect();
    (200, json!({ "object": "list", "results": pages, "has_more": false, "next_cursor": null }))
}

fn listed(world: &World, query: &str) -> (u16, Value) {
    let cursor = query.split('&').find_map(|pair| pair.strip_prefix("start_cursor="));
    let from: usize = cursor.map_or(0, |cursor| cursor.parse().expect("a cursor"));
    let until = world.children.len().min(from + 100);
    let more = until < world.children.len();
    let next = more.then(|| until.to_string());
    let results = &world.children[from..until];
    (200, json!({ "object": "list", "results": results, "has_more": more, "next_cursor": next }))
}

/// A recording of `tests/contract/`.
pub fn contract(name: &str) -> Value {
    let path = format!("{}/tests/contract/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("a recording of that name");
    serde_json::from_str(&text).expect("JSON")
}
