//! `sima rules replay` over a log of alerts: what came of them beside what would.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sima_alerts::{Alert, Delivery, Reading};
use sima_store::{AlertDelivery, Judgement, NewAlert, Store, Took};

use crate::sima;

/// Ten disks fill up within a minute, one of them twice; then a queue is stuck.
async fn a_day_of_alerts(folder: &Path) {
    let url = format!("sqlite:{}", folder.join("sima.db").display());
    let store = Store::open(&url).await.unwrap();
    let begins = now() - SignedDuration::from_hours(20);
    // Long before: `--since` leaves it out.
    came(&store, begins - SignedDuration::from_hours(100), "long ago", "web").await;
    for number in 0..11 {
        let disk = format!("disk {}", number % 10);
        came(&store, begins + SignedDuration::from_secs(number * 5), &disk, "web").await;
    }
    came(&store, begins + SignedDuration::from_hours(1), "queue is stuck", "mail").await;
    store.close().await;
}

#[allow(clippy::disallowed_methods, reason = "the command goes by the clock of the machine")]
fn now() -> Timestamp {
    Timestamp::from_microsecond(Timestamp::now().as_microsecond()).unwrap()
}

async fn came(store: &Store, at: Timestamp, title: &str, team: &str) {
    let body = json!({
        "title": title, "dedup_key": title, "starts_at": at, "labels": { "team": team },
    });
    let body = body.to_string();
    let read = sima_alerts::read("generic", &Delivery::of_body(body.as_bytes(), at)).unwrap();
    let Reading::Alerts(alerts) = read else { panic!("an alert") };
    let alerts = alerts.iter().map(new_alert).collect();
    let delivery = AlertDelivery { integration: "generic".into(), id: None, alerts, now: at };
    assert!(matches!(store.take_alerts(delivery).await.unwrap(), Took::Recorded(_)));
}

fn new_alert(alert: &Alert) -> NewAlert {
    NewAlert {
        source: alert.source.clone(),
        key: alert.key.clone(),
        state: alert.state,
        alert: serde_json::to_string(alert).unwrap(),
    }
}

fn configured(folder: &Path, name: &str, rules: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    let database = folder.join("sima.db");
    let text = format!("[database]\nurl = \"sqlite:{}\"\n{rules}", database.display());
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test]
async fn it_tells_what_would_be_opened_and_how_much_belongs() {
    let folder = tempfile::tempdir().unwrap();
    a_day_of_alerts(folder.path()).await;
    let config = configured(folder.path(), "sima.toml", "");
    let said = sima(&config, &["rules", "replay", "--since", "1d"], "");
    assert_eq!(said.code, Some(0), "{}", said.told);
    assert!(said.out.contains("12 alerts since"), "{}", said.out);
    let words: Vec<Vec<&str>> =
        said.out.lines().map(|line| line.split_whitespace().collect()).collect();
    for expected in [
        &["opened", "an", "incident", "0", "2"][..],
        &["belonged", "to", "one", "0", "10"],
        &["waiting", "12"],
        &["Global", "SEV3", "2"],
    ] {
        assert!(words.iter().any(|line| line == expected), "{expected:?} in {}", said.out);
    }
}

#[tokio::test]
async fn changed_rules_are_tried_on_the_same_alerts() {
    let folder = tempfile::tempdir().unwrap();
    a_day_of_alerts(folder.path()).await;
    let config = configured(folder.path(), "sima.toml", "");
    let changed = configured(
        folder.path(),
        "changed.toml",
        "[alerts]\nproposals_channel = \"web-team\"\n\
         [[alerts.rules]]\nlabels = { team = \"web\" }\nthen = \"propose\"\ngroup_within = \"0s\"\n\
         [[alerts.rules]]\nthen = \"ignore\"\n",
    );
    let changed = changed.to_str().unwrap();
    let said =
        sima(&config, &["rules", "replay", "--since", "7d", "--rules", changed, "--json"], "");
    assert_eq!(said.code, Some(0), "{}", said.told);
    let last: Value = serde_json::from_str(said.out.lines().last().unwrap()).unwrap();
    assert_eq!(last["alerts"], 13);
    // Five disks are asked about and the others are a storm; one was long ago.
    let expected = json!({
        "opened": 0, "attached": 0, "proposed": 7, "repeated": 5, "nothing": 0, "ignored": 1,
    });
    assert_eq!(last["now"], expected);
    assert_eq!(last["opened"], json!([]));
}

/// Five hundred disks fill up at once, each a trouble of its own by the rules that were in force: without
/// the limit they were five hundred incidents, with it they are six, and that is said.
#[tokio::test]
async fn a_storm_is_replayed_as_the_storm_it_would_be() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("sima.db").display());
    let store = Store::open(&url).await.unwrap();
    let begins = now() - SignedDuration::from_hours(20);
    for number in 0..500 {
        let at = begins + SignedDuration::from_millis(number * 100);
        came(&store, at, &format!("disk {number} is full"), &format!("team {number}")).await;
    }
    let opened = store.waiting_alerts(1000).await.unwrap().into_iter().map(|waiting| {
        (Judgement { id: waiting.id, outcome: "opened", why: None, group: None }, None)
    });
    store.judge_alerts(&opened.collect::<Vec<_>>(), &[], &[], now()).await.unwrap();
    store.close().await;
    let rules = "[[alerts.rules]]\ngroup_by = [\"team\"]\n";
    let config = configured(folder.path(), "sima.toml", rules);
    let said = sima(&config, &["rules", "replay", "--since", "1d"], "");
    assert_eq!(said.code, Some(0), "{}", said.told);
    for expected in [
        "Incidents opened by monitors: 500 then, 6 now",
        "494 alerts would come to something else",
        "more than 5 incidents for an integration",
    ] {
        assert!(said.out.contains(expected), "{expected:?} is not in {}", said.out);
    }
    let unlimited =
        configured(folder.path(), "more.toml", &format!("[alerts]\nstorm_after = 1000\n{rules}"));
    let said = sima(&unlimited, &["rules", "replay", "--since", "1d"], "");
    assert!(said.out.contains("Nothing would be different"), "{}", said.out);
}

/// What came of an alert then stands in the log; what would come to something else is shown.
#[tokio::test]
async fn alerts_that_would_come_to_something_else_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("sima.db").display());
    let store = Store::open(&url).await.unwrap();
    for (title, team) in [("noise", "web"), ("queue is stuck", "mail")] {
        came(&store, now() - SignedDuration::from_hours(1), title, team).await;
    }
    let judged: Vec<_> = store
        .waiting_alerts(10)
        .await
        .unwrap()
        .into_iter()
        .map(|waiting| {
            let id = waiting.id;
            (Judgement { id, outcome: "nothing", why: None, group: None }, None)
        })
        .collect();
    store.judge_alerts(&judged, &[], &[], now()).await.unwrap();
    store.close().await;
    let rules = "[[alerts.rules]]\nname = \"quiet\"\ntitle = \"noise\"\nthen = \"record\"\n";
    let config = configured(folder.path(), "sima.toml", rules);
    let said = sima(&config, &["rules", "replay", "--since", "2h"], "");
    assert_eq!(said.code, Some(0), "{}", said.told);
    let expected = "generic: \"queue is stuck\": nothing then, opened now (no rule)";
    assert!(said.out.contains(expected), "{}", said.out);
    assert!(said.out.contains("1 alert would come to something else"), "{}", said.out);
    assert!(!said.out.contains("\"noise\""), "nothing came of it, and nothing would: {}", said.out);
}
