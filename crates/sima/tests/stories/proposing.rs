//! A rule asks people instead of opening: one message, one answer, and quiet after a no.

use std::time::Duration;

use serde_json::{Value, json};
use sima::config::Config;
use sima_alerts::{Delivery, Reading, Rule as AlertRule, Rules, Then};
use sima_incident::AlertState;
use sima_sandbox::{Fault, Message, Rule, Vendor};
use sima_store::NewAlert;

use crate::{
    seen::{button, buttons, words},
    story::{COMPANY, Story, mins},
};

/// The channel of the team that is asked.
const TEAM: &str = "payments";

/// Everything a monitor says is proposed.
fn asks_first(config: &mut Config) {
    config.alerts.rules = Rules(vec![AlertRule {
        name: Some("ask first".to_owned()),
        then: Then::Propose,
        group_by: vec!["service".to_owned()],
        ..AlertRule::default()
    }]);
    TEAM.clone_into(&mut config.alerts.proposals_channel);
}

#[tokio::test]
async fn people_are_asked_once_and_one_press_opens_the_incident() {
    let story = Story::begins_with(asks_first).await;
    story.alert(&card_payments_fail("a", "2026-01-05T09:00:00Z")).await;
    let asked = story.reads(TEAM, "Is this an incident?").await;
    let read = words(&asked.text, &asked.blocks);
    for expected in ["Card payments fail", "SEV1", "Payments", "alertmanager sees it"] {
        assert!(read.contains(expected), "{expected} is not in {read}");
    }
    assert_eq!(buttons(&asked.blocks), ["🚨 Open an incident", "Not an incident"]);
    assert!(story.incident_channels().is_empty(), "nothing is open yet");

    // Repeats and others of the group change the message, and post no other.
    story.alert(&card_payments_fail("a", "2026-01-05T09:00:00Z")).await;
    story.alert(&card_payments_fail("b", "2026-01-05T09:01:00Z")).await;
    assert_eq!(story.came_of_alerts().await, ["proposed", "proposed", "proposed"]);
    story.time_passes(Duration::from_secs(5)).await;
    story.reads(TEAM, "2 alerts, 2 still firing · reported 3 times").await;
    assert_eq!(proposals(&story).len(), 1);

    story.presses("nour", TEAM, &asked, "Open an incident").await;
    let told = story.reads(TEAM, "opened by <@").await;
    assert!(words(&told.text, &told.blocks).contains("*INC-1*"), "{told:?}");
    assert_eq!(buttons(&told.blocks), ["Go to INC-1", "ℹ️ Info"]);
    let link = button(&told.blocks, "Go to INC-1").expect("a way there")["url"].clone();
    assert_eq!(link, json!(format!("{}/i/INC-1", story.url())));
    story.is_quiet().await;
    let [channel] = &story.incident_channels()[..] else { panic!("one channel") };
    let brief = story.brief_is_pinned(channel).await;
    let read = words(&brief.text, &brief.blocks);
    assert!(read.contains("Card payments fail") && read.contains("SEV1"), "{read}");
    let nour = story.sandbox.person("nour");
    let is_in = story.sandbox.read(|state| state.channel(channel).is_some_and(|c| c.has(&nour)));
    assert!(is_in, "who opened it is there");
    story.pages(1).await;

    // What comes after that belongs to the incident, new ones of the group too.
    story.alert(&card_payments_fail("b", "2026-01-05T09:01:00Z")).await;
    story.alert(&card_payments_fail("c", "2026-01-05T09:02:00Z")).await;
    let came = story.came_of_alerts().await;
    assert_eq!(came[3..], ["attached INC-1", "attached INC-1"]);
    story.is_quiet().await;
    assert_eq!((proposals(&story).len(), story.incident_channels().len()), (1, 1));
    story.pages(1).await;
    story.ends().await;
}

#[tokio::test]
async fn two_who_press_at_once_open_one_incident() {
    let story = Story::begins_with(asks_first).await;
    story.alert(&card_payments_fail("a", "2026-01-05T09:00:00Z")).await;
    let asked = story.reads(TEAM, "Is this an incident?").await;
    tokio::join!(
        story.presses("nour", TEAM, &asked, "Open an incident"),
        story.presses("malik", TEAM, &asked, "Open an incident"),
    );
    story.reads(TEAM, "opened by <@").await;
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1);
    assert_eq!(story.times_asked_of_the_pager("trigger"), 1);
    story
        .until("the other is told", |state| {
            let told = |one: &sima_sandbox::Ephemeral| words(&one.text, &one.blocks);
            state.ephemerals.iter().any(|one| told(one).contains("has opened INC-1")).then_some(())
        })
        .await;
    story.ends().await;
}

#[tokio::test]
async fn after_a_no_the_same_trouble_is_quiet_until_it_begins_anew() {
    let story = Story::begins_with(asks_first).await;
    story.alert(&card_payments_fail("a", "2026-01-05T09:00:00Z")).await;
    let asked = story.reads(TEAM, "Is this an incident?").await;
    story.presses("malik", TEAM, &asked, "Not an incident").await;
    let said = story.reads(TEAM, "Not an incident*, says <@").await;
    assert_eq!(buttons(&said.blocks), ["🚨 Open an incident after all"]);

    story.alert(&card_payments_fail("a", "2026-01-05T09:00:00Z")).await;
    story.alert(&card_payments_are_fine("a", "2026-01-05T09:00:00Z", "2026-01-05T09:20:00Z")).await;
    assert_eq!(story.came_of_alerts().await, ["proposed", "proposed", "proposed"]);
    story.time_passes(mins(6)).await;
    story.is_quiet().await;
    assert_eq!(proposals(&story).len(), 1, "nobody is asked again");
    story.alert(&card_payments_fail("a", "2026-01-05T10:00:00Z")).await;
    story
        .until("they are asked again", |state| {
            let channel = state.channel(TEAM)?;
            let asked = |message: &&Message| message.text.contains("Is this an incident?");
            channel.messages.iter().find(asked).map(drop)
        })
        .await;
    assert_eq!(proposals(&story).len(), 2);
    assert!(story.incident_channels().is_empty());
    story.ends().await;
}

/// The trouble ends by itself before anybody looked: the question says so, and waits a day.
#[tokio::test]
async fn a_trouble_that_ends_is_told_and_the_question_expires() {
    let story = Story::begins_with(asks_first).await;
    story.alert(&card_payments_fail("a", "2026-01-05T09:00:00Z")).await;
    story.reads(TEAM, "Is this an incident?").await;
    story.alert(&card_payments_are_fine("a", "2026-01-05T09:00:00Z", "2026-01-05T09:12:00Z")).await;
    let over = story.reads(TEAM, "sees it no more* since").await;
    assert!(words(&over.text, &over.blocks).contains("it lasted 12 min"), "{over:?}");
    assert_eq!(buttons(&over.blocks), ["🚨 Open an incident", "Not an incident"]);
    story.time_passes(mins(24 * 60)).await;
    let expired = story.reads(TEAM, "Nobody answered, nothing was opened").await;
    assert_eq!(buttons(&expired.blocks), ["🚨 Open an incident after all"]);
    assert_eq!(proposals(&story).len(), 1);

    // It is never too late.
    story.presses("nour", TEAM, &expired, "Open an incident after all").await;
    story.reads(TEAM, "opened by <@").await;
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1);
    story.ends().await;
}

/// The message is posted and Slack's answer is lost: it is found again, and not posted twice.
#[tokio::test]
async fn a_lost_answer_asks_nobody_twice() {
    let story = Story::begins_with(asks_first).await;
    let lost = Rule::of(Vendor::Slack, Fault::AnswerLost).on("chat.postMessage").times(1);
    story.sandbox.faults().set(lost);
    story.alert(&card_payments_fail("a", "2026-01-05T09:00:00Z")).await;
    story.reads(TEAM, "Is this an incident?").await;
    story.alert(&card_payments_are_fine("a", "2026-01-05T09:00:00Z", "2026-01-05T09:12:00Z")).await;
    story.reads(TEAM, "sees it no more").await;
    assert_eq!(proposals(&story).len(), 1);
    story.ends().await;
}

/// SIMA restarts while people think: what they press then counts.
#[tokio::test]
async fn an_answer_after_a_restart_counts() {
    let mut story = Story::begins_with(asks_first).await;
    story.alert(&card_payments_fail("a", "2026-01-05T09:00:00Z")).await;
    let asked = story.reads(TEAM, "Is this an incident?").await;
    story.restarts().await;
    story.presses("nour", TEAM, &asked, "Open an incident").await;
    story.reads(TEAM, "opened by <@").await;
    story.is_quiet().await;
    assert_eq!((story.incident_channels().len(), proposals(&story).len()), (1, 1));
    story.ends().await;
}

/// What a monitor writes pings nobody, and is shown as it is.
#[tokio::test]
async fn what_a_monitor_writes_is_words_and_nothing_else() {
    let story = Story::begins_with(asks_first).await;
    let mut alarm = card_payments_fail("a", "2026-01-05T09:00:00Z");
    alarm["commonAnnotations"]["summary"] = json!("<!channel> *all* <https://evil.test|click>");
    alarm["alerts"][0]["annotations"]["summary"] = alarm["commonAnnotations"]["summary"].clone();
    story.alert(&alarm).await;
    let asked = story.reads(TEAM, "Is this an incident?").await;
    let sent = asked.text.clone() + &Value::from(asked.blocks.clone()).to_string();
    assert!(asked.text.contains("&lt;!channel&gt;"), "{}", asked.text);
    for block in &asked.blocks {
        let marked = block["text"]["text"].as_str().unwrap_or_default();
        assert!(!marked.contains("<!channel") && !marked.contains("<https://evil"), "{sent}");
    }
    story.ends().await;
}

/// A button of a proposal that SIMA does not know: of another database, or long forgotten.
#[tokio::test]
async fn a_button_nobody_knows_is_answered_kindly() {
    let story = Story::begins_with(asks_first).await;
    story.alert(&card_payments_fail("a", "2026-01-05T09:00:00Z")).await;
    let asked = story.reads(TEAM, "Is this an incident?").await;
    let source = sima_sandbox::Source::Message { channel: TEAM.to_owned(), ts: asked.ts.clone() };
    for (action, value) in [
        ("open_proposed", "0190e000-0000-7000-8000-000000000042"),
        ("dismiss_proposed", "0190e000-0000-7000-8000-000000000042"),
    ] {
        let before = story.private_words("malik").len();
        let answer = story.sandbox.act("malik", &source, action, &json!(value)).await;
        assert!(answer.is_fine(), "{answer:?}");
        let told = story.hears("malik", before).await;
        let read = words(&told.text, &told.blocks);
        assert!(read.contains("no longer knows what this was about"), "{read}");
    }
    assert!(story.incident_channels().is_empty());
    story.ends().await;
}

/// Forty troubles that have nothing in common begin at once: people are asked six times, the last time
/// about all the others, and one press opens one incident for those.
#[tokio::test]
async fn a_storm_of_questions_is_one_message_with_a_count() {
    let story = Story::begins_with(|config| {
        asks_first(config);
        config.alerts.rules.0[0].group_by = vec!["instance".to_owned()];
    })
    .await;
    let alerts = (0..40).map(|n| card_payments_fail(&format!("{n:02}"), "2026-01-05T09:00:00Z"));
    futures_util::future::join_all(
        alerts.collect::<Vec<_>>().iter().map(|alert| story.alert(alert)),
    )
    .await;
    assert_eq!(story.came_of_alerts().await, vec!["proposed"; 40]);
    story.time_passes(Duration::from_secs(5)).await;
    let storm = story.reads(TEAM, "35 alerts, 35 still firing").await;
    let read = words(&storm.text, &storm.blocks);
    assert!(read.contains("Alert storm from alertmanager") && read.contains("First: "), "{read}");
    assert_eq!(buttons(&storm.blocks), ["🚨 Open an incident", "Not an incident"]);
    assert_eq!(proposals(&story).len(), 6);
    tokio::join!(
        story.presses("nour", TEAM, &storm, "Open an incident"),
        story.presses("malik", TEAM, &storm, "Not an incident"),
    );
    story.is_quiet().await;
    let opened = story.incident_channels();
    assert!(opened.len() <= 1, "{opened:?}");
    if opened.is_empty() {
        story.reads(TEAM, "Not an incident*, says <@").await;
    } else {
        story.reads(TEAM, "opened by <@").await;
        story.alert(&card_payments_fail("41", "2026-01-05T09:01:00Z")).await;
        assert_eq!(story.came_of_alerts().await.pop().unwrap(), "attached INC-1");
    }
    assert_eq!(proposals(&story).len(), 6);
    story.ends().await;
}

/// The team's channel is not there, or SIMA is not in it: the company is asked instead, and told why.
#[tokio::test]
async fn a_question_that_its_channel_does_not_take_is_asked_elsewhere() {
    let story = Story::begins_with(|config| {
        asks_first(config);
        "nowhere-team".clone_into(&mut config.alerts.proposals_channel);
    })
    .await;
    story.alert(&card_payments_fail("a", "2026-01-05T09:00:00Z")).await;
    let asked = story.reads(COMPANY, "Is this an incident?").await;
    let read = words(&asked.text, &asked.blocks);
    assert!(read.contains("SIMA cannot post in #nowhere-team"), "{read}");
    story.presses("nour", COMPANY, &asked, "Open an incident").await;
    story.reads(COMPANY, "opened by <@").await;
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1);
    story.ends().await;
}

/// No channel takes the question: whoever runs SIMA sees it, and once one does people are asked.
#[tokio::test]
async fn a_question_that_no_channel_takes_is_seen_and_asked_once_that_is_mended() {
    let story = Story::begins_with(|config| {
        asks_first(config);
        config.broadcast.channel.clear();
    })
    .await;
    let closed = story.sandbox.faults().set(
        Rule::of(Vendor::Slack, Fault::Refused { error: "is_archived".into() })
            .on("chat.postMessage"),
    );
    story.alert(&card_payments_fail("a", "2026-01-05T09:00:00Z")).await;
    let store = story.sima().desk().store().clone();
    let mut changes = store.changes();
    let unasked = loop {
        changes.mark_unchanged();
        if let Some(unasked) = store.unshown_proposals().await.expect("a database").pop() {
            break unasked;
        }
        changes.changed().await.expect("SIMA records");
    };
    assert!(unasked.last_setback.contains("archived"), "{unasked:?}");
    let telemetry = story.gets("/metrics").await.body;
    assert!(telemetry.contains("\nsima_proposals_unasked 1\n"), "{telemetry}");
    story.sandbox.faults().remove(closed);
    story.time_passes(mins(5)).await;
    story.reads(TEAM, "Is this an incident?").await;
    assert_eq!(proposals(&story).len(), 1);
    story.ends().await;
}

/// The messages that ask, or asked.
fn proposals(story: &Story) -> Vec<Message> {
    story.sandbox.read(|state| {
        let channel = state.channel(TEAM).expect("the team's channel");
        let ours = |message: &&Message| {
            message
                .metadata
                .as_ref()
                .is_some_and(|metadata| metadata.to_string().contains("\"key\":\"proposal:"))
        };
        channel.messages.iter().filter(ours).cloned().collect()
    })
}

fn card_payments_fail(instance: &str, started: &str) -> Value {
    alarm(instance, AlertState::Firing { since: time(started) }, started, "0001-01-01T00:00:00Z")
}

fn card_payments_are_fine(instance: &str, started: &str, ended: &str) -> Value {
    alarm(instance, AlertState::Resolved { since: time(ended) }, started, ended)
}

fn time(text: &str) -> jiff::Timestamp {
    text.parse().expect("a time")
}

fn alarm(instance: &str, state: AlertState, started: &str, ended: &str) -> Value {
    let status = if matches!(state, AlertState::Firing { .. }) { "firing" } else { "resolved" };
    let labels = json!({
        "alertname": "CardPaymentsFail", "severity": "critical", "service": "payments",
        "instance": instance,
    });
    json!({
        "version": "4",
        "groupKey": format!("{{}}:{{alertname=\"CardPaymentsFail\", instance=\"{instance}\"}}"),
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "sima",
        "groupLabels": { "alertname": "CardPaymentsFail" },
        "commonLabels": labels,
        "commonAnnotations": { "summary": "Card payments fail" },
        "externalURL": "http://alertmanager.example",
        "alerts": [{
            "status": status,
            "labels": labels,
            "annotations": { "summary": "Card payments fail" },
            "startsAt": started,
            "endsAt": ended,
            "generatorURL": "http://prometheus.example/graph",
            "fingerprint": format!("b41e5a5c1f0d9a5{instance}"),
        }],
    })
}

/// Two thousand alerts of one group within a moment: one message with a count, edited a few times.
#[tokio::test]
async fn a_storm_is_one_question_with_a_count() {
    let story = Story::begins_with(asks_first).await;
    let desk = story.sima().desk();
    let now = desk.clock().now();
    for first in (0..2000).step_by(250) {
        let alerts = (first..first + 250).map(|number| {
            let body = card_payments_fail(&format!("i{number}"), "2026-01-05T09:00:00Z");
            let body = body.to_string();
            let delivery = Delivery::of_body(body.as_bytes(), now);
            let read = sima_alerts::read("alertmanager", &delivery).expect("an alarm");
            let Reading::Alerts(alerts) = read else { panic!("an alarm") };
            let alert = alerts.first().expect("one alert");
            NewAlert {
                source: alert.source.clone(),
                key: alert.key.clone(),
                state: alert.state,
                alert: serde_json::to_string(alert).expect("JSON"),
            }
        });
        let alerts = alerts.collect();
        let _ = desk.take_delivery("alertmanager", None, alerts).await.expect("recorded");
    }
    assert_eq!(story.came_of_alerts().await, vec!["proposed"; 2000]);
    story.time_passes(Duration::from_secs(5)).await;
    story.reads(TEAM, "2000 alerts, 2000 still firing").await;
    assert_eq!(proposals(&story).len(), 1);
    let edits = story.calls_of("chat.update").len();
    assert!(edits <= 10, "{edits} edits");
    assert!(story.incident_channels().is_empty());
    story.ends().await;
}
