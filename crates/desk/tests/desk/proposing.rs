//! Proposals: people are asked once, their answer counts once, and a no keeps quiet.

use jiff::{SignedDuration, Timestamp};
use sima_desk::{AnswerTaken, ProposalRequest, Proposed};
use sima_incident::{
    AlertState, Answer, Answered, Command, DomainKey, PersonId, Proposal, ProposalId,
    ProposedAlert, Severity, Suggestion,
};

use crate::stage::{Stage, ines, malik};

#[tokio::test]
async fn people_are_asked_once_and_repeats_are_counted() {
    let stage = Stage::begins().await;
    let id = asked(&stage, &firing("a", 0)).await;
    for _ in 0..3 {
        assert_eq!(stage.desk.propose(&firing("a", 0)).await.unwrap(), Proposed::Heard(id));
    }
    assert_eq!(stage.desk.propose(&firing("b", 10)).await.unwrap(), Proposed::Heard(id));
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
        let key = format!("queue-{number}");
        deliveries.spawn(async move { desk.propose(&firing(&key, 0)).await.unwrap() });
    }
    let came = deliveries.join_all().await;
    let asked = came.iter().filter(|one| matches!(one, Proposed::Asked(_))).count();
    let heard = came.iter().filter(|one| matches!(one, Proposed::Heard(_))).count();
    assert_eq!((asked, heard), (1, 11));
}

#[tokio::test]
async fn what_is_resolved_before_anybody_was_asked_asks_nobody() {
    let stage = Stage::begins().await;
    assert_eq!(stage.desk.propose(&resolved("a", 0)).await.unwrap(), Proposed::Nothing);
    let unasked = ProposalRequest { suggestion: None, ..firing("a", 0) };
    assert_eq!(stage.desk.propose(&unasked).await.unwrap(), Proposed::Nothing);
}

/// The rule asks only about what fires, so what is resolved comes without a suggestion.
#[tokio::test]
async fn the_end_is_heard_whatever_the_rules_say_of_it() {
    let stage = Stage::begins().await;
    let id = asked(&stage, &firing("a", 0)).await;
    let end = ProposalRequest { suggestion: None, ..resolved("a", 720) };
    assert_eq!(stage.desk.propose(&end).await.unwrap(), Proposed::Heard(id));
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
        let came = stage.desk.propose(&of_it).await.unwrap();
        assert_eq!(came, Proposed::BelongsTo(incident.id), "{of_it:?}");
    }
    let over = Command::Recover { at: None };
    stage.desk.carry_out(incident.id, over, &malik(), None).await.unwrap();
    assert_eq!(stage.desk.propose(&firing("a", 0)).await.unwrap(), Proposed::Nothing);
    let anew = stage.desk.propose(&firing("a", 120)).await.unwrap();
    assert!(matches!(anew, Proposed::Asked(other) if other != id), "{anew:?}");
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
        assert_eq!(stage.desk.propose(&quiet).await.unwrap(), Proposed::Heard(id), "{quiet:?}");
    }
    assert_eq!(proposal(&stage, id).await.seen_version, seen, "nobody is bothered");
    let anew = stage.desk.propose(&firing("a", 90)).await.unwrap();
    assert!(matches!(anew, Proposed::Asked(other) if other != id), "{anew:?}");
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
    assert_eq!(stage.desk.propose(&firing("a", 0)).await.unwrap(), Proposed::Heard(id), "quietly");
}

#[tokio::test]
async fn a_proposal_nobody_knows_is_told() {
    let stage = Stage::begins().await;
    let id = ProposalId(uuid::Uuid::nil());
    let opened = stage.desk.open_proposed(id, &ines(), None).await.unwrap();
    let dismissed = stage.desk.dismiss_proposed(id, &person("UINES")).await.unwrap();
    assert_eq!((opened, dismissed), (AnswerTaken::Unknown, AnswerTaken::Unknown));
}

async fn asked(stage: &Stage, request: &ProposalRequest) -> ProposalId {
    match stage.desk.propose(request).await.expect("it is recorded") {
        Proposed::Asked(id) => id,
        other => panic!("{other:?}"),
    }
}

async fn proposal(stage: &Stage, id: ProposalId) -> Proposal {
    stage.desk.store().proposal(id).await.unwrap().expect("it is there")
}

fn person(id: &str) -> PersonId {
    PersonId(id.into())
}

fn firing(key: &str, secs: i64) -> ProposalRequest {
    request(key, AlertState::Firing { since: since(secs) })
}

fn resolved(key: &str, secs: i64) -> ProposalRequest {
    request(key, AlertState::Resolved { since: since(secs) })
}

fn request(key: &str, state: AlertState) -> ProposalRequest {
    ProposalRequest {
        alert: ProposedAlert {
            integration: "alertmanager".into(),
            source: "alertmanager".into(),
            key: key.into(),
            title: "Queue is not draining".into(),
            state,
        },
        suggestion: Some(Suggestion {
            domain: DomainKey("api".into()),
            severity: Severity::new(2).expect("a severity"),
            title: "Queue is not draining".into(),
            description: None,
            links: Vec::new(),
            group: "queues".into(),
            within: SignedDuration::from_mins(5),
        }),
    }
}

fn since(secs: i64) -> Timestamp {
    Timestamp::from_second(1_656_578_700).expect("a time") + SignedDuration::from_secs(secs)
}
