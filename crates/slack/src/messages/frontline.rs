//! For those who answer customers, and from them: reports, questions, answers, and approved words.

use serde_json::Value;
use sima_incident::{Actor, Incident, Question};

use super::{Message, badge, blocks, buttons, escape::line, mention, moment::moment};
use crate::actions::Action;

/// The most questions shown in one message; the rest is counted.
const MOST: usize = 8;

/// The questions that wait, for whoever speaks for the others.
pub fn questions(incident: &Incident) -> Message {
    let waiting: Vec<&Question> = incident.frontline.waiting().collect();
    let number = incident.number;
    let told = match waiting.len() {
        0 => format!("No question about {number} waits for an answer."),
        1 => format!("❓ *One question about {number} waits for your answer*"),
        count => format!("❓ *{count} questions about {number} wait for your answer*"),
    };
    let mut shown = vec![
        blocks::section(&told),
        blocks::context(&format!(
            "{} {} · {}",
            badge::of_severity(incident.severity),
            incident.severity,
            line(&incident.summary, 300)
        )),
    ];
    for question in waiting.iter().take(MOST) {
        let row = format!("{}\n{}", line(&question.text, 400), asked_by(question));
        shown.push(blocks::section_with(&row, &answer_button(incident, question.number)));
    }
    if waiting.len() > MOST {
        let more = waiting.len() - MOST;
        shown.push(blocks::context(&format!("and {more} more after these are answered")));
    }
    shown.extend(blocks::actions(vec![
        run(incident, "✍️ Approve a wording", "wording new"),
        buttons::info(incident),
    ]));
    let first = waiting.first().map_or_else(String::new, |question| line(&question.text, 500));
    Message { text: format!("{told} {first}").trim().to_owned(), blocks: shown }
}

/// The answer, for one who asked.
pub fn answered(incident: &Incident, questions: &[u32], text: &str, by: &Actor) -> Message {
    let told = format!(
        "💬 *Your question about {} is answered* by {}",
        incident.number,
        mention::actor(by)
    );
    let mut shown = vec![blocks::section(&told)];
    let asked = questions.iter().filter_map(|number| incident.frontline.question(*number));
    shown.extend(asked.take(3).map(|asked| blocks::context(&line(&asked.text, 300))));
    shown.push(blocks::words(text, 2900));
    shown.extend(blocks::actions(vec![
        run(incident, "❓ Ask more", "ask"),
        wording_button(incident),
        buttons::info(incident),
    ]));
    Message { text: format!("{told}: {}", line(text, 600)), blocks: shown }
}

/// What customers may be told.
pub fn wording(incident: &Incident) -> Message {
    let number = incident.number;
    let Some(wording) = &incident.frontline.wording else {
        let told = format!("💬 Nothing is approved yet that customers may be told about {number}.");
        let mut shown = vec![blocks::section(&told)];
        shown.extend(blocks::actions(vec![
            run(incident, "❓ Ask a question", "ask"),
            run(incident, "✍️ Approve a wording", "wording new"),
            buttons::info(incident),
        ]));
        return Message { text: told, blocks: shown };
    };
    let told = format!("💬 *Customers may be told* about {number}:");
    let approved = format!("Approved by {} · {}", mention::actor(&wording.by), moment(wording.at));
    let mut shown = vec![
        blocks::section(&told),
        blocks::words(&wording.text, 2900),
        blocks::context(&approved),
    ];
    shown.extend(blocks::actions(vec![
        run(incident, "❓ Ask a question", "ask"),
        run(incident, "✍️ Change it", "wording new"),
        buttons::info(incident),
    ]));
    Message { text: format!("{told} {}", line(&wording.text, 600)), blocks: shown }
}

/// A report was counted.
pub fn reported(incident: &Incident) -> Message {
    let told = format!("👥 Noted for {}: {}.", incident.number, counted(incident));
    let mut shown = vec![blocks::section(&told)];
    shown.extend(blocks::actions(vec![
        wording_button(incident),
        run(incident, "❓ Ask a question", "ask"),
        buttons::info(incident),
    ]));
    Message { text: told, blocks: shown }
}

/// A question was taken in; or the answer, if the same was answered before.
pub fn asked(incident: &Incident, text: &str) -> Message {
    if let Some((known, answer)) =
        incident.frontline.same_as(text).and_then(|known| Some((known, known.answer.as_ref()?)))
    {
        return answered(incident, &[known.number], &answer.text, &answer.by);
    }
    let told = format!(
        "❓ Your question about {} waits for an answer. You are told privately as soon as there is \
         one.",
        incident.number
    );
    let mut shown = vec![blocks::section(&told)];
    shown.extend(blocks::actions(vec![wording_button(incident), buttons::info(incident)]));
    Message { text: told, blocks: shown }
}

/// What came in, in one line for the brief; nothing if nothing did.
pub(super) fn tally(incident: &Incident) -> Option<String> {
    let frontline = &incident.frontline;
    let mut told = Vec::new();
    if frontline.reports > 0 {
        told.push(format!("👥 {}", counted(incident)));
    }
    match frontline.waiting().count() {
        0 => {}
        1 => told.push("❓ 1 question waits for an answer".to_owned()),
        count => told.push(format!("❓ {count} questions wait for an answer")),
    }
    told.extend(
        frontline.wording.as_ref().map(|_| "💬 a wording for customers is approved".to_owned()),
    );
    (!told.is_empty()).then(|| told.join(" · "))
}

/// The last reports, each in a line.
pub(super) fn reports(incident: &Incident) -> Vec<String> {
    let last = incident.frontline.last_reports.iter();
    let told = last.map(|report| {
        let customers = report.customers.map(customers);
        let example = report.example.as_ref().map(|example| line(example, 150));
        let said: Vec<String> = customers.into_iter().chain(example).collect();
        format!("👥 {}: {}", mention::actor(&report.by), said.join(" · "))
    });
    told.collect()
}

/// What those who follow can do: say what customers say, ask, and learn what may be said.
pub(super) fn lane(incident: &Incident) -> Vec<Value> {
    vec![
        run(incident, "👥 Report customers", "report"),
        run(incident, "❓ Ask a question", "ask"),
        wording_button(incident),
    ]
}

/// The way to answer what waits; nothing if nothing waits.
pub(super) fn answer_waiting(incident: &Incident) -> Option<Value> {
    match incident.frontline.waiting().count() {
        0 => None,
        1 => Some(run(incident, "💬 Answer a question", "answer")),
        count => Some(run(incident, &format!("💬 Answer {count} questions"), "answer")),
    }
}

/// Answer one question.
pub(super) fn answer_button(incident: &Incident, question: u32) -> Value {
    run(incident, "💬 Answer", &format!("answer {question}"))
}

fn wording_button(incident: &Incident) -> Value {
    run(incident, "💬 What may we tell customers?", "wording")
}

fn run(incident: &Incident, label: &str, text: &str) -> Value {
    let text = text.to_owned();
    buttons::button(label, &Action::RunCommand { incident: Some(incident.id), text })
}

/// How many reports, of how many customers.
fn counted(incident: &Incident) -> String {
    let frontline = &incident.frontline;
    let reports = match frontline.reports {
        1 => "1 report by customer care".to_owned(),
        count => format!("{count} reports by customer care"),
    };
    match frontline.customers {
        0 => reports,
        count => format!("{reports}, {}", customers(count)),
    }
}

fn customers(count: u64) -> String {
    match count {
        1 => "1 customer".to_owned(),
        count => format!("{} customers", badge::grouped(count)),
    }
}

fn asked_by(question: &Question) -> String {
    let named: Vec<String> = question.askers.iter().take(3).map(mention::person).collect();
    let more = question.askers.len().saturating_sub(3);
    let others = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("asked by {}{others}, {}", named.join(", "), moment(question.at))
}
