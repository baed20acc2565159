//! What those who answer customers report and ask, and who answers them.

use super::{stages::at_work, texts::text};
use crate::{Actor, Event, Incident, MAX_QUESTIONS, Refusal, Role};

/// Customers told somebody of it.
pub(super) fn report(
    incident: &Incident,
    customers: Option<u64>,
    example: Option<&str>,
    by: &Actor,
) -> Result<Event, Refusal> {
    is_for_all(incident)?;
    let customers = customers.filter(|count| *count > 0);
    let example = example.and_then(text);
    if customers.is_none() && example.is_none() {
        return Err(Refusal::TextMissing("the report"));
    }
    let is_known = incident.frontline.last_reports.iter().any(|known| {
        known.by.who == by.who && known.customers == customers && known.example == example
    });
    if is_known {
        return Err(Refusal::AlreadySo("you reported that already; it counts once".into()));
    }
    Ok(Event::CustomersReported { customers, example })
}

/// Somebody wants to know something. Nothing becomes true if it was answered before.
pub(super) fn ask(incident: &Incident, asked: &str, by: &Actor) -> Result<Option<Event>, Refusal> {
    is_for_all(incident)?;
    let Some(asker) = by.person() else {
        return Err(Refusal::Reserved("only a person can ask, for a person has to be answered"));
    };
    let text = text(asked).ok_or(Refusal::TextMissing("the question"))?;
    let frontline = &incident.frontline;
    if let Some(known) = frontline.same_as(&text) {
        if known.answer.is_some() {
            return Ok(None);
        }
        if known.askers.contains(asker) {
            return Err(Refusal::AlreadySo(
                "you asked that already; you are told as soon as it is answered".into(),
            ));
        }
        return Ok(Some(Event::QuestionAsked { question: known.number, text }));
    }
    if frontline.waiting().count() >= MAX_QUESTIONS {
        return Err(Refusal::AlreadySo(format!(
            "{MAX_QUESTIONS} questions wait for an answer already; ask again when some are answered"
        )));
    }
    Ok(Some(Event::QuestionAsked { question: frontline.asked + 1, text }))
}

/// One answer for all who asked any of these.
pub(super) fn answer(
    incident: &Incident,
    questions: &[u32],
    answer: &str,
    publicly: bool,
    by: &Actor,
) -> Result<Event, Refusal> {
    is_for_all(incident)?;
    speaks_for_us(incident, by)?;
    let text = text(answer).ok_or(Refusal::TextMissing("the answer"))?;
    let waiting = incident.frontline.waiting().map(|question| question.number);
    let questions: Vec<u32> = waiting.filter(|number| questions.contains(number)).collect();
    if questions.is_empty() {
        return Err(Refusal::AlreadySo("that question was answered already".into()));
    }
    Ok(Event::QuestionsAnswered { questions, text, publicly })
}

/// What customers may be told.
pub(super) fn approve(incident: &Incident, wording: &str, by: &Actor) -> Result<Event, Refusal> {
    is_for_all(incident)?;
    speaks_for_us(incident, by)?;
    let text = text(wording).ok_or(Refusal::TextMissing("the wording"))?;
    if incident.frontline.wording.as_ref().is_some_and(|known| known.text == text) {
        return Err(Refusal::AlreadySo("that wording is approved already".into()));
    }
    Ok(Event::WordingApproved { text })
}

/// Refuses what would carry a private incident to those who do not know of it, or comes too late.
fn is_for_all(incident: &Incident) -> Result<(), Refusal> {
    if incident.is_private() {
        return Err(Refusal::Reserved(
            "nobody outside knows of a private incident, so nothing of it is for customers",
        ));
    }
    at_work(&incident.stage)
}

/// Once somebody is communication lead, they speak, or the incident manager in their stead.
fn speaks_for_us(incident: &Incident, by: &Actor) -> Result<(), Refusal> {
    let lead = incident.holder(Role::CommunicationLead);
    let manager = incident.holder(Role::IncidentManager);
    let is_one = |holder: Option<&_>| holder.is_some() && holder == by.person();
    if lead.is_none() || is_one(lead) || is_one(manager) {
        return Ok(());
    }
    Err(Refusal::Reserved(
        "the communication lead says what others are told, or the incident manager: ask them, or take \
         the role over first",
    ))
}
