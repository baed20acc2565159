//! Commands and clicks: what is sent, how it is signed, response URLs.

use std::time::Duration;

use serde_json::{Value, json};
use sima_sandbox::signature;

use crate::stage::{Stage, plain};

#[test]
fn signatures_are_those_of_the_vectors() {
    let vectors: Value =
        serde_json::from_str(include_str!("../fixtures/signing_vectors.json")).unwrap();
    let vectors = vectors.as_array().unwrap();
    let fits = |vector: &&Value| {
        let text = |name: &str| vector[name].as_str().unwrap();
        signature(text("secret"), text("timestamp"), text("body").as_bytes()) == text("signature")
    };
    // Those that are refused for their age only carry a right signature too.
    let valid: Vec<&Value> = vectors.iter().filter(|vector| vector["valid"] == true).collect();
    assert!(valid.len() >= 4);
    for vector in &valid {
        assert!(fits(vector), "{}", vector["name"]);
    }
    assert!(vectors.iter().any(|vector| !fits(&vector)), "tampered ones do not fit");
}

#[tokio::test]
async fn a_command_arrives_signed_with_mentions_escaped() {
    let stage = Stage::begins().await;
    let answer = stage
        .sandbox
        .slash("ines", "general", "/incident", "open A & B <down> @malik #payments")
        .await;
    assert!(answer.is_fine(), "{answer:?}");
    let delivery = stage.app.receives("slash", 1).await;
    let malik = stage.sandbox.person("malik");
    let payments = stage.sandbox.channel("payments");
    assert_eq!(
        delivery.body["text"],
        format!("open A &amp; B &lt;down&gt; <@{malik}|malik> <#{payments}|payments>")
    );
    assert_eq!(delivery.body["user_id"], stage.sandbox.person("ines"));
    assert_eq!(delivery.body["is_enterprise_install"], "false");
    let timestamp = delivery.header("x-slack-request-timestamp").unwrap();
    let expected = signature(stage.sandbox.signing_secret(), timestamp, delivery.raw.as_bytes());
    assert_eq!(delivery.header("x-slack-signature"), Some(expected.as_str()));
}

#[tokio::test]
async fn the_answer_to_a_command_is_seen_by_who_should() {
    let stage = Stage::begins().await;
    stage.app.answers("slash", 200, "text/plain", "only you");
    stage.sandbox.slash("ines", "general", "/incident", "help").await;
    let loud = json!({"response_type": "in_channel", "text": "everybody"});
    stage.app.answers_json("slash", &loud);
    stage.sandbox.slash("ines", "general", "/incident", "help").await;
    stage.sandbox.read(|state| {
        assert_eq!(state.ephemerals_of("ines")[0].text, "only you");
        assert_eq!(state.messages("general").last().unwrap().text, "everybody");
    });
    assert!(stage.sandbox.problems().is_empty());
}

#[tokio::test]
async fn a_command_that_fails_is_told_to_the_person_and_kept_as_a_problem() {
    let stage = Stage::begins().await;
    stage.app.answers("slash", 500, "text/plain", "oops");
    let answer = stage.sandbox.slash("ines", "general", "/incident", "open").await;
    assert_eq!(answer.status, Some(500));
    assert_eq!(stage.sandbox.problems().len(), 1);
    stage.sandbox.set_app_url("http://127.0.0.1:9");
    let answer = stage.sandbox.slash("ines", "general", "/incident", "open").await;
    assert!(answer.trouble.unwrap().contains("operation_timed_out"));
    let told = stage
        .sandbox
        .read(|state| state.notices.iter().map(|notice| notice.kind.clone()).collect::<Vec<_>>());
    assert_eq!(told, ["dispatch_failed", "operation_timed_out"]);
    let unknown = stage.sandbox.slash("ines", "general", "/incidents", "open").await;
    assert!(unknown.trouble.unwrap().contains("not a valid command"));
}

/// What a response URL answers.
async fn respond(stage: &Stage, url: &str, message: Value) -> (u16, String) {
    let response = stage
        .http
        .post(url)
        .header("content-type", "application/json")
        .body(message.to_string())
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_response_url_is_good_for_five_answers() {
    let stage = Stage::begins().await;
    stage.trigger("ines").await;
    let url = stage.app.received("slash")[0].body["response_url"].as_str().unwrap().to_owned();
    for number in 0..5 {
        let sent = respond(&stage, &url, json!({"text": format!("{number}")})).await;
        assert_eq!(sent, (200, "ok".to_owned()));
    }
    assert_eq!(respond(&stage, &url, json!({"text": "six"})).await.0, 404);
    assert_eq!(stage.sandbox.read(|state| state.ephemerals_of("ines").len()), 5);
}

#[tokio::test]
async fn a_response_url_lives_half_an_hour() {
    let stage = Stage::begins().await;
    stage.trigger("ines").await;
    let url = stage.app.received("slash")[0].body["response_url"].as_str().unwrap().to_owned();
    stage.sandbox.advance(Duration::from_secs(30 * 60 - 5));
    assert_eq!(respond(&stage, &url, json!({"text": "in time"})).await.0, 200);
    stage.sandbox.advance(Duration::from_secs(10));
    assert_eq!(respond(&stage, &url, json!({"text": "too late"})).await.0, 404);
}

fn with_button(text: &str) -> Value {
    let button = json!({"type": "button", "action_id": "go", "text": plain("Go"), "value": "42"});
    json!([
        {"type": "section", "text": plain(text)},
        {"type": "actions", "block_id": "buttons", "elements": [button]},
    ])
}

#[tokio::test]
async fn a_click_on_an_ephemeral_can_replace_and_remove_it() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    stage.sandbox.join("ines", &channel).unwrap();
    let args = json!({
        "channel": channel, "user": stage.sandbox.person("ines"), "text": "welcome",
        "blocks": with_button("welcome"),
    });
    let id =
        stage.slack("chat.postEphemeral", args).await["message_ts"].as_str().unwrap().to_owned();
    let answer = stage.sandbox.click_ephemeral("ines", &id, "go").await;
    assert!(answer.is_fine(), "{answer:?}");
    let click = stage.app.receives("block_actions", 1).await.body;
    assert_eq!(click["container"]["is_ephemeral"], true);
    assert!(click.get("message").is_none(), "an ephemeral is not sent back");
    let url = click["response_url"].as_str().unwrap();
    respond(&stage, url, json!({"replace_original": true, "text": "done"})).await;
    let texts = |stage: &Stage| {
        stage.sandbox.read(|state| {
            state.ephemerals_of("ines").iter().map(|shown| shown.text.clone()).collect::<Vec<_>>()
        })
    };
    assert_eq!(texts(&stage), ["done"]);
    respond(&stage, url, json!({"delete_original": true})).await;
    assert!(texts(&stage).is_empty());
}

#[tokio::test]
async fn a_click_on_a_message_says_where_and_can_edit_it() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    stage.sandbox.join("malik", &channel).unwrap();
    let args = json!({"channel": channel, "text": "brief", "blocks": with_button("brief")});
    let ts = stage.slack("chat.postMessage", args).await["ts"].as_str().unwrap().to_owned();
    stage.sandbox.click("malik", &channel, &ts, "go").await;
    let click = stage.app.receives("block_actions", 1).await.body;
    assert_eq!(click["channel"], json!({"id": channel, "name": "incident-1"}));
    assert_eq!(click["message"]["ts"], ts);
    assert_eq!(click["actions"][0]["block_id"], "buttons");
    assert_eq!(click["actions"][0]["value"], "42");
    let url = click["response_url"].as_str().unwrap();
    respond(&stage, url, json!({"replace_original": true, "text": "taken"})).await;
    assert_eq!(
        stage.sandbox.read(|state| state.messages(&channel).last().unwrap().text.clone()),
        "taken"
    );
    let nothing = stage.sandbox.click("malik", &channel, &ts, "go").await;
    assert!(!nothing.is_fine(), "the button is gone with the blocks");
}

#[tokio::test]
async fn shortcuts_bring_a_trigger_and_the_message() {
    let stage = Stage::begins().await;
    let ts = stage.sandbox.say("sam", "general", "checkout is failing").unwrap();
    stage.sandbox.message_shortcut("ines", "add_to_timeline", "general", &ts).await;
    let picked = stage.app.receives("message_action", 1).await.body;
    assert_eq!(picked["message"]["text"], "checkout is failing");
    stage.sandbox.shortcut("ines", "open_incident").await;
    let global = stage.app.receives("shortcut", 1).await.body;
    assert!(global["trigger_id"].is_string());
    assert!(global.get("channel").is_none() && global.get("response_url").is_none());
}
