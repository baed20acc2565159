//! Opening: defaults, numbers, and channel names that are nobody else's.

use sima_desk::{DeskError, Opened, Opening};
use sima_incident::{DomainKey, IncidentNumber, Refusal, Visibility};

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
