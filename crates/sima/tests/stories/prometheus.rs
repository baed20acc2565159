//! A real Prometheus raises the alarm: it fires, repeats, storms, resolves, and SIMA restarts in between.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sima_store::LoggedAlert;

use crate::{monitor::Monitor, seen::button, story::Story};

/// How many queues are stuck in the storm.
const STORM: u32 = 300;

/// One incident, one page, one broadcast, from the first stuck queue to the last that drains.
#[tokio::test]
async fn prometheus_fires_repeats_storms_and_resolves() {
    let mut story = Story::begins().await;
    let Some(monitor) = Monitor::starts(&story.url(), &story.alerts_token()).await else { return };

    monitor.sees_stuck([7]);
    let page = story.pages(1).await.remove(0);
    assert!(page.title.contains("Queue 7 is not draining"), "{page:?}");
    is_quiet(&story).await;
    let channel = story.incident_channels().remove(0);
    story.brief_reads(&channel, "SEV1").await;
    // Told again every second, it stays what it is.
    monitor.has_told(2).await;

    // The storm comes while SIMA stops and starts: what was taken is kept, the rest is told again.
    monitor.sees_stuck(1..=STORM);
    monitor.has_told(20).await;
    story.restarts().await;
    let logged = told_of(&story, STORM).await;
    let first = logged.iter().find(|alert| alert.alert.contains("Queue 7 ")).expect("the first");
    is_quiet(&story).await;
    story.brief_reads(&channel, &STORM.to_string()).await;

    monitor.sees_stuck([]);
    let offer = story.reads(&channel, "cleared").await;
    is_quiet(&story).await;
    assert!(button(&offer.blocks, "Recovered").is_some(), "people decide that it is over");
    story.brief_reads(&channel, "· Open · INC-1").await;

    // All of it was one incident, and its beginning is when Prometheus saw it.
    assert_eq!(story.incident_channels(), [channel.as_str()]);
    assert_eq!(story.times_asked_of_the_pager("trigger"), 1);
    story.broadcast().await;
    let store = story.sima().desk().store();
    let incidents: BTreeSet<_> = everything(&story)
        .await
        .iter()
        .map(|alert| alert.judged.as_ref().expect("it is judged").incident)
        .collect();
    assert_eq!(incidents.len(), 1, "{incidents:?}");
    let id = incidents.into_iter().next().flatten().expect("an incident");
    let incident = store.incident(id).await.unwrap().unwrap();
    assert_eq!(incident.times.started_at, Some(began(first)));
    story.ends().await;
}

/// Waits until everything is done but for what may be asked for again every second: the next edit.
async fn is_quiet(story: &Story) {
    story.is_quiet_but_for(&["end_stability_window", "watch_page", "edit_brief"]).await;
}

/// Waits until so many different alerts were delivered; all that was delivered until then.
async fn told_of(story: &Story, count: u32) -> Vec<LoggedAlert> {
    let mut changes = story.sima().desk().store().changes();
    let told = async {
        loop {
            changes.mark_unchanged();
            let logged = everything(story).await;
            let keys: BTreeSet<&str> = logged.iter().map(|alert| alert.key.as_str()).collect();
            if keys.len() as u32 == count {
                return logged;
            }
            changes.changed().await.expect("SIMA records");
        }
    };
    tokio::time::timeout(crate::story::PATIENCE, told).await.expect("everything is delivered")
}

/// All alerts that were delivered.
async fn everything(story: &Story) -> Vec<LoggedAlert> {
    let store = story.sima().desk().store();
    store.alert_log(Timestamp::UNIX_EPOCH, 0, 100_000).await.unwrap()
}

/// When the monitor says the trouble began.
fn began(alert: &LoggedAlert) -> Timestamp {
    match alert.state {
        sima_incident::AlertState::Firing { since }
        | sima_incident::AlertState::Resolved { since } => since,
    }
}
