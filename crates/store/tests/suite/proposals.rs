//! What the store promises about proposals: asked once, never lost, shown by one worker at a time.

use jiff::SignedDuration;
use sima_incident::{
    AlertState, DomainKey, IncidentId, IncidentNumber, MessageRef, PersonId, Proposal, ProposalId,
    ProposedAlert, Severity, Suggestion,
};
use sima_store::{
    AlertDelivery, Claim, Delivery, Judgement, LeasedProposal, NewAlert, PROPOSAL_DOOR,
    ProposalChange, Store,
};
use uuid::Uuid;

use super::{Place, cast, cast::at};

/// Asked again about the same group while the first answer is awaited, nothing is recorded.
pub async fn one_group_is_asked_about_once(place: Place) {
    let store = place.open().await;
    assert!(store.record_proposal(&made(1, "queues")).await.unwrap());
    assert!(!store.record_proposal(&made(2, "queues")).await.unwrap());
    assert!(store.record_proposal(&made(3, "disks")).await.unwrap());
    let found = last_of(&store, "queues").await;
    assert_eq!(found, made(1, "queues").proposal);

    let dismissed = found.dismiss(malik(), at(60)).unwrap();
    assert!(store.record_proposal(&changed(dismissed, 1)).await.unwrap());
    assert!(store.record_proposal(&made(4, "queues")).await.unwrap(), "it is answered");
    assert_eq!(last_of(&store, "queues").await.id, id(4), "the last");
}

/// What is judged by a proposal is judged with it, or goes on waiting; what is left is judged anyway.
pub async fn what_a_proposal_hears_is_judged_with_it(place: Place) {
    let store = place.open().await;
    let new = |key: &str| NewAlert {
        source: "prometheus".into(),
        key: key.into(),
        state: AlertState::Firing { since: at(0) },
        alert: "{}".into(),
    };
    let delivery = AlertDelivery {
        integration: "prometheus".into(),
        id: None,
        alerts: ["Queue1", "Queue2", "Queue3", "Queue4"].map(new).into(),
        now: at(0),
    };
    let _ = store.take_alerts(delivery).await.unwrap();
    let judged = |id| Judgement { id, outcome: "proposed", why: None, group: None };
    let asks = |number, group, alert| ProposalChange {
        judged: vec![judged(alert)],
        ..made(number, group)
    };
    let changes = [asks(1, "queues", 1), asks(2, "disks", 2), asks(3, "queues", 3)];
    let left = [(Judgement { outcome: "ignored", ..judged(4) }, None)];
    let recorded = store.judge_alerts(&left, &[], &changes, at(1)).await.unwrap();
    assert_eq!(recorded, [true, true, false], "one awaits the answer about the queues");
    let waiting = store.waiting_alerts(10).await.unwrap();
    assert_eq!(waiting.iter().map(|alert| alert.id).collect::<Vec<_>>(), [3]);
    assert_eq!(store.alert_judged(2).await.unwrap().unwrap().outcome, "proposed");
    let groups = store.proposals_of_groups(&["queues", "disks", "none"]).await.unwrap();
    assert_eq!(groups.len(), 2);
    assert_eq!(store.proposals_made_after(at(-1)).await.unwrap().len(), 2);
    assert_eq!(store.proposals_made_after(at(0)).await.unwrap().len(), 0);
}

/// Of two who decide on the same reading, one is recorded.
pub async fn a_stale_answer_is_not_recorded(place: Place) {
    let store = place.open().await;
    let first = made(1, "queues").proposal;
    store.record_proposal(&made(1, "queues")).await.unwrap();
    let opened = first.clone().open(
        IncidentId(Uuid::nil()),
        IncidentNumber(1),
        PersonId("UNOUR".into()),
        at(50),
    );
    let dismissed = first.dismiss(malik(), at(50)).unwrap();
    assert!(store.record_proposal(&changed(dismissed.clone(), 1)).await.unwrap());
    assert!(!store.record_proposal(&changed(opened, 1)).await.unwrap());
    assert_eq!(store.proposal(id(1)).await.unwrap(), Some(dismissed));
    assert_eq!(store.proposal(id(9)).await.unwrap(), None);
}

/// An alert is known by integration and key, with what was last heard of it.
pub async fn an_alert_leads_to_its_proposal(place: Place) {
    let store = place.open().await;
    store.record_proposal(&made(1, "queues")).await.unwrap();
    let found = last_of(&store, "queues").await;
    let state = AlertState::Firing { since: at(0) };
    let asked = [("prometheus", "Queue1"), ("grafana", "Queue1")];
    let known = store.proposals_of_alerts(&asked).await.unwrap();
    let key = ("prometheus".to_owned(), "Queue1".to_owned());
    assert_eq!(known.into_iter().collect::<Vec<_>>(), [(key, (id(1), state))]);

    let state = AlertState::Resolved { since: at(90) };
    let heard = found.hear(state, Some(AlertState::Firing { since: at(0) }), at(91));
    let change = ProposalChange {
        heard: vec![ProposedAlert { state, ..heard.first.clone() }],
        ..changed(heard, 1)
    };
    store.record_proposal(&change).await.unwrap();
    assert_eq!(last_of(&store, "queues").await.ended_at, Some(at(90)));
    let known = store.proposals_of_alerts(&asked).await.unwrap();
    assert_eq!(known.into_values().next(), Some((id(1), state)));
    assert_eq!(store.proposals_of(&[id(1), id(9)]).await.unwrap().len(), 1);
}

/// Due until shown as it is; what changes meanwhile makes it due again, at its own pace or at once.
pub async fn a_proposal_is_due_until_it_is_shown_as_it_is(place: Place) {
    let store = place.open().await;
    assert_eq!(store.next_proposal_due().await.unwrap(), None);
    store.record_proposal(&made(1, "queues")).await.unwrap();
    assert_eq!(store.next_proposal_due().await.unwrap(), Some(at(0)));
    let leased = claim(&store, "one", 1).await.remove(0);
    assert!(claim(&store, "two", 2).await.is_empty(), "one is at it");
    // It changes while it is being shown.
    let heard = leased.proposal.clone().hear(AlertState::Firing { since: at(1) }, None, at(2));
    store.record_proposal(&changed(heard, 1)).await.unwrap();
    let message = MessageRef { channel: "C1".into(), ts: "1.2".into() };
    assert!(store.proposal_shown(&leased, Some(&message), at(10)).await.unwrap());

    assert_eq!(store.next_proposal_due().await.unwrap(), Some(at(10)));
    assert!(claim(&store, "one", 9).await.is_empty(), "not before its time");
    let again = claim(&store, "one", 10).await.remove(0);
    assert_eq!(again.proposal.message, Some(message.clone()));
    assert_eq!((again.proposal.alerts, again.attempts, again.unsure), (2, 1, false));
    assert!(store.proposal_shown(&again, Some(&message), at(100)).await.unwrap());
    assert_eq!(store.next_proposal_due().await.unwrap(), None);

    let dismissed = again.proposal.dismiss(malik(), at(20)).unwrap();
    store.record_proposal(&ProposalChange { now: at(20), ..changed(dismissed, 2) }).await.unwrap();
    assert_eq!(claim(&store, "one", 20).await.len(), 1, "an answer is shown at once");
}

/// A worker that died may have posted: the next is unsure, until it knows.
pub async fn a_lease_of_a_proposal_that_ends_makes_unsure(place: Place) {
    let store = place.open().await;
    store.record_proposal(&made(1, "queues")).await.unwrap();
    let dead = claim(&store, "dead", 1).await.remove(0);
    assert!(claim(&store, "next", 61).await.is_empty());
    let next = claim(&store, "next", 62).await.remove(0);
    assert!(next.unsure && !dead.unsure);
    assert!(!store.proposal_shown(&dead, None, at(63)).await.unwrap(), "it is another's");
    assert!(store.proposal_not_shown(&next, at(70), "Slack is down", false).await.unwrap());
    let later = claim(&store, "next", 70).await.remove(0);
    assert!(later.unsure, "the doubt stays");
    assert_eq!(later.attempts, 3);
    assert!(store.proposal_shown(&later, None, at(71)).await.unwrap());
    assert_eq!(store.proposal(id(1)).await.unwrap().unwrap().message, None);
}

/// A process died while it posted: who comes alone tries at once, and looks first.
pub async fn who_comes_alone_shows_what_the_dead_were_showing(place: Place) {
    let store = place.open().await;
    let mut presence = store.presence();
    presence.confirm(at(0)).await.unwrap();
    store.record_proposal(&made(1, "queues")).await.unwrap();
    assert_eq!(claim(&store, "dead", 1).await.len(), 1);
    presence.leave().await;

    let next = place.open().await;
    let mut presence = next.presence();
    presence.confirm(at(4)).await.unwrap();
    assert!(claim(&next, "next", 3).await.is_empty(), "what was on its way may still arrive");
    let taken = claim(&next, "next", 4).await;
    assert!(taken.len() == 1 && taken[0].unsure, "{taken:?}");
    presence.leave().await;
}

/// The process ended between opening the incident and telling the proposal.
pub async fn what_was_opened_untold_is_found(place: Place) {
    let store = place.open().await;
    store.record_proposal(&made(1, "queues")).await.unwrap();
    store.record_proposal(&made(2, "disks")).await.unwrap();
    assert_eq!(store.proposals_opened_untold().await.unwrap(), []);
    let delivery = Delivery { door: PROPOSAL_DOOR.into(), id: id(2).to_string() };
    let commit = sima_store::Commit { delivery: Some(delivery), ..cast::opening(1) };
    let incident = cast::record(&store, commit).await;
    assert_eq!(store.proposals_opened_untold().await.unwrap(), [(id(2), incident.id)]);
}

/// What nobody answers is found when its time is over; what is answered and old is forgotten.
pub async fn proposals_do_not_stay_for_ever(place: Place) {
    let store = place.open().await;
    store.record_proposal(&made(1, "queues")).await.unwrap();
    store.record_proposal(&made(2, "disks")).await.unwrap();
    assert_eq!(store.unheard_proposals(at(-1)).await.unwrap(), []);
    let unheard = store.unheard_proposals(at(0)).await.unwrap();
    assert_eq!(unheard.len(), 2);
    let dismissed = unheard[0].clone().dismiss(malik(), at(5)).unwrap();
    let gone = dismissed.id;
    store.record_proposal(&changed(dismissed, 1)).await.unwrap();
    assert_eq!(store.forget_proposals(at(0)).await.unwrap(), 0, "not yet");
    assert_eq!(store.forget_proposals(at(1)).await.unwrap(), 1, "the other awaits its answer");
    assert_eq!(store.proposal(gone).await.unwrap(), None);
    assert_eq!(store.unheard_proposals(at(0)).await.unwrap().len(), 1);
}

/// Of many replicas that hear of one trouble at the same instant, one asks.
pub async fn of_many_who_ask_at_once_one_does(place: Place) {
    let store = place.open().await;
    let mut asking = tokio::task::JoinSet::new();
    for number in 1..=16 {
        let store = store.clone();
        asking.spawn(async move { store.record_proposal(&made(number, "queues")).await.unwrap() });
    }
    let asked = asking.join_all().await;
    assert_eq!(asked.into_iter().filter(|asked| *asked).count(), 1);
}

fn malik() -> PersonId {
    PersonId("UMALIK".into())
}

fn id(number: u32) -> ProposalId {
    ProposalId(Uuid::from_u128(0x0181_b3b9_0000_7000_9000_0000_0000_0000 + u128::from(number)))
}

/// A proposal about a group, as it is made of its first alert.
pub fn made(number: u32, group: &str) -> ProposalChange {
    let suggestion = Suggestion {
        domain: DomainKey("email".into()),
        severity: Severity::new(2).expect("a severity"),
        title: "Queue is not draining".into(),
        description: Some("nobody\0 fetches".into()),
        links: vec!["https://grafana.example/queue".into()],
        group: group.into(),
        within: SignedDuration::from_mins(5),
    };
    let first = ProposedAlert {
        integration: "prometheus".into(),
        source: "alertmanager".into(),
        key: format!("Queue{number}"),
        title: "Queue is not draining".into(),
        state: AlertState::Firing { since: at(0) },
    };
    let heard = vec![first.clone()];
    let proposal = Proposal::of(id(number), "email-team".into(), suggestion, first, at(0));
    ProposalChange {
        proposal,
        expects: None,
        heard,
        judged: Vec::new(),
        at_once: false,
        now: at(0),
    }
}

fn changed(proposal: Proposal, expects: u32) -> ProposalChange {
    let at_once = !proposal.is_awaited();
    ProposalChange {
        proposal,
        expects: Some(expects),
        heard: Vec::new(),
        judged: Vec::new(),
        at_once,
        now: at(3),
    }
}

async fn claim(store: &Store, owner: &str, secs: i64) -> Vec<LeasedProposal> {
    let (now, lease_until) = (at(secs), at(secs + 60));
    let claim = Claim { owner, now, lease_until, limit: 10 };
    store.claim_proposals(claim).await.unwrap()
}

/// The last proposal about a group.
async fn last_of(store: &Store, group: &str) -> Proposal {
    store.proposals_of_groups(&[group]).await.unwrap().remove(0)
}
