//! Who is at work: what the dead held is taken over at once, what the living hold never.

use sima_incident::Effect;

use super::{
    Place,
    cast::{at, claim, claim_one, plan, quiet, word},
};

pub async fn who_comes_alone_takes_over_from_the_dead(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    let mut presence = store.presence();
    presence.confirm(at(2)).await.unwrap();
    plan(&store, &incident, at(0), &[word(1), Effect::SetTopic]).await;
    assert_eq!(claim(&store, "dead", 1).await.len(), 2);
    // It dies: nothing is given back, but the lock goes with the process.
    presence.leave().await;

    let next = place.open().await;
    let mut presence = next.presence();
    presence.confirm(at(4)).await.unwrap();
    // What was on its way gets a moment to arrive.
    assert_eq!(claim(&next, "next", 3).await, []);
    assert_eq!(next.next_due().await.unwrap(), Some(at(4)));
    let taken = claim(&next, "next", 4).await;
    assert_eq!(taken.len(), 2);
    assert!(taken.iter().all(|leased| leased.unsure), "it may have been done: {taken:?}");

    // To confirm it again frees nothing: these are its own.
    presence.confirm(at(5)).await.unwrap();
    assert_eq!(claim(&next, "next", 6).await, []);
    presence.leave().await;
}

pub async fn nobody_takes_from_the_living(place: Place) {
    let (here, there) = (place.open().await, place.open().await);
    let incident = quiet(&here, 1).await;
    let mut first = here.presence();
    first.confirm(at(0)).await.unwrap();
    plan(&here, &incident, at(0), &[word(1)]).await;
    claim_one(&here, "here", 1).await;

    let mut second = there.presence();
    second.confirm(at(2)).await.unwrap();
    assert_eq!(claim(&there, "there", 3).await, []);

    // One of two died: the other is at work, and nobody can tell whose lease it is.
    first.leave().await;
    let third_store = place.open().await;
    let mut third = third_store.presence();
    third.confirm(at(4)).await.unwrap();
    assert_eq!(claim(&third_store, "third", 5).await, []);
    assert!(claim_one(&third_store, "third", 90).await.unsure, "the lease has run out");
    second.leave().await;
    third.leave().await;
}
