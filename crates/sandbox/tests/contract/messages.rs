//! Messages: who may change what, what they may hold, pins, reactions, limits.

use std::time::Duration;

use serde_json::json;
use sima_sandbox::Limits;

use crate::stage::{Stage, error, plain};

#[tokio::test]
async fn the_token_is_asked_for() {
    let stage = Stage::begins().await;
    let url = format!("{}auth.test", stage.sandbox.slack_base_url());
    let answer = |request: reqwest::RequestBuilder| async move {
        let text = request.send().await.unwrap().text().await.unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    assert_eq!(error(&answer(stage.http.post(&url)).await), "not_authed");
    assert_eq!(
        error(&answer(stage.http.post(&url).bearer_auth("xoxb-other")).await),
        "invalid_auth"
    );
    let app_token = stage.http.post(&url).bearer_auth(sima_sandbox::cast::APP_TOKEN);
    assert_eq!(error(&answer(app_token).await), "not_allowed_token_type");
    let in_query = stage.http.get(format!("{url}?token={}", stage.sandbox.bot_token()));
    assert_eq!(error(&answer(in_query).await), "not_authed");
    let in_form = stage.http.post(&url).form(&[("token", stage.sandbox.bot_token())]);
    assert_eq!(answer(in_form).await["user_id"], sima_sandbox::cast::BOT_USER);
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let stage = Stage::begins().await;
    stage.sandbox.revoke_scope("pins:write");
    let answer = stage.slack("pins.add", json!({"channel": "C1", "timestamp": "1.0"})).await;
    assert_eq!(error(&answer), "missing_scope");
    assert_eq!(answer["needed"], "pins:write");
    stage.sandbox.revoke_scope("groups:write");
    let private =
        stage.slack("conversations.create", json!({"name": "p", "is_private": true})).await;
    assert_eq!(private["needed"], "groups:write");
}

#[tokio::test]
async fn methods_of_the_old_kind_take_no_json() {
    let stage = Stage::begins().await;
    let channel = stage.sandbox.channel("general");
    let json_body = stage.slack("conversations.info", json!({"channel": channel})).await;
    assert_eq!(error(&json_body), "invalid_arguments");
    let form = stage.slack_form("conversations.info", &[("channel", &channel)]).await;
    assert_eq!(form["channel"]["name"], "general");
    let missing = stage.slack("conversations.setTopic", json!({"channel": channel})).await;
    let message = &missing["response_metadata"]["messages"][0];
    assert_eq!(message, "[ERROR] missing required field: topic");
}

#[tokio::test]
async fn a_public_channel_takes_posts_from_outside_while_the_scope_lasts() {
    let stage = Stage::begins().await;
    let channel = stage.sandbox.channel("payments");
    stage.posts(&channel, "from outside").await;
    stage.sandbox.revoke_scope("chat:write.public");
    let refused = stage.slack("chat.postMessage", json!({"channel": channel, "text": "x"})).await;
    assert_eq!(error(&refused), "not_in_channel");
}

#[tokio::test]
async fn only_ones_own_messages_can_be_changed() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    stage.sandbox.join("ines", &channel).unwrap();
    let theirs = stage.sandbox.say("ines", &channel, "mine").unwrap();
    let update = json!({"channel": channel, "ts": theirs, "text": "x"});
    assert_eq!(error(&stage.slack("chat.update", update).await), "cant_update_message");
    let delete = json!({"channel": channel, "ts": theirs});
    assert_eq!(error(&stage.slack("chat.delete", delete).await), "cant_delete_message");
    let nothing = json!({"channel": channel, "ts": "1.000001", "text": "x"});
    assert_eq!(error(&stage.slack("chat.update", nothing).await), "message_not_found");
}

#[tokio::test]
async fn text_alone_takes_the_blocks_away_and_keeps_the_metadata() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let posted = stage
        .slack(
            "chat.postMessage",
            json!({
                "channel": channel, "text": "brief",
                "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*brief*"}}],
                "metadata": {"event_type": "brief", "event_payload": {"incident": 42}},
            }),
        )
        .await;
    let block = &posted["message"]["blocks"][0];
    assert!(!block["block_id"].as_str().unwrap().is_empty(), "an id is added");
    assert_eq!(block["text"]["verbatim"], false, "defaults are added");
    let args = json!({"channel": channel, "ts": posted["ts"], "text": "changed"});
    let updated = stage.slack("chat.update", args).await;
    assert!(updated["message"].get("blocks").is_none());
    let bare = stage.slack("conversations.history", json!({"channel": channel})).await;
    assert!(bare["messages"][0].get("metadata").is_none());
    let all = json!({"channel": channel, "include_all_metadata": true});
    let full = stage.slack("conversations.history", all).await;
    assert_eq!(full["messages"][0]["metadata"]["event_payload"]["incident"], 42);
    assert_eq!(full["messages"][0]["text"], "changed");
}

#[tokio::test]
async fn blocks_over_a_limit_are_pointed_at() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let section = |length: usize| json!({"type": "section", "text": plain(&"x".repeat(length))});
    let long = stage
        .slack(
            "chat.postMessage",
            json!({"channel": channel, "text": "t", "blocks": [section(3001)]}),
        )
        .await;
    assert_eq!(error(&long), "invalid_blocks");
    assert_eq!(
        long["response_metadata"]["messages"],
        json!([
            "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
            "[ERROR] failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        ])
    );
    let five = vec![section(2700); 5];
    let total = stage
        .slack("chat.postMessage", json!({"channel": channel, "text": "t", "blocks": five}))
        .await;
    assert_eq!(error(&total), "msg_blocks_too_long");
    let text = stage
        .slack_form(
            "chat.postMessage",
            &[("channel", &channel), ("blocks", "not json"), ("text", "t")],
        )
        .await;
    assert_eq!(error(&text), "invalid_blocks_format");
}

#[tokio::test]
async fn threads_hang_on_their_parent() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let parent = stage.posts(&channel, "broadcast").await;
    let reply = json!({"channel": channel, "text": "update", "thread_ts": parent});
    let reply = stage.slack("chat.postMessage", reply).await["ts"].clone();
    let nested = json!({"channel": channel, "text": "no", "thread_ts": reply});
    assert_eq!(error(&stage.slack("chat.postMessage", nested).await), "cannot_reply_to_message");
    let history = stage.slack("conversations.history", json!({"channel": channel})).await;
    let shown = history["messages"].as_array().unwrap();
    assert!(shown.iter().all(|message| message["ts"] != reply), "plain replies are not in history");
    let thread =
        stage.slack_form("conversations.replies", &[("channel", &channel), ("ts", &parent)]).await;
    assert_eq!(thread["messages"][0]["reply_count"], 1);
    assert_eq!(thread["messages"][1]["ts"], reply);
    let gone = [("channel", channel.as_str()), ("ts", "1.000001")];
    assert_eq!(error(&stage.slack_form("conversations.replies", &gone).await), "thread_not_found");
}

#[tokio::test]
async fn an_ephemeral_reaches_one_member_and_nobody_else() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let ines = stage.sandbox.person("ines");
    let args = json!({"channel": channel, "user": ines, "text": "only you"});
    assert_eq!(
        error(&stage.slack("chat.postEphemeral", args.clone()).await),
        "user_not_in_channel"
    );
    stage.sandbox.join("ines", &channel).unwrap();
    let sent = stage.slack("chat.postEphemeral", args).await;
    stage.sandbox.read(|state| {
        assert_eq!(state.ephemerals_of("ines").len(), 1);
        assert_eq!(state.ephemerals_of("ines")[0].text, "only you");
        assert!(state.ephemerals_of("malik").is_empty());
    });
    let ts = sent["message_ts"].clone();
    let update = json!({"channel": channel, "ts": ts, "text": "x"});
    assert_eq!(error(&stage.slack("chat.update", update).await), "message_not_found");
}

#[tokio::test]
async fn a_pin_is_a_pin_once() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let ts = stage.posts(&channel, "brief").await;
    let args = json!({"channel": channel, "timestamp": ts});
    assert_eq!(stage.slack("pins.add", args.clone()).await["ok"], true);
    let event = stage.app.receives("pin_added", 1).await;
    assert_eq!(event.body["event"]["item"]["message"]["ts"], ts);
    assert_eq!(error(&stage.slack("pins.add", args.clone()).await), "already_pinned");
    let listed = stage.slack_form("pins.list", &[("channel", &channel)]).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(stage.slack("pins.remove", args.clone()).await["ok"], true);
    assert_eq!(error(&stage.slack("pins.remove", args).await), "no_pin");
}

#[tokio::test]
async fn reactions_and_bookmarks_are_kept() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let ts = stage.posts(&channel, "brief").await;
    let eyes = json!({"channel": channel, "timestamp": ts, "name": "eyes"});
    assert_eq!(stage.slack("reactions.add", eyes.clone()).await["ok"], true);
    assert_eq!(error(&stage.slack("reactions.add", eyes.clone()).await), "already_reacted");
    assert_eq!(stage.slack("reactions.remove", eyes.clone()).await["ok"], true);
    assert_eq!(error(&stage.slack("reactions.remove", eyes).await), "no_reaction");

    let mark = |link: &str| json!({"channel_id": channel, "title": "Dashboard", "type": "link", "link": link});
    assert_eq!(error(&stage.slack("bookmarks.add", mark("dashboard")).await), "invalid_link");
    let added = stage.slack("bookmarks.add", mark("http://127.0.0.1/i/42")).await;
    let id = added["bookmark"]["id"].clone();
    let edit = json!({"channel_id": channel, "bookmark_id": id, "title": "Timeline"});
    assert_eq!(stage.slack("bookmarks.edit", edit).await["bookmark"]["title"], "Timeline");
    let remove = json!({"channel_id": channel, "bookmark_id": id});
    assert_eq!(stage.slack("bookmarks.remove", remove.clone()).await["ok"], true);
    assert_eq!(error(&stage.slack("bookmarks.remove", remove).await), "not_found");
}

#[tokio::test]
async fn strict_limits_let_one_message_a_second_through() {
    let stage = Stage::begins().await;
    stage.sandbox.faults().rate_limits(Limits::Strict);
    let channel = stage.creates("incident-1").await;
    stage.posts(&channel, "one").await;
    let args = json!({"channel": channel, "text": "two"});
    let refused = stage.send("chat.postMessage", &args).await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "1");
    stage.sandbox.advance(Duration::from_secs(1));
    assert_eq!(stage.slack("chat.postMessage", args).await["ok"], true);
}

#[tokio::test]
async fn generous_limits_let_a_burst_through_and_then_stop() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let args = json!({"channel": channel, "text": "more"});
    for _ in 0..10 {
        assert_eq!(stage.slack("chat.postMessage", args.clone()).await["ok"], true);
    }
    assert_eq!(stage.send("chat.postMessage", &args).await.unwrap().status(), 429);
    stage.sandbox.faults().rate_limits(Limits::Off);
    assert_eq!(stage.send("chat.postMessage", &args).await.unwrap().status(), 200);
}

#[tokio::test]
async fn people_are_found_by_address_while_they_are_there() {
    let stage = Stage::begins().await;
    let found = stage.slack_form("users.lookupByEmail", &[("email", "Malik@example.com")]).await;
    assert_eq!(found["user"]["id"], stage.sandbox.person("malik"));
    let gone = stage.slack_form("users.lookupByEmail", &[("email", "paul@example.com")]).await;
    assert_eq!(error(&gone), "users_not_found");
    let paul = stage.slack_form("users.info", &[("user", &stage.sandbox.person("paul"))]).await;
    assert_eq!(paul["user"]["deleted"], true);
    let group = stage.slack_form("usergroups.list", &[("include_users", "true")]).await;
    assert_eq!(group["usergroups"][0]["handle"], "platform-oncall");
}
