//! The outbox: everything is done, nothing twice, in order where order matters.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sima_incident::{ChannelRef, Command, Destination, Effect, Incident, Planned, Receipt};
use sima_store::{
    Bounds, Budget, Claim, Commit, Delivery, Leased, OutboxState, OutboxView, Outcome, Settled,
    Settlement, Store,
};
use tokio::task::JoinSet;

use super::{
    Place,
    cast::{at, change, claim, claim_one, id, nothing, opened, plan, quiet, record, word},
};

fn settlement(leased: &Leased, result: Settled) -> Settlement {
    Settlement { effect_id: leased.id, owner: leased.owner.clone(), result }
}

async fn done(store: &Store, leased: &Leased) {
    assert!(store.settle(settlement(leased, Settled::Done), at(5)).await.unwrap());
}

async fn give_up(store: &Store, leased: &Leased) {
    let result = Settled::GivenUp { why: "Slack says channel_not_found".into() };
    assert!(store.settle(settlement(leased, result), at(5)).await.unwrap());
}

fn effects(leased: &[Leased]) -> Vec<Effect> {
    leased.iter().map(|leased| leased.effect.clone()).collect()
}

/// Four workers of two replicas, as fast as they can.
pub async fn nobody_gets_an_effect_twice(place: Place) {
    let stores = [place.open().await, place.open().await];
    for number in 1..=30 {
        let incident = quiet(&stores[0], number).await;
        plan(&stores[0], &incident, at(0), &[word(1), word(2), Effect::EditBrief]).await;
    }
    let mut workers = JoinSet::new();
    for n in 0..4 {
        let store = stores[n % 2].clone();
        workers.spawn(async move {
            let owner = format!("worker {n}");
            let mut got = Vec::new();
            loop {
                let claim = Claim { owner: &owner, now: at(1), lease_until: at(61), limit: 5 };
                let leased = store.claim(claim).await.unwrap();
                if leased.is_empty() {
                    // Another worker may hold the first of a lane; only then is it not the end.
                    if store.outbox(OutboxView::Unsettled, 1).await.unwrap().is_empty() {
                        return got;
                    }
                    tokio::task::yield_now().await;
                }
                for leased in leased {
                    assert_eq!((leased.attempts, leased.unsure), (1, false));
                    got.push((leased.incident_id, leased.id));
                    done(&store, &leased).await;
                }
            }
        });
    }
    let got = workers.join_all().await.concat();
    assert_eq!(got.len(), 90);
    assert_eq!(got.iter().collect::<BTreeSet<_>>().len(), 90);
}

pub async fn a_lane_keeps_its_order_and_waits_for_no_other(place: Place) {
    let store = place.open().await;
    let (one, two) = (quiet(&store, 1).await, quiet(&store, 2).await);
    // The second word is due before the first, and still comes after it.
    plan(&store, &one, at(2), &[word(1)]).await;
    plan(&store, &one, at(1), &[word(2), Effect::SetTopic]).await;
    plan(&store, &two, at(1), &[word(3)]).await;
    assert_eq!(effects(&claim(&store, "w", 1).await), [Effect::SetTopic, word(3)]);

    let first = claim_one(&store, "w", 2).await;
    assert_eq!(first.effect, word(1));
    assert_eq!(claim(&store, "w", 3).await, []);
    // Put off, it still holds its place.
    assert!(store.try_again(&first, at(30), "timed out", false).await.unwrap());
    assert_eq!(claim(&store, "w", 4).await, []);
    let first = claim_one(&store, "w", 30).await;
    assert_eq!((&first.effect, first.attempts), (&word(1), 2));
    done(&store, &first).await;
    assert_eq!(claim_one(&store, "w", 31).await.effect, word(2));
}

pub async fn what_is_given_up_lets_the_lane_go_on(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1), word(2), word(3)]).await;
    give_up(&store, &claim_one(&store, "w", 1).await).await;
    let second = claim_one(&store, "w", 2).await;
    assert_eq!(second.effect, word(2));
    assert!(store.settle(settlement(&second, Settled::Moot), at(3)).await.unwrap());
    assert_eq!(claim_one(&store, "w", 3).await.effect, word(3));
}

pub async fn nothing_is_claimed_before_its_time(place: Place) {
    let store = place.open().await;
    assert_eq!(store.next_due().await.unwrap(), None);
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(10), &[word(1)]).await;
    // Behind the first in its lane: what time it says does not matter yet.
    plan(&store, &incident, at(1), &[word(2)]).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(10)));
    assert_eq!(claim(&store, "w", 9).await, []);
    let first = claim_one(&store, "w", 10).await;
    assert_eq!((first.planned_at, first.run_at), (at(0), at(10)));
    assert_eq!(store.next_due().await.unwrap(), Some(at(70)), "the end of the lease");
    done(&store, &first).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(1)));
}

/// A worker that is at all it can be at somewhere takes what goes elsewhere.
pub async fn what_goes_to_a_full_place_is_passed_over(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1), Effect::EditBrief]).await;
    plan(&store, &incident, at(1), &[Effect::PageOnCall]).await;
    let wish = Claim { owner: "w", now: at(2), lease_until: at(62), limit: 1 };
    let full = |full: &[Destination]| Bounds { full: full.to_vec(), budgets: Vec::new() };
    let passed = store.claim_within(&full(&[Destination::Slack]), wish).await.unwrap();
    assert_eq!(effects(&passed), [Effect::PageOnCall]);
    let all = full(&[Destination::Slack, Destination::PagerDuty]);
    assert_eq!(store.claim_within(&all, wish).await.unwrap(), []);
    assert_eq!(effects(&claim(&store, "w", 2).await), [word(1), Effect::EditBrief]);
}

/// Five incidents want their channel edited, and there is room for a few: the worst first, what people
/// asked for before what a monitor did, and waiting counts.
pub async fn the_most_urgent_goes_first_and_waiting_counts(place: Place) {
    let store = place.open().await;
    let mut incidents = Vec::new();
    for number in 1..=5 {
        incidents.push(quiet(&store, number).await);
    }
    // The second is severe; the third is a monitor's; the fifth has waited for long.
    for (incident, due) in incidents.iter().zip([100, 100, 100, 100, 30]) {
        plan(&store, incident, at(due), &[Effect::EditBrief]).await;
    }
    place.sql("UPDATE incidents SET severity = 1 WHERE number = 2").await.unwrap();
    place
        .sql(
            "UPDATE outbox SET calm = (1 = 1)
             WHERE incident_id = (SELECT id FROM incidents WHERE number = 3)",
        )
        .await
        .unwrap();
    let budget = |left, left_for_calm| Bounds {
        full: Vec::new(),
        budgets: vec![Budget { bucket: Effect::EditBrief.budget(), left, left_for_calm }],
    };
    let wish = Claim { owner: "w", now: at(200), lease_until: at(260), limit: 9 };
    let mut order = Vec::new();
    for _ in 0..4 {
        let leased = store.claim_within(&budget(1, 0), wish).await.unwrap();
        assert_eq!(leased.len(), 1, "{leased:?}");
        order.push(incidents.iter().position(|one| one.id == leased[0].incident_id).unwrap() + 1);
    }
    assert_eq!(order, [5, 2, 1, 4]);
    assert_eq!(store.claim_within(&budget(1, 0), wish).await.unwrap(), []);
    assert_eq!(store.next_due_within(&budget(0, 0)).await.unwrap(), None);
    assert_eq!(store.next_due_within(&budget(1, 1)).await.unwrap(), Some(at(100)));
    let last = store.claim_within(&budget(1, 1), wish).await.unwrap();
    assert!(last[0].calm && last[0].incident_id == incidents[2].id);
}

/// An edit that a monitor asked for waits its time; a person's brings it forward and makes it theirs.
pub async fn what_a_person_asks_for_is_theirs(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(90), &[Effect::EditBrief]).await;
    place.sql("UPDATE outbox SET calm = (1 = 1)").await.unwrap();
    assert_eq!(claim(&store, "w", 10).await, []);
    plan(&store, &incident, at(10), &[Effect::EditBrief]).await;
    let leased = claim_one(&store, "w", 10).await;
    assert!(!leased.calm && leased.run_at == at(10));
}

/// What people see already is known by its digest, as long as nothing uncertain came after it.
pub async fn what_an_effect_left_to_be_seen_is_known(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    let kinds = Effect::EditBrief.brings_up_to_date().unwrap();
    assert_eq!(store.shown(incident.id, kinds).await.unwrap(), None);
    plan(&store, &incident, at(0), &[Effect::PostBrief, Effect::PinBrief]).await;
    let post = claim_one(&store, "w", 1).await;
    let shown = |shows: &str| Settled::Shown { shows: shows.to_owned() };
    assert!(store.settle(settlement(&post, shown("first")), at(5)).await.unwrap());
    done(&store, &claim_one(&store, "w", 6).await).await;
    assert_eq!(store.shown(incident.id, kinds).await.unwrap().as_deref(), Some("first"));

    for (secs, result, then) in [
        (10, shown("second"), Some("second")),
        (20, Settled::Moot, Some("second")),
        (30, Settled::GivenUp { why: "no".into() }, None),
        (40, shown("third"), Some("third")),
    ] {
        plan(&store, &incident, at(secs), &[Effect::EditBrief]).await;
        let edit = claim_one(&store, "w", secs).await;
        assert!(store.settle(settlement(&edit, result), at(secs + 1)).await.unwrap());
        assert_eq!(store.shown(incident.id, kinds).await.unwrap().as_deref(), then);
    }
}

/// A worker died over its effect, or was so slow that another took it.
pub async fn a_lease_that_ends_makes_unsure(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1)]).await;
    let slow = claim_one(&store, "slow", 1).await;
    assert!(!slow.unsure);
    assert_eq!(claim(&store, "quick", 61).await, [], "the lease ends after its last instant");
    let quick = claim_one(&store, "quick", 62).await;
    assert_eq!((quick.id, quick.attempts, quick.unsure), (slow.id, 2, true));

    assert!(!store.settle(settlement(&slow, Settled::Done), at(63)).await.unwrap());
    assert!(!store.try_again(&slow, at(63), "timed out", true).await.unwrap());
    assert!(store.settle(settlement(&quick, Settled::Done), at(64)).await.unwrap());
    assert!(!store.settle(settlement(&quick, Settled::Done), at(64)).await.unwrap());
}

pub async fn a_lost_lease_records_nothing(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[Effect::OpenChannel]).await;
    let slow = claim_one(&store, "slow", 1).await;
    claim_one(&store, "quick", 62).await;

    let channel = ChannelRef { id: "C1".into(), name: incident.channel_name.clone() };
    let receipt = Commit {
        settles: Some(settlement(&slow, Settled::Done)),
        ..change(&incident, Command::Note(Receipt::Channel(channel)), at(63))
    };
    assert_eq!(store.record(receipt).await.unwrap(), Outcome::LeaseLost);
    assert_eq!(store.incident(incident.id).await.unwrap(), Some(incident));
    assert_eq!(store.outbox(OutboxView::All, 10).await.unwrap().len(), 1);
}

pub async fn a_stranger_cannot_settle(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1)]).await;
    let mine = claim_one(&store, "mine", 1).await;
    let strange = Leased { owner: "strange".into(), ..mine.clone() };
    assert!(!store.settle(settlement(&strange, Settled::Done), at(2)).await.unwrap());
    assert!(!store.try_again(&strange, at(2), "no", false).await.unwrap());
    let commit =
        Commit { settles: Some(settlement(&strange, Settled::Done)), ..nothing(&incident, at(2)) };
    assert_eq!(store.record(commit).await.unwrap(), Outcome::LeaseLost);
    store.release("strange").await.unwrap();
    done(&store, &mine).await;
}

/// The channel is there: that, the end of the effect and all that follows are one commit.
pub async fn an_outcome_is_recorded_with_its_settlement(place: Place) {
    let store = place.open().await;
    let incident = opened(&store, 1).await;
    let leased = claim_one(&store, "w", 0).await;
    assert_eq!(leased.effect, Effect::OpenChannel);
    let channel = ChannelRef { id: "C1".into(), name: incident.channel_name.clone() };
    let commit = Commit {
        settles: Some(settlement(&leased, Settled::Done)),
        ..change(&incident, Command::Note(Receipt::Channel(channel)), at(1))
    };
    let after = record(&store, commit.clone()).await;
    assert_eq!(store.incident_in_channel("C1").await.unwrap(), Some(after));
    // The page was brought forward, and everything else is due side by side.
    let kinds = |leased: &[Leased]| -> BTreeSet<_> {
        leased.iter().map(|leased| leased.effect.kind()).collect()
    };
    let expected = ["invite", "page_on_call", "post_brief", "post_broadcast", "set_topic"];
    assert_eq!(kinds(&claim(&store, "w", 1).await), expected.into_iter().collect());
    // Told twice, it is recorded once.
    assert_eq!(store.record(commit).await.unwrap(), Outcome::LeaseLost);
}

pub async fn trying_again_keeps_the_doubt(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1)]).await;
    for (secs, unsure_before, says_unsure) in
        [(1, false, false), (2, false, true), (3, true, false), (4, true, false)]
    {
        let leased = claim_one(&store, "w", secs).await;
        assert_eq!(leased.unsure, unsure_before, "{secs}");
        assert_eq!(i64::from(leased.attempts), secs);
        let again = store.try_again(&leased, at(secs + 1), "timed out", says_unsure).await;
        assert!(again.unwrap());
    }
    let row = store.outbox(OutboxView::Unsettled, 1).await.unwrap().remove(0);
    assert_eq!(row.last_setback.as_deref(), Some("timed out"));
    assert_eq!((row.state, row.unsure), (OutboxState::Ready, true));
}

pub async fn a_merge_meets_one_that_waits_and_follows_one_at_work(place: Place) {
    use OutboxState::{Done, Leased, Ready};

    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    let edits = async || -> Vec<(OutboxState, Timestamp)> {
        let rows = store.outbox(OutboxView::All, 10).await.unwrap();
        rows.iter().map(|row| (row.state, row.run_at)).collect()
    };
    plan(&store, &incident, at(9), &[Effect::EditBrief, Effect::EditBrief]).await;
    assert_eq!(edits().await, [(Ready, at(9))]);
    plan(&store, &incident, at(5), &[Effect::EditBrief]).await;
    plan(&store, &incident, at(7), &[Effect::EditBrief]).await;
    assert_eq!(edits().await, [(Ready, at(5))]);

    let first = claim_one(&store, "w", 5).await;
    plan(&store, &incident, at(8), &[Effect::EditBrief]).await;
    plan(&store, &incident, at(6), &[Effect::EditBrief]).await;
    assert_eq!(edits().await, [(Ready, at(6)), (Leased, at(5))]);
    done(&store, &first).await;
    assert_eq!(edits().await, [(Ready, at(6)), (Done, at(5))]);

    // Another incident's edit is another edit.
    let other = quiet(&store, 2).await;
    plan(&store, &other, at(3), &[Effect::EditBrief]).await;
    assert_eq!(edits().await, [(Ready, at(3)), (Ready, at(6)), (Done, at(5))]);
}

/// Whoever carries an edit out reads the incident first. If planning an edit let one at work do for
/// it, that one might have read too early.
pub async fn an_edit_is_never_lost_to_a_concurrent_claim(place: Place) {
    let (here, there) = (place.open().await, place.open().await);
    let mut incident = quiet(&here, 1).await;
    plan(&here, &incident, at(0), &[Effect::EditBrief]).await;
    for round in 1..=40 {
        let say = Command::PostUpdate { text: format!("update {round}"), next_due: None };
        let edit = Planned { effect: Effect::EditBrief, due_at: at(0) };
        let commit = Commit { planned: vec![edit], ..change(&incident, say, at(round)) };
        let worker = async {
            let leased = claim(&there, "w", round).await;
            let seen = there.incident(id(1)).await.unwrap().unwrap();
            (leased, seen.version)
        };
        let (after, (leased, seen)) = tokio::join!(record(&here, commit), worker);
        incident = after;
        for leased in &leased {
            done(&there, leased).await;
        }
        let waiting = here.outbox(OutboxView::Unsettled, 10).await.unwrap().len();
        assert!(waiting == 1 || (waiting == 0 && seen == incident.version), "round {round}");
        if waiting == 0 {
            plan(&here, &incident, at(0), &[Effect::EditBrief]).await;
        }
    }
}

pub async fn once_is_once_in_a_life(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    let once = [Effect::PageOnCall];
    let times = async || -> Vec<Timestamp> {
        let rows = store.outbox(OutboxView::All, 10).await.unwrap();
        rows.iter().map(|row| row.run_at).collect()
    };
    plan(&store, &incident, at(9), &once).await;
    plan(&store, &incident, at(4), &once).await;
    plan(&store, &incident, at(6), &once).await;
    assert_eq!(times().await, [at(4)]);
    let leased = claim_one(&store, "w", 4).await;
    plan(&store, &incident, at(1), &once).await;
    assert_eq!(times().await, [at(4)], "at work");
    done(&store, &leased).await;
    plan(&store, &incident, at(1), &once).await;
    assert_eq!(times().await, [at(4)], "done");
    assert_eq!(claim(&store, "w", 100).await, []);
}

pub async fn a_pause_holds_for_every_replica(place: Place) {
    let (here, there) = (place.open().await, place.open().await);
    let incident = quiet(&here, 1).await;
    plan(&here, &incident, at(0), &[word(1), Effect::SetTopic]).await;
    here.pause("post_message", at(30)).await.unwrap();
    here.pause("post_message", at(20)).await.unwrap();
    assert_eq!(effects(&claim(&there, "w", 25).await), [Effect::SetTopic]);
    assert_eq!(there.next_due().await.unwrap(), Some(at(30)));
    assert_eq!(claim(&there, "w", 29).await, []);
    assert_eq!(claim_one(&there, "w", 30).await.effect, word(1));
}

pub async fn a_stopping_worker_gives_back_at_once(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1), Effect::SetTopic]).await;
    let kept = claim(&store, "stopping", 1).await;
    assert_eq!(kept.len(), 2);
    done(&store, &kept[0]).await;
    store.release("stopping").await.unwrap();
    let taken = claim(&store, "w", 2).await;
    assert_eq!(taken.iter().map(|leased| leased.id).collect::<Vec<_>>(), [kept[1].id]);
    assert!(taken[0].unsure, "it may have been half done");
}

pub async fn what_was_given_up_can_be_seen_and_retried(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1), Effect::SetTopic]).await;
    let [first, second] = <[Leased; 2]>::try_from(claim(&store, "w", 1).await).unwrap();
    give_up(&store, &first).await;
    done(&store, &second).await;

    let given_up = store.outbox(OutboxView::GivenUp, 10).await.unwrap();
    assert_eq!(given_up.len(), 1);
    let row = &given_up[0];
    assert_eq!((row.id, row.incident_id, row.number), (first.id, incident.id, incident.number));
    assert_eq!((row.destination.as_str(), row.lane.as_str()), ("slack", "room"));
    assert_eq!((row.kind.as_str(), row.state), ("post_notice", OutboxState::GivenUp));
    assert_eq!((row.attempts, row.settled_at), (1, Some(at(5))));
    assert_eq!(row.last_setback.as_deref(), Some("Slack says channel_not_found"));
    assert_eq!(store.outbox(OutboxView::Unsettled, 10).await.unwrap(), []);
    assert_eq!(store.outbox(OutboxView::All, 10).await.unwrap().len(), 2);
    assert_eq!(store.outbox(OutboxView::All, 1).await.unwrap().len(), 1);
    assert_eq!(
        store.outbox_counts().await.unwrap(),
        [("slack".into(), OutboxState::Done, 1), ("slack".into(), OutboxState::GivenUp, 1)]
    );

    assert!(!store.retry_given_up(second.id).await.unwrap());
    assert!(store.retry_given_up(first.id).await.unwrap());
    assert!(!store.retry_given_up(first.id).await.unwrap());
    let again = claim_one(&store, "w", 6).await;
    assert_eq!((again.id, again.attempts), (first.id, 1));
}

/// An operator puts one back while the next in its lane is at work: still one at a time.
pub async fn a_retried_effect_waits_for_the_one_at_work(place: Place) {
    let store = place.open().await;
    let incident: Incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1), word(2), word(3)]).await;
    let first = claim_one(&store, "w", 1).await;
    give_up(&store, &first).await;
    let second = claim_one(&store, "w", 2).await;
    assert!(store.retry_given_up(first.id).await.unwrap());
    assert_eq!(claim(&store, "other", 3).await, []);
    assert_eq!(store.next_due().await.unwrap(), Some(at(62)));
    // The worker dies over the second: that is taken up first, then the one put back.
    let second_again = claim_one(&store, "other", 63).await;
    assert_eq!((second_again.id, second_again.unsure), (second.id, true));
    done(&store, &second_again).await;
    let first_again = claim_one(&store, "other", 64).await;
    assert_eq!(first_again.id, first.id);
    done(&store, &first_again).await;
    assert_eq!(claim_one(&store, "other", 65).await.effect, word(3));
}

/// Somebody went back to a version that does not know what the newer one planned.
pub async fn an_effect_of_a_newer_version_does_not_block(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    plan(&store, &incident, at(0), &[word(1), word(2)]).await;
    place
        .sql("UPDATE outbox SET body = '{\"effect\":\"sing\"}' WHERE id = (SELECT MIN(id) FROM outbox)")
        .await
        .unwrap();
    assert_eq!(claim(&store, "w", 1).await, []);
    assert_eq!(claim_one(&store, "w", 2).await.effect, word(2));
    let given_up = store.outbox(OutboxView::GivenUp, 10).await.unwrap();
    assert!(given_up[0].last_setback.as_deref().unwrap().contains("cannot read"));
}

/// What was done long ago is forgotten, but for what must never be done again and what somebody has to
/// look at.
pub async fn what_was_done_long_ago_is_forgotten(place: Place) {
    let store = place.open().await;
    let incident = quiet(&store, 1).await;
    let effects = [Effect::PostBrief, word(1), Effect::SetTopic, Effect::PageOnCall];
    plan(&store, &incident, at(0), &effects).await;
    for leased in claim(&store, "w", 1).await {
        if leased.effect == Effect::SetTopic {
            give_up(&store, &leased).await;
        } else {
            done(&store, &leased).await;
        }
    }
    plan(&store, &incident, at(2), &[word(2), word(3)]).await;
    let waits = claim_one(&store, "w", 2).await;
    for (door, id) in [("slack", "one"), ("api", "two")] {
        let delivery = Some(Delivery { door: door.into(), id: id.into() });
        record(&store, Commit { delivery, ..nothing(&incident, at(3)) }).await;
    }

    assert_eq!(store.forget_done(at(3), &["slack"], 9).await.unwrap(), 0);
    assert_eq!(store.forget_done(at(9), &["slack"], 9).await.unwrap(), 1);
    assert_eq!(store.forget_done(at(9), &["slack"], 9).await.unwrap(), 0);
    let kept = store.outbox(OutboxView::All, 9).await.unwrap();
    let kinds: Vec<&str> = kept.iter().rev().map(|row| row.kind.as_str()).collect();
    assert_eq!(kinds, ["post_brief", "set_topic", "page_on_call", "post_notice", "post_notice"]);
    let forgotten = Delivery { door: "slack".into(), id: "one".into() };
    let kept = Delivery { door: "api".into(), id: "two".into() };
    assert_eq!(store.delivered(&forgotten).await.unwrap(), None);
    assert_eq!(store.delivered(&kept).await.unwrap(), Some(incident.id));
    plan(&store, &incident, at(10), &effects).await;
    let again = claim(&store, "w", 11).await;
    assert!(again.iter().all(|leased| leased.effect == Effect::SetTopic), "{again:?}");
    done(&store, &waits).await;
}
