//! Failing on demand: lost calls, lost answers, limits, and calls that are held.

use std::time::Duration;

use serde_json::json;
use sima_sandbox::{Fault, Moment, Rule, Vendor};

use crate::stage::{PATIENCE, Stage, error};

#[tokio::test]
async fn down_means_no_answer_and_no_deed() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let faults = stage.sandbox.faults();
    let rule = faults.down(Vendor::Slack);
    let args = json!({"channel": channel, "text": "lost"});
    assert!(stage.send("chat.postMessage", &args).await.is_err());
    faults.remove(rule);
    assert_eq!(
        stage.slack("chat.postMessage", json!({"channel": channel, "text": "back"})).await["ok"],
        true
    );
    let texts = stage.sandbox.read(|state| {
        let bot = state.messages(&channel).iter().filter(|message| message.bot);
        bot.map(|message| message.text.clone()).collect::<Vec<_>>()
    });
    assert_eq!(texts, ["back"]);
}

#[tokio::test]
async fn a_lost_answer_leaves_the_deed_done() {
    let stage = Stage::begins().await;
    stage
        .sandbox
        .faults()
        .set(Rule::of(Vendor::Slack, Fault::AnswerLost).on("conversations.create").times(1));
    let args = json!({"name": "incident-1"});
    assert!(stage.send("conversations.create", &args).await.is_err());
    assert_eq!(error(&stage.slack("conversations.create", args).await), "name_taken");
    let call = stage
        .sandbox
        .calls()
        .into_iter()
        .find(|call| call.method == "conversations.create")
        .unwrap();
    assert_eq!(call.outcome, "answer lost");
    assert_eq!(call.args, json!({"name": "incident-1"}));
}

#[tokio::test]
async fn each_fault_looks_as_it_does_in_life() {
    let stage = Stage::begins().await;
    let faults = stage.sandbox.faults();
    let once = |fault| {
        faults.set(Rule::of(Vendor::Slack, fault).on("auth.test").times(1));
    };
    once(Fault::ServerError);
    let response = stage.send("auth.test", &json!({})).await.unwrap();
    assert_eq!(response.status(), 500);
    assert!(response.text().await.unwrap().contains("<html>"));
    once(Fault::Throttled { retry_after: 7 });
    let response = stage.send("auth.test", &json!({})).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()),
        (429, "7")
    );
    once(Fault::Truncated);
    let text = stage.send("auth.test", &json!({})).await.unwrap().text().await.unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_err() && text.starts_with('{'));
    once(Fault::TokenRevoked);
    assert_eq!(error(&stage.slack("auth.test", json!({})).await), "token_revoked");
    once(Fault::Refused { error: "restricted_action".to_owned() });
    assert_eq!(error(&stage.slack("auth.test", json!({})).await), "restricted_action");
    assert_eq!(stage.slack("auth.test", json!({})).await["ok"], true, "each came once");
}

#[tokio::test]
async fn a_rule_can_wait_for_its_turn() {
    let stage = Stage::begins().await;
    let rule = Rule::of(Vendor::Slack, Fault::ServerError).on("auth.test").after(2).times(1);
    stage.sandbox.faults().set(rule);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(stage.send("auth.test", &json!({})).await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 500, 200]);
}

#[tokio::test]
async fn one_invitation_can_fail_alone() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let [malik, nour] = ["malik", "nour"].map(|name| stage.sandbox.person(name));
    let fault = Fault::InviteFails { user: nour.clone(), error: "cant_invite".to_owned() };
    stage.sandbox.faults().set(Rule::of(Vendor::Slack, fault).on("conversations.invite").times(1));
    let args = json!({"channel": channel, "users": format!("{malik},{nour}"), "force": true});
    let answer = stage.slack("conversations.invite", args).await;
    assert_eq!(answer["errors"][0]["user"], nour);
    stage.sandbox.read(|state| {
        let channel = state.channel(&channel).unwrap();
        assert!(channel.has(&malik) && !channel.has(&nour));
    });
}

#[tokio::test]
async fn the_channel_can_be_archived_under_the_call() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let rule = Rule::of(Vendor::Slack, Fault::ArchivedUnderUs).on("chat.postMessage").times(1);
    stage.sandbox.faults().set(rule);
    let answer = stage.slack("chat.postMessage", json!({"channel": channel, "text": "x"})).await;
    assert_eq!(error(&answer), "is_archived");
    stage.app.receives("channel_archive", 1).await;
}

#[tokio::test]
async fn a_call_is_held_before_its_deed_and_survives_its_caller() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let hold = stage.sandbox.faults().hold(Some(Vendor::Slack), None, 2, Moment::BeforeDeed);
    stage.posts(&channel, "the first call passes").await;
    let (http, url) = (stage.http.clone(), stage.sandbox.slack_base_url());
    let body = json!({"channel": channel, "text": "held"}).to_string();
    let caller = tokio::spawn(async move {
        http.post(format!("{url}chat.postMessage"))
            .bearer_auth(sima_sandbox::cast::BOT_TOKEN)
            .header("content-type", "application/json; charset=utf-8")
            .body(body)
            .send()
            .await
    });
    assert!(hold.reached(PATIENCE).await);
    let said = |text: &'static str| {
        let channel = channel.clone();
        move |state: &sima_sandbox::State| {
            state.messages(&channel).iter().any(|message| message.text == text).then_some(())
        }
    };
    assert!(stage.sandbox.read(said("held")).is_none());
    caller.abort();
    hold.release();
    stage.sandbox.wait_for(PATIENCE, said("held")).await.unwrap();
}

#[tokio::test]
async fn a_held_call_can_be_dropped() {
    let stage = Stage::begins().await;
    for (moment, done) in [(Moment::BeforeDeed, false), (Moment::AfterDeed, true)] {
        let name = format!("incident-{done}");
        let hold = stage.sandbox.faults().hold(None, Some("conversations.create"), 1, moment);
        let args = json!({"name": name});
        let (answer, ()) = tokio::join!(stage.send("conversations.create", &args), async {
            assert!(hold.reached(PATIENCE).await);
            hold.abort();
        });
        assert!(answer.is_err(), "{moment:?}");
        assert_eq!(stage.sandbox.read(|state| state.channel(&name).is_some()), done, "{moment:?}");
    }
}

#[tokio::test]
async fn one_call_is_held_by_what_it_asks() {
    let stage = Stage::begins().await;
    let is_meant = |args: &serde_json::Value| args["name"] == "incident-2";
    let faults = stage.sandbox.faults();
    let hold = faults.hold_one("conversations.create", is_meant, Moment::BeforeDeed);
    stage.creates("incident-1").await;
    tokio::join!(stage.creates("incident-2"), async {
        assert!(hold.reached(PATIENCE).await);
        hold.release();
    });
}

#[tokio::test]
async fn a_hold_that_nobody_reaches_says_so() {
    let stage = Stage::begins().await;
    let hold = stage.sandbox.faults().hold(None, None, 1, Moment::BeforeDeed);
    assert!(!hold.reached(Duration::ZERO).await);
    drop(hold);
    assert_eq!(stage.slack("auth.test", json!({})).await["ok"], true);
}

#[tokio::test]
async fn waiting_for_what_never_comes_ends_with_the_last_calls() {
    let stage = Stage::begins().await;
    stage.slack("auth.test", json!({})).await;
    let late = stage.sandbox.wait_for(Duration::ZERO, |_| None::<()>).await.unwrap_err();
    assert_eq!(late.recent_calls, ["auth.test ok"]);
}
