//! Modals and App Home: triggers, hashes, submissions and how their answers are judged.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stage::{PATIENCE, Stage, error, form_view, plain};

#[tokio::test]
async fn a_trigger_is_good_once_and_for_three_seconds() {
    let stage = Stage::begins().await;
    let trigger = stage.trigger("ines").await;
    let args = json!({"trigger_id": trigger, "view": form_view("Open")});
    assert_eq!(stage.slack("views.open", args.clone()).await["ok"], true);
    assert_eq!(error(&stage.slack("views.open", args).await), "exchanged_trigger_id");

    let late = json!({"trigger_id": stage.trigger("ines").await, "view": form_view("Open")});
    stage.sandbox.advance(Duration::from_millis(3001));
    assert_eq!(error(&stage.slack("views.open", late).await), "expired_trigger_id");

    let forged = json!({"trigger_id": "1.2.3", "view": form_view("Open")});
    assert_eq!(error(&stage.slack("views.open", forged).await), "invalid_trigger_id");
}

#[tokio::test]
async fn a_bad_view_is_refused_without_spending_the_trigger() {
    let stage = Stage::begins().await;
    let trigger = stage.trigger("ines").await;
    let mut view = form_view("Open");
    view["submit_disabled"] = json!(true);
    let refused = stage.slack("views.open", json!({"trigger_id": trigger, "view": view})).await;
    assert_eq!(error(&refused), "invalid_arguments");
    let message = &refused["response_metadata"]["messages"][0];
    assert_eq!(
        message,
        "[ERROR] invalid additional property: submit_disabled [json-pointer:/view]"
    );
    let good = json!({"trigger_id": trigger, "view": form_view("Open")});
    assert_eq!(stage.slack("views.open", good).await["ok"], true);
}

/// Opens the form for Inès and answers the view's id and hash.
async fn opened(stage: &Stage) -> (String, String) {
    let args = json!({"trigger_id": stage.trigger("ines").await, "view": form_view("Open")});
    let view = stage.slack("views.open", args).await["view"].clone();
    (view["id"].as_str().unwrap().to_owned(), view["hash"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_stale_hash_loses() {
    let stage = Stage::begins().await;
    let (id, hash) = opened(&stage).await;
    let update = |hash: &str| json!({"view_id": id, "hash": hash, "view": form_view("Again")});
    let updated = stage.slack("views.update", update(&hash)).await;
    assert_ne!(updated["view"]["hash"], hash);
    assert_eq!(error(&stage.slack("views.update", update(&hash)).await), "hash_conflict");
    stage.sandbox.close_modal("ines", true).await;
    let closed = json!({"view_id": id, "view": form_view("Too late")});
    assert_eq!(error(&stage.slack("views.update", closed).await), "not_found");
    let delivery = stage.app.receives("view_closed", 1).await;
    assert_eq!(delivery.body["view"]["id"], id);
}

#[tokio::test]
async fn a_submission_carries_what_was_entered_and_closes_on_an_empty_answer() {
    let stage = Stage::begins().await;
    opened(&stage).await;
    let entered = json!({"summary": "API down", "severity": "sev1"});
    let answer = stage.sandbox.submit("ines", "", &entered).await;
    assert!(answer.is_fine(), "{answer:?}");
    let delivery = stage.app.receives("view_submission", 1).await;
    let values = &delivery.body["view"]["state"]["values"];
    assert_eq!(values["summary"]["text"], json!({"type": "plain_text_input", "value": "API down"}));
    assert_eq!(values["severity"]["choice"]["selected_option"]["text"]["text"], "SEV1");
    assert!(stage.sandbox.read(|state| state.modal("ines").is_none()));
}

#[tokio::test]
async fn the_client_keeps_an_empty_required_field_back() {
    let stage = Stage::begins().await;
    opened(&stage).await;
    let answer = stage.sandbox.submit("ines", "", &json!({})).await;
    assert!(!answer.is_fine());
    assert_eq!(answer.status, None, "nothing was sent");
    let unknown =
        stage.sandbox.submit("ines", "", &json!({"summary": "x", "severity": "sev9"})).await;
    assert!(!unknown.is_fine());
    assert!(stage.app.received("view_submission").is_empty());
}

#[tokio::test]
async fn field_errors_keep_the_modal_open() {
    let stage = Stage::begins().await;
    opened(&stage).await;
    let errors = json!({"response_action": "errors", "errors": {"summary": "Too short"}});
    stage.app.answers_json("view_submission", &errors);
    let answer = stage.sandbox.submit("ines", "", &json!({"summary": "x"})).await;
    assert!(answer.is_fine(), "{answer:?}");
    stage.sandbox.read(|state| {
        let modal = state.modal("ines").unwrap();
        assert_eq!(modal.errors["summary"], "Too short");
        assert_eq!(modal.values["summary"]["text"]["value"], "x");
    });
}

#[tokio::test]
async fn whatever_slack_would_not_take_is_trouble() {
    let mut too_long = form_view("Open");
    too_long["title"] = plain("A title that is far too long");
    let table: Vec<(u16, &'static str, String)> = vec![
        (
            200,
            "application/json",
            json!({"response_action": "errors", "errors": {"intro": "x"}}).to_string(),
        ),
        (
            200,
            "application/json",
            json!({"response_action": "errors", "errors": {"nowhere": "x"}}).to_string(),
        ),
        (200, "application/json", json!({"response_action": "errors", "errors": {}}).to_string()),
        (200, "application/json", json!({"response_action": "close"}).to_string()),
        (200, "application/json", json!({"response_action": "clear", "text": "bye"}).to_string()),
        (
            200,
            "application/json",
            json!({"response_action": "update", "view": too_long}).to_string(),
        ),
        (200, "application/json", "{}".to_owned()),
        (200, "text/plain", "thanks".to_owned()),
        (500, "text/plain", String::new()),
    ];
    for (status, content_type, body) in table {
        let stage = Stage::begins().await;
        opened(&stage).await;
        stage.app.answers("view_submission", status, content_type, body.clone());
        let answer = stage.sandbox.submit("ines", "", &json!({"summary": "x"})).await;
        assert!(answer.trouble.unwrap().contains("trouble connecting"), "{body}");
        assert_eq!(stage.sandbox.problems().len(), 1, "{body}");
        assert!(stage.sandbox.read(|state| state.modal("ines").is_some()), "{body}: it stays open");
    }
}

#[tokio::test]
async fn three_modals_lie_on_one_another_and_no_more() {
    let stage = Stage::begins().await;
    opened(&stage).await;
    let push = json!({"response_action": "push", "view": form_view("Next")});
    stage.app.answers_json("view_submission", &push);
    for _ in 0..2 {
        let answer = stage.sandbox.submit("ines", "", &json!({"summary": "x"})).await;
        assert!(answer.is_fine(), "{answer:?}");
    }
    let fourth = stage.sandbox.submit("ines", "", &json!({"summary": "x"})).await;
    assert!(fourth.trouble.unwrap().contains("push_limit_reached"));
    stage.app.answers_json("view_submission", &json!({"response_action": "clear"}));
    assert!(stage.sandbox.submit("ines", "", &json!({"summary": "x"})).await.is_fine());
    assert!(stage.sandbox.read(|state| state.modal("ines").is_none()));
}

#[tokio::test]
async fn entries_survive_an_update_where_the_ids_stay() {
    let stage = Stage::begins().await;
    let (id, _) = opened(&stage).await;
    let mut view = form_view("Open");
    view["blocks"][1]["dispatch_action"] = json!(true);
    view["blocks"][2]["block_id"] = json!("severity-2");
    stage.app.answers(
        "view_submission",
        200,
        "application/json",
        json!({"response_action": "errors", "errors": {"summary": "no"}}).to_string(),
    );
    stage.sandbox.submit("ines", "", &json!({"summary": "kept", "severity": "sev1"})).await;
    stage.slack("views.update", json!({"view_id": id, "view": view})).await;
    stage.sandbox.read(|state| {
        let values = &state.modal("ines").unwrap().values;
        assert_eq!(values["summary"]["text"]["value"], "kept");
        assert_eq!(values["severity-2"]["choice"]["selected_option"], Value::Null);
    });
}

#[tokio::test]
async fn the_home_is_published_when_it_is_opened() {
    let stage = Stage::begins().await;
    stage.sandbox.open_home("nour").unwrap();
    let opened = stage.app.receives("app_home_opened", 1).await;
    assert!(opened.body["event"].get("view").is_none(), "nothing was published yet");
    let button = json!({"type": "button", "action_id": "new", "text": plain("Open"), "value": "1"});
    let view = json!({"type": "home", "blocks": [{"type": "actions", "elements": [button]}]});
    let nour = stage.sandbox.person("nour");
    let published = stage.slack("views.publish", json!({"user_id": nour, "view": view})).await;
    assert_eq!(published["view"]["type"], "home");
    let answer = stage.sandbox.click_home("nour", "new").await;
    assert!(answer.is_fine(), "{answer:?}");
    let click = stage.app.receives("block_actions", 1).await;
    assert_eq!(
        click.body["container"],
        json!({"type": "view", "view_id": published["view"]["id"]})
    );
    assert!(click.body.get("response_url").is_none());
    assert_eq!(click.body["actions"][0]["value"], "1");
    stage.sandbox.events_settle(PATIENCE).await.unwrap();
}

#[tokio::test]
async fn an_external_select_shows_what_the_app_suggests() {
    let stage = Stage::begins().await;
    let mut view = form_view("Open");
    view["blocks"][2]["element"] = json!({
        "type": "external_select", "action_id": "choice", "min_query_length": 1,
    });
    let args = json!({"trigger_id": stage.trigger("ines").await, "view": view});
    stage.slack("views.open", args).await;
    let source = sima_sandbox::Source::View { id: String::new() };
    stage.app.answers_json(
        "block_suggestion",
        &json!({"options": [{"text": plain("API"), "value": "api"}]}),
    );
    let shown = stage.sandbox.suggest("ines", &source, "choice", "ap").await.unwrap();
    assert_eq!(shown["options"][0]["value"], "api");
    stage
        .app
        .answers_json("block_suggestion", &json!({"options": [{"text": "API", "value": "api"}]}));
    assert!(stage.sandbox.suggest("ines", &source, "choice", "ap").await.is_err());
    assert_eq!(stage.sandbox.problems().len(), 1);
}
