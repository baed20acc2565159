//! What the store promises about who has seen what.

use sima_incident::PersonId;
use sima_store::Look;

use super::{Place, cast, cast::at};

/// Two answers to one person are remembered in any order; the later is what they have seen.
pub async fn the_later_of_two_looks_counts(place: Place) {
    let store = place.open().await;
    let first = cast::opened(&store, 1).await.id;
    let second = cast::opened(&store, 2).await.id;
    let (nour, theo) = (PersonId("UNOUR".into()), PersonId("UTHEO".into()));
    assert_eq!(store.last_look(first, &nour).await.unwrap(), None);
    let look = |version, seconds| Look { version, at: at(seconds) };
    for (looked, expected) in [
        (look(3, 10), look(3, 10)),
        (look(5, 20), look(5, 20)),
        (look(4, 30), look(5, 20)),
        (look(5, 40), look(5, 40)),
        (look(5, 15), look(5, 40)),
    ] {
        store.remember_look(first, &nour, looked).await.unwrap();
        assert_eq!(store.last_look(first, &nour).await.unwrap(), Some(expected));
    }
    assert_eq!(store.last_look(first, &theo).await.unwrap(), None, "each for themselves");
    assert_eq!(store.last_look(second, &nour).await.unwrap(), None, "and of each incident");
}
