//! Settling: receipts come back as commands, and a lease that was lost changes nothing.

use jiff::SignedDuration;
use sima_incident::{ChannelRef, Command, Event, PersonId, Receipt, Stage as Life};
use sima_store::{Leased, OutboxView};

use crate::stage::{Stage, delivery, malik};

#[tokio::test]
async fn the_receipt_of_the_channel_brings_forth_what_waited_for_it() {
    let stage = Stage::begins().await;
    let incident = stage.opens("Queue is not draining").await;
    let channel = taken(&stage, "open_channel").await;
    stage.desk.note_receipt(&channel, made(), None).await.unwrap();
    let known = stage.desk.store().incident(incident.id).await.unwrap().unwrap();
    assert_eq!(known.channel.unwrap().id, "C1");
    let due: Vec<&str> = stage.claims().await.iter().map(|leased| leased.effect.kind()).collect();
    for kind in ["post_brief", "page_on_call", "invite", "post_broadcast", "set_topic"] {
        assert!(due.contains(&kind), "{kind} is not among {due:?}");
    }
}

#[tokio::test]
async fn a_receipt_after_the_lease_was_lost_changes_nothing() {
    let stage = Stage::begins().await;
    let incident = stage.opens("Queue is not draining").await;
    let channel = taken(&stage, "open_channel").await;
    stage.desk.note_receipt(&channel, made(), None).await.unwrap();
    let before = stage.events(incident.id).await.len();
    stage.desk.note_receipt(&channel, made(), None).await.unwrap();
    stage.desk.note_given_up(&channel, "too late").await.unwrap();
    assert_eq!(stage.events(incident.id).await.len(), before);
}

#[tokio::test]
async fn what_is_given_up_is_recorded_for_people_to_see() {
    let stage = Stage::begins().await;
    let incident = stage.opens("Queue is not draining").await;
    let channel = taken(&stage, "open_channel").await;
    stage.desk.note_given_up(&channel, "the workspace does not let us").await.unwrap();
    let known = stage.desk.store().incident(incident.id).await.unwrap().unwrap();
    assert_eq!(known.troubles.len(), 1);
    let rows = stage.desk.store().outbox(OutboxView::GivenUp, 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].last_setback.as_deref(), Some("the workspace does not let us"));
}

/// Somebody skipped the wait in the moment its end was due.
#[tokio::test]
async fn a_window_that_was_skipped_ends_once() {
    let stage = Stage::begins().await;
    let incident = stage.opens("Queue is not draining").await;
    let recover = Command::Recover { at: None };
    stage.desk.carry_out(incident.id, recover, &malik(), None).await.unwrap();
    stage.desk.clock().advance(SignedDuration::from_mins(15));
    let window = taken(&stage, "end_stability_window").await;
    stage.desk.carry_out(incident.id, stage.desk.settling(), &malik(), None).await.unwrap();
    stage.desk.come_due(&window).await.unwrap();
    let known = stage.desk.store().incident(incident.id).await.unwrap().unwrap();
    assert!(matches!(known.stage, Life::Recovered { settled: true, .. }), "{:?}", known.stage);
    let events = stage.events(incident.id).await;
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Settled { .. })).count(), 1);
}

#[tokio::test]
async fn only_joining_an_incidents_channel_is_noted() {
    let stage = Stage::begins().await;
    let incident = stage.opens("Queue is not draining").await;
    let channel = taken(&stage, "open_channel").await;
    stage.desk.note_receipt(&channel, made(), None).await.unwrap();
    let nour = PersonId("UNOUR".into());
    let elsewhere = stage.desk.person_joined("C9", nour.clone(), false, delivery("event:1")).await;
    assert_eq!(elsewhere.unwrap(), None);
    for _ in 0..2 {
        let here = stage.desk.person_joined("C1", nour.clone(), true, delivery("event:2")).await;
        assert_eq!(here.unwrap().expect("it is its channel").id, incident.id);
    }
    let events = stage.events(incident.id).await;
    let joined = Event::PersonJoined { person: nour, invited: true };
    assert_eq!(events.iter().filter(|event| **event == joined).count(), 1);
}

/// The effect of that kind, taken by the worker.
async fn taken(stage: &Stage, kind: &str) -> Leased {
    let claimed = stage.claims().await;
    claimed.into_iter().find(|leased| leased.effect.kind() == kind).expect("it is due")
}

fn made() -> Receipt {
    Receipt::Channel(ChannelRef { id: "C1".into(), name: "incident_06_30_queue".into() })
}
