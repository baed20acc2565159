//! Notion: versions, the schema, blocks, and finding a page again.

use reqwest::Method;
use serde_json::{Value, json};
use sima_sandbox::cast;

use crate::stage::Stage;

const NEWEST: &str = "2026-03-11";

async fn call(stage: &Stage, version: &str, verb: Method, path: &str, body: Value) -> (u16, Value) {
    let mut request = stage
        .http
        .request(verb.clone(), format!("{}/v1/{path}", stage.sandbox.notion_base_url()))
        .bearer_auth(stage.sandbox.notion_token());
    if !version.is_empty() {
        request = request.header("notion-version", version);
    }
    if verb != Method::GET {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

fn rich(text: &str) -> Value {
    json!([{"type": "text", "text": {"content": text}}])
}

fn paragraph(text: &str) -> Value {
    json!({"type": "paragraph", "paragraph": {"rich_text": rich(text)}})
}

fn page(id: &str) -> Value {
    json!({
        "parent": {"type": "data_source_id", "data_source_id": cast::NOTION_DATA_SOURCE},
        "properties": {
            "Name": {"title": rich("INC-42 API down")},
            "SIMA ID": {"rich_text": rich(id)},
            "Severity": {"select": {"name": "SEV1"}},
            "Started": {"date": {"start": "2026-08-22T09:14:03+02:00"}},
            "Time to recover (min)": {"number": 31},
            "Status": {"status": {"name": "Draft"}},
            "Incident": {"url": "https://sima.example/i/42"},
        },
        "children": [paragraph("Summary")],
    })
}

#[tokio::test]
async fn a_page_is_made_once_and_found_by_its_id() {
    let stage = Stage::begins().await;
    let (status, made) = call(&stage, NEWEST, Method::POST, "pages", page("inc-42")).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(made["properties"]["Name"]["title"][0]["plain_text"], "INC-42 API down");
    let path = format!("data_sources/{}/query", cast::NOTION_DATA_SOURCE);
    let filter = |id: &str| json!({"filter": {"property": "SIMA ID", "rich_text": {"equals": id}}});
    let (_, found) = call(&stage, NEWEST, Method::POST, &path, filter("inc-42")).await;
    assert_eq!(found["results"][0]["id"], made["id"]);
    let (_, none) = call(&stage, NEWEST, Method::POST, &path, filter("inc-4")).await;
    assert_eq!(none["results"], json!([]));
}

#[tokio::test]
async fn the_version_decides_what_exists() {
    let stage = Stage::begins().await;
    let database = format!("databases/{}", cast::NOTION_DATABASE);
    let (status, body) = call(&stage, "", Method::GET, &database, Value::Null).await;
    assert_eq!((status, &body["code"]), (400, &json!("missing_version")));
    let (_, old) = call(&stage, "2022-06-28", Method::GET, &database, Value::Null).await;
    assert_eq!(old["properties"]["Name"]["type"], "title");
    let (_, new) = call(&stage, NEWEST, Method::GET, &database, Value::Null).await;
    assert_eq!(new["data_sources"][0]["id"], cast::NOTION_DATA_SOURCE);
    let query = format!("{database}/query");
    assert_eq!(call(&stage, "2022-06-28", Method::POST, &query, json!({})).await.0, 200);
    let (status, body) = call(&stage, NEWEST, Method::POST, &query, json!({})).await;
    assert_eq!((status, &body["code"]), (400, &json!("invalid_request_url")));
    let mut by_database = page("inc-42");
    by_database["parent"] = json!({"database_id": cast::NOTION_DATABASE.replace('-', "")});
    for version in ["2022-06-28", "2025-09-03", NEWEST] {
        assert_eq!(call(&stage, version, Method::POST, "pages", by_database.clone()).await.0, 200);
    }
}

#[tokio::test]
async fn tokens_and_strangers_are_turned_away() {
    let stage = Stage::begins().await;
    let url = format!("{}/v1/users/me", stage.sandbox.notion_base_url());
    let wrong = stage.http.get(&url).bearer_auth("ntn_wrong").header("notion-version", NEWEST);
    assert_eq!(wrong.send().await.unwrap().status(), 401);
    let (status, body) = call(&stage, NEWEST, Method::GET, "pages/0123", Value::Null).await;
    assert_eq!((status, &body["code"]), (404, &json!("object_not_found")));
}

#[tokio::test]
async fn properties_must_fit_the_schema() {
    let stage = Stage::begins().await;
    let bad = |name: &str, value: Value| {
        let mut page = page("inc-42");
        page["properties"][name] = value;
        page
    };
    for page in [
        bad("Root cause", json!({"rich_text": rich("x")})),
        bad("Status", json!({"status": {"name": "Forgotten"}})),
        bad("Severity", json!({"select": {"name": "SEV1, really"}})),
        bad("Severity", json!({"rich_text": rich("SEV1")})),
        bad("Incident", json!({"url": ""})),
        bad("Time to recover (min)", json!({"number": "31"})),
        bad("Started", json!({"date": {"start": "yesterday"}})),
        bad("Started", json!({"date": {"start": "2026-08-22", "end": "2026-08-21"}})),
        bad("SIMA ID", json!({"rich_text": rich(&"x".repeat(2001))})),
    ] {
        let (status, body) = call(&stage, NEWEST, Method::POST, "pages", page.clone()).await;
        assert_eq!((status, &body["code"]), (400, &json!("validation_error")), "{page}");
    }
    let (_, body) = call(
        &stage,
        NEWEST,
        Method::POST,
        "pages",
        bad("SIMA ID", json!({"rich_text": rich(&"x".repeat(2001))})),
    )
    .await;
    let message = body["message"].as_str().unwrap();
    assert!(message.contains("should be ≤ `2000`, instead was `2001`"), "{message}");
    assert!(stage.sandbox.read(|state| state.notion.pages.is_empty()));
}

#[tokio::test]
async fn blocks_are_counted_nested_and_typed() {
    let stage = Stage::begins().await;
    let (_, made) = call(&stage, NEWEST, Method::POST, "pages", page("inc-42")).await;
    let path = format!("blocks/{}/children", made["id"].as_str().unwrap());
    let append =
        |children: Value| call(&stage, NEWEST, Method::PATCH, &path, json!({"children": children}));
    let deep = json!([{"type": "toggle", "toggle": {"rich_text": rich("1"), "children": [
        {"type": "toggle", "toggle": {"rich_text": rich("2"), "children": [
            {"type": "toggle", "toggle": {"rich_text": rich("3"), "children": [paragraph("4")]}},
        ]}},
    ]}}]);
    let ragged = json!([{"type": "table", "table": {"table_width": 2, "children": [
        {"type": "table_row", "table_row": {"cells": [rich("only one")]}},
    ]}}]);
    for refused in [
        json!(vec![paragraph("x"); 101]),
        json!([{"type": "code", "code": {"rich_text": rich("x"), "language": "dockerfile"}}]),
        json!([{"type": "poem", "poem": {}}]),
        json!([{"type": "table", "table": {"table_width": 2}}]),
        ragged,
        deep,
    ] {
        assert_eq!(append(refused.clone()).await.0, 400, "{refused}");
    }
    let (status, appended) = append(json!(vec![paragraph("x"); 100])).await;
    assert_eq!((status, appended["results"].as_array().unwrap().len()), (200, 100));
    let first = format!("{path}?page_size=100");
    let (_, listed) = call(&stage, NEWEST, Method::GET, &first, Value::Null).await;
    assert_eq!(listed["has_more"], true);
    let next = format!("{path}?start_cursor={}", listed["next_cursor"].as_str().unwrap());
    let (_, rest) = call(&stage, NEWEST, Method::GET, &next, Value::Null).await;
    assert_eq!((rest["results"].as_array().unwrap().len(), &rest["has_more"]), (1, &json!(false)));
}

#[tokio::test]
async fn a_page_can_be_changed_and_thrown_away() {
    let stage = Stage::begins().await;
    let (_, made) = call(&stage, NEWEST, Method::POST, "pages", page("inc-42")).await;
    let path = format!("pages/{}", made["id"].as_str().unwrap());
    let published = json!({"properties": {"Status": {"status": {"name": "Published"}}}});
    let (_, changed) = call(&stage, NEWEST, Method::PATCH, &path, published).await;
    assert_eq!(changed["properties"]["Status"]["status"]["name"], "Published");
    assert_eq!(changed["properties"]["SIMA ID"]["rich_text"][0]["plain_text"], "inc-42");
    let (_, trashed) = call(&stage, NEWEST, Method::PATCH, &path, json!({"in_trash": true})).await;
    assert_eq!(trashed["in_trash"], true);
    assert_eq!(call(&stage, NEWEST, Method::PATCH, &path, json!({"archived": true})).await.0, 400);
    let text = stage.sandbox.read(|state| state.notion.pages[0].text());
    assert_eq!(text, "Summary\n");
}
