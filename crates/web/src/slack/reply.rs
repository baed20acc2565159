//! What a person gets back: a private message, a form, or nothing.

use serde_json::Value;
use sima_desk::DeskError;
use sima_incident::Incident;
use sima_slack::{
    Place,
    messages::{self, Message},
};
use sima_store::StoreError;
use uuid::Uuid;

use super::ask::Asker;
use crate::App;

/// What a person gets back.
pub enum Reply {
    /// A message that only they see.
    Say(Message),
    /// A form.
    Show(Value),
    /// Nothing: they see what they did in the channel.
    Nothing,
}

/// What to say when the desk did not do what was asked.
pub fn to_error(error: &DeskError, incident: Option<&Incident>) -> Message {
    match error {
        DeskError::Refused(refusal) => messages::refusal(refusal, incident),
        DeskError::Fault(_) | DeskError::Contended => {
            messages::fault(&logged_under_reference(error), incident)
        }
    }
}

/// What to say when something could not be read.
pub fn to_unread(error: &StoreError) -> Message {
    messages::fault(&logged_under_reference(error), None)
}

/// Logs a fault under a reference, which the person is given and can pass on.
#[allow(
    clippy::disallowed_methods,
    reason = "a reference is for the log alone, and decides nothing"
)]
pub fn logged_under_reference(error: &(dyn std::error::Error + 'static)) -> String {
    let reference = Uuid::now_v7().simple().to_string().split_off(20);
    tracing::error!(error, reference, "a request could not be carried out");
    reference
}

/// Opens a form beside the answer: its trigger lives three seconds, and nobody waits for Slack.
pub fn show(app: &App, asker: &Asker, view: Value) {
    let Some(slack) = app.slack.clone() else { return };
    let trigger_id = asker.trigger_id.clone();
    let response_url = asker.response_url.clone();
    tokio::spawn(async move {
        let Err(error) = slack.open_view(&trigger_id, &view).await else { return };
        tracing::warn!(error = &error as &dyn std::error::Error, "a form could not be opened");
        let Some(response_url) = response_url else { return };
        let answer = messages::not_shown();
        if let Err(error) = slack.respond(&response_url, &answer, Place::Below).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "nor could the person be told");
        }
    });
}

/// Says something to the person who pressed a button, beside the answer to Slack.
pub fn say(app: &App, asker: &Asker, message: Message) {
    let (Some(slack), Some(response_url)) = (app.slack.clone(), asker.response_url.clone()) else {
        return;
    };
    tokio::spawn(async move {
        if let Err(error) = slack.respond(&response_url, &message, Place::Below).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "an answer did not arrive");
        }
    });
}
