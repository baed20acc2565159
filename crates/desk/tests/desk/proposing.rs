//! Proposals: people are asked once, their answer counts once, and a no keeps quiet.

use jiff::{SignedDuration, Timestamp};
use sima_desk::{AnswerTaken, Desk, RuledAlert, Ruling};
use sima_incident::{
    AlertEvidence, AlertState, Answer, Answered, Command, Dismissal, DomainKey, IncidentId,
    Members, PersonId, Proposal, ProposalId, Severity, StormLimit, Suggestion,
};
use sima_store::{NewAlert, Took};

use crate::stage::{Stage, ines, malik};

const INTEGRATION: &str = "alertmanager";

#[tokio::test]
async fn people_are_asked_once_and_repeats_are_counted() {
    let stage = Stage::begins().await;
    let id = asked(&stage, &firing("a", 0)).await;
    for _ in 0..3 {
        assert_eq!(asked(&stage, &firing("a", 0)).await, id);
    }
    assert_eq!(asked(&stage, &firing("b", 10)).await, id);
    let proposal = proposal(&stage, id).await;
    assert_eq!((proposal.reports, proposal.alerts, proposal.channel.as_str()), (5, 2, "api-team"));
    assert!(stage.desk.store().live_incidents().await.unwrap().is_empty(), "nothing is open");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_alerts_of_a_group_at_once_one_asks() {
    let stage = Stage::begins().await;
    let mut deliveries = tokio::task::JoinSet::new();
    for number in 0..12 {
        let desk = stage.desk.clone();
        deliveries
            .spawn(async move { judged(&desk, &firing(&format!("queue-{number}"), 0)).await });
    }
    let came = deliveries.join_all().await;
    assert!(came.iter().all(|(outcome, _)| outcome == "proposed"), "{came:?}");
    let [proposal] = &made(&stage).await[..] else { panic!("one") };
    assert_eq!((proposal.alerts, proposal.reports), (12, 12), "each is heard once");
}

/// Two hundred troubles that have nothing in common: five questions, and one for all the others. All of
/// it is one transaction.
#[tokio::test]
async fn too_many_questions_at_once_are_one() {
    let stage = Stage::begins().await;
    let all: Vec<Says> =
        (0..200).map(|n| of_group(&n.to_string(), &format!("group {n}"))).collect();
    let before = *stage.desk.store().changes().borrow();
    let came = judged_together(&stage.desk, &all).await;
    assert!(came.iter().all(|(outcome, _)| outcome == "proposed"), "{came:?}");
    let recorded = *stage.desk.store().changes().borrow() - before;
    assert_eq!(recorded, 1, "beside the delivery, which rings for nobody but the intake");
    let mut proposals = made(&stage).await;
    proposals.sort_by_key(|proposal| proposal.alerts);
    let counts: Vec<u64> = proposals.iter().map(|proposal| proposal.alerts).collect();
    assert_eq!(counts, [1, 1, 1, 1, 1, 195]);
    let storm = proposals.pop().unwrap();
    assert_eq!(storm.suggestion.title, "Alert storm from alertmanager");
    assert_eq!((storm.firing, storm.channel.as_str()), (195, "api-team"));

    // While it goes on, what comes is gathered; what is over is told.
    assert_eq!(asked(&stage, &of_group("late", "another group")).await, storm.id);
    let over: Vec<Says> = (0..200).map(|n| resolved(&n.to_string(), 60)).collect();
    judged_together(&stage.desk, &over).await;
    assert_eq!(proposal(&stage, storm.id).await.firing, 1);

    // One press opens one incident, and what comes then belongs to it.
    let taken = stage.desk.open_proposed(storm.id, &ines(), None).await.unwrap();
    let AnswerTaken::Opened(incident) = taken else { panic!("{taken:?}") };
    for of_it in [of_group("7", "group 7"), of_group("199", "group 199"), of_group("new", "new")] {
        let came = judged(&stage.desk, &of_it).await;
        assert_eq!(came, ("attached".to_owned(), Some(incident.id)), "{of_it:?}");
    }

    // After five quiet minutes people are asked one by one again.
    stage.desk.clock().advance(SignedDuration::from_mins(6));
    let alone = asked(&stage, &of_group("alone", "alone")).await;
    assert_eq!(proposal(&stage, alone).await.alerts, 1);
}

/// What nobody was asked about and what fires no more is judged together, in one transaction.
#[tokio::test]
async fn what_changes_nothing_is_judged_together() {
    let stage = Stage::begins().await;
    let unasked = |n: i64| Says { suggestion: None, ..firing(&n.to_string(), n) };
    let all: Vec<Says> =
        (0..500).map(unasked).chain((500..900).map(|n| resolved(&n.to_string(), n))).collect();
    let before = *stage.desk.store().changes().borrow();
    let came = judged_together(&stage.desk, &all).await;
    assert!(came.iter().all(|(outcome, _)| outcome == "nothing"), "{came:?}");
    assert_eq!(*stage.desk.store().changes().borrow() - before, 1);
}

#[tokio::test]
async fn what_is_resolved_before_anybody_was_asked_asks_nobody() {
    let stage = Stage::begins().await;
    assert_eq!(judged(&stage.desk, &resolved("a", 0)).await.0, "nothing");
    let unasked = Says { suggestion: None, ..firing("b", 0) };
    assert_eq!(judged(&stage.desk, &unasked).await.0, "nothing");
    assert!(made(&stage).await.is_empty());
}

/// The rule asks only about what fires, so what is resolved comes without a suggestion.
#[tokio::test]
async fn the_end_is_heard_whatever_the_rules_say_of_it() {
    let stage = Stage::begins().await;
    let id = asked(&stage, &firing("a", 0)).await;
    let end = Says { suggestion: None, ..resolved("a", 720) };
    assert_eq!(asked(&stage, &end).await, id);
    assert_eq!(proposal(&stage, id).await.ended_at, Some(since(720)));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_press_at_once_one_opens_and_the_other_is_told() {
    let stage = Stage::begins().await;
    let id = asked(&stage, &firing("a", 0)).await;
    let (one, other) = (ines(), malik());
    let (one, other) = tokio::join!(
        stage.desk.open_proposed(id, &one, None),
        stage.desk.open_proposed(id, &other, None)
    );
    let mut opened = Vec::new();
    let mut told = Vec::new();
    for answer in [one.unwrap(), other.unwrap()] {
        match answer {
            AnswerTaken::Opened(incident) => opened.push(incident),
            AnswerTaken::Answered(Answered::Opened { number, by }) => told.push((number, by)),
            other => panic!("{other:?}"),
        }
    }
    let [incident] = &opened[..] else { panic!("{opened:?}") };
    assert_eq!(told, [(incident.number, incident.reporter.person().unwrap().clone())]);
    assert_eq!(incident.summary, "Queue is not draining");
    assert_eq!(incident.times.started(), since(0));
    assert_eq!(incident.alerts.len(), 1, "the alert is evidence");
    assert_eq!(stage.desk.store().live_incidents().await.unwrap().len(), 1);
    let answer = proposal(&stage, id).await.answer;
    assert!(matches!(answer, Answer::Opened { number, .. } if number == incident.number));
}

/// Whatever of the group comes after that belongs to the incident; once that is over, a new trouble
/// is asked about anew.
#[tokio::test]
async fn what_comes_after_it_was_opened_belongs_to_the_incident() {
    let stage = Stage::begins().await;
    let id = asked(&stage, &firing("a", 0)).await;
    let taken = stage.desk.open_proposed(id, &ines(), None).await.unwrap();
    let AnswerTaken::Opened(incident) = taken else { panic!("{taken:?}") };
    for of_it in [firing("a", 0), resolved("a", 60), firing("a", 90), firing("b", 30)] {
        let came = judged(&stage.desk, &of_it).await;
        assert_eq!(came, ("attached".to_owned(), Some(incident.id)), "{of_it:?}");
    }
    let none = Command::Dismiss(Dismissal::FalsePositive);
    stage.desk.carry_out(incident.id, none, &malik(), None).await.unwrap();
    assert_eq!(judged(&stage.desk, &firing("a", 0)).await.0, "attached");
    assert_ne!(asked(&stage, &firing("a", 120)).await, id);
}

#[tokio::test]
async fn after_a_no_the_same_trouble_is_quiet_until_it_begins_anew() {
    let stage = Stage::begins().await;
    let id = asked(&stage, &firing("a", 0)).await;
    let taken = stage.desk.dismiss_proposed(id, &person("UMALIK")).await.unwrap();
    assert!(matches!(taken, AnswerTaken::Dismissed(_)), "{taken:?}");
    let told = stage.desk.dismiss_proposed(id, &person("UINES")).await.unwrap();
    let faster = Answered::Dismissed { by: person("UMALIK") };
    assert_eq!(told, AnswerTaken::Answered(faster));

    let seen = proposal(&stage, id).await.seen_version;
    for quiet in [firing("a", 0), firing("b", 10), resolved("a", 60), firing("a", 0)] {
        assert_eq!(asked(&stage, &quiet).await, id, "{quiet:?}");
    }
    assert_eq!(proposal(&stage, id).await.seen_version, seen, "nobody is bothered");
    assert_ne!(asked(&stage, &firing("a", 90)).await, id);
}

/// Somebody sees it otherwise after a no: the incident counts.
#[tokio::test]
async fn it_may_be_opened_after_a_no() {
    let stage = Stage::begins().await;
    let id = asked(&stage, &firing("a", 0)).await;
    stage.desk.dismiss_proposed(id, &person("UMALIK")).await.unwrap();
    let taken = stage.desk.open_proposed(id, &ines(), None).await.unwrap();
    assert!(matches!(taken, AnswerTaken::Opened(_)), "{taken:?}");
    let late = stage.desk.dismiss_proposed(id, &person("UMALIK")).await.unwrap();
    assert!(matches!(late, AnswerTaken::Answered(Answered::Opened { .. })), "{late:?}");
}

#[tokio::test]
async fn a_day_without_an_answer_ends_it() {
    let stage = Stage::begins().await;
    let id = asked(&stage, &firing("a", 0)).await;
    stage.desk.clock().advance(SignedDuration::from_hours(23));
    stage.desk.tend_proposals().await.unwrap();
    assert!(proposal(&stage, id).await.is_awaited());
    stage.desk.clock().advance(SignedDuration::from_hours(1));
    stage.desk.tend_proposals().await.unwrap();
    assert!(matches!(proposal(&stage, id).await.answer, Answer::Expired { .. }));
    assert_eq!(asked(&stage, &firing("a", 0)).await, id, "quietly");
}

#[tokio::test]
async fn a_proposal_nobody_knows_is_told() {
    let stage = Stage::begins().await;
    let id = ProposalId(uuid::Uuid::nil());
    let opened = stage.desk.open_proposed(id, &ines(), None).await.unwrap();
    let dismissed = stage.desk.dismiss_proposed(id, &person("UINES")).await.unwrap();
    assert_eq!((opened, dismissed), (AnswerTaken::Unknown, AnswerTaken::Unknown));
}

/// It is judged, and people are asked, or were; by which proposal.
async fn asked(stage: &Stage, says: &Says) -> ProposalId {
    assert_eq!(judged(&stage.desk, says).await.0, "proposed", "{says:?}");
    let alert = (INTEGRATION, &*says.key);
    let known = stage.desk.store().proposals_of_alerts(&[alert]).await.unwrap();
    known.into_values().next().expect("it belongs to one").0
}

/// It is taken in and judged; what came of it, and at which incident.
async fn judged(desk: &Desk, says: &Says) -> (String, Option<IncidentId>) {
    judged_together(desk, std::slice::from_ref(says)).await.remove(0)
}

async fn judged_together(desk: &Desk, says: &[Says]) -> Vec<(String, Option<IncidentId>)> {
    let new = says.iter().map(|says| NewAlert {
        source: INTEGRATION.into(),
        key: says.key.clone(),
        state: says.state,
        alert: "{}".into(),
    });
    let took = desk.take_delivery(INTEGRATION, None, new.collect()).await.unwrap();
    let Took::Recorded(ids) = took else { panic!("they are new") };
    let ruled = |(id, says): (i64, &Says)| RuledAlert {
        id,
        source: INTEGRATION.into(),
        evidence: AlertEvidence {
            source: INTEGRATION.into(),
            key: says.key.clone(),
            title: "Queue is not draining".into(),
            state: says.state,
            members: None,
        },
        members: Members::default(),
        ruling: match &says.suggestion {
            Some(suggestion) => Ruling::Propose(Box::new(suggestion.clone())),
            None => Ruling::Note { why: "it is only recorded".into() },
        },
    };
    // As often as somebody else is faster.
    for _ in 0..100 {
        let waiting = desk.store().waiting_alerts(10_000).await.unwrap();
        let waits = |(id, _): &(i64, &Says)| waiting.iter().any(|one| one.id == *id);
        let left: Vec<RuledAlert> = ids.clone().zip(says).filter(waits).map(ruled).collect();
        if left.is_empty() {
            break;
        }
        let taken = desk.take_in(INTEGRATION, left, StormLimit(5)).await.unwrap();
        assert_eq!(taken.failed, [] as [i64; 0]);
    }
    let mut came = Vec::new();
    for id in ids {
        let judged = desk.store().alert_judged(id).await.unwrap().expect("it is judged");
        came.push((judged.outcome, judged.incident));
    }
    came
}

/// Everything people were ever asked.
async fn made(stage: &Stage) -> Vec<Proposal> {
    stage.desk.store().proposals_made_after(Timestamp::MIN).await.unwrap()
}

async fn proposal(stage: &Stage, id: ProposalId) -> Proposal {
    stage.desk.store().proposal(id).await.unwrap().expect("it is there")
}

fn person(id: &str) -> PersonId {
    PersonId(id.into())
}

/// What a monitor says, and what the rules would ask about it.
#[derive(Clone, Debug)]
struct Says {
    key: String,
    state: AlertState,
    suggestion: Option<Suggestion>,
}

fn firing(key: &str, secs: i64) -> Says {
    says(key, "queues", AlertState::Firing { since: since(secs) })
}

fn resolved(key: &str, secs: i64) -> Says {
    says(key, "queues", AlertState::Resolved { since: since(secs) })
}

fn of_group(key: &str, group: &str) -> Says {
    says(key, group, AlertState::Firing { since: since(0) })
}

fn says(key: &str, group: &str, state: AlertState) -> Says {
    let suggestion = Some(Suggestion {
        domain: DomainKey("api".into()),
        severity: Severity::new(2).expect("a severity"),
        title: "Queue is not draining".into(),
        description: None,
        links: Vec::new(),
        group: group.into(),
        within: SignedDuration::from_mins(5),
    });
    Says { key: key.into(), state, suggestion }
}

fn since(secs: i64) -> Timestamp {
    Timestamp::from_second(1_656_578_700).expect("a time") + SignedDuration::from_secs(secs)
}
