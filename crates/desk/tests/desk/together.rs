//! Many at once: everybody decides from the truth, whoever was faster.

use sima_desk::DeskError;
use sima_incident::{Command, Event, PersonId, Refusal, Role, StageName};
use tokio::task::JoinSet;

use crate::stage::{Stage, delivery, malik};

/// More people than anybody retries for at once.
const CROWD: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_who_acknowledge_is_the_first() {
    let stage = Stage::begins().await;
    let incident = stage.opens("Queue is not draining").await;
    let mut crowd = JoinSet::new();
    for _ in 0..CROWD {
        let desk = stage.desk.clone();
        crowd.spawn(async move {
            desk.carry_out(incident.id, Command::Acknowledge, &malik(), None).await
        });
    }
    let mut first = 0;
    while let Some(done) = crowd.join_next().await {
        match done.expect("nobody panics") {
            Ok(_) => first += 1,
            Err(DeskError::Refused(refusal)) => {
                assert_eq!(refusal, Refusal::AlreadyThere(StageName::Investigating));
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(first, 1);
    let events = stage.events(incident.id).await;
    assert_eq!(events.iter().filter(|event| **event == Event::Acknowledged).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_do_side_by_side_is_all_recorded_in_order() {
    let stage = Stage::begins().await;
    let incident = stage.opens("Queue is not draining").await;
    let mut crowd = JoinSet::new();
    for number in 0..CROWD {
        let desk = stage.desk.clone();
        crowd.spawn(async move {
            let command = Command::PostUpdate { text: format!("Note {number}"), next_due: None };
            desk.carry_out(incident.id, command, &malik(), None).await
        });
    }
    while let Some(done) = crowd.join_next().await {
        done.expect("nobody panics").expect("nobody is refused");
    }
    let recorded = stage.desk.store().events(incident.id).await.unwrap();
    assert_eq!(recorded.len(), CROWD + 1);
    let versions: Vec<u32> = recorded.iter().map(|recorded| recorded.version).collect();
    assert_eq!(versions, (0..=CROWD as u32).collect::<Vec<_>>(), "no gap and none twice");
    let stored = stage.desk.store().incident(incident.id).await.unwrap().unwrap();
    let replayed = sima_incident::Incident::replay(None, &recorded).unwrap();
    assert_eq!(stored, replayed, "the state is what its events make it");
}

#[tokio::test]
async fn a_delivery_that_comes_again_changes_nothing() {
    let stage = Stage::begins().await;
    let incident = stage.opens("Queue is not draining").await;
    let nour = PersonId("UNOUR".into());
    let command = Command::GiveRole { role: Role::IncidentManager, to: nour };
    let press = || {
        let by = malik();
        let command = command.clone();
        let desk = stage.desk.clone();
        async move { desk.carry_out(incident.id, command, &by, Some(delivery("trigger:T1"))).await }
    };
    let first = press().await.expect("nobody holds the role");
    let again = press().await;
    match again {
        Ok(after) => assert_eq!(after, first),
        Err(DeskError::Refused(refusal)) => panic!("a repetition was refused: {refusal}"),
        Err(other) => panic!("{other}"),
    }
    assert_eq!(stage.events(incident.id).await.len(), 2);
}
