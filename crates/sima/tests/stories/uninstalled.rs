//! The app is uninstalled in the middle of everything, and installed again.

use std::time::Duration;

use serde_json::json;
use sima_store::OutboxView;

use crate::story::{PATIENCE, Story, mins};

/// What SIMA says of itself.
async fn says(story: &Story, path: &str) -> String {
    let answer = reqwest::get(format!("{}{path}", story.url())).await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.expect("text")
}

/// Waits until Slack has turned SIMA away so often.
async fn is_turned_away(story: &Story, times: usize) {
    let mut changes = story.sima().desk().store().changes();
    let waits = async {
        loop {
            changes.mark_unchanged();
            let rows = story.outbox(OutboxView::Unsettled).await;
            let refused = rows.iter().filter(|row| {
                row.last_setback.as_deref().is_some_and(|why| why.contains("token_revoked"))
            });
            if refused.count() >= times {
                return;
            }
            changes.changed().await.expect("SIMA records");
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.expect("Slack refuses");
}

/// Nobody can be told in Slack: the on-call person is paged all the same, health says what is wrong, and
/// what had to be done in Slack is done once the app is installed again.
#[tokio::test]
async fn what_is_due_in_slack_waits_until_the_app_is_installed_again() {
    let story = Story::begins().await;
    assert_eq!(says(&story, "/readyz").await, "ready\n");
    story.sandbox.uninstall();
    let opened = reqwest::Client::new()
        .post(format!("{}/api/v1/incidents", story.url()))
        .bearer_auth("sandbox")
        .json(&json!({ "summary": "Checkout is down", "severity": 2 }))
        .send();
    assert!(opened.await.expect("an answer").status().is_success());
    is_turned_away(&story, 1).await;
    let ready = says(&story, "/readyz").await;
    assert!(ready.contains("token_revoked") && ready.contains("sima doctor"), "{ready}");
    assert!(says(&story, "/metrics").await.contains("sima_slack_turned_away 1"));
    story.time_passes(Duration::from_secs(2)).await;
    story.pages(1).await;

    for _ in 0..12 {
        story.time_passes(mins(5)).await;
    }
    story.sandbox.install_again();
    story.everything_is_tried_again().await;
    let channel = story.channel_of_the_first().await;
    story.brief_is_pinned(&channel).await;
    story.broadcast().await;
    assert_eq!(says(&story, "/readyz").await, "ready\n");
    assert!(says(&story, "/metrics").await.contains("sima_slack_turned_away 0"));
    story.ends().await;
}

/// It is known as soon as Slack says so, not when the next incident needs Slack.
#[tokio::test]
async fn an_uninstalled_app_is_noticed_at_once() {
    let story = Story::begins().await;
    let asked = |calls: &[sima_sandbox::Call]| {
        calls.iter().filter(|call| call.method == "auth.test").count()
    };
    let before = asked(&story.sandbox.calls());
    story.sandbox.uninstall();
    let again =
        story.sandbox.wait_for_calls(PATIENCE, |calls| (asked(calls) > before).then_some(()));
    again.await.expect("SIMA asks whether it is known");
    story.ends().await;
}
