//! One incident as the cast lived it, for the tests of this room.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{
    Actor, AlertEvidence, AlertState, ChannelRef, Command, Connected, Declaration, Domain,
    DomainKey, Impact, Incident, IncidentId, IncidentNumber, Kind, NotedAlert, PersonId, Policy,
    Receipt, Recorded, Role, Severity, SeverityRule, Visibility, decide,
};

/// The story so far.
pub(super) struct Story {
    pub policy: Policy,
    pub incident: Incident,
    pub events: Vec<Recorded>,
}

impl Story {
    /// Inès opens INC-42 at 09:09 UTC, two minutes after a monitor saw it.
    pub fn begins(summary: &str) -> Self {
        let declaration = Declaration {
            assessment: None,
            id: IncidentId(uuid::Uuid::nil()),
            number: IncidentNumber(42),
            summary: summary.into(),
            description: Some("420k messages wait.\n\nThe oldest is 14 min old.".into()),
            domain: DomainKey("email".into()),
            severity: severity(2),
            impact: Impact::Unknown,
            kind: Kind::Real,
            visibility: Visibility::Company,
            started_at: Some(time("09:00:00")),
            detected_at: Some(time("09:07:00")),
            channel_name: "incident_06_30_outbound-email".into(),
            alert: None,
            links: vec!["https://grafana.example/d/abc".into()],
        };
        let policy = policy();
        let command = Command::Declare(Box::new(declaration));
        let events = decide(None, command, &ines(), time("09:09:00"), &policy);
        let events = events.expect("the declaration is complete");
        let incident = Incident::replay(None, &events).expect("it was declared");
        Self { policy, incident, events }
    }

    /// Somebody asks for something.
    pub fn then(mut self, clock: &str, by: &Actor, command: Command) -> Self {
        let events = decide(Some(&self.incident), command, by, time(clock), &self.policy);
        let events = events.expect("the story is possible");
        self.incident = Incident::replay(Some(self.incident), &events).expect("it was declared");
        self.events.extend(events);
        self
    }

    /// The whole of it, up to the stability window's end.
    pub fn lived() -> Self {
        let alert = |state| {
            Command::NoteAlerts(vec![NotedAlert::of(AlertEvidence {
                source: "alertmanager".into(),
                key: "queue".into(),
                title: "Queue eu1 is not draining".into(),
                state,
                members: None,
            })])
        };
        let channel = ChannelRef { id: "C0INC42".into(), name: "incident_06_30_mail".into() };
        let dedup_key = "sima:42".to_owned();
        let update = "We *restart* the `relay`.\n# Next: watch <it>".to_owned();
        Self::begins("Outbound email is <stuck> & *late*")
            .then("09:09:01", &Actor::sima(), Command::Note(Receipt::Channel(channel)))
            .then("09:09:01", &Actor::sima(), Command::Note(Receipt::Page { dedup_key }))
            .then(
                "09:10:00",
                &Actor::monitor("alertmanager"),
                alert(AlertState::Firing { since: time("09:07:00") }),
            )
            .then(
                "09:12:00",
                &theo(),
                Command::NoteJoin(theo().person().expect("a person").clone()),
            )
            .then("09:13:30", &malik(), Command::Acknowledge)
            .then(
                "09:14:00",
                &nour(),
                Command::GiveRole { role: Role::IncidentManager, to: PersonId("U0NOUR".into()) },
            )
            .then(
                "09:15:00",
                &nour(),
                Command::GiveRole { role: Role::CommunicationLead, to: PersonId("U0THEO".into()) },
            )
            .then("09:20:00", &theo(), Command::SetImpact(Impact::Clients(1200)))
            .then("09:21:00", &nour(), Command::SetSeverity(severity(1)))
            .then("09:30:00", &theo(), Command::PostUpdate { text: update, next_due: None })
            .then("09:40:00", &malik(), Command::Identify)
            .then("09:51:00", &malik(), Command::Mitigate)
            .then("10:05:00", &malik(), Command::Recover { at: Some(time("10:02:00")) })
            .then(
                "10:06:00",
                &Actor::monitor("alertmanager"),
                alert(AlertState::Resolved { since: time("10:01:00") }),
            )
            .then("10:20:00", &Actor::clock(), Command::Settle { link_key: "key".into() })
    }
}

/// The names of the cast.
pub(super) fn name_of(person: &PersonId) -> String {
    match person.0.as_str() {
        "U0INES" => "Inès".into(),
        "U0MALIK" => "Malik".into(),
        "U0NOUR" => "Nour".into(),
        "U0THEO" => "Théo".into(),
        other => other.into(),
    }
}

pub(super) fn ines() -> Actor {
    Actor::in_slack(PersonId("U0INES".into()))
}

pub(super) fn malik() -> Actor {
    Actor::in_slack(PersonId("U0MALIK".into()))
}

pub(super) fn nour() -> Actor {
    Actor::in_slack(PersonId("U0NOUR".into()))
}

pub(super) fn theo() -> Actor {
    Actor::in_slack(PersonId("U0THEO".into()))
}

/// A time of the story's day, in UTC; in Rome it is two hours later.
pub(super) fn time(clock: &str) -> Timestamp {
    format!("2022-06-30T{clock}Z").parse().expect("a time of day")
}

pub(super) fn severity(level: u8) -> Severity {
    Severity::new(level).expect("1 to 9")
}

fn policy() -> Policy {
    let rule = |level, meaning: &str| SeverityRule {
        severity: severity(level),
        meaning: meaning.into(),
        pages: true,
        postmortem: true,
        update_every: SignedDuration::from_mins(30),
    };
    Policy {
        domains: vec![Domain {
            key: DomainKey("email".into()),
            name: "Outbound Email".into(),
            stakeholders: Vec::new(),
            pages: true,
            channel: None,
        }],
        severities: vec![rule(1, "clients cannot work"), rule(2, "clients are hindered")],
        default_domain: DomainKey("email".into()),
        default_severity: severity(2),
        impact_questions: Vec::new(),
        stability_window: SignedDuration::from_mins(15),
        page_patience: SignedDuration::from_secs(1),
        repage_after: SignedDuration::from_mins(5),
        remind_before: SignedDuration::from_mins(5),
        steps: Vec::new(),
        connected: Connected { chat: true, broadcast: true, pager: true, pages: true },
        time_zone: TimeZone::get("Europe/Rome").expect("a zone of the bundled database"),
        public_url: "https://sima.example".into(),
        slash_command: "/incident".into(),
    }
}
