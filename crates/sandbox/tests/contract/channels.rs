//! Channels: names, membership, invitations, archiving.

use serde_json::json;

use crate::stage::{Stage, error};

#[tokio::test]
async fn a_name_is_taken_for_good() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident_11_14_api-down").await;
    let again =
        stage.slack("conversations.create", json!({"name": "incident_11_14_api-down"})).await;
    assert_eq!(error(&again), "name_taken");
    assert!(again.get("channel").is_none(), "the holder is not told");
    stage.slack("conversations.archive", json!({"channel": channel})).await;
    let archived =
        stage.slack("conversations.create", json!({"name": "incident_11_14_api-down"})).await;
    assert_eq!(error(&archived), "name_taken");
}

#[tokio::test]
async fn bad_names_are_refused_each_by_its_code() {
    let stage = Stage::begins().await;
    for (name, code) in [
        ("", "invalid_name_required"),
        ("API down", "invalid_name_specials"),
        ("---", "invalid_name_punctuation"),
        ("a".repeat(81).as_str(), "invalid_name_maxlength"),
    ] {
        let answer = stage.slack("conversations.create", json!({"name": name})).await;
        assert_eq!(error(&answer), code, "{name}");
    }
}

#[tokio::test]
async fn the_creator_is_in_and_hears_of_it() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let joined = stage.app.receives("member_joined_channel", 1).await;
    assert_eq!(joined.body["event"]["user"], sima_sandbox::cast::BOT_USER);
    assert_eq!(joined.body["event"]["channel"], channel);
    assert!(joined.body["event"].get("inviter").is_none());
}

#[tokio::test]
async fn one_bad_name_spoils_an_invitation_unless_forced() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let [malik, paul] = ["malik", "paul"].map(|name| stage.sandbox.person(name));
    let users = format!("{malik},{paul}");
    let refused =
        stage.slack("conversations.invite", json!({"channel": channel, "users": users})).await;
    assert_eq!(error(&refused), "cant_invite");
    assert_eq!(refused["errors"], json!([{"user": paul, "ok": false, "error": "cant_invite"}]));
    assert!(!stage.sandbox.read(|state| state.channel(&channel).unwrap().has(&malik)));

    let forced = stage
        .slack("conversations.invite", json!({"channel": channel, "users": users, "force": true}))
        .await;
    assert_eq!(error(&forced), "cant_invite");
    assert!(stage.sandbox.read(|state| state.channel(&channel).unwrap().has(&malik)));
    let event = stage.app.receives("member_joined_channel", 2).await;
    assert_eq!(event.body["event"]["inviter"], sima_sandbox::cast::BOT_USER);

    let me = json!({"channel": channel, "users": sima_sandbox::cast::BOT_USER});
    assert_eq!(error(&stage.slack("conversations.invite", me).await), "cant_invite_self");
    let guest = json!({"channel": channel, "users": stage.sandbox.person("gwen")});
    assert_eq!(error(&stage.slack("conversations.invite", guest).await), "user_is_restricted");
}

#[tokio::test]
async fn outsiders_cannot_pin_read_or_set_the_topic() {
    let stage = Stage::begins().await;
    let channel = stage.sandbox.channel("payments");
    let ts = stage.sandbox.say("malik", "payments", "hello").unwrap();
    let topic =
        stage.slack("conversations.setTopic", json!({"channel": channel, "topic": "x"})).await;
    assert_eq!(error(&topic), "not_in_channel");
    let pin = stage.slack("pins.add", json!({"channel": channel, "timestamp": ts})).await;
    assert_eq!(error(&pin), "not_in_channel");
    let history = stage.slack("conversations.history", json!({"channel": channel})).await;
    assert_eq!(error(&history), "not_in_channel");

    let joined = stage.slack("conversations.join", json!({"channel": channel})).await;
    assert_eq!(joined["ok"], true);
    let again = stage.slack("conversations.join", json!({"channel": channel})).await;
    assert_eq!((&again["ok"], &again["warning"]), (&json!(true), &json!("already_in_channel")));
    let history = stage.slack("conversations.history", json!({"channel": channel})).await;
    assert!(history["messages"].as_array().unwrap().iter().any(|message| message["ts"] == ts));
}

#[tokio::test]
async fn a_topic_has_250_characters() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let topic = |length: usize| json!({"channel": channel, "topic": "é".repeat(length)});
    assert_eq!(stage.slack("conversations.setTopic", topic(250)).await["ok"], true);
    assert_eq!(error(&stage.slack("conversations.setTopic", topic(251)).await), "too_long");
    let lines = stage.sandbox.read(|state| {
        let messages = state.messages(&channel);
        messages
            .iter()
            .filter(|message| message.subtype.as_deref() == Some("channel_topic"))
            .count()
    });
    assert_eq!(lines, 1, "each change is a line in the channel");
}

#[tokio::test]
async fn a_private_channel_of_others_does_not_exist() {
    let stage = Stage::begins().await;
    let answer = stage
        .slack("conversations.create", json!({"name": "incident-secret", "is_private": true}))
        .await;
    let channel = answer["channel"]["id"].as_str().unwrap().to_owned();
    stage
        .slack(
            "conversations.invite",
            json!({"channel": channel, "users": stage.sandbox.person("nour")}),
        )
        .await;
    stage.slack("conversations.leave", json!({"channel": channel})).await;
    let info = stage.slack_form("conversations.info", &[("channel", &channel)]).await;
    assert_eq!(error(&info), "channel_not_found");
    let join = stage.slack("conversations.join", json!({"channel": channel})).await;
    assert_eq!(error(&join), "channel_not_found");
    let post = stage.slack("chat.postMessage", json!({"channel": channel, "text": "x"})).await;
    assert_eq!(error(&post), "channel_not_found");
    let taken = stage.slack("conversations.create", json!({"name": "incident-secret"})).await;
    assert_eq!(error(&taken), "name_taken");
    assert!(stage.sandbox.join("theo", &channel).is_err(), "people do not see it either");
}

#[tokio::test]
async fn archiving_puts_the_bot_out() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-1").await;
    let ts = stage.posts(&channel, "brief").await;
    stage.sandbox.join("nour", &channel).unwrap();
    stage.sandbox.archive("nour", &channel).unwrap();
    let archived = stage.app.receives("channel_archive", 1).await;
    assert_eq!(archived.body["event"]["user"], stage.sandbox.person("nour"));
    for (method, args, code) in [
        ("chat.postMessage", json!({"channel": channel, "text": "x"}), "is_archived"),
        ("chat.update", json!({"channel": channel, "ts": ts, "text": "x"}), "is_inactive"),
        ("pins.add", json!({"channel": channel, "timestamp": ts}), "is_archived"),
        ("conversations.unarchive", json!({"channel": channel}), "not_in_channel"),
        ("conversations.archive", json!({"channel": channel}), "already_archived"),
    ] {
        assert_eq!(error(&stage.slack(method, args).await), code, "{method}");
    }
    stage.sandbox.unarchive("nour", &channel).unwrap();
    stage.app.receives("channel_unarchive", 1).await;
    let pin = stage.slack("pins.add", json!({"channel": channel, "timestamp": ts})).await;
    assert_eq!(error(&pin), "not_in_channel", "it must join again");
}

#[tokio::test]
async fn only_its_own_channels_can_be_renamed_by_the_app() {
    let stage = Stage::begins().await;
    let own = stage.creates("incident-1").await;
    let renamed =
        stage.slack("conversations.rename", json!({"channel": own, "name": "incident-2"})).await;
    assert_eq!(renamed["channel"]["name"], "incident-2");
    assert_eq!(renamed["channel"]["previous_names"], json!(["incident-1"]));
    let event = stage.app.receives("channel_rename", 1).await;
    assert_eq!(event.body["event"]["channel"]["name"], "incident-2");
    let foreign = stage.sandbox.channel("production-issues-bot");
    let refused =
        stage.slack("conversations.rename", json!({"channel": foreign, "name": "mine"})).await;
    assert_eq!(error(&refused), "not_authorized");
}

#[tokio::test]
async fn lists_come_in_pages_that_may_run_short() {
    let stage = Stage::begins().await;
    let channel = stage.creates("incident-old").await;
    stage.slack("conversations.archive", json!({"channel": channel})).await;
    let mut cursor = String::new();
    let mut names = Vec::new();
    loop {
        let args = [("limit", "2"), ("exclude_archived", "true"), ("cursor", &cursor)];
        let page = stage.slack_form("conversations.list", &args).await;
        let page_names = page["channels"].as_array().unwrap().iter();
        names.extend(page_names.map(|channel| channel["name"].as_str().unwrap().to_owned()));
        cursor = page["response_metadata"]["next_cursor"].as_str().unwrap().to_owned();
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["general", "production-issues-bot", "payments", "customer-care", "random"]);
    let stale = stage.slack_form("conversations.list", &[("cursor", "stale")]).await;
    assert_eq!(error(&stale), "invalid_cursor");
}
