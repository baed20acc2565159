//! The standing claim: what a commit makes due is taken with it, once and in order.

use jiff::SignedDuration;
use sima_incident::Effect;
use sima_store::{Bounds, Commit, Leased, Outcome, Settled, Settlement, StandingClaim, Store};

use super::{
    Place,
    cast::{at, claim, claim_one, nothing, opened, opening, plan, quiet, record, word},
};

/// A worker that takes up to `places` effects with the commits that make them due.
fn worker(store: &Store, places: u32) -> StandingClaim {
    let standing = store.claim_with_commits("w", SignedDuration::from_mins(1));
    standing.places().offer(places, Bounds::default());
    standing
}

async fn handed(standing: &mut StandingClaim) -> Vec<Leased> {
    standing.handed().await.expect("the store is open").effects
}

fn kinds(leased: &[Leased]) -> Vec<&'static str> {
    leased.iter().map(|leased| leased.effect.kind()).collect()
}

pub async fn what_a_commit_makes_due_is_taken_with_it(place: Place) {
    let store = place.open().await;
    let mut standing = worker(&store, 10);
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1), word(2), Effect::SetTopic]).await;
    let first = handed(&mut standing).await;
    assert_eq!(kinds(&first), ["post_notice", "set_topic"]);
    assert_eq!((first[0].attempts, first[0].unsure), (1, false));
    assert_eq!(claim(&store, "other", 1).await, []);

    // Its end frees the next in its lane, which goes out with the same commit.
    let settlement =
        Settlement { effect_id: first[0].id, owner: "w".into(), result: Settled::Done };
    record(&store, Commit { settles: Some(settlement), ..nothing(&incident, at(1)) }).await;
    let second = handed(&mut standing).await;
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].effect, word(2));
}

pub async fn no_more_is_taken_than_there_is_a_place_for(place: Place) {
    let store = place.open().await;
    let mut standing = worker(&store, 1);
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1), Effect::SetTopic, Effect::EditBrief]).await;
    assert_eq!(handed(&mut standing).await.len(), 1);
    assert_eq!(claim(&store, "w", 1).await.len(), 2);

    // The place is filled until another is offered, and what is not due yet waits for its time.
    standing.places().offer(5, Bounds::default());
    let other = quiet(&store, 2).await;
    plan(&store, &other, at(30), &[word(3)]).await;
    plan(&store, &other, at(0), &[Effect::SetTopic]).await;
    assert_eq!(kinds(&handed(&mut standing).await), ["set_topic"]);
    assert_eq!(claim_one(&store, "w", 31).await.effect, word(3));
}

pub async fn nothing_is_taken_with_what_is_not_recorded(place: Place) {
    let store = place.open().await;
    let incident = opened(&store, 1).await;
    let due = claim(&store, "w", 0).await.len();
    assert!(due > 0);
    let mut standing = worker(&store, 10);
    // The number is taken, so nothing of this commit stands.
    assert_eq!(store.record(opening(1)).await.unwrap(), Outcome::Stale);
    plan(&store, &incident, at(0), &[Effect::EditBrief]).await;
    assert_eq!(kinds(&handed(&mut standing).await), ["edit_brief"]);
}

pub async fn who_has_gone_takes_nothing_more(place: Place) {
    let store = place.open().await;
    let gone = worker(&store, 10);
    let mut standing = worker(&store, 10);
    // The place was taken over before: leaving it changes nothing.
    drop(gone);
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1)]).await;
    assert_eq!(handed(&mut standing).await[0].effect, word(1));
    drop(standing);
    plan(&store, &incident, at(0), &[Effect::SetTopic]).await;
    assert_eq!(claim_one(&store, "other", 1).await.effect, Effect::SetTopic);
}
