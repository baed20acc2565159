//! The page: its files, what it is shown, what it may ask, and from where.

use serde_json::{Value, json};

use crate::stage::{Stage, form_view};

async fn state(stage: &Stage, person: &str) -> Value {
    let url = format!("{}/sandbox/state?as={person}", stage.sandbox.url());
    serde_json::from_str(&stage.http.get(url).send().await.unwrap().text().await.unwrap()).unwrap()
}

async fn act(stage: &Stage, body: Value) -> Value {
    let response = stage
        .http
        .post(format!("{}/sandbox/act", stage.sandbox.url()))
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn every_file_of_the_page_is_served() {
    let stage = Stage::begins().await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let served = matches!(name.rsplit_once('.'), Some((_, "js" | "css")));
        if served {
            let url = format!("{}/{name}", stage.sandbox.url());
            assert_eq!(stage.http.get(url).send().await.unwrap().status(), 200, "{name}");
        }
    }
    let front = stage.http.get(stage.sandbox.url()).send().await.unwrap().text().await.unwrap();
    assert!(front.contains("/page.js"));
}

#[tokio::test]
async fn each_person_sees_their_own_workspace() {
    let stage = Stage::begins().await;
    let private = json!({"name": "incident-secret", "is_private": true});
    let channel = stage.slack("conversations.create", private).await["channel"]["id"].clone();
    stage
        .slack(
            "conversations.invite",
            json!({"channel": channel, "users": stage.sandbox.person("nour")}),
        )
        .await;
    let sees = |shown: &Value| {
        shown["channels"].as_array().unwrap().iter().any(|one| one["id"] == channel)
    };
    let nour = state(&stage, &stage.sandbox.person("nour")).await;
    let ines = state(&stage, &stage.sandbox.person("ines")).await;
    assert!(sees(&nour) && !sees(&ines));
    assert!(ines["messages"].get(channel.as_str().unwrap()).is_none());
    assert_eq!(ines["me"]["real_name"], "Inès Aubert");
    assert_eq!(ines["commands"][0]["command"], "/incident");
}

#[tokio::test]
async fn a_modal_is_opened_filled_in_and_submitted_from_the_page() {
    let stage = Stage::begins().await;
    let ines = stage.sandbox.person("ines");
    let general = stage.sandbox.channel("general");
    let typed = act(
        &stage,
        json!({"as": ines, "kind": "slash", "channel": general, "text": "/incident open"}),
    )
    .await;
    assert_eq!(typed["ok"], true, "{typed}");
    let trigger = stage.app.receives("slash", 1).await.body["trigger_id"].clone();
    stage.slack("views.open", json!({"trigger_id": trigger, "view": form_view("Open")})).await;
    let view = state(&stage, &ines).await["view"].clone();
    assert_eq!(view["view"]["title"]["text"], "Open");
    stage.app.answers_json(
        "view_submission",
        &json!({"response_action": "errors", "errors": {"summary": "Short"}}),
    );
    let values = json!({"summary": {"text": {"type": "plain_text_input", "value": "x"}}});
    let submit = json!({"as": ines, "kind": "submit", "view_id": view["id"], "values": values});
    let refused = act(&stage, submit.clone()).await;
    assert_eq!(refused["errors"]["summary"], "Short");
    stage.app.answers("view_submission", 200, "text/plain", "");
    assert_eq!(act(&stage, submit).await, json!({"ok": true}));
    assert_eq!(state(&stage, &ines).await["view"], Value::Null);
}

#[tokio::test]
async fn the_switches_break_a_vendor_and_mend_it() {
    let stage = Stage::begins().await;
    let switch =
        |fault: &str| json!({"as": "ines", "kind": "faults", "vendor": "slack", "fault": fault});
    act(&stage, switch("rate_limited")).await;
    assert_eq!(stage.send("auth.test", &json!({})).await.unwrap().status(), 429);
    assert_eq!(state(&stage, "ines").await["faults"]["slack"], "rate_limited");
    act(&stage, switch("none")).await;
    assert_eq!(stage.send("auth.test", &json!({})).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_rule_can_be_sent_as_json_and_cleared() {
    let stage = Stage::begins().await;
    let url = format!("{}/sandbox/faults", stage.sandbox.url());
    let post = |body: Value| {
        let request = stage.http.post(&url).header("content-type", "application/json");
        request.body(body.to_string()).send()
    };
    let rule = json!({
        "vendor": "slack", "method": "auth.test", "times": 2, "fault": "throttled", "retry_after": 9,
    });
    assert_eq!(post(rule).await.unwrap().status(), 200);
    let refused = stage.send("auth.test", &json!({})).await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "9");
    post(json!({"clear": true})).await.unwrap();
    assert_eq!(stage.slack("auth.test", json!({})).await["ok"], true);
    let nonsense = post(json!({"vendor": "slack", "fault": "gremlins"})).await.unwrap();
    assert!(nonsense.text().await.unwrap().contains("not a fault"));
}

#[tokio::test]
async fn other_sites_are_turned_away() {
    let stage = Stage::begins().await;
    let url = format!("{}/sandbox/act", stage.sandbox.url());
    let say =
        json!({"as": "ines", "kind": "say", "channel": "general", "text": "forged"}).to_string();
    let post = |name: &'static str, value: &'static str| {
        stage
            .http
            .post(&url)
            .header("content-type", "application/json")
            .header(name, value)
            .body(say.clone())
            .send()
    };
    assert_eq!(post("origin", "https://evil.example").await.unwrap().status(), 403);
    assert_eq!(post("sec-fetch-site", "cross-site").await.unwrap().status(), 403);
    assert_eq!(post("host", "rebound.example.com").await.unwrap().status(), 403);
    assert!(stage.sandbox.read(|state| state.messages("general").is_empty()));
    assert_eq!(post("sec-fetch-site", "same-origin").await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_permalink_leads_into_the_page() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let ts = stage.posts(&channel, "brief").await;
    let link =
        stage.slack_form("chat.getPermalink", &[("channel", &channel), ("message_ts", &ts)]).await;
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = http.get(link["permalink"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.headers()["location"], format!("/?channel={channel}&message={ts}").as_str());
}
