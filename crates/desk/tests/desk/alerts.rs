//! Alerts: one incident holds an alert, however many deliveries race for it.

use jiff::{SignedDuration, Timestamp};
use sima_desk::{AlertRequest, Opening, Received};
use sima_incident::{AlertEvidence, AlertState, Command, Dismissal};

use crate::stage::{Stage, malik};

#[tokio::test(flavor = "multi_thread")]
async fn of_many_deliveries_one_opens_and_the_others_belong_to_it() {
    let stage = Stage::begins().await;
    let mut deliveries = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let desk = stage.desk.clone();
        deliveries.spawn(async move { desk.receive_alert(firing(0)).await });
    }
    let (mut opened, mut attached) = (0, 0);
    while let Some(received) = deliveries.join_next().await {
        match received.expect("nobody panics").expect("it is recorded") {
            Received::Opened(_) => opened += 1,
            Received::Attached(_) => attached += 1,
            Received::Nothing => panic!("it fires"),
        }
    }
    assert_eq!((opened, attached), (1, 11));
    assert_eq!(stage.desk.store().live_incidents().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_resolved_before_anybody_heard_of_it_opens_nothing() {
    let stage = Stage::begins().await;
    let received = stage.desk.receive_alert(resolved(60)).await.unwrap();
    assert_eq!(received, Received::Nothing);
}

#[tokio::test]
async fn what_the_rules_only_record_opens_nothing() {
    let stage = Stage::begins().await;
    let only_evidence = AlertRequest { opening: None, ..firing(0) };
    let received = stage.desk.receive_alert(only_evidence).await.unwrap();
    assert_eq!(received, Received::Nothing);
}

/// Dismissed by people: the alarm that goes on is not news, the one that began since is.
#[tokio::test]
async fn a_dismissed_alarm_opens_again_only_when_it_began_anew() {
    let stage = Stage::begins().await;
    let Received::Opened(first) = stage.desk.receive_alert(firing(0)).await.unwrap() else {
        panic!("it fires")
    };
    let mistake = Command::Dismiss(Dismissal::FalsePositive);
    stage.desk.carry_out(first.id, mistake, &malik(), None).await.unwrap();
    let same = stage.desk.receive_alert(firing(0)).await.unwrap();
    let Received::Attached(same) = same else { panic!("{same:?}") };
    assert_eq!(same.id, first.id);
    let anew = stage.desk.receive_alert(firing(30)).await.unwrap();
    let Received::Opened(second) = anew else { panic!("{anew:?}") };
    assert_ne!(second.id, first.id);
}

fn firing(secs: i64) -> AlertRequest {
    request(AlertState::Firing { since: since(secs) })
}

fn resolved(secs: i64) -> AlertRequest {
    request(AlertState::Resolved { since: since(secs) })
}

fn request(state: AlertState) -> AlertRequest {
    AlertRequest {
        evidence: AlertEvidence {
            source: "alertmanager".into(),
            key: "QueueStuck".into(),
            title: "Queue is not draining".into(),
            state,
        },
        opening: Some(Opening::of("Queue is not draining")),
    }
}

/// So many seconds after a quarter to nine: monitors notice before people open.
fn since(secs: i64) -> Timestamp {
    Timestamp::from_second(1_656_578_700).expect("a time") + SignedDuration::from_secs(secs)
}
