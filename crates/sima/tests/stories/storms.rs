//! Storms: however many alerts there are, there is one channel, one brief and one call.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sima_alerts::{OnResolved, Rule, Rules};
use sima_incident::StageName;

use crate::story::{COMPANY, Story, mins};

const STARTED: &str = "2026-01-05T09:00:00Z";

/// Five hundred machines see different troubles of one domain in the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_alerts_are_one_channel_one_brief_and_one_call() {
    let story = Story::begins().await;
    let alarms: Vec<Value> = (0..500).map(|n| alarm(n, "firing")).collect();
    send_all(&story, &alarms).await;
    let came = story.came_of_alerts().await;
    assert_eq!(came.len(), 500);
    assert_eq!(came.iter().filter(|came| *came == "opened INC-1").count(), 1);
    assert_eq!(came.iter().filter(|came| *came == "attached INC-1").count(), 499);
    // Edits keep to the chat's pace.
    story.everything_is_tried_again().await;

    let channels = story.incident_channels();
    assert_eq!(channels.len(), 1, "{channels:?}");
    let brief = story.brief_reads(&channels[0], "500 alerts, all firing").await;
    assert!(brief.blocks.len() <= 10, "the brief stays short: {:?}", brief.blocks);
    story.pages(1).await;
    assert_eq!(story.times_asked_of_the_pager("trigger"), 1);
    story.broadcast().await;
    let mut calls: BTreeMap<String, usize> = BTreeMap::new();
    for call in story.sandbox.calls() {
        *calls.entry(call.method).or_default() += 1;
    }
    assert_eq!(calls["conversations.create"], 1);
    assert_eq!(calls["chat.postMessage"], 2, "the brief and the broadcast: {calls:?}");
    assert!(calls.values().sum::<usize>() < 150, "{calls:?}");
    let events = story.sima().desk().store().live_incidents().await.unwrap().remove(0);
    assert!(events.version < 100, "{} events", events.version);

    // All of it clears, and people are asked once.
    let over: Vec<Value> = (0..500).map(|n| alarm(n, "resolved")).collect();
    send_all(&story, &over).await;
    story.reads(&channels[0], "All 500 alerts cleared").await;
    // Edits keep to the chat's pace.
    story.everything_is_tried_again().await;
    story.brief_reads(&channels[0], "500 alerts, all cleared").await;
    let asked = story.sandbox.read(|state| {
        let messages = state.messages(&channels[0]);
        messages.iter().filter(|message| message.text.contains("cleared")).count()
    });
    assert_eq!(asked, 1);
    story.ends().await;
}

/// Rules tell the troubles apart, and there are too many: five incidents, and one for the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_open_too_many_incidents_is_gathered_in_one() {
    let story = Story::begins_with(|config| {
        let each = Rule { group_by: vec!["queue".into()], ..Rule::default() };
        config.alerts.rules = Rules(vec![each]);
    })
    .await;
    let alarms: Vec<Value> = (0..40).map(|n| alarm(n, "firing")).collect();
    send_all(&story, &alarms).await;
    let came = story.came_of_alerts().await;
    assert_eq!(came.iter().filter(|came| came.starts_with("opened")).count(), 6, "{came:?}");
    assert_eq!(came.iter().filter(|came| *came == "attached INC-6").count(), 34, "{came:?}");
    story.is_quiet().await;
    let storm = story.incident_channels().into_iter().find(|name| name.contains("alert-storm"));
    story.brief_reads(&storm.expect("its channel"), "Alert storm from alertmanager").await;
    story.pages(6).await;
    story.ends().await;
}

/// An alert flaps: it belongs to its incident, and nobody is called or asked each time.
#[tokio::test]
async fn an_alert_that_flaps_calls_once() {
    let story = Story::begins().await;
    for minute in 0..10 {
        let began = format!("2026-01-05T09:{:02}:00Z", minute * 2);
        let ended = format!("2026-01-05T09:{:02}:00Z", minute * 2 + 1);
        story.comes_of_alert(&at(alarm(1, "firing"), &began, "0001-01-01T00:00:00Z")).await;
        let came = story.comes_of_alert(&at(alarm(1, "resolved"), &began, &ended)).await;
        assert_eq!(came, "attached INC-1");
    }
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1);
    assert_eq!(story.times_asked_of_the_pager("trigger"), 1);
    let channel = story.incident_channels().remove(0);
    let asked = story.sandbox.read(|state| {
        let messages = state.messages(&channel);
        messages.iter().filter(|message| message.text.contains("cleared")).count()
    });
    assert_eq!(asked, 1, "within five minutes");
    story.ends().await;
}

/// The resolution overtakes the alarm: it is over, and nobody is called.
#[tokio::test]
async fn what_was_over_before_it_was_heard_of_opens_nothing() {
    let story = Story::begins().await;
    let ended = "2026-01-05T09:31:00Z";
    let over = at(alarm(1, "resolved"), STARTED, ended);
    assert_eq!(story.comes_of_alert(&over).await, "nothing");
    assert_eq!(story.comes_of_alert(&alarm(1, "firing")).await, "nothing");
    story.is_quiet().await;
    assert!(story.incident_channels().is_empty());
    assert_eq!(story.times_asked_of_the_pager("trigger"), 0);
    story.ends().await;
}

/// Its rule trusts the monitor: when all is clear the incident has recovered, at the monitor's time,
/// and closes through the stability window as any other.
#[tokio::test]
async fn where_a_rule_says_so_the_monitor_recovers_the_incident() {
    let story = Story::begins_with(|config| {
        let trusts = Rule { on_resolved: Some(OnResolved::Recover), ..Rule::default() };
        config.alerts.rules = Rules(vec![trusts]);
    })
    .await;
    let [began, first, last] = [60, 10, 5].map(|ago| story.ago(ago).to_string());
    for number in [1, 2] {
        story.comes_of_alert(&at(alarm(number, "firing"), &began, "0001-01-01T00:00:00Z")).await;
    }
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    story.comes_of_alert(&at(alarm(1, "resolved"), &began, &last)).await;
    story.brief_reads(&channel, "2 alerts, 1 still firing").await;
    story.comes_of_alert(&at(alarm(2, "resolved"), &began, &first)).await;
    story.brief_reads(&channel, "Recovered · INC-1").await;
    story.page_is("resolved").await;
    let incident = story.sima().desk().store().incident_numbered(sima_incident::IncidentNumber(1));
    let incident = incident.await.unwrap().unwrap();
    assert_eq!(incident.times.recovered_at.map(|at| at.to_string()), Some(last));
    assert_eq!(incident.stage.name(), StageName::Recovered, "the window is not over");
    story.time_passes(mins(16)).await;
    story.reads(&channel, "The post-mortem is ready").await;
    story.ends().await;
}

/// A monitor that is trusted flaps: the incident is reopened and somebody is called, and from the third
/// time on people say when it is over. It stays one incident.
#[tokio::test]
async fn a_trusted_monitor_that_flaps_is_not_believed_for_ever() {
    let story = Story::begins_with(|config| {
        let trusts = Rule { on_resolved: Some(OnResolved::Recover), ..Rule::default() };
        config.alerts.rules = Rules(vec![trusts]);
    })
    .await;
    for _ in 0..8 {
        let began = story.now().to_string();
        story.comes_of_alert(&at(alarm(1, "firing"), &began, "0001-01-01T00:00:00Z")).await;
        let ended = story.now().to_string();
        story.comes_of_alert(&at(alarm(1, "resolved"), &began, &ended)).await;
        story.is_quiet().await;
    }
    let channel = story.incident_channels().remove(0);
    story.reads(&channel, "it fires again").await;
    story.brief_reads(&channel, "· Open · INC-1").await;
    assert_eq!(story.incident_channels().len(), 1);
    assert_eq!(story.times_asked_of_the_pager("trigger"), 3, "opened, and reopened twice");
    story.broadcast().await;
    story.ends().await;
}

/// New troubles come for half an hour, a few each minute: it is one incident, and one call.
#[tokio::test]
async fn a_storm_that_lasts_half_an_hour_is_one_incident() {
    let story = Story::begins().await;
    for minute in 0..30 {
        let alarms: Vec<Value> = (0..3).map(|n| alarm(minute * 3 + n, "firing")).collect();
        for alarm in &alarms {
            story.alert(alarm).await;
        }
        story.came_of_alerts().await;
        story.time_passes(mins(1)).await;
    }
    story.everything_is_tried_again().await;
    let channels = story.incident_channels();
    assert_eq!(channels.len(), 1, "{channels:?}");
    story.brief_reads(&channels[0], "90 alerts, all firing").await;
    assert_eq!(story.times_asked_of_the_pager("trigger"), 1);
    story.broadcast().await;
    story.ends().await;
}

/// What rules tell apart comes for half an hour: what was gathered as a storm stays one.
#[tokio::test]
async fn a_storm_of_different_troubles_stays_gathered() {
    let story = Story::begins_with(|config| {
        let each = Rule { group_by: vec!["queue".into()], ..Rule::default() };
        config.alerts.rules = Rules(vec![each]);
    })
    .await;
    for minute in 0..30 {
        let first = if minute == 0 { 0 } else { 100 + minute * 3 };
        let count = if minute == 0 { 10 } else { 3 };
        for number in first..first + count {
            story.alert(&alarm(number, "firing")).await;
        }
        story.came_of_alerts().await;
        story.time_passes(mins(1)).await;
    }
    story.everything_is_tried_again().await;
    assert_eq!(story.incident_channels().len(), 6);
    story.pages(6).await;
    story.ends().await;
}

/// SIMA stops with alerts that nobody judged; the next judges them.
#[tokio::test]
async fn what_waits_is_judged_after_a_restart() {
    let mut story = Story::begins().await;
    send_all(&story, &[alarm(1, "firing"), alarm(2, "firing")]).await;
    story.restarts().await;
    assert_eq!(story.came_of_alerts().await, ["opened INC-1", "attached INC-1"]);
    story.is_quiet().await;
    assert_eq!(story.sandbox.read(|state| state.messages(COMPANY).len()), 1);
    story.ends().await;
}

/// Many senders at once, each with its own alerts.
pub async fn send_all(story: &Story, alarms: &[Value]) {
    let (url, token) = (story.url(), story.alerts_token());
    let mut senders = tokio::task::JoinSet::new();
    for part in alarms.chunks(alarms.len().div_ceil(16)) {
        let (url, token, part) = (url.clone(), token.clone(), part.to_vec());
        senders.spawn(async move {
            let client = reqwest::Client::builder().no_proxy().build().expect("a client");
            for alarm in part {
                let sent = client.post(format!("{url}/alerts/alertmanager"));
                let answered = sent.bearer_auth(&token).json(&alarm).send().await;
                assert_eq!(answered.expect("an answer").status().as_u16(), 200);
            }
        });
    }
    senders.join_all().await;
}

/// The alarm of one of many queues.
pub fn alarm(number: u32, status: &str) -> Value {
    let labels = json!({
        "alertname": "QueueStuck",
        "queue": format!("queue-{number}"),
        "severity": "critical",
        "service": "outbound-email",
    });
    json!({
        "version": "4",
        "groupKey": format!("{{}}:{{queue=\"queue-{number}\"}}"),
        "status": status,
        "receiver": "sima",
        "groupLabels": labels,
        "commonLabels": labels,
        "commonAnnotations": { "summary": format!("Queue {number} is not draining") },
        "externalURL": "http://alertmanager.example",
        "alerts": [{
            "status": status,
            "labels": labels,
            "annotations": {},
            "startsAt": STARTED,
            "endsAt": if status == "firing" { "0001-01-01T00:00:00Z" } else { "2026-01-05T09:40:00Z" },
            "generatorURL": "http://prometheus.example/graph",
            "fingerprint": format!("{number:016x}"),
        }],
    })
}

/// The same at other times.
fn at(mut alarm: Value, began: &str, ended: &str) -> Value {
    alarm["alerts"][0]["startsAt"] = began.into();
    alarm["alerts"][0]["endsAt"] = ended.into();
    alarm
}
