//! A company with a history, for the pages' tests and for looking at them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use sima_incident::{
    Actor, AlertEvidence, AlertState, ChannelRef, Command, Connected, Declaration, Dismissal,
    Domain, DomainKey, Impact, Incident, IncidentId, IncidentNumber, KeyTime, Kind, NotedAlert,
    PersonId, Policy, Receipt, Recorded, Role, Severity, SeverityRule, Visibility, decide,
    figures::{Figures, Summary},
};

use super::{Context, People};

/// The company, at one moment.
pub(crate) struct Company {
    pub(crate) policy: Policy,
    pub(crate) people: People,
    pub(crate) now: Timestamp,
}

/// An incident with its events.
pub(crate) struct Told {
    pub(crate) incident: Incident,
    pub(crate) events: Vec<Recorded>,
}

/// What an incident is opened with, where the stories differ.
pub(crate) struct Opening {
    pub(crate) number: u32,
    pub(crate) minutes_ago: i64,
    pub(crate) summary: &'static str,
    pub(crate) level: u8,
    pub(crate) domain: &'static str,
    pub(crate) visibility: Visibility,
    pub(crate) kind: Kind,
}

impl Company {
    pub(crate) fn new() -> Self {
        let domain = |key: &str, name: &str| Domain {
            key: DomainKey(key.into()),
            name: name.into(),
            stakeholders: Vec::new(),
            pages: true,
            channel: None,
        };
        let rule = |level, meaning: &str, minutes| SeverityRule {
            severity: Severity::new(level).expect("a level"),
            meaning: meaning.into(),
            pages: level < 3,
            postmortem: level < 3,
            update_every: SignedDuration::from_mins(minutes),
        };
        let policy = Policy {
            domains: vec![
                domain("email", "Outbound Email Delivery"),
                domain("api", "API"),
                domain("global", "Global"),
            ],
            severities: vec![
                rule(1, "Core flow down for many, or data at risk", 20),
                rule(2, "A major feature down, or many degraded", 30),
                rule(3, "Partly down, a workaround exists", 60),
                rule(4, "Internal or minor", 240),
            ],
            default_domain: DomainKey("global".into()),
            default_severity: Severity::new(3).expect("a level"),
            impact_questions: Vec::new(),
            stability_window: SignedDuration::from_mins(15),
            page_patience: SignedDuration::from_secs(2),
            repage_after: SignedDuration::from_mins(5),
            remind_before: SignedDuration::from_mins(5),
            steps: Vec::new(),
            connected: Connected { chat: true, broadcast: true, pager: true, pages: false },
            time_zone: TimeZone::get("Europe/Paris").expect("bundled"),
            public_url: "https://sima.example".into(),
            slash_command: "/incident".into(),
        };
        let people: BTreeMap<PersonId, String> =
            [("U0INES", "Inès"), ("U0MALIK", "Malik"), ("U0NOUR", "Nour"), ("U0THEO", "Théo")]
                .into_iter()
                .map(|(id, name)| (PersonId(id.into()), name.into()))
                .collect();
        Self { policy, people, now: "2022-06-30T09:31:12Z".parse().expect("a time") }
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            policy: &self.policy,
            people: &self.people,
            now: self.now,
            chat: Some("https://sandbox.example/archives/"),
        }
    }

    /// Opens an incident and lives through what was asked, each so many minutes after opening.
    pub(crate) fn tells(&self, opening: &Opening, then: &[(i64, &str, Command)]) -> Told {
        let opened = self.now - SignedDuration::from_mins(opening.minutes_ago);
        let mut told: Option<Told> = None;
        let declaration = Declaration {
            assessment: None,
            id: IncidentId(uuid::Uuid::from_u128(u128::from(opening.number))),
            number: IncidentNumber(opening.number),
            summary: opening.summary.into(),
            description: None,
            domain: DomainKey(opening.domain.into()),
            severity: Severity::new(opening.level).expect("a level"),
            impact: Impact::Unknown,
            kind: opening.kind,
            visibility: opening.visibility,
            started_at: Some(opened - SignedDuration::from_mins(9)),
            detected_at: Some(opened - SignedDuration::from_mins(2)),
            channel_name: "incident_06_30_queue".into(),
            alert: None,
            links: Vec::new(),
        };
        let declare = (0, "U0INES", Command::Declare(Box::new(declaration)));
        for (minutes, who, command) in std::iter::once(&declare).chain(then) {
            let (before, mut events) =
                told.take().map_or((None, Vec::new()), |told| (Some(told.incident), told.events));
            let by = if *who == "SIMA" {
                Actor::sima()
            } else if who.starts_with("U0") {
                Actor::in_slack(PersonId((*who).into()))
            } else {
                Actor::monitor(*who)
            };
            let at = opened + SignedDuration::from_mins(*minutes);
            let new = decide(before.as_ref(), command.clone(), &by, at, &self.policy)
                .unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
            let incident = Incident::replay(before, &new).expect("it was declared");
            events.extend(new);
            told = Some(Told { incident, events });
        }
        told.expect("it was declared")
    }

    /// Three that people are at work on: one well under way, one just opened, one for practice.
    pub(crate) fn live(&self) -> Vec<Told> {
        let channel = |id: &str, name: &str| {
            Command::Note(Receipt::Channel(ChannelRef { id: id.into(), name: name.into() }))
        };
        let alert = |state| {
            Command::NoteAlerts(vec![NotedAlert::of(AlertEvidence {
                source: "alertmanager".into(),
                key: "queue".into(),
                title: "MailQueueStuck on mx-3".into(),
                state,
                members: None,
            })])
        };
        let due = |minutes| Some(self.now + SignedDuration::from_mins(minutes));
        let update =
            |text: &str, minutes| Command::PostUpdate { text: text.into(), next_due: due(minutes) };
        let role = |role, to: &str| Command::GiveRole { role, to: PersonId(to.into()) };
        let since = self.now - SignedDuration::from_mins(50);
        let queue = self.tells(
            &Opening { number: 42, minutes_ago: 41, summary: "Queue is not draining", ..TYPICAL },
            &[
                (0, "SIMA", channel("C0QUEUE", "incident_06_30_queue-is-not-draining")),
                (0, "SIMA", Command::Note(Receipt::Page { dedup_key: "sima-42".into() })),
                (1, "alertmanager", alert(AlertState::Firing { since })),
                (4, "U0MALIK", Command::Acknowledge),
                (5, "U0NOUR", Command::NoteJoin(PersonId("U0NOUR".into()))),
                (6, "U0NOUR", role(Role::IncidentManager, "U0NOUR")),
                (7, "U0NOUR", role(Role::CommunicationLead, "U0THEO")),
                (
                    8,
                    "U0INES",
                    Command::Edit {
                        summary: None,
                        description: Some(
                            "Mails accepted by the API stay in the queue.\nCustomers see “sent”, \
                             nothing arrives. <script>alert(1)</script>"
                                .into(),
                        ),
                        domain: None,
                    },
                ),
                (12, "U0THEO", Command::SetImpact(Impact::Clients(1800))),
                (14, "U0NOUR", Command::SetSeverity(Severity::new(1).expect("a level"))),
                (
                    15,
                    "SIMA",
                    Command::NoteGivenUp {
                        effect: "pin_brief".into(),
                        what: "pin the brief".into(),
                        why: "the app may not pin in this channel: give it the scope pins:write"
                            .into(),
                    },
                ),
                (25, "U0MALIK", Command::Identify),
                (
                    26,
                    "U0THEO",
                    update(
                        "A stuck worker blocks the shard of mx-3. We drain it by hand; mails are \
                         late, none is lost.",
                        14,
                    ),
                ),
                (
                    30,
                    "U0INES",
                    Command::CorrectTime {
                        which: KeyTime::Started,
                        at: self.now - SignedDuration::from_mins(52),
                    },
                ),
            ],
        );
        let rates = self.tells(
            &Opening {
                number: 43,
                minutes_ago: 3,
                summary: "API answers 503 to one request in ten since the release of this morning",
                level: 3,
                domain: "api",
                ..TYPICAL
            },
            &[(0, "SIMA", channel("C0RATES", "incident_06_30_api-answers-503"))],
        );
        let late = self.tells(
            &Opening {
                number: 44,
                minutes_ago: 65,
                summary: "الدفع متوقف <b>للجميع</b>",
                level: 2,
                kind: Kind::Drill,
                domain: "global",
                ..TYPICAL
            },
            &[
                (2, "U0UNKNOWN", Command::Acknowledge),
                (
                    3,
                    "U0UNKNOWN",
                    Command::PostUpdate {
                        text: "We look.".into(),
                        next_due: Some(self.now - SignedDuration::from_mins(5)),
                    },
                ),
                (50, "U0UNKNOWN", Command::Mitigate),
            ],
        );
        vec![queue, late, rates]
    }

    /// Those that ended: reopened, healed by itself, dismissed, and a number of plain ones.
    pub(crate) fn ended(&self, plain: u32) -> Vec<Told> {
        let mut ended = vec![
            self.tells(
                &Opening {
                    number: 41,
                    minutes_ago: 1500,
                    summary: "Webhooks arrive twice",
                    domain: "api",
                    ..TYPICAL
                },
                &[
                    (5, "U0MALIK", Command::Acknowledge),
                    (53, "U0MALIK", Command::Recover { at: None }),
                    (91, "U0INES", Command::Reopen { reason: "They arrive twice again.".into() }),
                    (106, "U0MALIK", Command::Recover { at: None }),
                    (121, "SIMA", Command::Settle { link_key: "key".into() }),
                ],
            ),
            self.tells(
                &Opening {
                    number: 40,
                    minutes_ago: 3000,
                    summary: "Statistics are empty",
                    level: 4,
                    domain: "global",
                    ..TYPICAL
                },
                &[
                    (9, "U0INES", Command::Recover { at: None }),
                    (30, "SIMA", Command::Settle { link_key: "key".into() }),
                ],
            ),
            self.tells(
                &Opening { number: 39, minutes_ago: 4200, summary: "Disk is full", ..TYPICAL },
                &[(6, "U0MALIK", Command::Dismiss(Dismissal::FalsePositive))],
            ),
            self.tells(
                &Opening { number: 38, minutes_ago: 9000, summary: "Queue stands", ..TYPICAL },
                &[(6, "U0MALIK", Command::Dismiss(Dismissal::DuplicateOf(IncidentNumber(36))))],
            ),
        ];
        for number in 0..plain {
            let place = i64::from(number);
            ended.push(self.tells(
                &Opening {
                    number: 37 - number,
                    minutes_ago: 10_000 + 9000 * place,
                    summary: "Sign-in is slow",
                    level: 2 + (number % 3) as u8,
                    domain: "global",
                    ..TYPICAL
                },
                &[
                    (2 + place * place % 9, "U0MALIK", Command::Acknowledge),
                    (20 + place * place * 4, "U0MALIK", Command::Recover { at: None }),
                    (60 + place * place * 4, "SIMA", Command::Settle { link_key: "key".into() }),
                ],
            ));
        }
        ended
    }

    /// The figures over some of them.
    pub(crate) fn figures<'a>(&self, told: impl IntoIterator<Item = &'a Told>) -> Summary {
        let mut figures = Figures::new();
        for one in told {
            figures.add(&one.incident);
        }
        figures.summarise(self.now)
    }
}

/// What is not said otherwise.
pub(crate) const TYPICAL: Opening = Opening {
    number: 1,
    minutes_ago: 41,
    summary: "Queue is not draining",
    level: 2,
    domain: "email",
    visibility: Visibility::Company,
    kind: Kind::Real,
};
