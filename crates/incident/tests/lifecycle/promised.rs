//! Updates that were promised: kept once or missed once, and who is reminded of them when.

use jiff::{SignedDuration, Timestamp};
use sima_incident::{
    Actor, Command, Declaration, DomainKey, Effect, Event, Impact, Incident, IncidentId,
    IncidentNumber, Kind, MessageRef, Minding, Notice, PersonId, Planned, Policy, Receipt,
    Recorded, Refusal, Role, Visibility, decide, runbook,
};

use crate::policy::{policy, severity};

/// An incident with a channel, minute by minute.
struct Told {
    incident: Incident,
    policy: Policy,
    events: Vec<Recorded>,
    planned: Vec<Planned>,
}

fn at(minute: i64) -> Timestamp {
    let begins: Timestamp = "2026-08-22T09:00:00Z".parse().expect("a time");
    begins + SignedDuration::from_mins(minute)
}

fn theo() -> PersonId {
    PersonId("U0THEO".into())
}

fn nour() -> PersonId {
    PersonId("U0NOUR".into())
}

impl Told {
    fn begins() -> Self {
        let all =
            sima_incident::Connected { chat: true, broadcast: true, pager: true, pages: true };
        let policy = policy(all);
        let declaration = Declaration {
            assessment: None,
            id: IncidentId(uuid::Uuid::from_u128(7)),
            number: IncidentNumber(42),
            summary: "Queue is not draining".into(),
            description: None,
            domain: DomainKey("payments".into()),
            severity: severity(2),
            impact: Impact::Unknown,
            kind: Kind::Real,
            visibility: Visibility::Company,
            started_at: None,
            detected_at: None,
            channel_name: "incident_08_22_queue".into(),
            alert: None,
            links: Vec::new(),
        };
        let command = Command::Declare(Box::new(declaration));
        let by = Actor::in_slack(PersonId("U0INES".into()));
        let events = decide(None, command, &by, at(0), &policy).expect("it can be opened");
        let incident = Incident::replay(None, &events).expect("an incident");
        let told = Self { incident, policy, events, planned: Vec::new() };
        let channel = sima_incident::ChannelRef { id: "C1".into(), name: "incident".into() };
        told.does(0, Command::Note(Receipt::Channel(channel)))
    }

    fn tries(&mut self, minute: i64, command: Command) -> Result<Vec<Event>, Refusal> {
        let by = Actor::in_slack(theo());
        let new = decide(Some(&self.incident), command, &by, at(minute), &self.policy)?;
        let before = self.incident.clone();
        self.incident = Incident::replay(Some(before), &new).expect("an incident");
        self.planned.extend(runbook(&self.incident, &new, &self.policy));
        self.events.extend(new.iter().cloned());
        Ok(new.into_iter().map(|recorded| recorded.event).collect())
    }

    fn does(mut self, minute: i64, command: Command) -> Self {
        self.tries(minute, command).expect("it is allowed");
        self
    }

    fn with_roles(self) -> Self {
        let lead = Command::GiveRole { role: Role::CommunicationLead, to: theo() };
        let manager = Command::GiveRole { role: Role::IncidentManager, to: nour() };
        self.does(1, lead).does(1, manager)
    }

    /// An update at a minute, the next promised for another.
    fn promises(self, minute: i64, due: i64) -> Self {
        self.does(minute, Command::PostUpdate { text: "So far".into(), next_due: Some(at(due)) })
    }

    /// The clock comes when it was planned to, until a minute; what came of it, by minute.
    fn until(&mut self, minute: i64) -> Vec<(i64, String)> {
        let mut came = Vec::new();
        loop {
            let looks = |planned: &&Planned| matches!(planned.effect, Effect::WatchPromise { .. });
            let next = self.planned.iter().filter(looks).min_by_key(|planned| planned.due_at);
            let Some(next) = next.filter(|next| next.due_at <= at(minute)).cloned() else { break };
            self.planned.retain(|planned| *planned != next);
            let Effect::WatchPromise { update, .. } = next.effect else { break };
            if next.effect.is_moot(&self.incident) {
                continue;
            }
            let passed = next.due_at.duration_since(at(0)).as_mins();
            let looked = Command::MindPromise { update, spoken_at: None };
            for event in self.tries(passed, looked).expect("the clock is never refused") {
                came.push((passed, said(&event)));
            }
        }
        came
    }

    fn kinds_planned(&self, kind: &str) -> usize {
        self.planned.iter().filter(|planned| planned.effect.kind() == kind).count()
    }
}

fn said(event: &Event) -> String {
    match event {
        Event::ReminderCalled { person: Some(person) } => format!("remind {person}"),
        Event::ReminderCalled { person: None } => "remind the channel".into(),
        other => other.kind().to_owned(),
    }
}

#[test]
fn the_lead_is_reminded_first_then_the_manager_and_the_promise_is_missed_once() {
    let mut told = Told::begins().with_roles().promises(10, 40);
    let came = told.until(200);
    let came: Vec<(i64, &str)> = came.iter().map(|(at, what)| (*at, what.as_str())).collect();
    assert_eq!(
        came,
        [
            (35, "remind U0THEO"),
            (40, "promise_missed"),
            (40, "remind U0NOUR"),
            (45, "remind U0NOUR")
        ]
    );
    assert!(told.incident.is_overdue());
    assert_eq!((told.incident.promises.kept, told.incident.promises.missed), (0, 1));
}

#[test]
fn an_update_in_time_keeps_the_promise_and_nobody_is_reminded() {
    let mut told = Told::begins().with_roles().promises(10, 40).promises(30, 60);
    assert_eq!(told.until(54), []);
    assert_eq!((told.incident.promises.kept, told.incident.promises.missed), (1, 0));
    let came = told.until(55);
    assert_eq!(came, [(55, "remind U0THEO".to_owned())]);
}

/// SIMA was away when it was due: whatever comes first says that it was missed.
#[test]
fn an_update_that_comes_late_was_not_kept_whoever_notices() {
    let told = Told::begins().promises(10, 40).promises(41, 70);
    assert_eq!((told.incident.promises.kept, told.incident.promises.missed), (0, 1));
    assert!(!told.incident.is_overdue(), "it was made good, late");
    let to_the_minute = Told::begins().promises(10, 40).promises(40, 70);
    assert_eq!(to_the_minute.incident.promises.kept, 1);
}

#[test]
fn recovery_keeps_the_promise_and_silences_the_clock() {
    let mut told = Told::begins().with_roles().promises(10, 40);
    told = told.does(20, Command::Recover { at: None });
    assert_eq!(told.incident.promises.kept, 1);
    assert_eq!(told.until(200), []);
    // Nor is it owed again when it was not over.
    told = told.does(30, Command::Reopen { reason: "It is back".into() });
    assert_eq!(told.until(200), []);
    assert_eq!(told.incident.next_update_due(), None);
    let later = Command::PostUpdate { text: "Looking".into(), next_due: None };
    told = told.does(60, later);
    assert_eq!((told.incident.promises.kept, told.incident.promises.missed), (1, 0));
}

#[test]
fn nothing_is_promised_of_what_is_over() {
    let told = Told::begins().does(5, Command::Recover { at: None }).promises(10, 40);
    let posted = told.events.iter().rev().find_map(|recorded| match &recorded.event {
        Event::UpdatePosted { next_due, .. } => Some(*next_due),
        _ => None,
    });
    assert_eq!(posted, Some(None));
}

#[test]
fn without_a_role_the_channel_is_told_once() {
    let mut told = Told::begins().promises(10, 40);
    let came = told.until(200);
    let came: Vec<(i64, &str)> = came.iter().map(|(at, what)| (*at, what.as_str())).collect();
    assert_eq!(came, [(35, "remind the channel"), (40, "promise_missed")]);
    let wanted = told.planned.iter().filter(|planned| {
        matches!(&planned.effect, Effect::PostNotice { notice: Notice::UpdateWanted { .. } })
    });
    assert_eq!(wanted.count(), 1);
}

#[test]
fn while_people_write_nobody_is_reminded_but_not_for_ever() {
    let told = Told::begins().with_roles().promises(10, 40);
    let mind = |spoken: i64, now: i64| {
        told.incident.mind_promise(1, Some(at(spoken)), at(now), &told.policy)
    };
    assert_eq!(mind(34, 35), Minding::Later(at(37)));
    assert_eq!(mind(31, 35), Minding::Act { missed: false, remind: true });
    assert_eq!(mind(39, 40), Minding::Act { missed: true, remind: false });
    assert_eq!(mind(49, 50), Minding::Act { missed: true, remind: true }, "those outside wait");
    assert_eq!(told.incident.mind_promise(2, None, at(50), &told.policy), Minding::Nothing);
}

#[test]
fn a_reminder_can_be_put_off_and_comes_again_to_the_same_person() {
    let mut told = Told::begins().with_roles().promises(10, 40);
    told.until(36);
    let message = MessageRef { channel: "D1".into(), ts: "1.2".into() };
    let posted = Receipt::Reminder { update: 1, person: theo(), message: Some(message) };
    told = told.does(36, Command::Note(posted));
    let snooze = |person, until| Command::SnoozeReminder { person, until: at(until) };
    let stranger = told.tries(36, snooze(PersonId("U0INES".into()), 50));
    assert_eq!(stranger, Err(Refusal::NotReminded));
    told = told.does(36, snooze(theo(), 51));
    assert_eq!(told.kinds_planned("withdraw_reminder"), 1);
    let again = told.tries(36, snooze(theo(), 51));
    assert!(matches!(again, Err(Refusal::AlreadySo(_))), "a second press: {again:?}");
    let came = told.until(60);
    let came: Vec<(i64, &str)> = came.iter().map(|(at, what)| (*at, what.as_str())).collect();
    assert_eq!(
        came,
        [(40, "promise_missed"), (51, "remind U0THEO"), (56, "remind U0NOUR")],
        "missed all the same, and nobody is reminded before"
    );
    told = told.promises(61, 90);
    let late = told.tries(62, snooze(theo(), 70));
    assert_eq!(late, Err(Refusal::NotReminded), "of that one nobody was reminded");
}

#[test]
fn reminders_are_taken_back_when_the_update_is_there() {
    let mut told = Told::begins().with_roles().promises(10, 40);
    told.until(36);
    let message = |ts: &str| Some(MessageRef { channel: "D1".into(), ts: ts.into() });
    let posted = Receipt::Reminder { update: 1, person: theo(), message: message("1.2") };
    told = told.does(36, Command::Note(posted)).promises(37, 70);
    assert_eq!(told.kinds_planned("withdraw_reminder"), 1);
    // One that was under way all the while is taken back as soon as it is there.
    let late = Receipt::Reminder { update: 1, person: nour(), message: message("1.3") };
    told = told.does(38, Command::Note(late));
    assert_eq!(told.kinds_planned("withdraw_reminder"), 2);
}

#[test]
fn a_promise_for_soon_is_not_reminded_of_at_once() {
    let mut told = Told::begins().with_roles().promises(10, 14);
    let came = told.until(13);
    assert_eq!(came, [(12, "remind U0THEO".to_owned())]);
}
