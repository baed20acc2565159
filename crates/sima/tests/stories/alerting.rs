//! Alerting: a machine raises the alarm once, however often it says so, and never ends it alone.

use serde_json::{Value, json};

use crate::{
    seen::button,
    story::{Story, mins},
};

const STARTED: &str = "2026-01-05T09:00:00Z";

/// The first delivery opens an incident like any other; the second one, of the same alarm, nothing.
#[tokio::test]
async fn an_alarm_opens_one_incident_and_its_repetition_none() {
    let story = Story::begins().await;
    assert_eq!(story.comes_of_alert(&queue_is_stuck(STARTED)).await, "opened INC-1");
    let channel = story
        .until("the channel is there", |state| {
            let named = |name: &str| name.ends_with("_queue-is-not-draining");
            state.channels.iter().map(|channel| channel.name.clone()).find(|name| named(name))
        })
        .await;
    let brief = story.brief_reads(&channel, "SEV1").await;
    let words = crate::seen::words(&brief.text, &brief.blocks);
    for expected in ["Queue is not draining", "Outbound email delivery", "alertmanager"] {
        assert!(words.contains(expected), "{expected} is not in {words}");
    }
    let page = story.pages(1).await.remove(0);
    assert!(page.title.contains("Queue is not draining"), "{page:?}");
    story.broadcast_reads("Queue is not draining").await;
    let lea = story.sandbox.person("lea");
    story
        .until("the stakeholder is invited", |state| {
            state.channel(&channel)?.has(&lea).then_some(())
        })
        .await;

    assert_eq!(story.comes_of_alert(&queue_is_stuck(STARTED)).await, "attached INC-1");
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1);
    story.pages(1).await;
    story.ends().await;
}

/// Two of the monitor's replicas deliver at the same instant.
#[tokio::test]
async fn two_deliveries_at_the_same_instant_open_one() {
    let story = Story::begins().await;
    let alarm = queue_is_stuck(STARTED);
    let (one, other) = tokio::join!(story.alert(&alarm), story.alert(&alarm));
    assert_eq!((one.status, other.status), (200, 200));
    assert_eq!(story.came_of_alerts().await, ["opened INC-1", "attached INC-1"]);
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1);
    assert_eq!(story.times_asked_of_the_pager("trigger"), 1);
    story.ends().await;
}

/// The monitor sees it no more: that is evidence, and a question to people. They answer it.
#[tokio::test]
async fn a_resolved_alarm_offers_recovery_and_closes_nothing() {
    let story = Story::begins().await;
    story.comes_of_alert(&queue_is_stuck(STARTED)).await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    let over = queue_is_fine(STARTED, "2026-01-05T09:31:00Z");
    assert_eq!(story.comes_of_alert(&over).await, "attached INC-1");

    let offer = story.reads(&channel, "The alert cleared").await;
    story.is_quiet().await;
    story.brief_reads(&channel, "· Open · INC-1").await;
    assert_eq!(story.pages(1).await[0].status, "triggered");
    let info = story.types("malik", &channel, "info").await;
    assert!(info.contains("cleared") && info.contains("Queue is not draining"), "{info}");

    story.joins("malik", &channel).await;
    assert!(button(&offer.blocks, "Recovered").is_some());
    story.presses("malik", &channel, &offer, "Recovered").await;
    story.brief_reads(&channel, "Recovered · INC-1").await;
    story.page_is("resolved").await;
    story.ends().await;
}

/// The alarm clears, people say it is over and go; then it begins anew, before the stability window
/// ends. The page is resolved by then, so an incident of its own calls somebody.
#[tokio::test]
async fn what_begins_anew_in_the_stability_window_is_heard() {
    let story = Story::begins().await;
    story.comes_of_alert(&queue_is_stuck(STARTED)).await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    story.comes_of_alert(&queue_is_fine(STARTED, "2026-01-05T09:31:00Z")).await;
    story.types("malik", &channel, "recover").await;
    story.page_is("resolved").await;

    let same = story.comes_of_alert(&queue_is_stuck(STARTED)).await;
    assert_eq!(same, "attached INC-1", "it comes late: that trouble is over");
    let anew = story.comes_of_alert(&queue_is_stuck("2026-01-05T09:40:00Z")).await;
    assert_eq!(anew, "opened INC-2");
    let pages = story.pages(2).await;
    assert!(pages.iter().any(|page| page.status == "triggered"), "{pages:?}");
    story.is_quiet().await;
    story.ends().await;
}

/// Monitors repeat an alarm for hours. After the incident is closed the same trouble opens
/// nothing; trouble that began anew does.
#[tokio::test]
async fn after_it_is_closed_only_new_trouble_opens_another() {
    let story = Story::begins().await;
    story.comes_of_alert(&queue_is_stuck(STARTED)).await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    story.types("malik", &channel, "recover").await;
    story.time_passes(mins(15)).await;
    story.reads(&channel, "The post-mortem is ready").await;
    story.types("malik", &channel, "close").await;
    story.brief_reads(&channel, "Closed").await;

    assert_eq!(story.comes_of_alert(&queue_is_stuck(STARTED)).await, "attached INC-1");
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1);

    let anew = story.comes_of_alert(&queue_is_stuck("2026-01-06T14:00:00Z")).await;
    assert_eq!(anew, "opened INC-2");
    story.pages(2).await;
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 2, "with a channel of its own");
    story.ends().await;
}

/// What is no alarm is turned away with one clear line, and nothing comes of it.
#[tokio::test]
async fn what_is_no_alarm_is_turned_away() {
    let story = Story::begins().await;
    let alarm = queue_is_stuck(STARTED);
    let token = Some("sandbox");
    let path = "/alerts/alertmanager";
    for (answered, status, says) in [
        (story.posts(path, Some("guessed"), &alarm).await, 401, "token"),
        (story.posts(path, None, &alarm).await, 401, "token"),
        (story.posts("/alerts/nagios", token, &alarm).await, 404, "alertmanager"),
        (story.posts_text(path, token, "{\"alerts\": [".into()).await, 400, "JSON"),
        (story.posts(path, token, &json!({ "hello": "world" })).await, 400, "alerts"),
        (story.posts_text(path, token, "x".repeat(2 * 1024 * 1024)).await, 413, "KiB"),
    ] {
        assert_eq!(answered.status, status, "{answered:?}");
        assert!(answered.body.contains(says), "{says} is not in {answered:?}");
        assert_eq!(answered.body.trim().lines().count(), 1, "one line: {answered:?}");
    }
    story.is_quiet().await;
    assert!(story.incident_channels().is_empty());
    story.ends().await;
}

/// A sender that only tries the address is told that it is right, and opens nothing.
#[tokio::test]
async fn a_sender_may_try_the_address() {
    let story = Story::begins().await;
    for body in ["{}", "", "[]"] {
        let tried = story.posts_text("/alerts/alertmanager", Some("sandbox"), body.into()).await;
        assert_eq!(tried.status, 200, "{body:?}: {tried:?}");
    }
    let by_path = story.posts("/alerts/alertmanager/sandbox", None, &json!({})).await;
    assert_eq!(by_path.status, 200, "{by_path:?}");
    let wrong = story.posts("/alerts/alertmanager/guessed", None, &json!({})).await;
    assert_eq!(wrong.status, 401, "{wrong:?}");
    assert!(story.incident_channels().is_empty());
    story.ends().await;
}

/// The alarm of the stories, as an Alertmanager sends it (webhook version 4).
pub fn queue_is_stuck(started: &str) -> Value {
    alarm("firing", started, "0001-01-01T00:00:00Z")
}

fn queue_is_fine(started: &str, ended: &str) -> Value {
    alarm("resolved", started, ended)
}

fn alarm(status: &str, started: &str, ended: &str) -> Value {
    json!({
        "version": "4",
        "groupKey": "{}:{alertname=\"QueueStuck\"}",
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "sima",
        "groupLabels": { "alertname": "QueueStuck" },
        "commonLabels": {
            "alertname": "QueueStuck", "severity": "critical", "service": "outbound-email",
        },
        "commonAnnotations": { "summary": "Queue is not draining" },
        "externalURL": "http://alertmanager.example",
        "alerts": [{
            "status": status,
            "labels": {
                "alertname": "QueueStuck", "severity": "critical", "service": "outbound-email",
            },
            "annotations": { "summary": "Queue is not draining" },
            "startsAt": started,
            "endsAt": ended,
            "generatorURL": "http://prometheus.example/graph",
            "fingerprint": "b41e5a5c1f0d9a52",
        }],
    })
}

/// One that lingers keeps its group firing for hours. Another joins after people have closed the
/// incident: that is new trouble, and it calls somebody.
#[tokio::test]
async fn what_joins_a_group_that_lingers_is_heard() {
    let story = Story::begins().await;
    let [lingers, joins] = [90, 20].map(|ago| story.ago(ago).to_string());
    story.alert(&group_of(&[&lingers])).await;
    story.pages(1).await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    story.types("malik", &channel, "recover").await;
    story.time_passes(mins(15)).await;
    story.reads(&channel, "The post-mortem is ready").await;
    story.types("malik", &channel, "close").await;

    story.alert(&group_of(&[&lingers])).await;
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1, "the same trouble lingers");
    story.alert(&group_of(&[&lingers, &joins])).await;
    story.pages(2).await;
    story.is_quiet().await;
    let opened = story.sima().desk().store().live_incidents().await.unwrap().remove(0);
    let began = opened.times.started_at.map(|at| at.to_string());
    assert_eq!(began, Some(joins));
    story.ends().await;
}

/// What Alertmanager sends of a group that fires, one member for each start.
fn group_of(starts: &[&str]) -> Value {
    let mut body = queue_is_stuck(STARTED);
    let first = body["alerts"][0].clone();
    let members = starts.iter().enumerate().map(|(place, start)| {
        let mut member = first.clone();
        member["startsAt"] = json!(start);
        member["fingerprint"] = json!(format!("{place:016x}"));
        member
    });
    body["alerts"] = members.collect();
    body
}
