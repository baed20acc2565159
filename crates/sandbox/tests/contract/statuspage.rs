//! Statuspage: the key's odd word, what an incident must be, the page as the public sees it, the rate.

use reqwest::Method;
use serde_json::{Value, json};
use sima_sandbox::cast;

use crate::stage::Stage;

async fn call(stage: &Stage, verb: Method, path: &str, body: Value) -> (u16, Value) {
    call_as(stage, &format!("OAuth {}", cast::STATUSPAGE_TOKEN), verb, path, body).await
}

async fn call_as(
    stage: &Stage,
    authorization: &str,
    verb: Method,
    path: &str,
    body: Value,
) -> (u16, Value) {
    let url = format!(
        "{}/v1/pages/{}/{path}",
        stage.sandbox.statuspage_base_url(),
        cast::STATUSPAGE_PAGE
    );
    let request = stage.http.request(verb, url).header("authorization", authorization);
    let request = request.header("content-type", "application/json").body(body.to_string());
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

fn incident() -> Value {
    json!({ "incident": {
        "name": "Trouble", "status": "investigating", "body": "We look into it.",
        "component_ids": [cast::STATUSPAGE_COMPONENTS[0]],
        "components": { cast::STATUSPAGE_COMPONENTS[0]: "major_outage" },
        "deliver_notifications": false, "metadata": { "sima": { "incident": "INC-1" } },
    }})
}

#[tokio::test]
async fn an_incident_is_opened_found_by_its_metadata_and_resolved() {
    let stage = Stage::begins().await;
    let (status, opened) = call(&stage, Method::POST, "incidents", incident()).await;
    assert_eq!(status, 201, "{opened}");
    assert_eq!(opened["metadata"]["sima"]["incident"], "INC-1");
    let (_, unresolved) =
        call(&stage, Method::GET, "incidents/unresolved?page=1&per_page=100", json!({})).await;
    assert_eq!(unresolved[0]["id"], opened["id"]);

    let path = format!("incidents/{}", opened["id"].as_str().unwrap());
    let resolve = json!({ "incident": {
        "status": "resolved", "body": "It is over.",
        "components": { cast::STATUSPAGE_COMPONENTS[0]: "operational" },
    }});
    let (status, resolved) = call(&stage, Method::PATCH, &path, resolve).await;
    assert_eq!((status, &resolved["status"]), (200, &json!("resolved")));
    assert_eq!(resolved["incident_updates"].as_array().unwrap().len(), 2);
    assert_eq!(resolved["incident_updates"][0]["body"], "It is over.", "the newest is first");
    let (_, unresolved) = call(&stage, Method::GET, "incidents/unresolved", json!({})).await;
    assert_eq!(unresolved, json!([]));
    let (_, all) = call(&stage, Method::GET, "incidents?limit=100", json!({})).await;
    assert_eq!(all.as_array().unwrap().len(), 1);
}

/// The components are not set back by themselves.
#[tokio::test]
async fn resolving_alone_leaves_the_components_as_they_are() {
    let stage = Stage::begins().await;
    let (_, opened) = call(&stage, Method::POST, "incidents", incident()).await;
    let path = format!("incidents/{}", opened["id"].as_str().unwrap());
    let resolve = json!({ "incident": { "status": "resolved" } });
    call(&stage, Method::PATCH, &path, resolve).await;
    let (_, components) = call(&stage, Method::GET, "components?page=1", json!({})).await;
    let shown = components.as_array().unwrap().iter();
    let ours = shown.filter(|shown| shown["id"] == cast::STATUSPAGE_COMPONENTS[0]);
    assert_eq!(ours.map(|shown| shown["status"].clone()).collect::<Vec<_>>(), ["major_outage"]);
}

#[tokio::test]
async fn what_statuspage_does_not_take_is_refused() {
    let stage = Stage::begins().await;
    let bearer = format!("Bearer {}", cast::STATUSPAGE_TOKEN);
    let (status, _) = call_as(&stage, &bearer, Method::POST, "incidents", incident()).await;
    assert_eq!(status, 401, "the word is OAuth");
    for (member, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(256))),
        ("status", json!("fixed")),
        ("body", json!("x".repeat(25_001))),
        ("metadata", json!({ "sima": "INC-1" })),
        ("component_ids", json!(["nobody"])),
        ("components", json!({ cast::STATUSPAGE_COMPONENTS[0]: "bad" })),
        ("components", json!({ "nobody": "operational" })),
    ] {
        let mut wrong = incident();
        wrong["incident"][member] = value;
        let (status, said) = call(&stage, Method::POST, "incidents", wrong).await;
        assert_eq!(status, 422, "{member}: {said}");
        assert!(said["message"][0].is_string(), "{said}");
    }
    let (status, _) = call(&stage, Method::PATCH, "incidents/nobody", incident()).await;
    assert_eq!(status, 404);
    assert!(stage.sandbox.read(|state| state.status_page.incidents.is_empty()));
}

#[tokio::test]
async fn more_than_sixty_calls_a_minute_are_too_many() {
    let stage = Stage::begins().await;
    for _ in 0..60 {
        let (status, _) = call(&stage, Method::GET, "incidents", json!({})).await;
        assert_eq!(status, 200);
    }
    let (status, _) = call(&stage, Method::GET, "incidents", json!({})).await;
    assert_eq!(status, 429);
    stage.sandbox.advance(std::time::Duration::from_mins(1));
    let (status, _) = call(&stage, Method::GET, "incidents", json!({})).await;
    assert_eq!(status, 200);
}
