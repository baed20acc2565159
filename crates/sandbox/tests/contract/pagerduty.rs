//! PagerDuty: what a key means, what is refused, what is dropped without a word.

use serde_json::{Value, json};
use sima_sandbox::{Fault, Rule, Vendor};

use crate::stage::Stage;

async fn send(stage: &Stage, event: &Value) -> (u16, Value) {
    let response = stage
        .http
        .post(format!("{}/v2/enqueue", stage.sandbox.pagerduty_events_url()))
        .header("content-type", "application/json")
        .body(event.to_string())
        .send()
        .await
        .unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

fn event(stage: &Stage, action: &str, key: &str) -> Value {
    json!({
        "routing_key": stage.sandbox.routing_key(), "event_action": action, "dedup_key": key,
        "payload": {"summary": "Queue is not draining", "source": "sima:email", "severity": "critical"},
        "links": [{"href": "https://sima.example/i/42", "text": "Incident"}],
    })
}

fn statuses(stage: &Stage) -> Vec<(String, usize)> {
    stage.sandbox.read(|state| {
        let incidents = state.pager.incidents.iter();
        incidents.map(|incident| (incident.status.clone(), incident.log.len())).collect()
    })
}

#[tokio::test]
async fn a_repeated_trigger_pages_once_and_a_resolved_one_pages_anew() {
    let stage = Stage::begins().await;
    let (status, body) = send(&stage, &event(&stage, "trigger", "inc-42")).await;
    assert_eq!(status, 202);
    assert_eq!(
        body,
        json!({"status": "success", "message": "Event processed", "dedup_key": "inc-42"})
    );
    send(&stage, &event(&stage, "trigger", "inc-42")).await;
    assert_eq!(statuses(&stage), [("triggered".to_owned(), 2)]);
    send(&stage, &event(&stage, "acknowledge", "inc-42")).await;
    send(&stage, &event(&stage, "trigger", "inc-42")).await;
    assert_eq!(statuses(&stage), [("acknowledged".to_owned(), 4)], "another trigger wakes nobody");
    send(&stage, &event(&stage, "resolve", "inc-42")).await;
    send(&stage, &event(&stage, "trigger", "inc-42")).await;
    assert_eq!(statuses(&stage), [("resolved".to_owned(), 5), ("triggered".to_owned(), 1)]);
}

#[tokio::test]
async fn a_key_lives_within_its_integration() {
    let stage = Stage::begins().await;
    send(&stage, &event(&stage, "trigger", "inc-42")).await;
    let mut elsewhere = event(&stage, "resolve", "inc-42");
    elsewhere["routing_key"] = json!(stage.sandbox.routing_key_of("Payments"));
    assert_eq!(send(&stage, &elsewhere).await.0, 202, "accepted");
    assert_eq!(statuses(&stage), [("triggered".to_owned(), 1)], "and dropped");
    let unknown = send(&stage, &event(&stage, "acknowledge", "inc-43")).await;
    assert_eq!(unknown.0, 202);
    assert_eq!(statuses(&stage).len(), 1);
}

#[tokio::test]
async fn a_bad_event_is_refused_with_its_errors() {
    let stage = Stage::begins().await;
    let good = event(&stage, "trigger", "inc-42");
    let with = |pointer: &str, value: Value| {
        let mut event = good.clone();
        *event.pointer_mut(pointer).unwrap() = value;
        event
    };
    for bad in [
        with("/payload/severity", json!("sev1")),
        with("/payload/summary", json!("x".repeat(1025))),
        with("/payload/source", json!("")),
        with("/event_action", json!("open")),
        with("/dedup_key", json!("x".repeat(256))),
        with("/routing_key", json!("0".repeat(32))),
        with("/routing_key", json!("short")),
        with("/links/0/href", json!("")),
    ] {
        let (status, body) = send(&stage, &bad).await;
        assert_eq!((status, &body["status"]), (400, &json!("invalid event")), "{bad}");
        assert!(!body["errors"].as_array().unwrap().is_empty());
    }
    assert!(statuses(&stage).is_empty());
    assert_eq!(send(&stage, &with("/payload/summary", json!("x".repeat(1024)))).await.0, 202);
}

#[tokio::test]
async fn a_key_is_made_when_none_is_given() {
    let stage = Stage::begins().await;
    let mut event = event(&stage, "trigger", "x");
    event.as_object_mut().unwrap().remove("dedup_key");
    let (_, body) = send(&stage, &event).await;
    assert!(!body["dedup_key"].as_str().unwrap().is_empty());
    event["event_action"] = json!("resolve");
    assert_eq!(send(&stage, &event).await.0, 400);
}

#[tokio::test]
async fn the_incident_can_be_looked_up_and_acknowledged_by_hand() {
    let stage = Stage::begins().await;
    send(&stage, &event(&stage, "trigger", "inc-42")).await;
    let url = format!("{}/incidents?incident_key=inc-42", stage.sandbox.pagerduty_api_url());
    let get =
        |token: &str| stage.http.get(&url).header("authorization", format!("Token token={token}"));
    assert_eq!(get("wrong").send().await.unwrap().status(), 401);
    let text = get(stage.sandbox.pagerduty_token()).send().await.unwrap().text().await.unwrap();
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found["incidents"][0]["status"], "triggered");
    let id = found["incidents"][0]["id"].as_str().unwrap();
    stage.sandbox.acknowledge_page(id).unwrap();
    let webhook = stage.app.receives("incident.acknowledged", 1).await;
    assert_eq!(webhook.path, "/pagerduty/webhooks");
    assert!(webhook.header("x-pagerduty-signature").unwrap().starts_with("v1="));
    assert_eq!(statuses(&stage), [("acknowledged".to_owned(), 2)]);
}

#[tokio::test]
async fn it_throttles_on_demand_without_taking_the_event() {
    let stage = Stage::begins().await;
    let fault = Fault::Throttled { retry_after: 1 };
    stage.sandbox.faults().set(Rule::of(Vendor::PagerDuty, fault).times(1));
    assert_eq!(send(&stage, &event(&stage, "trigger", "inc-42")).await.0, 429);
    assert!(statuses(&stage).is_empty());
    assert_eq!(send(&stage, &event(&stage, "trigger", "inc-42")).await.0, 202);
}

/// One call of the REST API; its status and body.
async fn rest(stage: &Stage, method: &str, path: &str, from: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}/{path}", stage.sandbox.pagerduty_api_url());
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let token = format!("Token token={}", stage.sandbox.pagerduty_token());
    let request = stage.http.request(method, url).header("authorization", token);
    let request = request.header("from", from).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

#[tokio::test]
async fn an_incident_is_given_to_the_next_level_to_people_and_to_a_policy() {
    let stage = Stage::begins().await;
    stage.sandbox.routing_key_of("Payments");
    send(&stage, &event(&stage, "trigger", "inc-42")).await;
    let id = stage.sandbox.read(|state| state.pager.incidents[0].id.clone());
    let path = format!("incidents/{id}");
    let put = |from: &'static str, change: Value| {
        let (stage, path) = (&stage, &path);
        async move { rest(stage, "PUT", path, from, &json!({ "incident": change })).await }
    };
    let nour = "nour@example.com";
    let has = |body: &Value| {
        let all = body["incident"]["assignments"].as_array().unwrap().iter();
        all.map(|one| one["assignee"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (status, body) = put("nobody@example.com", json!({ "escalation_level": 2 })).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(1008)));
    let (_, before) = rest(&stage, "GET", &path, nour, &Value::Null).await;
    assert_eq!(has(&before), ["PUSERMALIK"]);
    let (status, body) = put(nour, json!({ "escalation_level": 2 })).await;
    assert_eq!((status, has(&body)), (200, vec!["PUSERNOUR".to_owned()]));
    assert_eq!(put(nour, json!({ "escalation_level": 7 })).await.0, 400);
    let both = ["PUSERNOUR", "PUSERTHEO"]
        .map(|id| json!({ "assignee": { "id": id, "type": "user_reference" } }));
    assert_eq!(has(&put(nour, json!({ "assignments": both })).await.1), ["PUSERNOUR", "PUSERTHEO"]);
    let (_, policies) = rest(&stage, "GET", "escalation_policies", nour, &Value::Null).await;
    let payments = &policies["escalation_policies"][1];
    assert_eq!(payments["name"], "Payments");
    let reference = json!({ "id": payments["id"], "type": "escalation_policy_reference" });
    let (_, body) = put(nour, json!({ "escalation_policy": reference })).await;
    assert_eq!(has(&body), ["PUSERTHEO"]);
    send(&stage, &event(&stage, "resolve", "inc-42")).await;
    let (status, body) = put(nour, json!({ "escalation_level": 2 })).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(1001)), "it stays resolved");
    assert_eq!(statuses(&stage)[0].0, "resolved");
}

#[tokio::test]
async fn who_is_on_call_and_who_they_are_can_be_asked() {
    let stage = Stage::begins().await;
    let get = |path: &'static str| {
        let stage = &stage;
        async move { rest(stage, "GET", path, "", &Value::Null).await }
    };
    let (_, body) = get("oncalls?escalation_policy_ids[]=PESCALATE1&include[]=users").await;
    assert_eq!(body["oncalls"][0]["user"]["email"], "malik@example.com");
    assert_eq!(body["oncalls"][1]["escalation_level"], 2);
    let (_, body) = get("oncalls?escalation_policy_ids[]=PNOTHING").await;
    assert_eq!(body["oncalls"], json!([]));
    let (_, body) = get("users?query=Diop").await;
    assert_eq!(body["users"][0]["id"], "PUSERMALIK");
    let (_, body) = get("users/PUSERNOUR").await;
    assert_eq!(body["user"]["email"], "nour@example.com");
    assert_eq!(get("users/PNOBODY").await.0, 404);
}
