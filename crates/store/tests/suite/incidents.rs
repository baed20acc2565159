//! Finding and listing incidents and people.

use sima_incident::{ChannelRef, Command, Dismissal, IncidentNumber, PersonId, Receipt};
use sima_store::{Outcome, Page, Person};

use super::{
    Place,
    cast::{at, change, held_by, id, opened, opening, record},
};

pub async fn they_are_found_by_all_their_names(place: Place) {
    let store = place.open().await;
    opened(&store, 1).await;
    let two = opened(&store, 2).await;
    let channel = ChannelRef { id: "C2".into(), name: two.channel_name.clone() };
    let two = record(&store, change(&two, Command::Note(Receipt::Channel(channel)), at(1))).await;

    assert_eq!(store.incident(two.id).await.unwrap().as_ref(), Some(&two));
    assert_eq!(store.incident_numbered(IncidentNumber(2)).await.unwrap().as_ref(), Some(&two));
    assert_eq!(store.incident_in_channel("C2").await.unwrap().as_ref(), Some(&two));
    assert!(store.channel_name_taken(&two.channel_name).await.unwrap());

    assert_eq!(store.incident(id(3)).await.unwrap(), None);
    assert_eq!(store.incident_numbered(IncidentNumber(3)).await.unwrap(), None);
    assert_eq!(store.incident_in_channel("C1").await.unwrap(), None);
    assert!(!store.channel_name_taken("general").await.unwrap());
    assert_eq!(store.events(id(3)).await.unwrap(), []);
    assert_eq!(held_by(&store, "unheard of").await, None);
}

pub async fn lists_are_newest_first_and_in_pages(place: Place) {
    let store = place.open().await;
    let mut incidents = Vec::new();
    for number in 1..=5 {
        incidents.push(opened(&store, number).await);
    }
    record(&store, change(&incidents[1], Command::Recover { at: None }, at(60))).await;
    record(&store, change(&incidents[3], Command::Dismiss(Dismissal::Mistake), at(60))).await;
    record(&store, change(&incidents[4], Command::Mitigate, at(60))).await;

    let live = store.live_incidents().await.unwrap();
    let numbers = |list: &[sima_incident::Incident]| -> Vec<u32> {
        list.iter().map(|incident| incident.number.0).collect()
    };
    assert_eq!(numbers(&live), [5, 3, 1]);

    let first = store.incidents(Page { limit: 2, before: None }).await.unwrap();
    assert_eq!(numbers(&first), [5, 4]);
    let before = first.last().map(|incident| incident.number);
    let second = store.incidents(Page { limit: 2, before }).await.unwrap();
    assert_eq!(numbers(&second), [3, 2]);
    let before = second.last().map(|incident| incident.number);
    let third = store.incidents(Page { limit: 2, before }).await.unwrap();
    assert_eq!(numbers(&third), [1]);
}

/// More than are read at once, on a boundary and beyond it.
pub async fn every_one_is_shown_once_however_many(place: Place) {
    let store = place.open().await;
    let shown = async || {
        let mut numbers = Vec::new();
        store.for_each_incident(|incident| numbers.push(incident.number.0)).await.unwrap();
        numbers
    };
    assert_eq!(shown().await, Vec::<u32>::new());
    let open_all = async |numbers: std::ops::RangeInclusive<u32>| {
        let mut all = tokio::task::JoinSet::new();
        for number in numbers {
            let store = store.clone();
            all.spawn(async move { store.record(opening(number)).await.unwrap() });
        }
        all.join_all().await;
    };
    open_all(1..=256).await;
    assert_eq!(shown().await, (1..=256).collect::<Vec<_>>());
    open_all(257..=300).await;
    assert_eq!(shown().await, (1..=300).collect::<Vec<_>>());
}

pub async fn people_are_remembered_as_last_seen(place: Place) {
    let store = place.open().await;
    let nour = Person {
        id: PersonId("UNOUR".into()),
        name: "Nour".into(),
        time_zone: Some("Europe/Paris".into()),
        is_bot: false,
        deactivated: false,
    };
    let bot = Person {
        id: PersonId("UBOT".into()),
        name: "Bot".into(),
        time_zone: None,
        is_bot: true,
        deactivated: false,
    };
    store.remember_people(&[]).await.unwrap();
    store.remember_people(&[nour.clone(), bot.clone()]).await.unwrap();
    assert_eq!(store.person(&nour.id).await.unwrap(), Some(nour.clone()));

    let gone = Person { deactivated: true, time_zone: None, ..nour.clone() };
    store.remember_people(&[nour, gone.clone()]).await.unwrap();
    let asked = [gone.id.clone(), bot.id.clone(), PersonId("UNOBODY".into())];
    assert_eq!(store.people(&asked).await.unwrap(), [bot, gone]);
    assert_eq!(store.person(&asked[2]).await.unwrap(), None);
    assert_eq!(store.people(&[]).await.unwrap(), []);
}

pub async fn when_people_last_wrote_is_known(place: Place) {
    let store = place.open().await;
    assert_eq!(store.record(opening(1)).await.unwrap(), Outcome::Recorded);
    assert_eq!(store.talked_at(id(1)).await.unwrap(), None);
    store.note_talk(id(1), at(100)).await.unwrap();
    store.note_talk(id(1), at(40)).await.unwrap();
    assert_eq!(store.talked_at(id(1)).await.unwrap(), Some(at(100)), "told late, it was earlier");
    store.note_talk(id(1), at(160)).await.unwrap();
    assert_eq!(store.talked_at(id(1)).await.unwrap(), Some(at(160)));
}
