//! Recording: each commit wholly or not at all, in an order, for ever.

use std::collections::BTreeSet;

use sima_incident::{ChannelRef, Command, Effect, Incident, IncidentNumber, Planned, Recorded};
use sima_store::{Commit, OutboxView, Outcome, Store, StoreError};
use tokio::task::JoinSet;

use super::{
    Place,
    cast::{
        alert, at, change, delivery, held_by, holder, id, nothing, opened, opening, opening_as,
        quiet, record, word,
    },
};

const POSITIONS: &str = "SELECT position FROM events ORDER BY position";

/// Records all of these at once and gives the outcomes in the order they came.
async fn at_once(commits: impl IntoIterator<Item = (Store, Commit)>) -> Vec<Outcome> {
    let mut all = JoinSet::new();
    for (store, commit) in commits {
        all.spawn(async move { store.record(commit).await.unwrap() });
    }
    all.join_all().await
}

fn count(outcomes: &[Outcome], one: &Outcome) -> usize {
    outcomes.iter().filter(|outcome| *outcome == one).count()
}

pub async fn an_incident_reads_back_as_its_events_replay(place: Place) {
    let store = place.open().await;
    let mut incident = opened(&store, 1).await;
    let mut events = opening(1).events;
    for (secs, command) in [
        (30, Command::Acknowledge),
        (60, Command::PostUpdate { text: "Rolling back.".into(), next_due: Some(at(900)) }),
        (90, Command::Mitigate),
        (120, Command::Recover { at: Some(at(100)) }),
        (150, Command::Reopen { reason: "It is back.".into() }),
    ] {
        let commit = change(&incident, command, at(secs));
        events.extend(commit.events.clone());
        incident = record(&store, commit).await;
    }
    let read = store.events(incident.id).await.unwrap();
    assert_eq!(read, events);
    assert_eq!(Incident::replay(None, &read).as_ref(), Some(&incident));
    assert_eq!(store.incident(incident.id).await.unwrap().as_ref(), Some(&incident));

    store.close().await;
    let store = place.open().await;
    assert_eq!(store.incident(incident.id).await.unwrap().as_ref(), Some(&incident));
    assert_eq!(store.events(incident.id).await.unwrap(), events);
}

/// Malik and Nour press buttons at the same moment.
pub async fn a_stale_commit_leaves_nothing(place: Place) {
    let store = place.open().await;
    let before = quiet(&store, 1).await;
    let after = record(
        &store,
        Commit { planned: Vec::new(), ..change(&before, Command::Acknowledge, at(1)) },
    )
    .await;

    let late = Commit {
        delivery: Some(delivery("late")),
        alerts: vec![alert(None)],
        planned: vec![Planned { effect: word(1), due_at: at(1) }],
        ..change(&before, Command::Mitigate, at(1))
    };
    assert_eq!(store.record(late).await.unwrap(), Outcome::Stale);
    assert_eq!(store.incident(id(1)).await.unwrap(), Some(after.clone()));
    assert_eq!(store.events(id(1)).await.unwrap().len(), 2);
    assert_eq!(store.outbox(OutboxView::All, 10).await.unwrap(), []);
    assert_eq!(holder(&store).await, None);

    // Decided again, by the same delivery, it is recorded.
    let again =
        Commit { delivery: Some(delivery("late")), ..change(&after, Command::Mitigate, at(2)) };
    record(&store, again).await;

    // An incident cannot be opened twice, nor changed before it is there.
    assert_eq!(store.record(opening(1)).await.unwrap(), Outcome::Stale);
    let elsewhere = change(&opening(2).incident, Command::Acknowledge, at(3));
    assert_eq!(store.record(elsewhere).await.unwrap(), Outcome::Stale);
    assert_eq!(store.record(nothing(&opening(2).incident, at(3))).await.unwrap(), Outcome::Stale);
}

/// A worker that has only "done" to tell does not care who edited the incident meanwhile.
pub async fn a_commit_without_events_is_never_stale(place: Place) {
    let store = place.open().await;
    let before = quiet(&store, 1).await;
    let after = record(&store, change(&before, Command::Acknowledge, at(1))).await;
    let commit = Commit { delivery: Some(delivery("old")), ..nothing(&before, at(2)) };
    assert_eq!(store.record(commit).await.unwrap(), Outcome::Recorded);
    assert_eq!(store.incident(id(1)).await.unwrap(), Some(after));
}

pub async fn a_contradiction_is_refused(place: Place) {
    let store = place.open().await;
    let mut gap = opening(1);
    gap.events.push(Recorded { version: 5, ..gap.events[0].clone() });
    let mut ahead = opening(2);
    ahead.incident.version = 7;
    let mut another = opening(3);
    another.incident.id = id(4);
    let mut headless = change(&opening(5).incident, Command::Acknowledge, at(1));
    headless.events[0].version = 0;
    headless.incident.version = 1;
    for commit in [gap, ahead, another, headless] {
        let answer = store.record(commit).await;
        assert!(matches!(answer, Err(StoreError::Contradiction(_))), "{answer:?}");
    }
    assert_eq!(store.live_incidents().await.unwrap(), []);
}

/// Slack did not hear our answer and sends the form again, after a restart.
pub async fn a_delivery_is_remembered_over_a_restart(place: Place) {
    let store = place.open().await;
    record(&store, Commit { delivery: Some(delivery("form 1")), ..opening(1) }).await;
    let again = Commit { delivery: Some(delivery("form 1")), ..opening(2) };
    assert_eq!(store.record(again.clone()).await.unwrap(), Outcome::Repeated(id(1)));
    store.close().await;

    let store = place.open().await;
    assert_eq!(store.delivered(&delivery("form 1")).await.unwrap(), Some(id(1)));
    assert_eq!(store.delivered(&delivery("form 2")).await.unwrap(), None);
    assert_eq!(store.record(again).await.unwrap(), Outcome::Repeated(id(1)));
    assert_eq!(store.incident(id(2)).await.unwrap(), None);
    // The same id through another door is another delivery.
    let mut other_door = Commit { delivery: Some(delivery("form 1")), ..opening(3) };
    other_door.delivery.as_mut().unwrap().door = "alertmanager".into();
    record(&store, other_door).await;

    // Both at once: one is recorded, the others are told of it.
    let repeats =
        (10..20).map(|number| Commit { delivery: Some(delivery("form 2")), ..opening(number) });
    let outcomes = at_once(repeats.map(|commit| (store.clone(), commit))).await;
    assert_eq!(count(&outcomes, &Outcome::Recorded), 1);
    let holder = store
        .live_incidents()
        .await
        .unwrap()
        .into_iter()
        .find(|incident| incident.number.0 >= 10)
        .unwrap();
    assert_eq!(count(&outcomes, &Outcome::Repeated(holder.id)), 9);
}

pub async fn an_alert_is_taken_only_from_whom_one_expects(place: Place) {
    let store = place.open().await;
    record(&store, Commit { alerts: vec![alert(None)], ..opening(1) }).await;
    assert_eq!(holder(&store).await, Some(id(1)));

    let unaware = Commit { alerts: vec![alert(None)], ..opening(2) };
    assert_eq!(store.record(unaware).await.unwrap(), Outcome::Held(Some(id(1))));
    assert_eq!(store.incident(id(2)).await.unwrap(), None);
    assert_eq!(holder(&store).await, Some(id(1)));

    // The first is over; the next takes the alert from it.
    record(&store, Commit { alerts: vec![alert(Some(id(1)))], ..opening(3) }).await;
    assert_eq!(holder(&store).await, Some(id(3)));
    let late = Commit { alerts: vec![alert(Some(id(1)))], ..opening(4) };
    assert_eq!(store.record(late).await.unwrap(), Outcome::Held(Some(id(3))));

    // Its holder may repeat it, and one that nobody holds cannot be taken from somebody.
    let three = opening(3).incident;
    record(&store, Commit { alerts: vec![alert(Some(id(3)))], ..nothing(&three, at(9)) }).await;
    let mut unheard = Commit { alerts: vec![alert(Some(id(3)))], ..opening(5) };
    unheard.alerts[0].key = "another".into();
    assert_eq!(store.record(unheard).await.unwrap(), Outcome::Held(None));
}

pub async fn a_storm_of_one_alert_opens_one_incident(place: Place) {
    let (here, there) = (place.open().await, place.open().await);
    let storm = (1..=32).map(|number| {
        let store = if number % 2 == 0 { &here } else { &there };
        (store.clone(), Commit { alerts: vec![alert(None)], ..opening(number) })
    });
    let outcomes = at_once(storm).await;
    let live = here.live_incidents().await.unwrap();
    assert_eq!(live.len(), 1, "{live:?}");
    assert_eq!(count(&outcomes, &Outcome::Recorded), 1);
    assert_eq!(count(&outcomes, &Outcome::Held(Some(live[0].id))), 31);
}

pub async fn sixty_four_recorders_at_once(place: Place) {
    let store = place.open().await;
    let outcomes = at_once((1..=64).map(|number| (store.clone(), opening(number)))).await;
    assert_eq!(count(&outcomes, &Outcome::Recorded), 64);
    assert_eq!(store.live_incidents().await.unwrap().len(), 64);
    assert_eq!(place.numbers(POSITIONS).await, (1..=64).collect::<Vec<_>>());
    // Each left its two effects: the channel and the page.
    assert_eq!(store.outbox(OutboxView::All, 1000).await.unwrap().len(), 128);
}

pub async fn of_sixty_four_changes_to_one_incident_one_is_recorded(place: Place) {
    let store = place.open().await;
    let incident = opened(&store, 1).await;
    let changes = (0..64).map(|secs| change(&incident, Command::Acknowledge, at(secs)));
    let outcomes = at_once(changes.map(|commit| (store.clone(), commit))).await;
    assert_eq!(count(&outcomes, &Outcome::Recorded), 1);
    assert_eq!(count(&outcomes, &Outcome::Stale), 63);
    assert_eq!(store.events(incident.id).await.unwrap().len(), 2);
}

pub async fn two_replicas_leave_no_gap_between_events(place: Place) {
    let (here, there) = (place.open().await, place.open().await);
    // Some of them are refused, which must leave no gap either.
    let commits = (1..=40).flat_map(|number| [number, number]).enumerate().map(|(n, number)| {
        let store = if n % 2 == 0 { &here } else { &there };
        (store.clone(), opening(number))
    });
    let outcomes = at_once(commits).await;
    assert_eq!(count(&outcomes, &Outcome::Recorded), 40);
    assert_eq!(count(&outcomes, &Outcome::Stale), 40);
    assert_eq!(place.numbers(POSITIONS).await, (1..=40).collect::<Vec<_>>());
}

/// Two replicas take the next number sixteen times at once: each is one incident's, and none is left
/// out, whoever was slower.
pub async fn numbers_are_given_once_and_without_a_gap(place: Place) {
    let stores = [place.open().await, place.open().await];
    let mut all = JoinSet::new();
    for n in 1..=16 {
        let store = stores[n as usize % 2].clone();
        all.spawn(async move {
            loop {
                let mut commit = opening(n);
                let next = store.next_number().await.unwrap();
                commit.incident.number = next;
                if let sima_incident::Event::Declared { number, .. } = &mut commit.events[0].event {
                    *number = next;
                }
                match store.record(commit).await.unwrap() {
                    Outcome::Recorded => return next.0,
                    other => assert_eq!(other, Outcome::NumberTaken),
                }
            }
        });
    }
    let given = all.join_all().await;
    assert_eq!(given.into_iter().collect::<BTreeSet<_>>(), (1..=16).collect());
    stores[0].close().await;
    assert_eq!(place.open().await.next_number().await.unwrap(), IncidentNumber(17));
}

pub async fn a_channel_name_belongs_to_one_incident(place: Place) {
    let store = place.open().await;
    let name = "incident_06_30_queue";
    record(&store, opening_as(1, name, "Queue")).await;
    let second = opening_as(2, name, "Queue");
    assert_eq!(store.record(second).await.unwrap(), Outcome::NameTaken);
    assert_eq!(store.incident(id(2)).await.unwrap(), None);
    assert!(store.channel_name_taken(name).await.unwrap());

    let name = "incident_06_30_again";
    let twins = (3..13).map(|number| (store.clone(), opening_as(number, name, "Queue")));
    let outcomes = at_once(twins).await;
    assert_eq!(count(&outcomes, &Outcome::Recorded), 1);
    assert_eq!(count(&outcomes, &Outcome::NameTaken), 9);
}

/// A channel that two incidents have can only be a mistake of ours; it must not cost others theirs.
pub async fn one_the_database_cannot_take_does_not_fail_the_others(place: Place) {
    let store = place.open().await;
    let channel = || Some(ChannelRef { id: "C1".into(), name: "incident_06_30_queue".into() });
    let mut first = opening(1);
    first.incident.channel = channel();
    record(&store, first).await;
    let mut all = JoinSet::new();
    for number in 2..=20 {
        let mut commit = opening(number);
        if number == 7 {
            commit.incident.channel = channel();
        }
        let store = store.clone();
        all.spawn(async move { (number, store.record(commit).await) });
    }
    for (number, answer) in all.join_all().await {
        if number == 7 {
            assert!(matches!(answer, Err(StoreError::Fault(_))), "{answer:?}");
        } else {
            assert_eq!(answer.unwrap(), Outcome::Recorded, "{number}");
        }
    }
    assert_eq!(store.live_incidents().await.unwrap().len(), 19);
    assert_eq!(place.numbers(POSITIONS).await, (1..=19).collect::<Vec<_>>());
}

/// A request was cut off; what it asked for is recorded or not, and the others notice nothing.
pub async fn a_caller_that_leaves_does_not_break_the_batch(place: Place) {
    let store = place.open().await;
    let (mut stay, mut leave) = (JoinSet::new(), JoinSet::new());
    for number in 1..=40 {
        let store = store.clone();
        let calls = if number % 2 == 0 { &mut stay } else { &mut leave };
        calls.spawn(async move { store.record(opening(number)).await.unwrap() });
    }
    drop(leave);
    let outcomes = stay.join_all().await;
    assert_eq!(count(&outcomes, &Outcome::Recorded), 20);
    store.close().await;
    let store = place.open().await;
    for incident in store.live_incidents().await.unwrap() {
        let events = store.events(incident.id).await.unwrap();
        assert_eq!(Incident::replay(None, &events), Some(incident));
    }
}

/// Emoji, right to left, markup, quotes, and what a monitor's bug may put in.
pub async fn any_text_comes_back_as_it_was(place: Place) {
    let store = place.open().await;
    for (number, summary) in (1..).zip([
        "🔥 <!channel> & \"quotes\" 'single' \\ back\\u0000slash",
        "البريد الصادر متوقف",
        "a null: \0, and a bell: \u{7}",
        "$1; DROP TABLE incidents; --",
    ]) {
        let name = format!("incident_06_30_{number}");
        let incident = record(&store, opening_as(number, &name, summary)).await;
        assert!(incident.summary.contains(summary.split(' ').next().unwrap()));
        assert_eq!(store.incident(incident.id).await.unwrap(), Some(incident));
        assert_eq!(
            store.events(id(number)).await.unwrap(),
            opening_as(number, &name, summary).events
        );
    }
    // Keys with a NUL are found again by themselves.
    let mut odd =
        Commit { alerts: vec![alert(None)], delivery: Some(delivery("a\0b")), ..opening(9) };
    odd.alerts[0].key = "k\0".into();
    record(&store, odd).await;
    assert_eq!(held_by(&store, "k\u{FFFD}").await, Some(id(9)));
    let again = Commit { delivery: Some(delivery("a\0b")), ..opening(10) };
    assert_eq!(store.record(again).await.unwrap(), Outcome::Repeated(id(9)));
}

pub async fn those_who_listen_are_told(place: Place) {
    let store = place.open().await;
    let (wakes, mut changes) = (store.outbox_wakes(), store.changes());
    let rung = || is_ready(wakes.notified());
    assert!(!rung().await);

    let incident = quiet(&store, 1).await;
    assert!(changes.has_changed().unwrap());
    changes.borrow_and_update();
    assert!(!rung().await, "nothing is to be done");

    let planned = vec![Planned { effect: Effect::EditBrief, due_at: at(0) }];
    record(&store, Commit { planned, ..nothing(&incident, at(0)) }).await;
    assert!(changes.has_changed().unwrap());
    assert!(rung().await);

    changes.borrow_and_update();
    assert_eq!(store.record(opening(1)).await.unwrap(), Outcome::Stale);
    assert!(!changes.has_changed().unwrap() && !rung().await, "nothing was recorded");
}

/// Whether a future is ready as it stands, without waiting for it.
async fn is_ready(future: impl Future<Output = ()>) -> bool {
    tokio::select! {
        biased;
        () = future => true,
        () = std::future::ready(()) => false,
    }
}
