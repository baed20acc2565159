//! Stories on PostgreSQL: the same life, and replicas that share the work.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a story that cannot go on has failed")]

#[allow(dead_code, reason = "the stage is shared with the other stories, which use the rest")]
#[path = "../stories/seen.rs"]
mod seen;
#[path = "../../../store/tests/server/mod.rs"]
mod server;
#[allow(dead_code, reason = "the stage is shared with the other stories, which use the rest")]
#[path = "../stories/story.rs"]
mod story;

use serde_json::json;
use sima::serve::{self, system_clock};
use sima_alerts::{Rule, Rules};
use tokio::net::TcpListener;

use crate::{server::Server, story::Story};

/// An incident is lived from the form to the post-mortem on PostgreSQL.
#[tokio::test]
async fn an_incident_is_lived_on_postgresql() {
    let server = Server::start();
    let url = server.url();
    let story = Story::begins_with(|config| config.database.url = url.into()).await;
    let channel = story.opens_simply("ines", "Cards are refused").await;
    story.pages(1).await;
    story.types("malik", &channel, "ack").await;
    story.types("malik", &channel, "recover").await;
    story.reads(&channel, "Recovered").await;
    story.time_passes(story::mins(16)).await;
    story
        .until("the post-mortem is written", |state| {
            state
                .notion
                .pages
                .iter()
                .find(|page| page.text().contains("Cards are refused"))
                .map(drop)
        })
        .await;
    story.reads("production-issues-bot", "Cards are refused").await;
    story.ends().await;
}

/// Two replicas share one database: whatever either takes in is done once, by one of them.
#[tokio::test]
async fn two_replicas_do_everything_once() {
    let server = Server::start();
    let url = server.url();
    // Each alert is a trouble of its own, and there is no storm.
    let one_by_one = |config: &mut sima::config::Config| {
        let rule = Rule { group_by: vec!["alertname".into()], ..Rule::default() };
        config.alerts.rules = Rules(vec![rule]);
        config.alerts.storm_after = 100;
    };
    let story = Story::begins_with(|config| {
        config.database.url = url.clone().into();
        one_by_one(config);
    })
    .await;
    let other_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = sima::commands::sandbox_configuration(&story.sandbox, &story.url(), &url);
    config.http.listen = other_listener.local_addr().unwrap();
    one_by_one(&mut config);
    let other = serve::start_on(other_listener, &config, system_clock()).await.unwrap();
    let other_url = format!("http://{}", config.http.listen);

    let alerts: Vec<_> = (0..12)
        .map(|number| {
            // Every alert is delivered to both replicas at once.
            let body = json!({
                "version": "4",
                "groupKey": format!("{{}}:{{alertname=\"Queue{number}\"}}"),
                "status": "firing",
                "receiver": "sima",
                "groupLabels": { "alertname": format!("Queue{number}") },
                "commonLabels": { "alertname": format!("Queue{number}"), "severity": "critical" },
                "commonAnnotations": { "summary": format!("Queue {number} is not draining") },
                "externalURL": "http://alertmanager.example",
                "alerts": [{
                    "status": "firing",
                    "labels": { "alertname": format!("Queue{number}") },
                    "annotations": {},
                    "startsAt": "2026-11-22T10:00:00Z",
                    "endsAt": "0001-01-01T00:00:00Z",
                    "generatorURL": "http://prometheus.example/graph",
                    "fingerprint": format!("{number:016x}"),
                }],
            });
            let (here, there, token) = (story.url(), other_url.clone(), story.alerts_token());
            tokio::spawn(async move {
                let client = reqwest::Client::new();
                let post = |url: String| {
                    client
                        .post(format!("{url}/alerts/alertmanager"))
                        .bearer_auth(&token)
                        .json(&body)
                        .send()
                };
                let (one, two) = tokio::join!(post(here), post(there));
                (one.unwrap().status().as_u16(), two.unwrap().status().as_u16())
            })
        })
        .collect();
    for alert in alerts {
        assert_eq!(alert.await.unwrap(), (200, 200));
    }
    let mut came = story.came_of_alerts().await;
    came.sort();
    came.dedup();
    assert_eq!(came.len(), 24, "each alert is judged once: {came:?}");
    assert_eq!(came.iter().filter(|came| came.starts_with("opened")).count(), 12);
    story
        .until("every incident has its pinned brief, once", |state| {
            let channels: Vec<_> = state
                .channels
                .iter()
                .filter(|channel| channel.name.starts_with("incident_"))
                .collect();
            let pinned = channels.iter().all(|channel| channel.pins.len() == 1);
            (channels.len() == 12 && pinned).then_some(())
        })
        .await;
    let pages = story.pages(12).await;
    assert!(pages.iter().all(|page| page.log.len() == 1), "{pages:?}");
    story
        .until("the company is told of each, once", |state| {
            let told = state.messages("production-issues-bot");
            (told.iter().filter(|message| message.bot && message.subtype.is_none()).count() == 12)
                .then_some(())
        })
        .await;
    let live = story.sima().desk().store().live_incidents().await.unwrap();
    let mut numbers: Vec<u32> = live.iter().map(|incident| incident.number.0).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>(), "who was too late used up no number");
    other.stop().await;
    story.ends().await;
}
