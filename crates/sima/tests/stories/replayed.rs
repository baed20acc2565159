//! Deliveries that come twice, and those that could not be recorded: monitors send again what they
//! have no answer to, and strangers what they have seen.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::{
    alerting::queue_is_stuck,
    fuzzed::samples,
    hosts::Hosts,
    story::{Story, mins},
    vouched,
};

/// Whatever the source, what could not be recorded is asked for again, by the one status that all
/// who ever try again do.
#[tokio::test]
async fn what_could_not_be_recorded_is_asked_for_again_whatever_the_source() {
    let story = Story::begins().await;
    story.sima().desk().store().close().await;
    let mut asked_again = BTreeSet::new();
    for (source, sample) in samples() {
        let path = format!("/alerts/{source}/sandbox");
        let answered = story.sends("POST", &path, &[], sample).await;
        if answered.status == 503 {
            assert!(answered.body.contains("send it again"), "{source}: {answered:?}");
            asked_again.insert(source);
        } else {
            assert_eq!(answered.status, 200, "nothing to record of {source}: {answered:?}");
        }
    }
    let all: BTreeSet<String> = sima_alerts::sources().into_iter().map(str::to_owned).collect();
    assert_eq!(asked_again, all);
    story.sandbox.stop();
}

/// SNS tries again what was recorded, because the answer was lost; the message has its own id. It
/// is told so, and after an hour nobody can send it again at all.
#[tokio::test]
async fn a_message_of_sns_that_comes_twice_is_recorded_once() {
    let hosts = Hosts::begin();
    hosts.has_certificate();
    let story = vouched::begins(&hosts).await;
    let message = vouched::message(&story, "Notification", |_| {});
    assert_eq!(vouched::from_sns(&story, &message).await.status, 200);
    let again = vouched::from_sns(&story, &message).await;
    assert_eq!((again.status, again.body.trim()), (200, "this delivery was recorded before"));
    story
        .until("it is open", |state| {
            state.channels.iter().any(|one| one.name.starts_with("incident")).then_some(())
        })
        .await;
    story.is_quiet().await;
    story.time_passes(mins(61)).await;
    let replayed = vouched::from_sns(&story, &message).await;
    assert_eq!(replayed.status, 401, "{replayed:?}");
    assert_eq!(story.incident_channels().len(), 1);
    story.ends().await;
}

/// A sender may number its deliveries, and each sender has numbers of its own.
#[tokio::test]
async fn a_sender_may_number_its_deliveries() {
    let story = Story::begins().await;
    let began = story.now() - SignedDuration::from_mins(5);
    let alarm = queue_is_stuck(&began.to_string()).to_string();
    for (source, number, told) in [
        ("alertmanager", "1", "recorded"),
        ("alertmanager", "1", "recorded before"),
        ("alertmanager", "2", "recorded"),
        ("grafana", "1", "recorded"),
    ] {
        let path = format!("/alerts/{source}/sandbox");
        let headers = [("x-idempotency-key", number)];
        let answered = story.sends("POST", &path, &headers, alarm.clone()).await;
        assert_eq!(answered.status, 200, "{source} {number}: {answered:?}");
        assert!(answered.body.trim().ends_with(told), "{source} {number}: {answered:?}");
    }
    story.is_quiet().await;
    story.ends().await;
}
