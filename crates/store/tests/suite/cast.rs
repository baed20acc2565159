//! The people, times and incidents the stories are about.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use sima_incident::{
    Actor, AlertState, Command, Connected, Declaration, Domain, DomainKey, Effect, Impact,
    Incident, IncidentId, IncidentNumber, Kind, KnownAlert, Notice, PersonId, Planned, Policy,
    Severity, SeverityRule, Visibility, decide, runbook,
};
use sima_store::{AlertHold, Claim, Commit, Delivery, HeldAlert, Leased, Outcome, Store};
use uuid::Uuid;

/// So many seconds into the story, which begins on 30 June 2022 at nine.
pub fn at(secs: i64) -> Timestamp {
    let begins = Timestamp::from_second(1_656_579_600).expect("a time");
    begins + SignedDuration::from_secs(secs)
}

/// Inès, who reports.
pub fn ines() -> Actor {
    Actor::in_slack(PersonId("UINES".into()))
}

/// Malik, who is on call.
pub fn malik() -> Actor {
    Actor::in_slack(PersonId("UMALIK".into()))
}

/// A company with a chat, a pager and one domain.
pub fn policy() -> Policy {
    let severity = Severity::new(2).expect("a severity");
    Policy {
        domains: vec![Domain {
            key: DomainKey("email".into()),
            name: "Outbound Email Delivery".into(),
            stakeholders: vec!["UTHEO".into()],
            pages: true,
            channel: None,
        }],
        severities: vec![SeverityRule {
            severity,
            meaning: "a main feature is down".into(),
            pages: true,
            postmortem: true,
            update_every: SignedDuration::from_mins(30),
        }],
        default_domain: DomainKey("email".into()),
        default_severity: severity,
        impact_questions: Vec::new(),
        stability_window: SignedDuration::from_mins(15),
        page_patience: SignedDuration::from_secs(1),
        repage_after: SignedDuration::from_mins(5),
        remind_before: SignedDuration::from_mins(5),
        steps: Vec::new(),
        connected: Connected { chat: true, broadcast: true, pager: true, pages: true },
        time_zone: TimeZone::UTC,
        public_url: "http://localhost:8080".into(),
        slash_command: "/incident".into(),
    }
}

/// The identity of the incident with that number, in these stories.
pub fn id(number: u32) -> IncidentId {
    IncidentId(Uuid::from_u128(0x0181_b3b9_0000_7000_8000_0000_0000_0000 + u128::from(number)))
}

/// What leaves Inès' hands when she opens incident `number`.
pub fn opening(number: u32) -> Commit {
    opening_as(number, &format!("incident_06_30_queue-{number}"), "Queue is not draining")
}

/// The same, with a channel name and a summary of its own.
pub fn opening_as(number: u32, channel_name: &str, summary: &str) -> Commit {
    let declaration = Declaration {
        assessment: None,
        id: id(number),
        number: IncidentNumber(number),
        summary: summary.into(),
        description: None,
        domain: DomainKey("email".into()),
        severity: Severity::new(2).expect("a severity"),
        impact: Impact::Unknown,
        kind: Kind::Real,
        visibility: Visibility::Company,
        started_at: None,
        detected_at: None,
        channel_name: channel_name.into(),
        alert: None,
        links: Vec::new(),
    };
    decided(None, Command::Declare(Box::new(declaration)), at(0))
}

/// What is to be recorded when Malik asks something of an incident.
pub fn change(incident: &Incident, command: Command, now: Timestamp) -> Commit {
    decided(Some(incident), command, now)
}

fn decided(before: Option<&Incident>, command: Command, now: Timestamp) -> Commit {
    let (by, policy) = (if before.is_none() { ines() } else { malik() }, policy());
    let events = decide(before, command, &by, now, &policy).expect("no refusal");
    let incident = Incident::replay(before.cloned(), &events).expect("an incident");
    let planned = runbook(&incident, &events, &policy);
    Commit {
        incident,
        events,
        planned,
        settles: None,
        delivery: None,
        alerts: Vec::new(),
        groups: Vec::new(),
        judged: Vec::new(),
        now,
    }
}

/// A commit that says nothing new of an incident.
pub fn nothing(incident: &Incident, now: Timestamp) -> Commit {
    Commit {
        incident: incident.clone(),
        events: Vec::new(),
        planned: Vec::new(),
        settles: None,
        delivery: None,
        alerts: Vec::new(),
        groups: Vec::new(),
        judged: Vec::new(),
        now,
    }
}

/// A delivery through Slack's door.
pub fn delivery(name: &str) -> Delivery {
    Delivery { door: "slack".into(), id: name.into() }
}

/// The alert of these stories, expected to fire at an incident.
pub fn alert(expects: Option<IncidentId>) -> AlertHold {
    let known = KnownAlert::of(AlertState::Firing { since: at(-60) });
    let held = |incident| HeldAlert { incident: Some(incident), known: known.clone() };
    AlertHold {
        integration: "alertmanager".into(),
        key: "QueueNotDraining".into(),
        title: "Queue is not draining".into(),
        expects: expects.map(held),
        known,
    }
}

/// Records a commit that must be recorded.
pub async fn record(store: &Store, commit: Commit) -> Incident {
    let incident = commit.incident.clone();
    assert_eq!(store.record(commit).await.expect("a database"), Outcome::Recorded);
    incident
}

/// An incident as Inès opened it.
pub async fn opened(store: &Store, number: u32) -> Incident {
    record(store, opening(number)).await
}

/// An incident of which nothing is to be done yet.
pub async fn quiet(store: &Store, number: u32) -> Incident {
    let commit = Commit { planned: Vec::new(), ..opening(number) };
    record(store, commit).await
}

/// Plans effects for an incident.
pub async fn plan(store: &Store, incident: &Incident, due_at: Timestamp, effects: &[Effect]) {
    let planned = effects.iter().map(|effect| Planned { effect: effect.clone(), due_at }).collect();
    record(store, Commit { planned, ..nothing(incident, at(0)) }).await;
}

/// Something to say in the channel, the `n`th.
pub fn word(n: u32) -> Effect {
    Effect::PostNotice { notice: Notice::Reopened { by: malik(), reason: format!("word {n}") } }
}

/// What a worker gets `secs` into the story; its lease lasts a minute.
pub async fn claim(store: &Store, owner: &str, secs: i64) -> Vec<Leased> {
    let claim = Claim { owner, now: at(secs), lease_until: at(secs + 60), limit: 100 };
    store.claim(claim).await.expect("a database")
}

/// What a worker gets when there is one thing to get.
pub async fn claim_one(store: &Store, owner: &str, secs: i64) -> Leased {
    let mut leased = claim(store, owner, secs).await;
    assert_eq!(leased.len(), 1, "{leased:?}");
    leased.remove(0)
}

/// Who holds the alert of these stories.
pub async fn holder(store: &Store) -> Option<IncidentId> {
    held_by(store, "QueueNotDraining").await
}

/// Who holds an alert.
pub async fn held_by(store: &Store, key: &str) -> Option<IncidentId> {
    let held = store.alerts_held(&[("alertmanager", key)]).await.expect("a database");
    held.into_values().next().and_then(|held| held.incident)
}
