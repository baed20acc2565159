//! Those who answer customers and those who repair, told as short stories.

use sima_incident::{
    Actor, ChannelRef, Command, Effect, Incident, Kind, MAX_LISTED_REPORTS, MAX_QUESTIONS,
    MessageRef, Notice, PersonId, Planned, Receipt, Recorded, Refusal, Role, Told as Word, decide,
    runbook,
};

use crate::mended::Told;

fn person(id: &str) -> PersonId {
    PersonId(id.to_owned())
}

/// An incident with its channel and its broadcast, of which people of that name ask things.
struct Asked {
    told: Told,
}

impl Asked {
    fn begins() -> Self {
        let mut told = Told::begins("Queue is not draining", Kind::Real);
        let channel = ChannelRef { id: "C0".into(), name: "incident_08_22_queue".into() };
        let broadcast = MessageRef { channel: "C1".into(), ts: "1.1".into() };
        told.after(0, Command::Note(Receipt::Channel(channel))).expect("noted");
        told.after(0, Command::Note(Receipt::Broadcast(broadcast))).expect("noted");
        Self { told }
    }

    fn by(&mut self, who: &str, command: Command) -> Result<Vec<Effect>, Refusal> {
        let told = &mut self.told;
        let by = Actor::in_slack(person(who));
        let events: Vec<Recorded> =
            decide(Some(&told.incident), command, &by, told.now, &told.policy)?;
        told.incident = Incident::replay(Some(told.incident.clone()), &events).expect("it stays");
        let planned = runbook(&told.incident, &events, &told.policy);
        Ok(planned.into_iter().map(|Planned { effect, .. }| effect).collect())
    }

    fn asks(&mut self, who: &str, text: &str) -> Vec<Effect> {
        self.by(who, Command::AskQuestion { text: text.into() }).expect("one may ask")
    }

    fn lead_is(&mut self, who: &str) -> Vec<Effect> {
        let command = Command::GiveRole { role: Role::CommunicationLead, to: person(who) };
        self.by("U0NOUR", command).expect("given")
    }
}

fn answer(questions: &[u32], publicly: bool) -> Command {
    Command::AnswerQuestions {
        questions: questions.to_vec(),
        text: "None is lost".into(),
        publicly,
    }
}

fn told_privately(effects: &[Effect]) -> Vec<(&str, &Word)> {
    let told = effects.iter().filter_map(|effect| match effect {
        Effect::Tell { person, told } => Some((person.0.as_str(), told)),
        _ => None,
    });
    told.collect()
}

fn asked_in_the_channel(effects: &[Effect]) -> usize {
    let asks = |effect: &&Effect| {
        matches!(effect, Effect::PostNotice { notice: Notice::QuestionWaits { .. } })
    };
    effects.iter().filter(asks).count()
}

#[test]
fn reports_are_counted_and_disturb_nobody() {
    let mut asked = Asked::begins();
    let report = |customers, example: &str| Command::ReportCustomers {
        customers,
        example: Some(example.to_owned()),
    };
    let effects = asked.by("U0INES", report(Some(40), "Cannot pay")).expect("counted");
    assert_eq!(effects, [Effect::EditBrief]);
    let twice = asked.by("U0INES", report(Some(40), "Cannot pay"));
    assert!(matches!(twice, Err(Refusal::AlreadySo(_))), "{twice:?}");
    asked.by("U0LEA", report(Some(u64::MAX), "Cannot pay")).expect("another person's counts");
    let empty = Command::ReportCustomers { customers: Some(0), example: Some(" ".into()) };
    assert_eq!(asked.by("U0LEA", empty), Err(Refusal::TextMissing("the report")));
    for number in 0..20 {
        asked.by("U0LEA", report(None, &format!("Customer {number}"))).expect("counted");
    }
    let frontline = &asked.told.incident.frontline;
    assert_eq!((frontline.reports, frontline.customers), (22, u64::MAX));
    assert_eq!(frontline.last_reports.len(), MAX_LISTED_REPORTS);
}

/// One answer reaches all who asked, in whatever words, and whoever asks the same later.
#[test]
fn one_answer_reaches_all_who_asked() {
    let mut asked = Asked::begins();
    asked.lead_is("U0THEO");
    let first = asked.asks("U0INES", "Are mails lost?");
    assert_eq!(told_privately(&first), [("U0THEO", &Word::Questions { newest: 1 })]);
    assert!(told_privately(&asked.asks("U0LEA", "are mails LOST")).is_empty(), "it waits already");
    let twice = asked.by("U0LEA", Command::AskQuestion { text: "Are mails lost?".into() });
    assert!(matches!(twice, Err(Refusal::AlreadySo(_))), "{twice:?}");
    asked.asks("U0SAM", "When is it over?");

    let stranger = asked.by("U0SAM", answer(&[1], false));
    assert!(matches!(stranger, Err(Refusal::Reserved(_))), "{stranger:?}");
    let effects = asked.by("U0THEO", answer(&[1, 7], true)).expect("answered");
    let told: Vec<&str> = told_privately(&effects).iter().map(|(who, _)| *who).collect();
    assert_eq!(told, ["U0INES", "U0LEA"]);
    assert!(effects.iter().any(|effect| {
        matches!(effect, Effect::ReplyUnderBroadcast { notice: Notice::Answered { .. } })
    }));
    assert!(asked.by("U0THEO", answer(&[1], false)).is_err(), "it is answered");
    assert!(asked.asks("U0SAM", "Are mails lost").is_empty(), "the answer is there");
    assert_eq!(asked.told.incident.frontline.waiting().count(), 1);
}

/// Nobody speaks for the others yet: those at work are asked once, and whoever takes the role has
/// the rest.
#[test]
fn without_a_lead_the_channel_is_asked_once() {
    let mut asked = Asked::begins();
    assert_eq!(asked_in_the_channel(&asked.asks("U0INES", "Are mails lost?")), 1);
    assert_eq!(asked_in_the_channel(&asked.asks("U0INES", "When is it over?")), 0);
    let queue = asked.lead_is("U0THEO");
    assert_eq!(told_privately(&queue), [("U0THEO", &Word::Questions { newest: 2 })]);
    let tell = |newest| Effect::Tell { person: person("U0THEO"), told: Word::Questions { newest } };
    assert!(!tell(2).is_moot(&asked.told.incident));
    assert!(tell(1).is_moot(&asked.told.incident), "a later one tells of both");
    asked.by("U0THEO", answer(&[1, 2], false)).expect("answered");
    assert!(tell(2).is_moot(&asked.told.incident), "nothing waits");
}

#[test]
fn a_wording_is_approved_by_whoever_speaks() {
    let mut asked = Asked::begins();
    asked.lead_is("U0THEO");
    let approve = Command::ApproveWording { text: "Mails are late.".into() };
    assert!(matches!(asked.by("U0SAM", approve.clone()), Err(Refusal::Reserved(_))));
    let effects = asked.by("U0THEO", approve.clone()).expect("approved");
    assert!(effects.iter().any(|effect| {
        matches!(effect, Effect::ReplyUnderBroadcast { notice: Notice::WordingApproved { .. } })
    }));
    assert!(matches!(asked.by("U0THEO", approve), Err(Refusal::AlreadySo(_))));
    let wording = asked.told.incident.frontline.wording.as_ref().expect("it is kept");
    assert_eq!(
        (wording.text.as_str(), wording.by.person()),
        ("Mails are late.", Some(&person("U0THEO")))
    );
}

#[test]
fn nothing_of_a_private_incident_is_for_customers() {
    let mut asked = Asked::begins();
    asked.asks("U0INES", "Are mails lost?");
    asked.by("U0NOUR", Command::MakePrivate { link_key: "k".into() }).expect("made private");
    for command in [
        Command::ReportCustomers { customers: Some(1), example: None },
        Command::AskQuestion { text: "Is it over?".into() },
        answer(&[1], true),
        Command::ApproveWording { text: "It is over".into() },
    ] {
        assert!(matches!(asked.by("U0NOUR", command), Err(Refusal::Reserved(_))));
    }
    let told = Word::Questions { newest: 1 };
    assert!(Effect::Tell { person: person("U0THEO"), told }.is_moot(&asked.told.incident));
}

#[test]
fn so_many_questions_are_kept() {
    let mut asked = Asked::begins();
    for number in 0..MAX_QUESTIONS {
        asked.asks("U0INES", &format!("Question {number}?"));
    }
    let more = Command::AskQuestion { text: "One more?".into() };
    assert!(matches!(asked.by("U0INES", more.clone()), Err(Refusal::AlreadySo(_))));
    asked.by("U0NOUR", answer(&[3], false)).expect("answered");
    asked.by("U0INES", more).expect("there is room");
    let frontline = &asked.told.incident.frontline;
    assert_eq!(frontline.questions.len(), MAX_QUESTIONS);
    assert!(frontline.question(3).is_none(), "what was answered gave way");
    assert_eq!(frontline.question(51).expect("the last").text, "One more?");
}
