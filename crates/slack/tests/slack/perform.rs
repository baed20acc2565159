//! Effects carried out: what Slack is asked, what comes of its answers, and what is never repeated.

use std::time::Duration;

use serde_json::{Value, json};
use sima_incident::{
    Actor, Attempt, ChannelRef, Command, Effect, Kind, MessageRead, MessageRef, Notice, PersonId,
    Receipt, Setback, Visibility, Who,
};
use sima_slack::Slack;

use crate::{
    cast::{Life, at, nour},
    stand_in::{Answer, Asked, StandIn, client},
};

const KEY: &str = "01819e00-0000-7000-8000-000000000042:3:0";
const NAME: &str = "incident_06_30_queue-is-not-draining";

async fn perform(
    slack: &Slack,
    life: &Life,
    effect: &Effect,
    unsure: bool,
) -> Result<Receipt, Setback> {
    let (incident, policy) = (&life.incident, &life.policy);
    let attempt =
        Attempt { effect, incident, policy, reporter: None, key: KEY, unsure, now: at("09:20") };
    slack.perform(&attempt).await
}

fn methods(asked: &[Asked]) -> Vec<&str> {
    asked.iter().map(|asked| asked.method.as_str()).collect()
}

fn refused(error: &str) -> Value {
    json!({ "ok": false, "error": error })
}

fn channel(id: &str, name: &str) -> Receipt {
    Receipt::Channel(ChannelRef { id: id.to_owned(), name: name.to_owned() })
}

fn who() -> Value {
    json!({ "ok": true, "user_id": "U0SIMABOT1", "bot_id": "B0SIMABOT1", "team_id": "T1" })
}

/// Whether a setback says that it may have been done.
fn is_unsure(outcome: &Result<Receipt, Setback>) -> bool {
    matches!(outcome, Err(Setback::Retry { unsure: true, .. }))
}

fn why(outcome: Result<Receipt, Setback>) -> String {
    match outcome {
        Err(Setback::Refused { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_channel_gets_the_name_slack_gave_it() {
    let stand_in = StandIn::begins().await;
    let made = json!({ "ok": true, "channel": { "id": "C1", "name": "incident_06_30_q" } });
    stand_in.answers("conversations.create", made);
    let slack = stand_in.slack("C0BROADCST");
    let receipt = perform(&slack, &Life::begins(), &Effect::OpenChannel, false).await;
    assert_eq!(receipt, Ok(channel("C1", "incident_06_30_q")));
    let asked = stand_in.asked();
    assert_eq!((asked[0].field("name"), asked[0].field("is_private")), (NAME, "false"));
}

#[tokio::test]
async fn a_taken_name_gives_way_to_one_with_the_number() {
    let stand_in = StandIn::begins().await;
    stand_in
        .answers("conversations.create", refused("name_taken"))
        .answers("conversations.create", refused("name_taken"))
        .answers("conversations.create", json!({ "ok": true, "channel": { "id": "C1" } }));
    let slack = stand_in.slack("C0BROADCST");
    let receipt = perform(&slack, &Life::begins(), &Effect::OpenChannel, false).await;
    assert_eq!(receipt, Ok(channel("C1", &format!("{NAME}-42-2"))));
    let names: Vec<String> =
        stand_in.asked().iter().map(|asked| asked.field("name").to_owned()).collect();
    assert_eq!(names, [NAME.to_owned(), format!("{NAME}-42"), format!("{NAME}-42-2")]);
}

#[tokio::test]
async fn a_name_slack_does_not_like_gives_way_to_the_plain_one() {
    let stand_in = StandIn::begins().await;
    stand_in
        .answers("conversations.create", refused("invalid_name_specials"))
        .answers("conversations.create", json!({ "ok": true, "channel": { "id": "C1" } }));
    let slack = stand_in.slack("C0BROADCST");
    let receipt = perform(&slack, &Life::begins(), &Effect::OpenChannel, false).await;
    assert_eq!(receipt, Ok(channel("C1", "incident-42")));

    stand_in
        .answers("conversations.create", refused("invalid_name"))
        .answers("conversations.create", refused("invalid_name"));
    assert!(
        why(perform(&slack, &Life::begins(), &Effect::OpenChannel, false).await)
            .contains("invalid_name")
    );
}

#[tokio::test]
async fn a_private_incident_never_falls_back_to_public() {
    let stand_in = StandIn::begins().await;
    let missing = json!({ "ok": false, "error": "missing_scope", "needed": "groups:write" });
    stand_in.answers("conversations.create", missing);
    let slack = stand_in.slack("C0BROADCST");
    let life = Life::begins_as(Kind::Real, Visibility::Private);
    assert!(
        why(perform(&slack, &life, &Effect::OpenChannel, false).await).contains("groups:write")
    );
    let asked = stand_in.asked();
    assert_eq!(methods(&asked), ["conversations.create"]);
    assert_eq!(asked[0].field("is_private"), "true");
}

#[tokio::test]
async fn a_channel_made_by_a_lost_try_is_found_again() {
    let opened = at("09:02").as_second();
    let ours = |id: &str, name: &str, creator: &str, created: i64, private: bool| json!({ "id": id, "name": name, "creator": creator, "created": created, "is_private": private });
    let stand_in = StandIn::begins().await;
    let page = json!({
        "ok": true,
        "channels": [
            ours("C1", NAME, "U0SOMEBODY", opened + 1, false),
            ours("C2", NAME, "U0SIMABOT1", opened - 86_400, false),
            ours("C3", NAME, "U0SIMABOT1", opened + 1, true),
            ours("C4", "incident_06_30_other", "U0SIMABOT1", opened + 1, false),
        ],
        "response_metadata": { "next_cursor": "more=" },
    });
    let renamed = json!({
        "id": "C5", "name": "queue", "previous_names": [format!("{NAME}-42")],
        "creator": "U0SIMABOT1", "created": opened + 1, "is_private": false,
    });
    stand_in
        .answers("auth.test", who())
        .answers("users.conversations", page)
        .answers("users.conversations", json!({ "ok": true, "channels": [renamed] }));
    let slack = stand_in.slack("C0BROADCST");
    let receipt = perform(&slack, &Life::begins(), &Effect::OpenChannel, true).await;
    assert_eq!(receipt, Ok(channel("C5", "queue")));
    assert_eq!(stand_in.asked()[2].field("cursor"), "more=");

    // Nothing found: it was not made, so it is made now.
    stand_in.answers("users.conversations", json!({ "ok": true, "channels": [] })).answers(
        "conversations.create",
        json!({ "ok": true, "channel": { "id": "C6", "name": NAME } }),
    );
    let receipt = perform(&slack, &Life::begins(), &Effect::OpenChannel, true).await;
    assert_eq!(receipt, Ok(channel("C6", NAME)));
    stand_in.asked();
}

#[tokio::test]
async fn failures_of_the_line_are_read_as_what_they_are() {
    let stand_in = StandIn::begins().await;
    let slack = stand_in.slack("C0BROADCST");
    let life = Life::begins();
    for answer in [
        Answer::HangUp,
        Answer::Status(500, "content-type: text/html"),
        Answer::Status(200, "content-type: text/html"),
        Answer::Json(json!({})),
        Answer::Json(refused("fatal_error")),
        Answer::Json(json!({ "ok": true })),
    ] {
        stand_in.expects("conversations.create", answer.clone());
        let outcome = perform(&slack, &life, &Effect::OpenChannel, false).await;
        assert!(is_unsure(&outcome), "{answer:?}: {outcome:?}");
    }
    stand_in.expects("conversations.create", Answer::Status(429, "retry-after: 7"));
    let outcome = perform(&slack, &life, &Effect::OpenChannel, false).await;
    assert_eq!(outcome, Err(Setback::rate_limited(Duration::from_secs(7))));
    stand_in.expects("conversations.create", Answer::Status(404, "content-type: text/html"));
    assert!(why(perform(&slack, &life, &Effect::OpenChannel, false).await).contains("base_url"));
    // It leads away, perhaps with the token: never followed.
    stand_in.expects("conversations.create", Answer::Status(302, "location: http://127.0.0.1:1/"));
    assert!(why(perform(&slack, &life, &Effect::OpenChannel, false).await).contains("302"));
    stand_in.asked();

    let nobody = client("http://127.0.0.1:1/api", "C0BROADCST");
    let outcome = perform(&nobody, &life, &Effect::OpenChannel, false).await;
    assert!(matches!(outcome, Err(Setback::Retry { unsure: false, .. })), "{outcome:?}");
}

#[tokio::test]
async fn the_brief_carries_its_key_and_unfurls_nothing() {
    let stand_in = StandIn::begins().await;
    stand_in
        .answers("chat.postMessage", json!({ "ok": true, "channel": "C0INC00042", "ts": "1.2" }));
    let slack = stand_in.slack("C0BROADCST");
    let life = Life::begins().set_up();
    let receipt = perform(&slack, &life, &Effect::PostBrief, false).await;
    let posted = MessageRef { channel: "C0INC00042".to_owned(), ts: "1.2".to_owned() };
    assert_eq!(receipt, Ok(Receipt::Brief(posted)));
    let asked = stand_in.asked().remove(0);
    assert_eq!(asked.field("channel"), "C0INC00042");
    assert_eq!((asked.field("unfurl_links"), asked.field("unfurl_media")), ("false", "false"));
    let metadata: Value = serde_json::from_str(asked.field("metadata")).expect("JSON text");
    assert_eq!(metadata, json!({ "event_type": "sima_effect", "event_payload": { "key": KEY } }));
    let blocks: Value = serde_json::from_str(asked.field("blocks")).expect("JSON text");
    assert_eq!(blocks[0]["type"], "header");
    assert!(asked.field("text").contains("INC-42"));
}

fn page(key: &str, user: &str, cursor: &str) -> Value {
    json!({
        "ok": true,
        "messages": [
            { "ts": "9.9", "user": "U0SIMABOT1" },
            {
                "ts": "5.5",
                "user": user,
                "metadata": { "event_type": "sima_effect", "event_payload": { "key": key } },
            },
        ],
        "response_metadata": { "next_cursor": cursor },
    })
}

#[tokio::test]
async fn a_message_posted_by_a_lost_try_is_found_by_its_key() {
    let stand_in = StandIn::begins().await;
    stand_in
        .answers("auth.test", who())
        .answers("conversations.history", page("another", "U0SIMABOT1", "p2"))
        .answers("conversations.history", page(KEY, "U0FORGER", "p3"))
        .answers("conversations.history", page(KEY, "U0SIMABOT1", ""));
    let slack = stand_in.slack("C0BROADCST");
    let life = Life::begins().set_up();
    let receipt = perform(&slack, &life, &Effect::PostBrief, true).await;
    let posted = MessageRef { channel: "C0INC00042".to_owned(), ts: "5.5".to_owned() };
    assert_eq!(receipt, Ok(Receipt::Brief(posted)));
    let asked = stand_in.asked();
    assert_eq!(asked[1].field("include_all_metadata"), "true");
    assert_eq!(asked[1].field("oldest"), "1656579420.000000", "five minutes before it was opened");
    assert_eq!(asked[2].field("cursor"), "p2");

    // In a thread it is looked for among the replies.
    stand_in.answers("conversations.replies", page(KEY, "U0SIMABOT1", ""));
    let notice = Notice::Recovered { by: Actor::in_slack(nour()), at: at("10:02") };
    let reply = Effect::ReplyUnderBroadcast { notice };
    assert_eq!(perform(&slack, &life, &reply, true).await, Ok(Receipt::Done));
    assert_eq!(stand_in.asked()[0].field("ts"), "1656579721.000200");
}

#[tokio::test]
async fn what_was_not_posted_is_posted_after_looking() {
    let stand_in = StandIn::begins().await;
    stand_in
        .answers("auth.test", who())
        .answers("conversations.history", json!({ "ok": true, "messages": [] }))
        .answers("chat.postMessage", json!({ "ok": true, "channel": "C0BROADCST", "ts": "1.2" }));
    let slack = stand_in.slack("C0BROADCST");
    let life = Life::begins().set_up();
    assert!(perform(&slack, &life, &Effect::PostBroadcast, true).await.is_ok());
    stand_in.asked();

    // While looking fails for a moment, nothing is posted and nothing is known.
    stand_in.expects("conversations.history", Answer::Status(429, "retry-after: 3"));
    let outcome = perform(&slack, &life, &Effect::PostBrief, true).await;
    assert!(is_unsure(&outcome), "{outcome:?}");
    assert_eq!(methods(&stand_in.asked()), ["conversations.history"]);
}

#[tokio::test]
async fn where_it_may_not_look_only_the_company_is_spared_a_repetition() {
    let stand_in = StandIn::begins().await;
    let missing = json!({ "ok": false, "error": "missing_scope", "needed": "channels:history" });
    let slack = stand_in.slack("C0BROADCST");
    let life = Life::begins().set_up();
    stand_in
        .answers("auth.test", who())
        .answers("conversations.history", missing.clone())
        .answers("chat.postMessage", json!({ "ok": true, "channel": "C0INC00042", "ts": "1.2" }));
    assert!(perform(&slack, &life, &Effect::PostBrief, true).await.is_ok());
    stand_in.asked();

    stand_in.answers("conversations.history", missing);
    let told = why(perform(&slack, &life, &Effect::PostBroadcast, true).await);
    assert!(told.contains("channels:history"), "{told}");
    assert_eq!(methods(&stand_in.asked()), ["conversations.history"]);

    // Not being in a public channel is mended by joining it.
    stand_in
        .answers("conversations.history", refused("not_in_channel"))
        .answers("conversations.join", json!({ "ok": true }))
        .answers("conversations.history", page(KEY, "U0SIMABOT1", ""));
    assert!(perform(&slack, &life, &Effect::PostBroadcast, true).await.is_ok());
    stand_in.asked();
}

#[tokio::test]
async fn the_broadcast_goes_to_the_channel_of_that_name() {
    let stand_in = StandIn::begins().await;
    let slack = stand_in.slack("#production-issues-bot");
    let life = Life::begins().set_up();
    let list = json!({ "ok": true, "channels": [{ "id": "C9", "name": "production-issues-bot" }] });
    let posted = json!({ "ok": true, "channel": "C9", "ts": "1.2" });
    stand_in
        .answers(
            "conversations.list",
            json!({ "ok": true, "channels": [], "response_metadata": { "next_cursor": "n" } }),
        )
        .answers("conversations.list", list)
        .answers("chat.postMessage", posted.clone());
    let receipt = perform(&slack, &life, &Effect::PostBroadcast, false).await;
    let message = MessageRef { channel: "C9".to_owned(), ts: "1.2".to_owned() };
    assert_eq!(receipt, Ok(Receipt::Broadcast(message)));
    assert_eq!(stand_in.asked()[2].field("channel"), "C9");
    // Looked up once.
    stand_in.answers("chat.postMessage", posted.clone());
    assert!(perform(&slack, &life, &Effect::PostBroadcast, false).await.is_ok());
    assert_eq!(methods(&stand_in.asked()), ["chat.postMessage"]);

    // Where channels cannot be listed, the name must do; the id that comes back is kept.
    let other = stand_in.slack("production-issues-bot");
    stand_in
        .answers("conversations.list", refused("missing_scope"))
        .answers("chat.postMessage", posted);
    let receipt = perform(&other, &life, &Effect::PostBroadcast, false).await;
    assert!(matches!(receipt, Ok(Receipt::Broadcast(message)) if message.channel == "C9"));
    assert_eq!(stand_in.asked()[1].field("channel"), "#production-issues-bot");
}

#[tokio::test]
async fn what_must_come_first_is_waited_for() {
    let stand_in = StandIn::begins().await;
    let slack = stand_in.slack("C0BROADCST");
    let bare = Life::begins();
    let notice = Notice::Recovered { by: Actor::in_slack(nour()), at: at("10:02") };
    for effect in [
        Effect::PostBrief,
        Effect::PinBrief,
        Effect::EditBrief,
        Effect::SetTopic,
        Effect::Invite { people: vec!["U1".to_owned()] },
        Effect::EditBroadcast,
        Effect::PostNotice { notice: notice.clone() },
        Effect::ReplyUnderBroadcast { notice },
        Effect::Greet { person: nour() },
        Effect::TellReporter { response_url: stand_in.response_url() },
    ] {
        let outcome = perform(&slack, &bare, &effect, false).await;
        let waits = matches!(outcome, Err(Setback::Retry { unsure: false, after: None, .. }));
        assert!(waits, "{effect:?}: {outcome:?}");
    }
    assert!(stand_in.asked().is_empty());
}

#[tokio::test]
async fn a_pin_that_is_there_is_a_pin() {
    let stand_in = StandIn::begins().await;
    let slack = stand_in.slack("C0BROADCST");
    let life = Life::begins().set_up();
    stand_in.answers("pins.add", refused("already_pinned"));
    assert_eq!(perform(&slack, &life, &Effect::PinBrief, false).await, Ok(Receipt::Done));
    assert_eq!(stand_in.asked()[0].field("timestamp"), "1656579721.000100");
    stand_in.answers("chat.update", refused("message_not_found"));
    assert!(why(perform(&slack, &life, &Effect::EditBrief, false).await).contains("deleted"));
    stand_in.asked();
}

#[tokio::test]
async fn the_topic_is_set_once_even_if_the_answer_was_lost() {
    let stand_in = StandIn::begins().await;
    let slack = stand_in.slack("C0BROADCST");
    let life = Life::begins().set_up();
    let topic = sima_slack::messages::topic(&life.incident, &life.policy);
    let has = |value: &str| json!({ "ok": true, "channel": { "topic": { "value": value } } });
    stand_in.answers("conversations.setTopic", json!({ "ok": true }));
    assert!(perform(&slack, &life, &Effect::SetTopic, false).await.is_ok());
    stand_in.answers("conversations.info", has(&topic));
    assert!(perform(&slack, &life, &Effect::SetTopic, true).await.is_ok());
    stand_in
        .answers("conversations.info", has(""))
        .answers("conversations.setTopic", json!({ "ok": true }));
    assert!(perform(&slack, &life, &Effect::SetTopic, true).await.is_ok());
    let asked = stand_in.asked();
    let methods = methods(&asked);
    let set = "conversations.setTopic";
    assert_eq!(methods, [set, "conversations.info", "conversations.info", set]);
    assert_eq!(asked[3].field("topic"), topic);
}

#[tokio::test]
async fn everybody_who_can_be_is_invited() {
    let stand_in = StandIn::begins().await;
    let slack = stand_in.slack("C0BROADCST");
    let life = Life::begins().set_up();
    let invite = |people: &[&str]| Effect::Invite {
        people: people.iter().map(|person| (*person).to_owned()).collect(),
    };
    let ok = || json!({ "ok": true });

    stand_in
        .answers("users.lookupByEmail", json!({ "ok": true, "user": { "id": "U2" } }))
        .answers("conversations.invite", ok());
    let people = invite(&["U1", "Lea@Example.com", "U1", "U2"]);
    assert!(perform(&slack, &life, &people, false).await.is_ok());
    let asked = stand_in.asked();
    assert_eq!(asked[0].field("email"), "lea@example.com");
    assert_eq!((asked[1].field("users"), asked[1].field("force")), ("U1,U2", "true"));

    // One who cannot be stands in nobody's way; addresses are looked up once.
    stand_in
        .answers(
            "conversations.invite",
            json!({
                "ok": false, "error": "user_is_restricted",
                "errors": [{ "user": "U2", "ok": false, "error": "user_is_restricted" }],
            }),
        )
        .answers("conversations.invite", refused("already_in_channel"))
        .answers("conversations.invite", refused("user_is_restricted"));
    assert!(perform(&slack, &life, &people, false).await.is_ok());
    assert_eq!(stand_in.asked().len(), 3);

    // Thirty at a time.
    stand_in.answers("conversations.invite", ok()).answers("conversations.invite", ok());
    let many: Vec<String> = (0..31).map(|number| format!("U{number}")).collect();
    assert!(perform(&slack, &life, &Effect::Invite { people: many }, false).await.is_ok());
    assert_eq!(stand_in.asked()[1].field("users"), "U30");

    // Nobody, for a reason that somebody can mend.
    stand_in.answers("users.lookupByEmail", refused("users_not_found"));
    let told = why(perform(&slack, &life, &invite(&["gone@example.com"]), false).await);
    assert!(told.contains("stakeholders") && !told.contains("gone@"), "{told}");
    stand_in.answers(
        "conversations.invite",
        json!({ "ok": false, "error": "missing_scope", "needed": "channels:manage" }),
    );
    assert!(why(perform(&slack, &life, &invite(&["U1"]), false).await).contains("channels:manage"));

    // Nobody, and nothing to be done about it.
    stand_in
        .answers("conversations.invite", refused("user_is_restricted"))
        .answers("conversations.invite", refused("user_is_restricted"));
    assert!(perform(&slack, &life, &invite(&["U1"]), false).await.is_ok());
    stand_in.asked();
}

#[tokio::test]
async fn a_whisper_is_never_repeated() {
    let stand_in = StandIn::begins().await;
    let slack = stand_in.slack("C0BROADCST");
    let life = Life::begins().set_up();
    let greet = Effect::Greet { person: nour() };
    let tell = Effect::TellReporter { response_url: stand_in.response_url() };
    for effect in [&greet, &tell] {
        assert_eq!(perform(&slack, &life, effect, true).await, Ok(Receipt::Done));
    }
    assert!(stand_in.asked().is_empty());

    stand_in
        .answers("chat.postEphemeral", refused("user_not_in_channel"))
        .answers("respond", json!("ok"));
    assert_eq!(perform(&slack, &life, &greet, false).await, Ok(Receipt::Done));
    assert_eq!(perform(&slack, &life, &tell, false).await, Ok(Receipt::Done));
    let asked = stand_in.asked();
    assert_eq!(asked[0].field("user"), nour().0);
    assert_eq!(asked[1].fields["response_type"], "ephemeral");
    assert!(asked[1].field("text").contains("<#C0INC00042>"));

    // The place to answer has expired: the reporter is in the channel anyway.
    stand_in.expects("respond", Answer::Status(404, "x: y"));
    assert_eq!(perform(&slack, &life, &tell, false).await, Ok(Receipt::Done));
    let foreign = Effect::TellReporter { response_url: "https://evil.test/".to_owned() };
    assert!(why(perform(&slack, &life, &foreign, false).await).contains("nothing was sent"));
    stand_in.asked();
}

#[tokio::test]
async fn people_are_listed_page_by_page() {
    let stand_in = StandIn::begins().await;
    let slack = stand_in.slack("C0BROADCST");
    stand_in
        .answers("users.list", json!({
            "ok": true,
            "members": [{ "id": "U1", "name": "ines", "tz": "Europe/Paris" }],
            "response_metadata": { "next_cursor": "n" },
        }))
        .answers("users.list", json!({ "ok": true, "members": [{ "id": "USLACKBOT" }, { "id": "U2", "deleted": true }] }));
    let (mut people, next) = slack.people(None).await.expect("a page");
    assert_eq!(next.as_deref(), Some("n"));
    let (more, last) = slack.people(next).await.expect("the last page");
    assert_eq!(last, None);
    people.extend(more);
    assert_eq!(stand_in.asked()[1].field("cursor"), "n");
    let seen: Vec<_> = people
        .iter()
        .map(|member| (member.name.as_str(), member.is_bot, member.deactivated))
        .collect();
    assert_eq!(seen, [("ines", false, false), ("USLACKBOT", true, false), ("U2", false, true)]);
    assert_eq!(people[0].time_zone.as_deref(), Some("Europe/Paris"));
}

const TS: &str = "1656579600.000400";

/// What is different about a message.
type Change = fn(&mut Value);

/// What a message is, and whether it is found to be marked, and by whom written.
type Case = (&'static str, Change, Option<(bool, &'static str)>);

/// A marked message as Slack shows it.
fn posted(change: Change) -> Value {
    let mut message = json!({
        "ts": TS, "user": "U0MALIK001", "text": "db is <https://a.test|back>",
        "reactions": [{ "name": "pushpin", "users": ["U0NOUR0001"], "count": 1 }],
    });
    change(&mut message);
    json!({ "ok": true, "messages": [message] })
}

/// Marked, and waiting to be read.
fn marked() -> Life {
    let mark = Command::MarkMessage { ts: TS.to_owned() };
    Life::begins().set_up().does(&Actor::in_slack(nour()), "09:19", mark)
}

#[tokio::test]
async fn a_marked_message_is_read_with_whoever_marks_it() {
    let cases: [Case; 9] = [
        ("a reaction", |_| {}, Some((true, "U0MALIK001"))),
        (
            "a pin",
            |message| {
                message["reactions"] = json!([]);
                message["pinned_to"] = json!(["C0INC00042"]);
            },
            Some((true, "U0MALIK001")),
        ),
        (
            "our own reaction alone",
            |message| message["reactions"][0]["users"] = json!(["U0SIMABOT1"]),
            Some((false, "U0MALIK001")),
        ),
        (
            "more than are listed",
            |message| {
                message["reactions"][0] =
                    json!({ "name": "pushpin", "users": ["U0SIMABOT1"], "count": 3 });
            },
            Some((true, "U0MALIK001")),
        ),
        (
            "another reaction",
            |message| message["reactions"][0]["name"] = json!("eyes"),
            Some((false, "U0MALIK001")),
        ),
        (
            "another program",
            |message| {
                message["user"] = Value::Null;
                message["bot_id"] = json!("B0OTHER");
                message["username"] = json!("ci");
                message["subtype"] = json!("bot_message");
            },
            Some((true, "ci")),
        ),
        ("our own", |message| message["bot_id"] = json!("B0SIMABOT1"), None),
        ("a line of Slack's", |message| message["subtype"] = json!("channel_join"), None),
        ("another message", |message| message["ts"] = json!("1656579600.000500"), None),
    ];
    for (what, change, expected) in cases {
        let stand_in = StandIn::begins().await;
        stand_in.answers("auth.test", who()).answers("conversations.replies", posted(change));
        let slack = stand_in.slack("C0BROADCST");
        let effect = Effect::ReadMessage { ts: TS.to_owned() };
        let receipt = perform(&slack, &marked(), &effect, false).await;
        let Ok(Receipt::Message(read)) = receipt else { panic!("{what}: {receipt:?}") };
        let found = read.found.map(|found| {
            assert_eq!(found.said.text, "db is https://a.test");
            let by = match found.author.who {
                Who::Person(PersonId(name)) | Who::Monitor(name) => name,
                other => panic!("{other:?}"),
            };
            (found.is_marked, by)
        });
        assert_eq!(found, expected.map(|(marked, by)| (marked, by.to_owned())), "{what}");
        let asked = stand_in.asked();
        let asked = asked.last().expect("a call");
        assert_eq!((asked.field("channel"), asked.field("ts")), ("C0INC00042", TS));
    }
}

#[tokio::test]
async fn a_message_that_is_gone_is_read_as_gone_and_a_hiccup_is_tried_again() {
    let stand_in = StandIn::begins().await;
    stand_in
        .answers("auth.test", who())
        .answers("conversations.replies", refused("thread_not_found"))
        .answers("conversations.replies", refused("internal_error"))
        .answers("conversations.replies", refused("missing_scope"));
    let slack = stand_in.slack("C0BROADCST");
    let effect = Effect::ReadMessage { ts: TS.to_owned() };
    let gone = perform(&slack, &marked(), &effect, false).await;
    let read = MessageRead { ts: TS.to_owned(), found: None };
    assert_eq!(gone, Ok(Receipt::Message(Box::new(read))));
    let again = perform(&slack, &marked(), &effect, false).await;
    assert!(matches!(again, Err(Setback::Retry { .. })), "{again:?}");
    let refused = perform(&slack, &marked(), &effect, false).await;
    assert!(why(refused).contains("add it to the app's scopes"));
}

#[tokio::test]
async fn what_is_shown_on_a_message_twice_looks_like_once_and_is_no_trouble() {
    for (effect, method, said) in [
        (Effect::ShowCaptured { ts: TS.to_owned() }, "reactions.add", "already_reacted"),
        (Effect::ShowCaptured { ts: TS.to_owned() }, "reactions.add", "message_not_found"),
        (Effect::ShowCaptured { ts: TS.to_owned() }, "reactions.add", "missing_scope"),
        (Effect::ShowNotCaptured { ts: TS.to_owned() }, "reactions.remove", "no_reaction"),
    ] {
        let stand_in = StandIn::begins().await;
        stand_in.answers(method, refused(said));
        let slack = stand_in.slack("C0BROADCST");
        assert_eq!(perform(&slack, &marked(), &effect, true).await, Ok(Receipt::Done), "{said}");
        let asked = &stand_in.asked()[0];
        assert_eq!((asked.field("name"), asked.field("timestamp")), ("memo", TS));
    }
}
