//! The forms of those who answer customers: a report, a question, an answer, a wording.

use serde_json::{Value, json};
use sima_incident::{Impact, Incident, IncidentId, MAX_TEXT};

use super::{FieldErrors, Rejected, fields};
use crate::{commands, messages::Message, requests::View};

/// The `callback_id` of a report.
pub(super) const REPORT: &str = "report_customers";
/// The `callback_id` of a question.
pub(super) const ASK: &str = "ask_question";
/// The `callback_id` of an answer.
pub(super) const ANSWER: &str = "answer_questions";
/// The `callback_id` of a wording.
pub(super) const WORDING: &str = "approve_wording";

/// The block of what is written.
pub(super) const TEXT: &str = "text";
const CUSTOMERS: &str = "customers";
const QUESTIONS: &str = "questions";
const PUBLICLY: &str = "publicly";
/// The most boxes there may be.
const MOST: usize = 10;

/// Customers who told somebody of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportForm {
    /// Which incident.
    pub incident: IncidentId,
    /// How many.
    pub customers: Option<u64>,
    /// What they say.
    pub example: Option<String>,
}

/// A text about an incident: a question or a wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextForm {
    /// Which incident.
    pub incident: IncidentId,
    /// What was written.
    pub text: String,
}

/// An answer to some questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerForm {
    /// Which incident.
    pub incident: IncidentId,
    /// The numbers of the questions.
    pub questions: Vec<u32>,
    /// What is answered.
    pub text: String,
    /// Whether all who follow read it.
    pub publicly: bool,
}

/// The form that takes a report.
pub fn report(incident: &Incident) -> Value {
    let customers = fields::text("", "40", 20);
    let customers = fields::input(CUSTOMERS, "How many customers told us?", true, customers);
    let example = fields::lines("", "Cannot pay by card since nine: “declined”", MAX_TEXT);
    let example = fields::input(TEXT, "What do they say? One example is enough.", true, example);
    let blocks = [
        fields::advised(customers, "A number; leave it empty if you do not know."),
        fields::advised(example, "No names and no addresses: many people can read it."),
    ];
    let kept = fields::keep_incident(incident.id);
    fields::modal(REPORT, &format!("Report on {}", incident.number), "Report", &kept, &blocks)
}

/// The form that takes a question.
pub fn question(incident: &Incident) -> Value {
    let text = fields::lines("", "Are mails lost, or only late?", MAX_TEXT);
    let text = fields::input(TEXT, "What do you want to know?", false, text);
    let blocks = [fields::advised(text, "You are told privately as soon as it is answered.")];
    let kept = fields::keep_incident(incident.id);
    fields::modal(ASK, &format!("Ask about {}", incident.number), "Ask", &kept, &blocks)
}

/// The form that answers; with one question chosen already, if one is meant. Nothing if no question
/// waits.
pub fn answer(incident: &Incident, meant: Option<u32>) -> Option<Value> {
    let mut waiting: Vec<_> = incident.frontline.waiting().collect();
    // The one that is meant is among those shown.
    waiting.sort_by_key(|question| Some(question.number) != meant);
    let options: Vec<Value> = waiting
        .iter()
        .take(MOST)
        .filter_map(|question| fields::option(&question.text, &question.number.to_string(), None))
        .collect();
    let first = options.first()?.clone();
    let boxes = json!({
        "type": "checkboxes",
        "options": options,
        "initial_options": [first],
    });
    let text = fields::lines("", "No mail is lost; all are delivered by noon", MAX_TEXT);
    let for_all = fields::option("Tell all who follow, under the broadcast", PUBLICLY, None);
    let publicly = json!({ "type": "checkboxes", "options": [for_all] });
    let boxes = fields::input(QUESTIONS, "Which questions does it answer?", false, boxes);
    let blocks = [
        fields::advised(boxes, "Everybody who asked one of these is told."),
        fields::input(TEXT, "The answer", false, text),
        fields::input(PUBLICLY, "Who reads it?", true, publicly),
    ];
    let kept = fields::keep_incident(incident.id);
    let title = format!("Answer on {}", incident.number);
    Some(fields::modal(ANSWER, &title, "Answer", &kept, &blocks))
}

/// The form that approves a wording, beginning with the one there is.
pub fn wording(incident: &Incident) -> Value {
    let known = incident.frontline.wording.as_ref().map_or("", |wording| wording.text.as_str());
    let text = fields::lines(known, "Some payments fail. Nobody is charged twice.", MAX_TEXT);
    let text = fields::input(TEXT, "What may customers be told?", false, text);
    let advice =
        "You approve these words: they are shown with your name, and those who follow are told.";
    let blocks = [fields::advised(text, advice)];
    let kept = fields::keep_incident(incident.id);
    fields::modal(WORDING, "Wording for customers", "Approve", &kept, &blocks)
}

/// What takes the place of a form once it is submitted: what came of it.
pub fn outcome(title: &str, message: &Message) -> Value {
    json!({
        "response_action": "update",
        "view": {
            "type": "modal",
            "title": fields::plain(title, 24),
            "close": fields::plain("Close", 24),
            // Buttons here would lead nowhere: they stand where the form was asked for.
            "blocks": message.blocks.iter().filter(|block| block["type"] != "actions").collect::<Vec<_>>(),
        },
    })
}

/// Reads a report.
pub(super) fn read_report(view: &View) -> Result<ReportForm, Rejected> {
    let incident = kept(view)?;
    let customers = match view.state.typed(CUSTOMERS) {
        None => None,
        Some(given) => match commands::clients(&given) {
            Some(Impact::Clients(count)) => Some(count),
            Some(Impact::Unknown) => None,
            None => {
                let advice = "Write a whole number, such as 40, or leave it empty.";
                return Err(Rejected::Fields(FieldErrors::one(CUSTOMERS, advice)));
            }
        },
    };
    let example = view.state.typed(TEXT);
    if customers.is_none_or(|count| count == 0) && example.is_none() {
        let advice = "Say how many customers, or give an example of what they say.";
        return Err(Rejected::Fields(FieldErrors::one(TEXT, advice)));
    }
    Ok(ReportForm { incident, customers, example })
}

/// Reads a question or a wording.
pub(super) fn read_text(view: &View, advice: &str) -> Result<TextForm, Rejected> {
    Ok(TextForm { incident: kept(view)?, text: written(view, advice)? })
}

/// Reads an answer.
pub(super) fn read_answer(view: &View) -> Result<AnswerForm, Rejected> {
    let incident = kept(view)?;
    let chosen = view.state.ticked(QUESTIONS);
    let questions: Vec<u32> = chosen.iter().filter_map(|number| number.parse().ok()).collect();
    if questions.is_empty() {
        let advice = "Choose at least one question.";
        return Err(Rejected::Fields(FieldErrors::one(QUESTIONS, advice)));
    }
    let text = written(view, "Write the answer.")?;
    Ok(AnswerForm { incident, questions, text, publicly: view.state.is_ticked(PUBLICLY, PUBLICLY) })
}

fn written(view: &View, advice: &str) -> Result<String, Rejected> {
    let text = view.state.typed(TEXT).unwrap_or_default().trim().to_owned();
    if text.is_empty() {
        return Err(Rejected::Fields(FieldErrors::one(TEXT, advice)));
    }
    Ok(text)
}

fn kept(view: &View) -> Result<IncidentId, Rejected> {
    fields::kept_incident(&view.private_metadata)
        .ok_or_else(|| Rejected::Unknown(view.callback_id.clone()))
}
