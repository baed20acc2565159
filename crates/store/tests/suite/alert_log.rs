//! Alerts as they were delivered: taken once, durable, and waiting until they are judged.

use jiff::Timestamp;
use sima_incident::AlertState;
use sima_store::{AlertDelivery, LoggedAlert, NewAlert, Store, Took};
use tokio::task::JoinSet;

use super::{Place, cast::at};

const NUMBERS: &str = "SELECT id FROM alert_log ORDER BY id";

/// A delivery through Alertmanager of alerts with these keys.
pub fn delivery(keys: &[&str]) -> AlertDelivery {
    AlertDelivery {
        integration: "alertmanager".into(),
        id: None,
        alerts: keys.iter().map(|key| firing(key)).collect(),
        now: at(0),
    }
}

fn named(id: &str, now: Timestamp) -> AlertDelivery {
    AlertDelivery { id: Some(id.into()), now, ..delivery(&["QueueStuck"]) }
}

fn firing(key: &str) -> NewAlert {
    NewAlert {
        source: "alertmanager".into(),
        key: key.into(),
        state: AlertState::Firing { since: at(-60) },
        alert: format!("{{\"key\":{key:?}}}"),
    }
}

async fn take(store: &Store, delivery: AlertDelivery) -> Took {
    store.take_alerts(delivery).await.unwrap()
}

async fn waiting(store: &Store) -> Vec<LoggedAlert> {
    store.waiting_alerts(1000).await.unwrap()
}

pub async fn what_was_taken_waits_and_outlives_a_restart(place: Place) {
    let store = place.open().await;
    let wakes = store.alerts_wake();
    assert_eq!(take(&store, delivery(&["a", "b"])).await, Took::Recorded(1..3));
    wakes.notified().await;
    let mut over = delivery(&["c"]);
    over.alerts[0].state = AlertState::Resolved { since: at(-5) };
    assert_eq!(take(&store, over).await, Took::Recorded(3..4));
    assert!(matches!(take(&store, delivery(&[])).await, Took::Recorded(none) if none.is_empty()));
    drop(store);

    let store = place.open().await;
    let found = waiting(&store).await;
    let keys: Vec<(i64, &str)> = found.iter().map(|one| (one.id, one.key.as_str())).collect();
    assert_eq!(keys, [(1, "a"), (2, "b"), (3, "c")]);
    let first = LoggedAlert {
        id: 1,
        integration: "alertmanager".into(),
        source: "alertmanager".into(),
        key: "a".into(),
        state: AlertState::Firing { since: at(-60) },
        received_at: at(0),
        alert: "{\"key\":\"a\"}".into(),
        judged: None,
    };
    assert_eq!(found[0], first);
    assert_eq!(found[2].state, AlertState::Resolved { since: at(-5) });
    assert_eq!(store.waiting_alerts(1).await.unwrap(), [first]);
    assert_eq!(store.alert_judged(1).await.unwrap(), None);
    assert_eq!(store.alert_judged(99).await.unwrap(), None);
}

/// However many of one integration wait, those of the others are not behind them.
pub async fn the_one_of_one_is_among_the_first_of_thousands(place: Place) {
    let store = place.open().await;
    let alert = |number: u32| NewAlert {
        source: "generic".into(),
        key: number.to_string(),
        state: AlertState::Firing { since: at(0) },
        alert: "{}".into(),
    };
    for (integration, count) in [("m", 2000), ("a", 1), ("z", 3), ("é b", 1)] {
        let alerts = (0..count).map(alert).collect();
        let delivery =
            AlertDelivery { integration: integration.into(), id: None, alerts, now: at(0) };
        let _ = store.take_alerts(delivery).await.unwrap();
    }
    let waiting = store.waiting_alerts(2).await.unwrap();
    let mut ids: Vec<i64> = waiting.iter().map(|alert| alert.id).collect();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 2001, 2002, 2003, 2005]);
    assert_eq!(store.waiting_alerts(10_000).await.unwrap().len(), 2005);
}

/// The sender did not hear our answer, or two of its replicas speak at once.
pub async fn the_same_delivery_again_adds_nothing(place: Place) {
    let store = place.open().await;
    assert_eq!(take(&store, named("one", at(0))).await, Took::Recorded(1..2));
    assert_eq!(take(&store, named("one", at(1))).await, Took::Before(1));
    drop(store);
    let (here, there) = (place.open().await, place.open().await);
    assert_eq!(take(&here, named("one", at(60))).await, Took::Before(1));

    let mut all = JoinSet::new();
    for n in 0..16 {
        let store = if n % 2 == 0 { here.clone() } else { there.clone() };
        all.spawn(async move { take(&store, named("two", at(2))).await });
    }
    let took = all.join_all().await;
    assert_eq!(took.iter().filter(|took| **took == Took::Before(2)).count(), 15, "{took:?}");

    // The same id through another integration is another delivery.
    let other = AlertDelivery { integration: "grafana".into(), ..named("one", at(3)) };
    assert_eq!(take(&here, other).await, Took::Recorded(3..4));
    assert_eq!(place.numbers(NUMBERS).await, [1, 2, 3]);
}

pub async fn a_delivery_is_forgotten_after_three_days(place: Place) {
    let store = place.open().await;
    assert_eq!(take(&store, named("one", at(0))).await, Took::Recorded(1..2));
    let hours = |hours: i64| at(hours * 3600);
    assert_eq!(take(&store, named("one", hours(71))).await, Took::Before(1));
    assert_eq!(take(&store, named("one", hours(73))).await, Took::Recorded(2..3));
    assert_eq!(take(&store, named("one", hours(74))).await, Took::Before(2));
}

pub async fn many_senders_leave_no_gap(place: Place) {
    let (here, there) = (place.open().await, place.open().await);
    let mut all = JoinSet::new();
    for n in 0..64 {
        let store = if n % 2 == 0 { here.clone() } else { there.clone() };
        all.spawn(async move { take(&store, delivery(&["x", "y", "z"])).await });
    }
    let mut numbers: Vec<i64> = Vec::new();
    for took in all.join_all().await {
        let Took::Recorded(range) = took else { panic!("{took:?}") };
        assert_eq!(range.end - range.start, 3);
        numbers.extend(range);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=192).collect::<Vec<_>>());
    assert_eq!(place.numbers(NUMBERS).await, numbers);
}

pub async fn the_log_is_read_in_pages(place: Place) {
    let store = place.open().await;
    for secs in 0..7 {
        let _ = take(&store, AlertDelivery { now: at(secs), ..delivery(&["a"]) }).await;
    }
    let ids = async |since, after| -> Vec<i64> {
        let page = store.alert_log(at(since), after, 2).await.unwrap();
        page.into_iter().map(|one| one.id).collect()
    };
    assert_eq!(ids(3, 0).await, [4, 5]);
    assert_eq!(ids(3, 5).await, [6, 7]);
    assert_eq!(ids(3, 7).await, [] as [i64; 0]);
    assert_eq!(ids(0, 0).await, [1, 2]);
}

/// Emoji, quotes, right to left, and what a monitor's bug may put in.
pub async fn any_alert_comes_back_as_it_was(place: Place) {
    let store = place.open().await;
    let document = r#"{"title":"🔥 \"quoted\" \\ back\u0000slash <!channel> البريد"}"#;
    let mut odd = delivery(&["odd"]);
    odd.alerts[0].alert = document.into();
    odd.alerts[0].key = "k\0'; DROP TABLE alert_log; --".into();
    odd.id = Some("a\0b".into());
    assert_eq!(take(&store, odd.clone()).await, Took::Recorded(1..2));
    assert_eq!(take(&store, odd).await, Took::Before(1));
    let found = waiting(&store).await;
    assert_eq!(found[0].alert, document);
    assert_eq!(found[0].key, "k\u{FFFD}'; DROP TABLE alert_log; --");
}
