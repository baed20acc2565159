//! Opening: defaults, numbers, and channel names that are nobody else's.

use std::collections::BTreeSet;

use sima_desk::{Desk, DeskError, Opened, Opening};
use sima_incident::{DomainKey, IncidentNumber, Refusal, Visibility};
use tokio::task::JoinSet;

use crate::stage::{Stage, delivery, ines};

#[tokio::test]
async fn what_is_not_said_is_as_configured() {
    let stage = Stage::begins().await;
    let incident = stage.opens("Queue is not draining").await;
    assert_eq!(incident.number, IncidentNumber(1));
    assert_eq!(incident.domain, DomainKey("email".into()));
    assert_eq!(incident.severity.level(), 2);
    assert_eq!(incident.channel_name, "incident_06_30_queue-is-not-draining");
}

#[tokio::test]
async fn the_same_words_give_channels_of_their_own() {
    let stage = Stage::begins().await;
    let (one, two, three) = tokio::join!(
        stage.opens("Queue is not draining"),
        stage.opens("Queue is not draining"),
        stage.opens("Queue is not draining"),
    );
    let mut names = [one.channel_name, two.channel_name, three.channel_name];
    names.sort();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    assert!(names.iter().all(|name| name.starts_with("incident_06_30_queue-is-not-draining")));
}

#[tokio::test]
async fn the_name_of_a_private_channel_tells_nothing() {
    let stage = Stage::begins().await;
    let opening =
        Opening { visibility: Visibility::Private, ..Opening::of("The laptop was stolen") };
    let opened = stage.desk.open(opening, &ines(), None).await.unwrap();
    let Opened::New(incident) = opened else { panic!("{opened:?}") };
    assert_eq!(incident.channel_name, "incident_06_30_private");
}

#[tokio::test]
async fn what_is_refused_uses_up_no_number() {
    let stage = Stage::begins().await;
    let nowhere =
        Opening { domain: Some(DomainKey("moon".into())), ..Opening::of("Dust everywhere") };
    for opening in [Opening::of("  "), nowhere] {
        let refused = stage.desk.open(opening, &ines(), None).await;
        let Err(DeskError::Refused(refusal)) = refused else { panic!("{refused:?}") };
        assert!(
            matches!(refusal, Refusal::SummaryMissing | Refusal::UnknownDomain { .. }),
            "{refusal}"
        );
    }
    assert!(stage.claims().await.is_empty(), "nothing follows");
    assert_eq!(stage.opens("Queue is not draining").await.number, IncidentNumber(1));
}

/// Two replicas are asked for the same eight times at once, and for seven others meanwhile: eight
/// incidents, numbered without a gap.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_too_late_uses_up_no_number() {
    let stage = Stage::begins().await;
    let desk = &stage.desk;
    let other = Desk::new(desk.store().clone(), desk.policy().clone(), desk.clock().clone());
    let mut crowd = JoinSet::new();
    for n in 0..8 {
        for (summary, id) in [("Queue is stuck".to_owned(), 0), (format!("Trouble {n}"), n)] {
            let desk = if (n + id) % 2 == 0 { desk.clone() } else { other.clone() };
            let delivery = delivery(&format!("view:V{id}"));
            crowd.spawn(async move {
                desk.open(Opening::of(summary), &ines(), Some(delivery)).await.unwrap()
            });
        }
    }
    let came = crowd.join_all().await;
    let new = came.iter().filter(|opened| matches!(opened, Opened::New(_))).count();
    assert_eq!((new, came.len()), (8, 16));
    let live = stage.desk.store().live_incidents().await.unwrap();
    let numbers: BTreeSet<u32> = live.iter().map(|incident| incident.number.0).collect();
    assert_eq!(numbers, (1..=8).collect());
}

#[tokio::test]
async fn a_request_that_comes_again_is_answered_with_what_came_of_it() {
    let stage = Stage::begins().await;
    let by = ines();
    let open = || {
        let opening = Opening::of("Queue is not draining");
        stage.desk.open(opening, &by, Some(delivery("view:V1")))
    };
    let first = open().await.unwrap();
    let again = open().await.unwrap();
    let (Opened::New(first), Opened::Before(again)) = (first, again) else {
        panic!("opened twice")
    };
    assert_eq!(first.id, again.id);
    assert_eq!(stage.desk.store().live_incidents().await.unwrap().len(), 1);
}
