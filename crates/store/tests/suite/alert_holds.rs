//! What came of alerts: each is judged once, and belongs to whom one expects.

use sima_incident::{AlertState, Command, KnownAlert, Members, Severity};
use sima_store::{
    AlertHold, Commit, GroupHold, HeldAlert, HeldGroup, Judgement, Outcome, Store, Took,
};

use super::{
    Place,
    alert_log::delivery,
    cast::{alert, at, change, held_by, holder, id, nothing, opening, record},
};

/// Alerts with these keys are taken in; their numbers.
async fn taken(store: &Store, keys: &[&str]) -> Vec<i64> {
    let Took::Recorded(range) = store.take_alerts(delivery(keys)).await.unwrap() else {
        panic!("they are new")
    };
    range.collect()
}

fn judged(id: i64) -> Judgement {
    Judgement { id, outcome: "attached", why: None, group: Some("queues".into()) }
}

fn group(expects: Option<u32>) -> GroupHold {
    let expects = expects.map(id);
    GroupHold { integration: "alertmanager".into(), key: "queues".into(), expects }
}

fn over_since(secs: i64) -> KnownAlert {
    KnownAlert::of(AlertState::Resolved { since: at(secs) })
}

async fn grouped(store: &Store) -> Option<HeldGroup> {
    let found = store.alert_groups(&[("alertmanager", "queues"), ("grafana", "queues")]).await;
    found.unwrap().into_values().next()
}

pub async fn an_alert_is_judged_once(place: Place) {
    let (here, there) = (place.open().await, place.open().await);
    let ids = taken(&here, &["a", "b"]).await;
    let opens = Commit { judged: vec![judged(ids[0])], alerts: vec![alert(None)], ..opening(1) };
    record(&here, opens).await;
    let waiting = there.waiting_alerts(10).await.unwrap();
    assert_eq!(waiting.iter().map(|one| one.id).collect::<Vec<_>>(), [ids[1]]);
    let came = there.alert_judged(ids[0]).await.unwrap().unwrap();
    assert_eq!((came.outcome.as_str(), came.incident, came.at), ("attached", Some(id(1)), at(0)));
    assert_eq!(came.group.as_deref(), Some("queues"));

    // Another replica read it while it waited: all that it decided is void.
    let late = Commit { judged: vec![judged(ids[1]), judged(ids[0])], ..opening(2) };
    assert_eq!(there.record(late).await.unwrap(), Outcome::Judged);
    assert_eq!(there.incident(id(2)).await.unwrap(), None);
    assert_eq!(there.waiting_alerts(10).await.unwrap().len(), 1);

    // Two in one batch: one of them.
    let again = |number| Commit { judged: vec![judged(ids[1])], ..opening(number) };
    let (one, two) = tokio::join!(here.record(again(3)), here.record(again(4)));
    let mut outcomes = [one.unwrap(), two.unwrap()];
    outcomes.sort_by_key(|outcome| *outcome == Outcome::Judged);
    assert_eq!(outcomes, [Outcome::Recorded, Outcome::Judged]);
    assert_eq!(here.waiting_alerts(10).await.unwrap(), []);

    // The log keeps all of them, with what came of each.
    let log = here.alert_log(at(-1), 0, 10).await.unwrap();
    assert!(log.len() == 2 && log.iter().all(|one| one.judged.is_some()), "{log:?}");
}

/// Nothing comes of it for any incident; it is judged all the same, and not twice.
pub async fn what_changes_no_incident_is_judged_too(place: Place) {
    let store = place.open().await;
    let ids = taken(&store, &["a", "b"]).await;
    let ignored =
        |id| Judgement { id, outcome: "ignored", why: Some("rule 1".into()), group: None };
    store.judge_alerts(&[(ignored(ids[0]), None)], &[], &[], at(1)).await.unwrap();
    let later = Judgement { outcome: "nothing", ..ignored(ids[0]) };
    store.judge_alerts(&[(later, None), (ignored(ids[1]), None)], &[], &[], at(2)).await.unwrap();
    let came = store.alert_judged(ids[0]).await.unwrap().unwrap();
    assert_eq!((came.outcome.as_str(), came.why.as_deref()), ("ignored", Some("rule 1")));
    assert_eq!((came.at, came.incident), (at(1), None));
    assert_eq!(store.waiting_alerts(10).await.unwrap(), []);
}

/// It was over before anybody heard that it fires: who hears of the fire then knows.
pub async fn an_alert_may_be_over_before_any_incident_holds_it(place: Place) {
    let store = place.open().await;
    let ids = taken(&store, &["a", "b", "c"]).await;
    let nothing_came = |id| Judgement { id, outcome: "nothing", why: None, group: None };
    let over = |secs| AlertHold { known: over_since(secs), ..alert(None) };
    store.judge_alerts(&[(nothing_came(ids[0]), None)], &[over(30)], &[], at(40)).await.unwrap();
    let known = async || -> Option<HeldAlert> {
        let held = store.alerts_held(&[("alertmanager", "QueueNotDraining")]).await.unwrap();
        held.into_values().next()
    };
    let first = HeldAlert { incident: None, known: over_since(30) };
    assert_eq!(known().await, Some(first.clone()));
    // What comes late does not turn it back, and whoever knew nothing decides again.
    store.judge_alerts(&[(nothing_came(ids[1]), None)], &[over(10)], &[], at(41)).await.unwrap();
    assert_eq!(known().await, Some(first.clone()));
    let unaware = Commit { alerts: vec![alert(None)], ..opening(1) };
    assert_eq!(store.record(unaware).await.unwrap(), Outcome::Held(None));

    let aware = AlertHold { expects: Some(first), ..alert(None) };
    record(&store, Commit { alerts: vec![aware], ..opening(1) }).await;
    assert_eq!(holder(&store).await, Some(id(1)));
    // Over again, when its incident is over: it stays with it.
    store.judge_alerts(&[(nothing_came(ids[2]), None)], &[over(90)], &[], at(99)).await.unwrap();
    assert_eq!(known().await, Some(HeldAlert { incident: Some(id(1)), known: over_since(90) }));
}

/// How bad it was and who its members are is read back as it was, and is part of what one expects.
pub async fn what_is_known_of_an_alert_is_kept(place: Place) {
    let store = place.open().await;
    let member = |mark: &str, secs| (mark.to_owned(), AlertState::Firing { since: at(secs) });
    let members = Members::listed([member("a", -60), member("b", -30)], 7);
    let known = KnownAlert { severity: Severity::new(3), members, ..alert(None).known };
    let hold = AlertHold { known: known.clone(), ..alert(None) };
    record(&store, Commit { alerts: vec![hold], ..opening(1) }).await;
    let held = store.alerts_held(&[("alertmanager", "QueueNotDraining")]).await.unwrap();
    let held = held.into_values().next().unwrap();
    assert_eq!(held, HeldAlert { incident: Some(id(1)), known: known.clone() });

    let unaware = Commit { alerts: vec![alert(Some(id(1)))], ..opening(2) };
    assert_eq!(store.record(unaware).await.unwrap(), Outcome::Held(Some(id(1))));
    let worse = KnownAlert { severity: Severity::new(1), ..known };
    let aware = AlertHold { known: worse.clone(), expects: Some(held), ..alert(None) };
    record(&store, Commit { alerts: vec![aware], ..opening(2) }).await;
    let held = store.alerts_held(&[("alertmanager", "QueueNotDraining")]).await.unwrap();
    assert_eq!(held.into_values().next().unwrap().known, worse);
}

pub async fn many_alerts_are_held_by_one_commit(place: Place) {
    let store = place.open().await;
    let storm: Vec<AlertHold> =
        (0..300).map(|n| AlertHold { key: format!("k{n}"), ..alert(None) }).collect();
    record(&store, Commit { alerts: storm.clone(), ..opening(1) }).await;
    assert_eq!(held_by(&store, "k299").await, Some(id(1)));
    let unaware = Commit { alerts: storm[7..8].to_vec(), ..opening(2) };
    assert_eq!(store.record(unaware).await.unwrap(), Outcome::Held(Some(id(1))));
}

pub async fn a_group_is_taken_in_by_one_incident(place: Place) {
    let store = place.open().await;
    record(&store, Commit { groups: vec![group(None)], ..opening(1) }).await;
    let openings = async |secs| store.openings_by_alerts("alertmanager", at(secs)).await.unwrap();
    assert_eq!((openings(-1).await, openings(0).await), (1, 0));
    let unaware = Commit { groups: vec![group(None)], ..opening(2) };
    assert_eq!(store.record(unaware).await.unwrap(), Outcome::Held(Some(id(1))));

    // Taking more in is no opening.
    let one = opening(1).incident;
    let more = change(&one, Command::Acknowledge, at(60));
    record(&store, Commit { groups: vec![group(Some(1))], ..more }).await;
    assert_eq!(grouped(&store).await, Some(HeldGroup { incident: id(1), seen_at: at(60) }));
    assert_eq!(openings(30).await, 0);

    // The first is over; the next takes the group over.
    let next = Commit { groups: vec![group(Some(1))], now: at(90), ..opening(2) };
    record(&store, next).await;
    assert_eq!(grouped(&store).await, Some(HeldGroup { incident: id(2), seen_at: at(90) }));
    assert_eq!(openings(30).await, 1);
    let late = Commit { groups: vec![group(Some(1))], ..nothing(&one, at(91)) };
    assert_eq!(store.record(late).await.unwrap(), Outcome::Held(Some(id(2))));
}

/// What is judged is kept for as long as was asked, and goes bite by bite; what waits never goes.
pub async fn what_was_kept_long_enough_is_forgotten(place: Place) {
    let store = place.open().await;
    let ids = taken(&store, &["a", "b", "c", "d", "e"]).await;
    let ignored =
        |id: &i64| (Judgement { id: *id, outcome: "ignored", why: None, group: None }, None);
    let four: Vec<_> = ids[..4].iter().map(ignored).collect();
    let over = AlertHold { known: over_since(0), ..alert(None) };
    store.judge_alerts(&four, &[over], &[], at(1)).await.unwrap();
    let kept = async || store.alert_log(at(-1), 0, 10).await.unwrap().len();

    assert_eq!(store.forget_alerts(at(0), at(9), 3).await.unwrap(), 0);
    assert_eq!(kept().await, 5);
    assert_eq!(store.forget_alerts(at(5), at(9), 3).await.unwrap(), 3);
    assert_eq!(kept().await, 2);
    assert_eq!(store.forget_alerts(at(5), at(9), 3).await.unwrap(), 1);
    assert_eq!(store.waiting_alerts(10).await.unwrap().len(), 1);
    assert_eq!(kept().await, 1);
    let known = store.alerts_held(&[("alertmanager", "QueueNotDraining")]).await.unwrap();
    assert!(known.is_empty(), "{known:?}");
}
