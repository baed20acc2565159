//! Paging: the pager rings once, whatever Slack does, and falls silent when somebody is on it.

use jiff::SignedDuration;
use serde_json::json;
use sima_sandbox::Vendor;
use sima_store::OutboxView;

use crate::{
    alerting::queue_is_stuck,
    story::{COMPANY, Story, mins},
};

/// A mild incident wakes nobody.
#[tokio::test]
async fn a_severity_that_does_not_page_pages_nobody() {
    let story = Story::begins().await;
    let channel = story.opens("ines", json!({ "summary": "A typo", "severity": "SEV4" })).await;
    story.is_quiet().await;
    story.time_passes(mins(1)).await;
    story.types("malik", "general", "info INC-1").await;
    story.types("ines", &channel, "ack").await;
    story.types("ines", &channel, "recover").await;
    story.is_quiet().await;
    assert!(story.calls_of("enqueue").is_empty());
    story.ends().await;
}

/// Malik types `ack`: the pager stops calling, once.
#[tokio::test]
async fn acknowledging_silences_the_pager() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.page_is("triggered").await;
    let answer = story.types("malik", &channel, "ack").await;
    assert!(answer.contains("You are on it"), "{answer}");
    story.page_is("acknowledged").await;
    story.brief_reads(&channel, "Investigating").await;
    story.types("malik", &channel, "fixing").await;
    story.types("malik", &channel, "monitoring").await;
    story.is_quiet().await;
    assert_eq!(story.times_asked_of_the_pager("acknowledge"), 1);
    assert_eq!(story.times_asked_of_the_pager("trigger"), 1);
    story.ends().await;
}

/// Slack is what is down when the alarm goes off: the page leaves all the same, with a link that
/// works; and when Slack is back everything else follows.
#[tokio::test]
async fn the_page_goes_out_while_slack_is_down() {
    let story = Story::begins().await;
    story.sandbox.faults().down(Vendor::Slack);
    let alarm = queue_is_stuck("2026-01-05T09:00:00Z");
    assert_eq!(story.comes_of_alert(&alarm).await, "opened INC-1");

    let page = story.pages(1).await.remove(0);
    assert!(page.title.contains("Queue is not draining"), "{page:?}");
    let links = serde_json::to_string(&page.links).unwrap();
    assert!(links.contains("/i/INC-1") && !links.contains("app_redirect"), "{links}");
    let store = story.sima().desk().store().clone();
    let planned = store.outbox(OutboxView::All, 50).await.unwrap();
    let planned = planned.into_iter().find(|row| row.kind == "page_on_call").expect("a page");
    let patience = planned.run_at.duration_since(planned.planned_at);
    assert_eq!(patience, SignedDuration::from_millis(1500), "Slack is waited for no longer");
    let on_its_way = story.gets("/i/INC-1").await;
    assert_eq!(on_its_way.status, 200, "the link works before there is a channel");
    assert!(!on_its_way.body.contains("Queue"), "and tells nothing");

    story.sandbox.faults().clear();
    story.time_passes(mins(2)).await;
    let channel = story
        .until("the channel follows", |state| {
            let named = |name: &str| name.ends_with("_queue-is-not-draining");
            state.channels.iter().find(|channel| named(&channel.name)).cloned()
        })
        .await;
    story.brief_is_pinned(&channel.name).await;
    story.reads(COMPANY, "Queue is not draining").await;
    story.is_quiet().await;
    let leads = story.gets("/i/INC-1").await.location.expect("the link leads on");
    assert!(leads.ends_with(&channel.id), "{leads}");
    assert_eq!(story.times_asked_of_the_pager("trigger"), 1, "one alarm, one call");
    assert_eq!(story.incident_channels().len(), 1);
    story.ends().await;
}

/// The on-call person is called once, also when the first answer of the pager is lost.
#[tokio::test]
async fn a_page_is_one_page_whatever_happens_to_its_answer() {
    let story = Story::begins().await;
    let lost = sima_sandbox::Rule::of(Vendor::PagerDuty, sima_sandbox::Fault::AnswerLost).times(2);
    story.sandbox.faults().set(lost);
    story.opens_simply("ines", "Checkout is down").await;
    let page = story.pages(1).await.remove(0);
    let keys: Vec<_> =
        story.calls_of("enqueue").into_iter().map(|call| call.args["dedup_key"].clone()).collect();
    assert_eq!(keys.len(), 3, "{keys:?}");
    assert!(keys.iter().all(|key| *key == keys[0]), "one key at every try: {keys:?}");
    assert_eq!(page.status, "triggered");
    story.ends().await;
}

/// The pager refused the page; much later somebody has mended that and tries again, and the pager
/// stumbles once more. That is no reason to give it up at once.
#[tokio::test]
async fn a_page_that_was_put_back_outlives_a_hiccup() {
    let story = Story::begins().await;
    let refused = sima_sandbox::Fault::Refused { error: "invalid_key".to_owned() };
    story.sandbox.faults().set(sima_sandbox::Rule::of(Vendor::PagerDuty, refused).times(1));
    let channel = story.opens("ines", json!({ "summary": "Checkout is down" })).await;
    story.reads(&channel, "could not page the on-call person").await;
    story.time_passes(mins(60)).await;

    let stumbles = sima_sandbox::Fault::ServerError;
    story.sandbox.faults().set(sima_sandbox::Rule::of(Vendor::PagerDuty, stumbles).times(1));
    let given_up = story.outbox(OutboxView::GivenUp).await.remove(0);
    assert!(story.sima().desk().store().retry_given_up(given_up.id).await.unwrap());
    let page = story.pages(1).await.remove(0);
    assert_eq!(page.status, "triggered");
    story.is_quiet().await;
    story.ends().await;
}

/// It was a mistake, and the pager could not be reached before that was said: nobody is woken.
#[tokio::test]
async fn what_is_dismissed_before_the_page_left_wakes_nobody() {
    let story = Story::begins().await;
    story.sandbox.faults().down(Vendor::PagerDuty);
    let channel = story.opens("ines", json!({ "summary": "Checkout is down" })).await;
    story.is_quiet_but_for(&["page_on_call"]).await;
    let answer = story.types("ines", &channel, "dismiss mistake").await;
    assert!(answer.contains("Dismissed"), "{answer}");
    story.sandbox.faults().clear();
    story.time_passes(mins(2)).await;
    story.brief_reads(&channel, "Dismissed").await;
    story.is_quiet().await;
    assert!(story.sandbox.read(|state| state.pager.incidents.is_empty()));
    let triggers = story.calls_of("enqueue").into_iter();
    let reached = triggers.filter(|call| call.args["event_action"] == "trigger");
    assert!(reached.map(|call| call.outcome).all(|outcome| outcome == "dropped"));
    story.ends().await;
}
