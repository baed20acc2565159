//! What may be asked: every command, with words of any script and times around now.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use sima_incident::{
    Absentee, Actor, AlertEvidence, AlertState, ChannelRef, Command, Connected, Declaration,
    Dismissal, DomainKey, EscalateTo, FoundMessage, Impact, Incident, IncidentId, IncidentNumber,
    KeyTime, Kind, Left, MessageChange, MessageRead, MessageRef, NotedAlert, Occasion, PageCause,
    PagerNews, PagerTold, PersonId, Receipt, Role, Said, SharedFile, StepDone, StepKind,
    Visibility,
};

use crate::policy::{connected, severity};

/// The number of the incident whose life it is.
pub const NUMBER: IncidentNumber = IncidentNumber(42);

/// One request, and how far the clock moved since the last one.
#[derive(Clone, Debug)]
pub struct Step {
    /// How far the clock moved, in seconds; backwards if another machine's clock runs behind.
    pub passes: i64,
    /// Who asks.
    pub by: Actor,
    /// What is asked.
    pub ask: Ask,
}

/// What is asked. Times are said in seconds before now, and become instants when it is asked.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A command without a time.
    Plainly(Command),
    /// Open it, with when it started and was detected.
    Declare(Box<Declaration>, Option<i64>, Option<i64>),
    /// Recover, maybe earlier.
    Recover(Option<i64>),
    /// Correct a key time.
    Correct(KeyTime, i64),
    /// Post an update with a promise.
    Promise(String, i64),
    /// Put words on the timeline, maybe about something earlier.
    Note(String, Option<i64>),
    /// The clock looks at the promise of the last update or one before, and when somebody last wrote
    /// in the channel.
    Mind(u32, Option<i64>),
    /// A person was reminded of it, and may take that back.
    Reminded(PersonId, u32, bool),
    /// Be reminded so much later: whoever was reminded last, or somebody else.
    Snooze(Option<PersonId>, i64),
    /// Alerts; each firing or not, since when, how bad, and whether it may say that it is over.
    Alerts(Vec<(u8, bool, i64, u8, bool)>),
    /// The pager tells something, as of so long ago.
    Pager(PagerNews, i64),
    /// SIMA is started again with another configuration.
    Reconfigure(Connected),
}

impl Ask {
    /// The command as asked at `now`; nothing if none is asked.
    pub fn at(&self, now: Timestamp, incident: Option<&Incident>) -> Option<Command> {
        let updates = incident.map_or(0, |incident| incident.updates);
        let ago = |seconds: i64| {
            now.checked_sub(SignedDuration::from_secs(seconds)).expect("a time of this century")
        };
        Some(match self {
            Self::Plainly(command) => command.clone(),
            Self::Declare(declaration, started, detected) => {
                Command::Declare(Box::new(Declaration {
                    assessment: None,
                    started_at: started.map(ago),
                    detected_at: detected.map(ago),
                    ..(**declaration).clone()
                }))
            }
            Self::Recover(at) => Command::Recover { at: at.map(ago) },
            Self::Correct(which, at) => Command::CorrectTime { which: *which, at: ago(*at) },
            Self::Promise(text, due) => {
                Command::PostUpdate { text: text.clone(), next_due: Some(ago(*due)) }
            }
            Self::Note(text, at) => Command::AddNote { text: text.clone(), at: at.map(ago) },
            Self::Mind(update, spoken) => {
                let update = updates.saturating_sub(*update);
                Command::MindPromise { update, spoken_at: spoken.map(ago) }
            }
            Self::Reminded(person, update, posted) => {
                let ts = "1661151600.000200".into();
                let message = posted.then(|| MessageRef { channel: "D0DIRECT".into(), ts });
                let update = updates.saturating_sub(*update);
                Command::Note(Receipt::Reminder { update, person: person.clone(), message })
            }
            Self::Snooze(person, until) => {
                let reminders = incident.map(|incident| incident.promises.reminders.as_slice());
                let last = reminders.and_then(|reminders| reminders.last());
                let person = person.clone().or_else(|| last.map(|last| last.person.clone()));
                let person = person.unwrap_or(PersonId("U0INES".into()));
                Command::SnoozeReminder { person, until: ago(*until) }
            }
            Self::Alerts(alerts) => {
                let noted = alerts.iter().map(|(key, firing, since, level, recovers)| NotedAlert {
                    severity: Some(severity(*level)),
                    recovers: *recovers,
                    ..NotedAlert::of(alert(*key, *firing, ago(*since)))
                });
                Command::NoteAlerts(noted.collect())
            }
            Self::Pager(news, at) => {
                let pager_id = Some("Q0PAGE".to_owned());
                // Nearly always a person, sometimes the service that repeats our own word.
                let user = (at % 5 != 0).then(|| "P0MALIK".to_owned());
                let (at, news) = (Some(ago(*at)), news.clone());
                Command::NotePager(PagerTold { pager_id, user, at, news })
            }
            Self::Reconfigure(_) => return None,
        })
    }
}

/// One request with its clock and its author.
pub fn step() -> impl Strategy<Value = Step> {
    let passes = prop_oneof![6 => 0_i64..900, 1 => 900_i64..90_000, 2 => -600_i64..0];
    (passes, actor(), ask()).prop_map(|(passes, by, ask)| Step { passes, by, ask })
}

/// How a life begins: nearly always with a declaration that is allowed.
pub fn beginning() -> impl Strategy<Value = Step> {
    (actor(), declare()).prop_map(|(by, mut ask)| {
        if let Ask::Declare(declaration, started, detected) = &mut ask {
            declaration.severity = severity(declaration.severity.level().min(3));
            if declaration.summary.trim().is_empty() {
                declaration.summary = "Queue is not draining".into();
            }
            // The start is the longer ago of the two.
            if let (Some(started), Some(detected)) = (started, detected) {
                (*started, *detected) = (*started.max(detected), *started.min(detected));
            }
        }
        Step { passes: 0, by, ask }
    })
}

/// Ordinary requests come often, those that end a life seldom: most lives reach every stage.
fn ask() -> impl Strategy<Value = Ask> {
    let plainly = |command: Command| Just(Ask::Plainly(command));
    let reason = || text().prop_map(|reason| Ask::Plainly(Command::Reopen { reason }));
    let plain_update =
        text().prop_map(|text| Ask::Plainly(Command::PostUpdate { text, next_due: None }));
    prop_oneof![
        1 => declare(),
        6 => plainly(Command::Acknowledge),
        4 => plainly(Command::Identify),
        4 => plainly(Command::Mitigate),
        6 => prop_oneof![3 => Just(None), 2 => (-300_i64..4000).prop_map(Some)].prop_map(Ask::Recover),
        4 => plainly(Command::Settle { link_key: "key".into() }),
        3 => plainly(Command::Close),
        4 => reason(),
        1 => dismissal().prop_map(|why| Ask::Plainly(Command::Dismiss(why))),
        3 => (1_u8..6).prop_map(|level| Ask::Plainly(Command::SetSeverity(severity(level)))),
        3 => impact().prop_map(|impact| Ask::Plainly(Command::SetImpact(impact))),
        3 => edit(),
        8 => (key_time(), -300_i64..8000).prop_map(|(which, at)| Ask::Correct(which, at)),
        4 => (role(), person()).prop_map(|(role, to)| Ask::Plainly(Command::GiveRole { role, to })),
        2 => (role(), person())
            .prop_map(|(role, person)| Ask::Plainly(Command::TakeRole { role, person })),
        2 => role().prop_map(|role| Ask::Plainly(Command::DropRole(role))),
        2 => plain_update,
        8 => (text(), prop_oneof![3 => -1500_i64..-60, 1 => -4000_i64..600]).prop_map(|(text, due)| Ask::Promise(text, due)),
        2 => (text(), proptest::option::of(-60_i64..4000))
            .prop_map(|(text, at)| Ask::Note(text, at)),
        24 => marked().prop_map(Ask::Plainly),
        // As the clock does: mostly about the last update, and mostly nobody writes.
        14 => (prop_oneof![6 => Just(0), 1 => Just(1_u32)], proptest::option::weighted(0.3, 0_i64..900))
            .prop_map(|(update, spoken)| Ask::Mind(update, spoken)),
        7 => (proptest::option::weighted(0.2, person()), -2000_i64..60)
            .prop_map(|(person, until)| Ask::Snooze(person, until)),
        6 => (person(), prop_oneof![6 => Just(0), 1 => Just(1_u32)], any::<bool>())
            .prop_map(|(person, update, posted)| Ask::Reminded(person, update, posted)),
        1 => person().prop_map(|person| Ask::Plainly(Command::NoteJoin(person))),
        1 => person().prop_map(|person| Ask::Plainly(Command::NoteInvited(person))),
        3 => prop::collection::vec(prop::sample::select(vec!["U0LEA", "S0PAYMENTS", ""]), 0..4)
            .prop_map(|people| Ask::Plainly(Command::Invite {
                people: people.into_iter().map(Into::into).collect(),
            })),
        1 => plainly(Command::MakePrivate { link_key: "key".into() }),
        8 => frontline().prop_map(Ask::Plainly),
        6 => (escalate_to(), text())
            .prop_map(|(to, reason)| Ask::Plainly(Command::Escalate { to, reason })),
        6 => (0_u32..6).prop_map(|after| Ask::Plainly(Command::PageAgain { after })),
        3 => alerts(),
        8 => receipt().prop_map(|receipt| Ask::Plainly(Command::Note(receipt))),
        2 => given_up(),
        4 => (pager_news(), -60_i64..4000).prop_map(|(news, at)| Ask::Pager(news, at)),
        1 => connected().prop_map(Ask::Reconfigure),
    ]
}

/// What those who answer customers bring in and want to know, and what they are told.
fn frontline() -> impl Strategy<Value = Command> {
    let count = proptest::option::of(any::<u64>());
    prop_oneof![
        1 => (count, proptest::option::of(text()))
            .prop_map(|(customers, example)| Command::ReportCustomers { customers, example }),
        1 => text().prop_map(|text| Command::AskQuestion { text }),
        3 => Just(Command::AskQuestion { text: "Are mails lost?".into() }),
        4 => (prop::collection::vec(1_u32..4, 0..4), text(), any::<bool>()).prop_map(
            |(questions, text, publicly)| Command::AnswerQuestions { questions, text, publicly }
        ),
        1 => text().prop_map(|text| Command::ApproveWording { text }),
    ]
}

fn declare() -> impl Strategy<Value = Ask> {
    let what = (text(), proptest::option::of(text()), domain(), 1_u8..5, impact());
    let sort = (prop_oneof![4 => Just(Kind::Real), 1 => Just(Kind::Drill)], visibility());
    let when = (proptest::option::of(-60_i64..5000), proptest::option::of(-60_i64..5000));
    let from = proptest::option::of((0_u8..3, any::<bool>()));
    (what, sort, when, from).prop_map(|(what, sort, (started, detected), from)| {
        let (summary, description, domain, level, impact) = what;
        let (kind, visibility) = sort;
        let declaration = Declaration {
            assessment: None,
            id: IncidentId(uuid::Uuid::from_u128(7)),
            number: NUMBER,
            summary,
            description,
            domain,
            severity: severity(level),
            impact,
            kind,
            visibility,
            started_at: None,
            detected_at: None,
            channel_name: "incident_08_22_payments".into(),
            alert: from.map(|(key, firing)| alert(key, firing, Timestamp::UNIX_EPOCH)),
            links: vec!["https://example.test/graph".into()],
        };
        Ask::Declare(Box::new(declaration), started, detected)
    })
}

fn edit() -> impl Strategy<Value = Ask> {
    let given = (
        proptest::option::of(text()),
        proptest::option::of(text()),
        proptest::option::of(domain()),
    );
    given.prop_map(|(summary, description, domain)| {
        Ask::Plainly(Command::Edit { summary, description, domain })
    })
}

fn receipt() -> impl Strategy<Value = Receipt> {
    let message = MessageRef { channel: "C0CHANNEL".into(), ts: "1661151600.000100".into() };
    prop_oneof![
        3 => Just(Receipt::Channel(ChannelRef { id: "C0CHANNEL".into(), name: "incident_x".into() })),
        1 => Just(Receipt::Brief(message.clone())),
        1 => Just(Receipt::Broadcast(message)),
        1 => Just(Receipt::Page { dedup_key: "sima-42".into() }),
        1 => (1_u8..4).prop_map(|round| Receipt::PageAgain {
            cause: PageCause::Unanswered { round },
            dedup_key: format!("sima-42#{round}"),
        }),
        1 => prop_oneof![
            (1_u32..3).prop_map(|time| PageCause::Reopened { time }),
            (1_u32..3).prop_map(|call| PageCause::Escalated { call }),
        ]
        .prop_map(|cause| Receipt::PageAgain { cause, dedup_key: format!("sima-42#{cause}") }),
        1 => Just(Receipt::Postmortem { url: "https://notion.test/p".into(), page_id: "p".into() }),
        1 => Just(Receipt::Invited {
            absent: vec![Absentee { who: "U0GONE".into(), why: "left".into() }],
        }),
        1 => Just(Receipt::Step(StepDone {
            step: "Page".into(),
            on: Occasion::Acknowledged,
            kind: StepKind::StatusPage,
            left: Some(Left { id: "p1".into(), url: None }),
        })),
        6 => message_read().prop_map(|read| Receipt::Message(Box::new(read))),
        1 => Just(Receipt::Done),
    ]
}

/// What people do to the messages of the channel, in any order.
fn marked() -> impl Strategy<Value = Command> {
    (message(), said(), 0_u8..6).prop_map(|(ts, said, what)| match what {
        0..=2 => Command::MarkMessage { ts },
        3 => Command::UnmarkMessage { ts },
        4 => Command::FollowMessage { ts, change: MessageChange::Edited(said) },
        _ => Command::FollowMessage { ts, change: MessageChange::Deleted },
    })
}

/// What is found of a message: mostly it is there and marked.
fn message_read() -> impl Strategy<Value = MessageRead> {
    (message(), said(), actor(), 0_u8..4).prop_map(|(ts, said, author, found)| {
        let is_marked = found > 1;
        let found = (found > 0).then_some(FoundMessage { author, said, link: None, is_marked });
        MessageRead { ts, found }
    })
}

fn said() -> impl Strategy<Value = Said> {
    (text(), proptest::option::of(message())).prop_map(|(text, edited)| {
        let file = SharedFile { name: text.clone(), link: None };
        Said { text, files: vec![file], edited }
    })
}

/// A message of the channel; one of these is none.
fn message() -> impl Strategy<Value = String> {
    let some = ["1661151600.000100", "1661155200.000200", "1.5"];
    prop::sample::select(some.to_vec()).prop_map(str::to_owned)
}

fn escalate_to() -> impl Strategy<Value = EscalateTo> {
    prop_oneof![
        2 => Just(EscalateTo::NextLevel),
        3 => domain().prop_map(EscalateTo::Domain),
        2 => person().prop_map(EscalateTo::Person),
        1 => text().prop_map(EscalateTo::Policy),
        1 => Just(EscalateTo::Group("S0PAYMENTS".into())),
    ]
}

/// One alert mostly, at times more than are listed.
fn alerts() -> impl Strategy<Value = Ask> {
    let one = |keys| (0_u8..keys, any::<bool>(), -600_i64..6000, 1_u8..6, any::<bool>());
    prop_oneof![
        4 => prop::collection::vec(one(3), 1),
        1 => prop::collection::vec(one(60), 2..50),
    ]
    .prop_map(Ask::Alerts)
}

fn given_up() -> impl Strategy<Value = Ask> {
    let effects = [
        "page_on_call",
        "page_again",
        "pin_brief",
        "post_notice",
        "invite",
        "draft_postmortem",
        "step_webhook",
    ];
    (prop::sample::select(effects.to_vec()), text()).prop_map(|(effect, why)| {
        let what = "do something".to_owned();
        Ask::Plainly(Command::NoteGivenUp { effect: effect.to_owned(), what, why })
    })
}

fn pager_news() -> impl Strategy<Value = PagerNews> {
    let to = vec!["Nour".to_owned()];
    prop::sample::select(vec![
        PagerNews::Triggered,
        PagerNews::Acknowledged,
        PagerNews::Unacknowledged,
        PagerNews::Escalated { to: to.clone() },
        PagerNews::Reassigned { to },
        PagerNews::Reopened,
        PagerNews::Prioritised { priority: Some("P1".to_owned()) },
        PagerNews::Annotated { text: "Looking".to_owned() },
        PagerNews::Resolved,
    ])
}

fn alert(key: u8, firing: bool, since: Timestamp) -> AlertEvidence {
    AlertEvidence {
        source: "alertmanager".into(),
        key: format!("group-{key}"),
        title: "Queue is not draining".into(),
        state: if firing { AlertState::Firing { since } } else { AlertState::Resolved { since } },
        members: None,
    }
}

fn actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        6 => person().prop_map(Actor::in_slack),
        1 => Just(Actor::monitor("alertmanager")),
        1 => Just(Actor::clock()),
        1 => Just(Actor::sima()),
        1 => Just(Actor::in_pager("Malik Diop")),
    ]
}

fn person() -> impl Strategy<Value = PersonId> {
    prop::sample::select(vec!["U0INES", "U0MALIK", "U0NOUR", "U0THEO"])
        .prop_map(|id| PersonId(id.into()))
}

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(Role::ALL.to_vec())
}

fn domain() -> impl Strategy<Value = DomainKey> {
    prop_oneof![4 => Just("payments"), 3 => Just("email"), 1 => Just("unheard-of")]
        .prop_map(|key| DomainKey(key.into()))
}

fn visibility() -> impl Strategy<Value = Visibility> {
    prop_oneof![4 => Just(Visibility::Company), 1 => Just(Visibility::Private)]
}

fn impact() -> impl Strategy<Value = Impact> {
    prop_oneof![Just(Impact::Unknown), any::<u64>().prop_map(Impact::Clients)]
}

fn key_time() -> impl Strategy<Value = KeyTime> {
    prop::sample::select(vec![
        KeyTime::Started,
        KeyTime::Detected,
        KeyTime::Acknowledged,
        KeyTime::Identified,
        KeyTime::Mitigated,
        KeyTime::Recovered,
    ])
}

fn dismissal() -> impl Strategy<Value = Dismissal> {
    prop_oneof![
        Just(Dismissal::FalsePositive),
        Just(Dismissal::Mistake),
        (40_u32..44).prop_map(|number| Dismissal::DuplicateOf(IncidentNumber(number))),
    ]
}

/// What people write: words, nothing, any script, far too much, and what would ring a bell.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-z]{1,12}( [a-z]{1,12}){0,6}",
        1 => Just(String::new()),
        1 => Just(" \n\t\u{a0} ".to_owned()),
        1 => any::<String>(),
        1 => prop::sample::select(vec![
            "<!channel> & <@U0INES> *bold*".to_owned(),
            "الدفع متوقف\u{202e} للجميع".to_owned(),
            "支付失败，请检查".repeat(500),
            "👩‍👩‍👧‍👦🏳️‍🌈".repeat(300),
            "e\u{301}\u{302}\u{303}".repeat(1500),
            "zero\0byte \u{7} bell".to_owned(),
            "x".repeat(3000),
        ]),
    ]
}
