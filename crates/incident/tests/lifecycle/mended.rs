//! What the properties found once, told as short stories.

use jiff::{SignedDuration, Timestamp};
use sima_incident::{
    Actor, Command, Connected, Declaration, DomainKey, Effect, Impact, Incident, IncidentId,
    KeyTime, Kind, PersonId, Planned, Policy, Receipt, Recorded, Refusal, Visibility, decide,
    runbook,
};

use crate::{
    ask::NUMBER,
    policy::{policy, severity},
};

const ALL: Connected = Connected { chat: true, broadcast: true, pager: true, pages: true };

/// An incident, the clock, and what was recorded and planned last.
pub struct Told {
    pub policy: Policy,
    pub incident: Incident,
    pub now: Timestamp,
    pub events: Vec<Recorded>,
    pub planned: Vec<Planned>,
}

impl Told {
    pub fn begins(summary: &str, kind: Kind) -> Self {
        let declaration = Declaration {
            assessment: None,
            id: IncidentId(uuid::Uuid::from_u128(7)),
            number: NUMBER,
            summary: summary.into(),
            description: None,
            domain: DomainKey("payments".into()),
            severity: severity(2),
            impact: Impact::Unknown,
            kind,
            visibility: Visibility::Company,
            started_at: None,
            detected_at: None,
            channel_name: "incident_08_22_queue".into(),
            alert: None,
            links: Vec::new(),
        };
        let now = "2026-08-22T09:00:00Z".parse().expect("a time");
        let policy = policy(ALL);
        let events = decide(None, Command::Declare(Box::new(declaration)), &ines(), now, &policy)
            .expect("it may be declared");
        let incident = Incident::replay(None, &events).expect("it was declared");
        let planned = runbook(&incident, &events, &policy);
        Self { policy, incident, now, events, planned }
    }

    pub fn after(&mut self, minutes: i64, command: Command) -> Result<(), Refusal> {
        self.now += SignedDuration::from_mins(minutes);
        let events = decide(Some(&self.incident), command, &ines(), self.now, &self.policy)?;
        let before = Some(self.incident.clone());
        self.incident = Incident::replay(before, &events).expect("it stays");
        self.planned = runbook(&self.incident, &events, &self.policy);
        self.events = events;
        Ok(())
    }

    pub fn plans(&self, effect: &Effect) -> bool {
        self.planned.iter().any(|planned| planned.effect == *effect)
    }
}

fn ines() -> Actor {
    Actor::in_slack(PersonId("U0INES".into()))
}

#[test]
fn a_clock_that_runs_behind_does_not_turn_the_times_around() {
    let mut told = Told::begins("Queue is not draining", Kind::Real);
    told.after(-10, Command::Acknowledge).expect("taken");
    let times = &told.incident.times;
    assert_eq!(times.acknowledged_at, Some(times.opened_at));
}

#[test]
fn a_recovery_cannot_be_corrected_to_after_the_closing() {
    let mut told = Told::begins("Queue is not draining", Kind::Real);
    told.after(5, Command::Recover { at: None }).expect("recovered");
    told.after(5, Command::Close).expect("closed");
    let at = told.now + SignedDuration::from_mins(1);
    let refused = told.after(10, Command::CorrectTime { which: KeyTime::Recovered, at });
    let expected = Refusal::OutOfOrder { earlier: "the recovery", later: "the closing" };
    assert_eq!(refused, Err(expected));
}

#[test]
fn nothing_is_planned_for_what_was_taken_out_of_the_configuration() {
    let mut told = Told::begins("Queue is not draining", Kind::Real);
    told.policy.connected.pager = false;
    told.policy.steps.clear();
    told.after(1, Command::Acknowledge).expect("taken");
    assert_eq!(told.planned, []);
}

#[test]
fn practice_never_reaches_the_pager_whatever_is_noted() {
    let mut told = Told::begins("Queue is not draining", Kind::Drill);
    let receipt = Receipt::Page { dedup_key: "sima-42".into() };
    told.after(1, Command::Note(receipt)).expect("noted");
    told.after(1, Command::Recover { at: None }).expect("recovered");
    assert!(!told.plans(&Effect::ResolvePage));
}

#[test]
fn whoever_skips_investigating_quiets_the_pager_all_the_same() {
    for command in [Command::Identify, Command::Mitigate] {
        let mut told = Told::begins("Queue is not draining", Kind::Real);
        told.after(1, command).expect("allowed");
        assert!(told.plans(&Effect::AcknowledgePage));
        assert_eq!(told.incident.times.acknowledged_at, None, "no time is invented");
    }
}

#[test]
fn what_nobody_can_see_is_not_kept() {
    let told = Told::begins("Queue\0 is \u{7}not draining", Kind::Real);
    assert_eq!(told.incident.summary, "Queue is not draining");
}
