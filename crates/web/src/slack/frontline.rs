//! What those who answer customers report and ask, typed or filled in, and what they see of it.

use serde_json::Value;
use sima_desk::DeskError;
use sima_incident::{Actor, Command, Incident, IncidentId};
use sima_slack::{
    commands::Asked,
    messages::{self, Message},
    modals::{self, AnswerForm, ReportForm, TextForm},
};
use sima_store::Delivery;

use super::{
    ask::Asker,
    reply::{self, Reply},
};
use crate::App;

/// Does what was typed, or shows the form for what is missing.
pub async fn typed(app: &App, asked: Asked, asker: &Asker, incident: &Incident) -> Reply {
    let command = match asked {
        Asked::Report { customers: None, example: None } => {
            return Reply::Show(modals::report(incident));
        }
        Asked::Report { customers, example } => Command::ReportCustomers { customers, example },
        Asked::Question { text } if text.is_empty() => {
            return Reply::Show(modals::question(incident));
        }
        Asked::Question { text } => Command::AskQuestion { text },
        Asked::Answer { question, text } if text.is_empty() => {
            return match modals::answer(incident, question) {
                Some(form) => Reply::Show(form),
                None => Reply::Say(messages::questions(incident)),
            };
        }
        Asked::Answer { question, text } => {
            let waiting = incident.frontline.waiting().map(|waiting| waiting.number);
            let questions = question.map_or_else(|| waiting.collect(), |question| vec![question]);
            Command::AnswerQuestions { questions, text, publicly: false }
        }
        Asked::WordingForm => return Reply::Show(modals::wording(incident)),
        Asked::ApproveWording { text } => Command::ApproveWording { text },
        _ => return Reply::Say(messages::wording(incident)),
    };
    let by = asker.actor();
    match carried_out(app, incident.id, command, &by, asker.delivery.clone()).await {
        Ok(message) => Reply::Say(message),
        Err(error) => Reply::Say(reply::to_error(&error, Some(incident))),
    }
}

/// Takes a report in; what its form becomes.
pub async fn report(
    app: &App,
    form: ReportForm,
    by: &Actor,
    delivery: Option<Delivery>,
) -> Result<Value, DeskError> {
    let ReportForm { incident, customers, example } = form;
    let command = Command::ReportCustomers { customers, example };
    outcome(app, "Reported", incident, command, by, delivery).await
}

/// Takes a question in; what its form becomes.
pub async fn ask(
    app: &App,
    form: TextForm,
    by: &Actor,
    delivery: Option<Delivery>,
) -> Result<Value, DeskError> {
    let command = Command::AskQuestion { text: form.text };
    outcome(app, "Asked", form.incident, command, by, delivery).await
}

/// Answers questions; what the form becomes.
pub async fn answer(
    app: &App,
    form: AnswerForm,
    by: &Actor,
    delivery: Option<Delivery>,
) -> Result<Value, DeskError> {
    let AnswerForm { incident, questions, text, publicly } = form;
    let command = Command::AnswerQuestions { questions, text, publicly };
    outcome(app, "Answered", incident, command, by, delivery).await
}

/// Approves a wording; what the form becomes.
pub async fn approve(
    app: &App,
    form: TextForm,
    by: &Actor,
    delivery: Option<Delivery>,
) -> Result<Value, DeskError> {
    let command = Command::ApproveWording { text: form.text };
    outcome(app, "Approved", form.incident, command, by, delivery).await
}

async fn outcome(
    app: &App,
    title: &str,
    incident: IncidentId,
    command: Command,
    by: &Actor,
    delivery: Option<Delivery>,
) -> Result<Value, DeskError> {
    let message = carried_out(app, incident, command, by, delivery).await?;
    Ok(modals::outcome(title, &message))
}

/// Carries it out; what the person sees of it.
async fn carried_out(
    app: &App,
    incident: IncidentId,
    command: Command,
    by: &Actor,
    delivery: Option<Delivery>,
) -> Result<Message, DeskError> {
    let asked = command.clone();
    let after = app.desk.carry_out(incident, command, by, delivery).await?;
    Ok(match asked {
        Command::ReportCustomers { .. } => messages::reported(&after),
        Command::AskQuestion { text } => messages::asked(&after, &text),
        Command::ApproveWording { .. } => messages::wording(&after),
        _ => messages::done("Answered. All who asked are being told.", &after),
    })
}
