//! The fixed cast and an incident as it is lived: Inès reports, Malik is on call, Nour manages,
//! Théo speaks.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use sima_incident::{
    Actor, AlertEvidence, AlertState, ChannelRef, Command, Connected, Declaration, Domain,
    DomainKey, FoundMessage, Impact, ImpactAnswer, ImpactQuestion, Incident, IncidentId,
    IncidentNumber, Kind, MessageRead, MessageRef, PersonId, Policy, Receipt, Recorded, Role, Said,
    Severity, SeverityRule, SharedFile, Visibility, decide,
};

/// A moment of 2022-06-30, `HH:MM` in UTC.
pub fn at(clock: &str) -> Timestamp {
    format!("2022-06-30T{clock}:00Z").parse().expect("a time")
}

pub fn ines() -> PersonId {
    PersonId("U0INES0001".to_owned())
}

pub fn malik() -> PersonId {
    PersonId("U0MALIK001".to_owned())
}

pub fn nour() -> PersonId {
    PersonId("U0NOUR0001".to_owned())
}

pub fn theo() -> PersonId {
    PersonId("U0THEO0001".to_owned())
}

pub fn sev(level: u8) -> Severity {
    Severity::new(level).expect("a severity")
}

pub fn incident_id() -> IncidentId {
    serde_json::from_str("\"01819e00-0000-7000-8000-000000000042\"").expect("an id")
}

fn question(ask: &str, answers: &[(&str, u8)]) -> ImpactQuestion {
    let answers = answers
        .iter()
        .map(|(say, level)| ImpactAnswer { say: (*say).to_owned(), severity: sev(*level) });
    ImpactQuestion { ask: ask.to_owned(), answers: answers.collect() }
}

/// Two domains, four severities, two questions, everything connected.
pub fn policy() -> Policy {
    let domain = |key: &str, name: &str| Domain {
        key: DomainKey(key.to_owned()),
        name: name.to_owned(),
        stakeholders: vec!["lea@example.com".to_owned()],
        pages: true,
        channel: None,
    };
    let rule = |level: u8, meaning: &str, minutes: i64| SeverityRule {
        severity: sev(level),
        meaning: meaning.to_owned(),
        pages: level < 4,
        postmortem: level < 3,
        update_every: SignedDuration::from_mins(minutes),
    };
    Policy {
        domains: vec![domain("outbound-email", "Outbound Email Delivery"), domain("api", "API")],
        severities: vec![
            rule(1, "A core flow is down for many", 20),
            rule(2, "A major feature is down, or many are degraded", 30),
            rule(3, "Partial, with a workaround", 60),
            rule(4, "Internal or minor", 0),
        ],
        default_domain: DomainKey("api".to_owned()),
        default_severity: sev(3),
        impact_questions: vec![
            question("What fails?", &[("A core flow", 1), ("A part", 3)]),
            question("Is it spreading?", &[("Yes", 2), ("No", 4)]),
        ],
        stability_window: SignedDuration::from_mins(15),
        page_patience: SignedDuration::from_secs(2),
        repage_after: SignedDuration::from_mins(5),
        remind_before: SignedDuration::from_mins(5),
        steps: Vec::new(),
        connected: Connected { chat: true, broadcast: true, pager: true, pages: true },
        time_zone: TimeZone::UTC,
        public_url: "https://sima.example.com".to_owned(),
        slash_command: "/incident".to_owned(),
    }
}

/// An incident that lives: each step is decided by the core, nothing is put together by hand.
pub struct Life {
    pub incident: Incident,
    pub events: Vec<Recorded>,
    pub policy: Policy,
}

impl Life {
    /// Inès opens it at 09:02, by a form.
    pub fn begins() -> Self {
        Self::begins_as(Kind::Real, Visibility::Company)
    }

    pub fn begins_as(kind: Kind, visibility: Visibility) -> Self {
        let policy = policy();
        let declaration = Declaration {
            assessment: None,
            id: incident_id(),
            number: IncidentNumber(42),
            summary: "Queue is not draining & mails <are> late".to_owned(),
            description: Some("Since the deploy of 08:55.\nOnly *transactional* mails.".to_owned()),
            domain: DomainKey("outbound-email".to_owned()),
            severity: sev(2),
            impact: Impact::Clients(1800),
            kind,
            visibility,
            started_at: Some(at("08:58")),
            detected_at: Some(at("09:00")),
            channel_name: "incident_06_30_queue-is-not-draining".to_owned(),
            alert: Some(AlertEvidence {
                source: "alertmanager".to_owned(),
                key: "queue".to_owned(),
                title: "OutboundQueueGrowing".to_owned(),
                state: AlertState::Firing { since: at("08:58") },
                members: None,
            }),
            links: vec!["https://graphs.example.com/d/queue?a=1&b=2".to_owned()],
        };
        let command = Command::Declare(Box::new(declaration));
        let by = Actor::in_slack(ines());
        let events = decide(None, command, &by, at("09:02"), &policy).expect("it can be declared");
        let incident = Incident::replay(None, &events).expect("an incident");
        Self { incident, events, policy }
    }

    /// The channel, the brief and the broadcast exist.
    pub fn set_up(self) -> Self {
        let message =
            |channel: &str, ts: &str| MessageRef { channel: channel.to_owned(), ts: ts.to_owned() };
        let channel = ChannelRef {
            id: "C0INC00042".to_owned(),
            name: "incident_06_30_queue-is-not-draining".to_owned(),
        };
        self.note(Receipt::Channel(channel))
            .note(Receipt::Brief(message("C0INC00042", "1656579721.000100")))
            .note(Receipt::Broadcast(message("C0BROADCST", "1656579721.000200")))
    }

    pub fn note(self, receipt: Receipt) -> Self {
        self.does(&Actor::sima(), "09:02", Command::Note(receipt))
    }

    /// Somebody asks for a change.
    pub fn does(mut self, by: &Actor, clock: &str, command: Command) -> Self {
        let events = decide(Some(&self.incident), command, by, at(clock), &self.policy)
            .expect("the incident allows it");
        self.incident = Incident::replay(Some(self.incident), &events).expect("an incident");
        self.events.extend(events);
        self
    }

    /// Malik acknowledges, Nour and Théo take the roles.
    pub fn manned(self) -> Self {
        let gives = |role, to| Command::GiveRole { role, to };
        self.does(&Actor::in_slack(malik()), "09:06", Command::Acknowledge)
            .does(&Actor::in_slack(nour()), "09:07", gives(Role::IncidentManager, nour()))
            .does(&Actor::in_slack(theo()), "09:08", gives(Role::CommunicationLead, theo()))
    }

    /// Théo posts an update and promises the next one.
    pub fn updated(self) -> Self {
        let command = Command::PostUpdate {
            text: "Rolling back 4.12.3.\nMails sent since 08:58 are late, none is lost.".to_owned(),
            next_due: Some(at("09:40")),
        };
        self.does(&Actor::in_slack(theo()), "09:10", command)
    }

    /// Malik notes what he did, and Nour marks what he wrote.
    pub fn noted(self) -> Self {
        let ts = "1656580080.000400".to_owned();
        let note = Command::AddNote {
            text: "Deployed 4.12.3 with <all> flags".to_owned(),
            at: Some(at("08:55")),
        };
        let said = Said {
            text: "The queue of @U0THEO0001 does not *drain*".to_owned(),
            files: vec![SharedFile { name: "queue.png".to_owned(), link: None }],
            edited: Some("1656580090.000000".to_owned()),
        };
        let author = Actor::in_slack(malik());
        let found =
            Some(FoundMessage { author: author.clone(), said, link: None, is_marked: true });
        let read = MessageRead { ts: ts.clone(), found };
        self.does(&author, "09:11", note)
            .does(&Actor::in_slack(nour()), "09:11", Command::MarkMessage { ts })
            .does(&author, "09:11", Command::Note(Receipt::Message(Box::new(read))))
    }

    pub fn fixing(self) -> Self {
        self.does(&Actor::in_slack(malik()), "09:12", Command::Identify)
    }

    pub fn recovered(self) -> Self {
        self.does(&Actor::in_slack(nour()), "10:02", Command::Recover { at: None })
    }

    pub fn settled(self) -> Self {
        self.does(&Actor::clock(), "10:17", Command::Settle { link_key: "key".into() })
    }

    pub fn has_a_postmortem(self) -> Self {
        let receipt = Receipt::Postmortem {
            url: "https://notion.example.com/inc-42".to_owned(),
            page_id: "p42".to_owned(),
        };
        self.does(&Actor::sima(), "10:17", Command::Note(receipt))
    }
}
