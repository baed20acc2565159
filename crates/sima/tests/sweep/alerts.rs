//! SIMA is killed while alerts come in: whatever it answered with success is judged by the next that
//! starts, once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::Timestamp;
use serde_json::{Value, json};
use sima_sandbox::{Options, Sandbox};
use sima_store::{LoggedAlert, Store};
use tokio::{sync::mpsc, task::JoinSet};

use crate::process::{ALERTS_TOKEN, Home};

/// How many send at once, and how many alerts each has.
const SENDERS: usize = 8;
const EACH: usize = 40;

/// After how many answers SIMA is killed, each time.
const KILLED_AFTER: [usize; 3] = [1, 40, 90];

/// How long it may take until all is judged.
const PATIENCE: Duration = Duration::from_secs(30);

/// One life: alerts come all the time, SIMA is killed again and again, and the senders go on where
/// they were not answered.
pub async fn what_was_answered_is_judged_once() {
    let options = Options { latency: Duration::ZERO, ..Options::default() };
    let sandbox = sima_sandbox::start(options).await.expect("the sandbox listens");
    let home = Home::over(&sandbox);
    let mut sima = Some(home.starts().await);
    let answered: Arc<Mutex<Vec<String>>> = Arc::default();
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let (url, answered, tell) = (home.url(), answered.clone(), tell.clone());
        senders.spawn(async move {
            let client = reqwest::Client::builder().no_proxy().build().expect("a client");
            for number in 0..EACH {
                let key = format!("{sender}-{number}");
                while !is_taken(&client, &url, &key).await {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                answered.lock().expect("nobody panicked").push(key);
                tell.send(()).expect("somebody counts");
            }
        });
    }
    drop(tell);
    let mut count = 0;
    while told.recv().await.is_some() {
        count += 1;
        if KILLED_AFTER.contains(&count) {
            // SIGKILL, the moment after an answer; then another starts over the same database.
            drop(sima.take());
            sima = Some(home.starts().await);
        }
    }
    senders.join_all().await;
    assert_eq!(count, SENDERS * EACH);
    let log = all_judged(&home).await;
    let answered = answered.lock().expect("nobody panicked").clone();
    check(&log, &answered, &sandbox).await;
}

/// Sends one alert; whether it was answered with success.
pub async fn is_taken(client: &reqwest::Client, url: &str, key: &str) -> bool {
    let sent = client.post(format!("{url}/alerts/alertmanager")).bearer_auth(ALERTS_TOKEN);
    sent.json(&alert(key)).send().await.is_ok_and(|answer| answer.status().is_success())
}

/// Waits until nothing waits to be judged; the whole log.
async fn all_judged(home: &Home) -> Vec<LoggedAlert> {
    let store = Store::open(&home.database()).await.expect("the database");
    let judged = async {
        while !store.waiting_alerts(1).await.expect("the log").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, judged).await.expect("all is judged");
    store.alert_log(Timestamp::MIN, 0, 10_000).await.expect("the log")
}

async fn check(log: &[LoggedAlert], answered: &[String], sandbox: &Sandbox) {
    let numbers: Vec<i64> = log.iter().map(|alert| alert.id).collect();
    assert_eq!(numbers, (1..=log.len() as i64).collect::<Vec<_>>(), "no number is missing");
    let mut opened = 0;
    let mut by_key: BTreeMap<&str, Vec<&LoggedAlert>> = BTreeMap::new();
    for alert in log {
        let judged = alert.judged.as_ref().expect("it is judged");
        opened += usize::from(judged.outcome == "opened");
        assert!(judged.incident.is_some(), "{judged:?}");
        by_key.entry(&alert.key).or_default().push(alert);
    }
    assert_eq!(opened, 1, "one incident for all of them");
    for key in answered {
        assert!(by_key.contains_key(key.as_str()), "{key} was answered, and is lost");
    }
    let incident = log[0].judged.as_ref().and_then(|judged| judged.incident);
    let same = |alert: &LoggedAlert| alert.judged.as_ref().and_then(|judged| judged.incident);
    assert!(log.iter().all(|alert| same(alert) == incident), "all belong to it");
    let brief = format!("{} alerts", SENDERS * EACH);
    let seen = sandbox.wait_for(PATIENCE, |state| {
        let channels = state.channels.iter();
        let mut messages = channels.flat_map(|channel| &channel.messages);
        messages.find(|message| json!(message.blocks).to_string().contains(&brief)).map(drop)
    });
    seen.await.expect("the brief counts each key once");
    let named = |name: &str| name.starts_with("incident_");
    let channels =
        sandbox.read(|state| state.channels.iter().filter(|channel| named(&channel.name)).count());
    assert_eq!(channels, 1);
    assert_eq!(sandbox.read(|state| state.pager.incidents.len()), 1, "one page");
}

fn alert(key: &str) -> Value {
    json!({
        "version": "4",
        "groupKey": key,
        "status": "firing",
        "commonLabels": { "alertname": "QueueStuck", "severity": "critical", "domain": "payments" },
        "commonAnnotations": { "summary": "Queue is not draining" },
        "alerts": [{
            "status": "firing",
            "labels": { "alertname": "QueueStuck", "queue": key },
            "annotations": {},
            "startsAt": "2026-01-05T09:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": key,
        }],
    })
}
