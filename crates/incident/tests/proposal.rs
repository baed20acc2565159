//! A proposal counts what is heard of it, takes one answer, and stays quiet after a no.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use sima_incident::{
    AlertState, Answer, Answered, DomainKey, IncidentId, IncidentNumber, PROPOSAL_LASTS, PersonId,
    Proposal, ProposalId, ProposedAlert, Severity, Suggestion,
};
use uuid::Uuid;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(1_656_579_600 + secs).expect("a time")
}

fn firing(secs: i64) -> AlertState {
    AlertState::Firing { since: at(secs) }
}

fn resolved(secs: i64) -> AlertState {
    AlertState::Resolved { since: at(secs) }
}

fn proposal() -> Proposal {
    let suggestion = Suggestion {
        domain: DomainKey("email".into()),
        severity: Severity::new(2).expect("a severity"),
        title: "Queue is not draining".into(),
        description: None,
        links: Vec::new(),
        group: "queues".into(),
        within: SignedDuration::from_mins(5),
    };
    let first = ProposedAlert {
        integration: "alertmanager".into(),
        source: "alertmanager".into(),
        key: "QueueStuck".into(),
        title: "Queue is not draining".into(),
        state: firing(0),
    };
    Proposal::of(ProposalId(Uuid::nil()), "email-team".into(), suggestion, first, at(30))
}

fn malik() -> PersonId {
    PersonId("UMALIK".into())
}

fn nour() -> PersonId {
    PersonId("UNOUR".into())
}

fn opened(proposal: Proposal, by: PersonId) -> Proposal {
    proposal.open(IncidentId(Uuid::nil()), IncidentNumber(12), by, at(100))
}

#[test]
fn repeats_are_counted_and_people_see_it() {
    let heard = proposal()
        .hear(firing(0), Some(firing(0)), at(60))
        .hear(firing(-90), None, at(70))
        .hear(firing(50), Some(resolved(40)), at(80));
    assert_eq!((heard.reports, heard.alerts), (4, 2));
    assert_eq!((heard.began_at, heard.heard_at), (at(-90), at(80)));
    assert_eq!((heard.version, heard.seen_version), (4, 4));
}

#[test]
fn it_has_ended_when_the_last_of_its_alerts_is_resolved_and_not_before() {
    let two = proposal().hear(firing(10), None, at(60));
    assert_eq!((two.firing, two.ended_at), (2, None));
    let one = two.hear(resolved(700), Some(firing(0)), at(720));
    assert_eq!((one.firing, one.ended_at), (1, None));
    let none = one.hear(resolved(650), Some(firing(10)), at(721));
    assert_eq!((none.firing, none.ended_at), (0, Some(at(650))));
    assert_eq!(none.clone().hear(resolved(800), Some(resolved(700)), at(900)), none, "no news");
    let again = none.hear(firing(900), Some(resolved(700)), at(901));
    assert_eq!((again.firing, again.ended_at), (1, None));
}

#[test]
fn one_answer_counts_and_an_incident_counts_more() {
    let dismissed = proposal().dismiss(malik(), at(90)).expect("nobody answered before");
    assert_eq!(dismissed.answer, Answer::Dismissed { by: malik(), at: at(90) });
    assert_eq!(dismissed.clone().dismiss(malik(), at(95)), Ok(dismissed.clone()), "pressed twice");
    let faster = Answered::Dismissed { by: malik() };
    assert_eq!(dismissed.clone().dismiss(nour(), at(95)), Err(faster));

    let opened_all_the_same = opened(dismissed, nour());
    assert!(matches!(&opened_all_the_same.answer, Answer::Opened { by, .. } if *by == nour()));
    let faster = Answered::Opened { number: IncidentNumber(12), by: nour() };
    assert_eq!(opened_all_the_same.clone().dismiss(malik(), at(99)), Err(faster));
    assert_eq!(opened(opened_all_the_same.clone(), malik()), opened_all_the_same, "once");
}

#[test]
fn after_a_no_it_hears_on_without_a_word() {
    let dismissed = proposal().dismiss(malik(), at(90)).expect("nobody answered before");
    let seen = dismissed.seen_version;
    let heard = dismissed.hear(firing(95), None, at(100));
    assert_eq!(heard.seen_version, seen);
    assert!(heard.takes_in_group(at(399)), "the same trouble goes on");
    assert!(!heard.takes_in_group(at(401)), "what comes after five minutes is another");
}

#[test]
fn while_people_are_asked_it_takes_in_its_group_however_late() {
    assert!(proposal().takes_in_group(at(7200)));
    let mut alone = proposal();
    alone.suggestion.within = SignedDuration::ZERO;
    assert!(!alone.takes_in_group(at(31)));
    assert!(!opened(proposal(), nour()).takes_in_group(at(31)), "the incident takes it in");
}

#[test]
fn nobody_answers_for_a_day_and_it_ends() {
    let heard = proposal().hear(firing(0), Some(firing(0)), at(600));
    assert_eq!(heard.clone().expire(at(599) + PROPOSAL_LASTS), None);
    let expired = heard.expire(at(600) + PROPOSAL_LASTS).expect("it is a day");
    assert!(!expired.is_awaited());
    assert_eq!(expired.clone().expire(at(601) + PROPOSAL_LASTS), None, "once");
    assert!(expired.dismiss(malik(), at(90_000)).is_ok(), "an answer may come late");
}

proptest! {
    /// Whatever monitors say in whatever order: no more fire than there are, it has ended exactly
    /// when none fires, and what people see never lies ahead of what is so.
    #[test]
    fn counts_agree_with_what_was_heard(
        heard in proptest::collection::vec((0usize..4, any::<bool>(), 0i64..500), 0..60),
    ) {
        let mut known = [Some(firing(0)), None, None, None];
        let mut proposal = proposal();
        for (step, (alert, fires, since)) in heard.into_iter().enumerate() {
            let state = if fires { firing(since) } else { resolved(since) };
            let before = proposal.version;
            proposal = proposal.hear(state, known[alert], at(600 + step as i64));
            if proposal.version > before {
                known[alert] = Some(state);
            }
            let firing = known.iter().flatten();
            let firing = firing.filter(|state| matches!(state, AlertState::Firing { .. })).count();
            prop_assert_eq!(proposal.firing, firing as u64);
            prop_assert_eq!(proposal.ended_at.is_some(), firing == 0);
            prop_assert_eq!(proposal.alerts, known.iter().flatten().count() as u64);
            prop_assert!(proposal.seen_version <= proposal.version);
        }
    }
}
