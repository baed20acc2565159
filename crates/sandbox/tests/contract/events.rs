//! Events: the envelope, who hears what, and the attempts to deliver.

use std::time::Duration;

use serde_json::json;
use sima_sandbox::cast;

use crate::stage::{PATIENCE, Stage};

#[tokio::test]
async fn what_people_do_is_told_to_the_app_where_it_is() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    stage.sandbox.say("malik", "payments", "the app does not hear this").unwrap();
    stage.sandbox.join("malik", &channel).unwrap();
    let ts = stage.sandbox.say("malik", &channel, "db is back").unwrap();
    stage.sandbox.react("malik", &channel, &ts, ":eyes:").unwrap();
    stage.sandbox.pin("malik", &channel, &ts).unwrap();
    stage.sandbox.edit("malik", &channel, &ts, "db is back (edited)").unwrap();
    stage.sandbox.leave("malik", &channel).unwrap();
    stage.sandbox.events_settle(PATIENCE).await.unwrap();

    let heard: Vec<_> =
        stage.app.received("message").into_iter().map(|one| one.body["event"].clone()).collect();
    assert!(heard.iter().all(|event| event["channel"] == channel));
    let said = heard.iter().find(|event| event["ts"] == ts).unwrap();
    assert_eq!(said["text"], "db is back");
    assert_eq!(said["channel_type"], "channel");
    assert!(said.get("subtype").is_none());
    let changed = heard.iter().find(|event| event["subtype"] == "message_changed").unwrap();
    assert_eq!(changed["previous_message"]["text"], "db is back");
    assert_eq!(changed["message"]["text"], "db is back (edited)");
    let reaction = &stage.app.received("reaction_added")[0].body["event"];
    assert_eq!((&reaction["reaction"], &reaction["item"]["ts"]), (&json!("eyes"), &json!(ts)));
    assert_eq!(
        stage.app.received("pin_added")[0].body["event"]["user"],
        stage.sandbox.person("malik")
    );
    assert_eq!(stage.app.received("member_left_channel")[0].body["event"]["channel"], channel);
}

#[tokio::test]
async fn a_shared_file_comes_with_its_name_and_link() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    stage.sandbox.join("malik", &channel).unwrap();
    let ts = stage.sandbox.share("malik", &channel, "errors.png", "look").unwrap();
    stage.sandbox.events_settle(PATIENCE).await.unwrap();
    let heard = stage.app.received("message").into_iter().map(|one| one.body["event"].clone());
    let shared = heard.into_iter().find(|event| event["ts"] == ts).unwrap();
    assert_eq!((&shared["subtype"], &shared["text"]), (&json!("file_share"), &json!("look")));
    assert_eq!(shared["files"][0]["name"], "errors.png");
    let link = shared["files"][0]["permalink"].as_str().unwrap();
    assert!(link.starts_with("https://") && link.ends_with("/errors.png"), "{link}");
}

#[tokio::test]
async fn the_envelope_names_the_app_and_is_unique() {
    let stage = Stage::begins().await;
    stage.creates("incident-1").await;
    stage.creates("incident-2").await;
    let one = stage.app.receives("member_joined_channel", 1).await.body;
    let two = stage.app.receives("member_joined_channel", 2).await.body;
    assert_ne!(one["event_id"], two["event_id"]);
    assert_eq!(one["type"], "event_callback");
    assert_eq!(one["api_app_id"], cast::APP);
    assert_eq!(one["authorizations"][0]["user_id"], cast::BOT_USER);
}

#[tokio::test]
async fn the_apps_own_posts_come_back_marked() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let ts = stage.posts(&channel, "brief").await;
    stage.sandbox.events_settle(PATIENCE).await.unwrap();
    let own = stage
        .app
        .received("message")
        .into_iter()
        .find(|one| one.body["event"]["ts"] == ts)
        .unwrap();
    assert_eq!(own.body["event"]["bot_id"], cast::BOT);
    assert!(own.body["event"].get("subtype").is_none());
}

#[tokio::test]
async fn a_mention_is_told_beside_the_message() {
    let stage = Stage::begins().await;
    let ts = stage.sandbox.say("ines", "production-issues-bot", "@sima help").unwrap();
    let mention = stage.app.receives("app_mention", 1).await;
    assert_eq!(mention.body["event"]["ts"], ts);
    assert_eq!(mention.body["event"]["text"], format!("<@{}> help", cast::BOT_USER));
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_at_once_after_one_minute_and_after_five() {
    let stage = Stage::begins().await;
    stage.app.answers("member_joined_channel", 500, "text/plain", "");
    stage.creates("incident-1").await;
    let first = stage.app.receives("member_joined_channel", 1).await;
    assert_eq!(first.header("x-slack-retry-num"), None);
    let second = stage.app.receives("member_joined_channel", 2).await;
    assert_eq!(second.header("x-slack-retry-num"), Some("1"));
    assert_eq!(second.header("x-slack-retry-reason"), Some("http_error"));
    assert_eq!(first.body["event_id"], second.body["event_id"]);
    for (number, wait) in [(3, 60), (4, 300)] {
        let armed =
            stage.sandbox.wait_for(PATIENCE, |state| (state.retries_waiting == 1).then_some(()));
        armed.await.unwrap();
        stage.sandbox.advance(Duration::from_secs(wait - 10));
        assert_eq!(stage.app.received("member_joined_channel").len(), number - 1, "not yet");
        stage.sandbox.advance(Duration::from_secs(10));
        stage.app.receives("member_joined_channel", number).await;
    }
    let last = stage.app.receives("member_joined_channel", 4).await;
    assert_eq!(last.header("x-slack-retry-num"), Some("3"));
    stage.sandbox.events_settle(PATIENCE).await.unwrap();
    assert_eq!(stage.app.received("member_joined_channel").len(), 4);
}

#[tokio::test]
async fn duplicates_have_one_id() {
    let stage = Stage::begins().await;
    stage.sandbox.faults().events_twice(true);
    stage.creates("incident-1").await;
    let one = stage.app.receives("member_joined_channel", 1).await;
    let two = stage.app.receives("member_joined_channel", 2).await;
    assert_eq!(one.body["event_id"], two.body["event_id"]);
}

#[tokio::test]
async fn arrivals_departures_and_the_end_are_told() {
    let stage = Stage::begins().await;
    let carol = stage.sandbox.hire("carol", "Carol Blanc");
    let joined = stage.app.receives("team_join", 1).await;
    assert_eq!(joined.body["event"]["user"]["id"], carol);
    stage.sandbox.deactivate("carol");
    let gone = stage.app.receives("user_change", 1).await;
    assert_eq!(gone.body["event"]["user"]["deleted"], true);
    stage.sandbox.uninstall();
    stage.app.receives("tokens_revoked", 1).await;
    let after = stage.slack("auth.test", json!({})).await;
    assert_eq!(crate::stage::error(&after), "token_revoked");
}

#[tokio::test]
async fn the_app_proves_its_url_with_the_challenge() {
    let stage = Stage::begins().await;
    assert!(!stage.sandbox.verify_url().await, "an empty answer proves nothing");
    stage.app.answers_json("url_verification", &json!({"challenge": "another"}));
    assert!(!stage.sandbox.verify_url().await);
    assert_eq!(stage.sandbox.check_ssl().await, Some(200));
}

#[tokio::test]
async fn anything_can_be_delivered() {
    let stage = Stage::begins().await;
    let limited =
        json!({"type": "app_rate_limited", "team_id": cast::TEAM, "minute_rate_limited": 1});
    assert!(stage.sandbox.deliver(&limited).await.is_fine());
    let received = stage.app.receives("app_rate_limited", 1).await;
    assert!(received.header("x-slack-signature").is_some());
}

#[tokio::test]
async fn events_can_be_turned_around() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    stage.sandbox.events_settle(PATIENCE).await.unwrap();
    stage.sandbox.faults().events_reversed(true);
    stage.sandbox.join("malik", &channel).unwrap();
    stage.sandbox.leave("malik", &channel).unwrap();
    stage.sandbox.events_settle(PATIENCE).await.unwrap();
    assert!(stage.app.received("member_left_channel").is_empty(), "they are held back");
    stage.sandbox.faults().clear();
    stage.app.receives("member_left_channel", 1).await;
    stage.app.receives("member_joined_channel", 2).await;
}
