//! What those who answer customers are shown, and what is read of what they write.

use serde_json::{Value, json};
use sima_incident::{Actor, Command, Effect, Notice, Told};
use sima_slack::{
    commands::{Asked, parse},
    messages::{self, Audience},
    modals::{self, Form, Rejected},
};

use crate::{
    cast::{Life, ines, malik, nour, theo},
    limits::{check_message, check_view},
    messages::{nasty, shows},
    modals::{filled, shows as shows_form},
};

fn ask(text: &str) -> Command {
    Command::AskQuestion { text: text.to_owned() }
}

fn report(customers: Option<u64>, example: &str) -> Command {
    Command::ReportCustomers { customers, example: Some(example.to_owned()) }
}

/// Two reports came in, and two questions wait.
fn asked() -> Life {
    Life::begins()
        .set_up()
        .manned()
        .does(&Actor::in_slack(ines()), "09:20", report(Some(40), "Reset mails <never> come"))
        .does(&Actor::in_slack(malik()), "09:21", report(None, "My own *partner* called"))
        .does(&Actor::in_slack(ines()), "09:22", ask("Are mails lost, or only late?"))
        .does(&Actor::in_slack(malik()), "09:23", ask("Are mails lost or only late"))
        .does(&Actor::in_slack(ines()), "09:24", ask("When will it be over?"))
}

fn worded() -> Life {
    let wording =
        Command::ApproveWording { text: "Some mails are late.\nNone is lost.".to_owned() };
    asked().does(&Actor::in_slack(theo()), "09:30", wording)
}

#[test]
fn each_sees_what_is_for_them() {
    let life = asked();
    let (incident, policy) = (&life.incident, &life.policy);
    shows("brief_with_questions", &messages::brief(incident, policy));
    shows("info_with_reports", &messages::info(incident, policy));
    shows("questions_wait", &messages::questions(incident));
    shows("reported", &messages::reported(incident));
    shows("asked", &messages::asked(incident, "When will it be over?"));
    shows("wording_none", &messages::wording(incident));
    let worded = worded();
    shows("wording", &messages::wording(&worded.incident));
    let text = "None is lost: all are queued.";
    let answer =
        Command::AnswerQuestions { questions: vec![1], text: text.to_owned(), publicly: true };
    let life = worded.does(&Actor::in_slack(theo()), "09:31", answer);
    let by = Actor::in_slack(theo());
    shows("answered", &messages::answered(&life.incident, &[1], text, &by));
    shows("asked_again", &messages::asked(&life.incident, "are mails lost or only late?"));
    let followers = |notice: &Notice| {
        messages::notice(notice, &life.incident, &life.policy, Audience::Followers)
    };
    let notice = Notice::Answered { by: by.clone(), questions: vec![1], text: text.to_owned() };
    shows("notice_answered_followers", &followers(&notice));
    let notice = Notice::WordingApproved { by: by.clone(), text: "Mails are late.".to_owned() };
    shows("notice_wording_followers", &followers(&notice));
    let notice =
        Notice::QuestionWaits { by, question: 2, text: "When will it be over?".to_owned() };
    let vacant = Life::begins().set_up();
    let told = messages::notice(&notice, &vacant.incident, &vacant.policy, Audience::Channel);
    shows("notice_question_waits", &told);
}

#[test]
fn whatever_they_write_the_limits_hold() {
    let wordy = nasty(3000);
    let mut life = Life::begins().set_up().manned();
    for number in 0..40 {
        let text = format!("{number} {wordy}");
        life = life.does(&Actor::in_slack(ines()), "09:20", ask(&text));
        life = life.does(&Actor::in_slack(ines()), "09:20", report(Some(u64::MAX), &text));
    }
    let wording = Command::ApproveWording { text: wordy.clone() };
    let life = life.does(&Actor::in_slack(theo()), "09:30", wording);
    let incident = &life.incident;
    let by = Actor::in_slack(nour());
    for (name, message) in [
        ("brief", messages::brief(incident, &life.policy)),
        ("info", messages::info(incident, &life.policy)),
        ("questions", messages::questions(incident)),
        ("wording", messages::wording(incident)),
        ("answered", messages::answered(incident, &[1, 2, 3, 4], &wordy, &by)),
        ("reported", messages::reported(incident)),
    ] {
        check_message(name, &message.text, &message.blocks);
    }
    check_view("answer", &modals::answer(incident, Some(33)).expect("questions wait"));
    check_view("wording", &modals::wording(incident));
    let shown = modals::outcome("Approved", &messages::wording(incident));
    let blocks = shown["view"]["blocks"].as_array().expect("blocks");
    assert!(!blocks.is_empty() && blocks.iter().all(|block| block["type"] != "actions"));
}

#[test]
fn what_they_type_is_understood() {
    let report = |customers, example: Option<&str>| Asked::Report {
        customers,
        example: example.map(str::to_owned),
    };
    let answer = |question, text: &str| Asked::Answer { question, text: text.to_owned() };
    for (typed, expected) in [
        ("report", report(None, None)),
        ("report 40", report(Some(40), None)),
        ("report 1.2k customers: cannot pay", report(Some(1200), Some("cannot pay"))),
        ("report Cannot pay &amp; is angry", report(None, Some("Cannot pay & is angry"))),
        ("ask", Asked::Question { text: String::new() }),
        ("question Is it over?", Asked::Question { text: "Is it over?".to_owned() }),
        ("answer", answer(None, "")),
        ("answer 2", answer(Some(2), "")),
        ("answer 2 No", answer(Some(2), "No")),
        ("reply No mail is lost", answer(None, "No mail is lost")),
        ("wording", Asked::Wording),
        ("wording new", Asked::WordingForm),
        ("wording Mails are late", Asked::ApproveWording { text: "Mails are late".to_owned() }),
    ] {
        assert_eq!(parse(typed), expected, "{typed}");
    }
}

fn typed(text: &str) -> Value {
    json!({ "x": { "type": "plain_text_input", "value": text } })
}

fn ticked(values: &[&str]) -> Value {
    let options: Vec<Value> = values.iter().map(|value| json!({ "value": value })).collect();
    json!({ "x": { "type": "checkboxes", "selected_options": options } })
}

#[test]
fn what_they_fill_in_is_read() {
    let life = worded();
    let form = modals::report(&life.incident);
    shows_form("modal_report", &form);
    let read = |values: Value| modals::read(&filled(&form, &values));
    let Ok(Form::Report(read_report)) =
        read(json!({ "customers": typed("1 200"), "text": typed("Late") }))
    else {
        panic!("a report")
    };
    assert_eq!((read_report.customers, read_report.example), (Some(1200), Some("Late".to_owned())));
    assert!(matches!(read(json!({ "customers": typed("many") })), Err(Rejected::Fields(_))));
    assert!(matches!(read(json!({})), Err(Rejected::Fields(_))));

    let form = modals::question(&life.incident);
    shows_form("modal_question", &form);
    let read = modals::read(&filled(&form, &json!({ "text": typed(" Is it over? ") })));
    assert!(matches!(read, Ok(Form::Ask(asked)) if asked.text == "Is it over?"));

    let form = modals::answer(&life.incident, Some(2)).expect("questions wait");
    shows_form("modal_answer", &form);
    let first = form.pointer("/blocks/0/element/initial_options/0/value");
    assert_eq!(first, Some(&json!("2")));
    let values = json!({
        "questions": ticked(&["2", "1", "x"]),
        "text": typed("At noon"),
        "publicly": ticked(&["publicly"]),
    });
    let Ok(Form::Answer(read)) = modals::read(&filled(&form, &values)) else { panic!("an answer") };
    assert_eq!((read.questions, read.publicly), (vec![2, 1], true));
    let none = json!({ "questions": ticked(&[]), "text": typed("At noon") });
    assert!(matches!(modals::read(&filled(&form, &none)), Err(Rejected::Fields(_))));

    let form = modals::wording(&life.incident);
    shows_form("modal_wording", &form);
    let read = modals::read(&filled(&form, &json!({ "text": typed("") })));
    assert!(matches!(read, Err(Rejected::Fields(_))));
}

#[test]
fn what_one_is_told_keeps_its_name() {
    let told = Told::Answer { questions: vec![1], text: "No".into(), by: Actor::in_slack(theo()) };
    let effect = Effect::Tell { person: ines(), told };
    let stored = serde_json::to_value(&effect).expect("JSON");
    assert_eq!((&stored["effect"], &stored["told"]["told"]), (&json!("tell"), &json!("answer")));
}
