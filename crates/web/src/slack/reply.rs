//! What a person gets back: a private message, a form, or nothing.

use serde_json::Value;
use sima_desk::DeskError;
use sima_incident::{Incident, PersonId};
use sima_slack::{
    Place, Slack,
    messages::{self, Message},
    modals,
};
use sima_store::StoreError;
use uuid::Uuid;

use super::ask::Asker;
use crate::App;

/// What a person gets back.
pub enum Reply {
    /// A message that only they see.
    Say(Message),
    /// The same in the place of the message whose button was pressed, if only they see that one.
    Turn(Message),
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
    let (trigger_id, place) = (asker.trigger_id.clone(), Answering::of(asker));
    tokio::spawn(async move {
        let Err(error) = slack.open_view(&trigger_id, &view).await else { return };
        tracing::warn!(error = &error as &dyn std::error::Error, "a form could not be opened");
        place.answer_late(&slack, &messages::not_shown(modals::again(&view).as_ref())).await;
    });
}

/// Says something to the person who pressed a button, beside the answer to Slack.
pub fn say(app: &App, asker: &Asker, message: Message) {
    let Some(slack) = app.slack.clone() else { return };
    let (trigger_id, place) = (asker.trigger_id.clone(), Answering::of(asker));
    tokio::spawn(async move {
        let window = modals::said(&message);
        let shown = match (&place.response_url, &place.window) {
            (Some(_), _) => return place.answer_late(&slack, &message).await,
            (None, Some(window_id)) => slack.update_view(window_id, None, &window).await,
            // From App Home there is no channel to answer in.
            (None, None) => slack.open_view(&trigger_id, &window).await,
        };
        if let Err(error) = shown {
            tracing::warn!(error = &error as &dyn std::error::Error, "an answer was not shown");
            place.answer_late(&slack, &message).await;
        }
    });
}

/// Shows something in the place of the message whose button was pressed; below it if that is gone.
pub fn turn(app: &App, asker: &Asker, message: Message) {
    let (Some(slack), Some(url)) = (app.slack.clone(), asker.response_url.clone()) else {
        return say(app, asker, message);
    };
    let place = Answering::of(asker);
    tokio::spawn(async move {
        if let Err(error) = slack.respond(&url, &message, Place::Instead).await {
            tracing::info!(error = &error as &dyn std::error::Error, "a page could not be turned");
            place.answer_late(&slack, &message).await;
        }
    });
}

/// Where somebody can be answered when no form can be opened for them any more.
struct Answering {
    person: PersonId,
    response_url: Option<String>,
    window: Option<String>,
}

impl Answering {
    fn of(asker: &Asker) -> Self {
        Self {
            person: asker.person.clone(),
            response_url: asker.response_url.clone(),
            window: asker.window.clone(),
        }
    }

    /// Answers where they asked; where that is nowhere, in their conversation with SIMA.
    async fn answer_late(&self, slack: &Slack, message: &Message) {
        let failed = match &self.response_url {
            Some(url) => {
                slack.respond(url, message, Place::Below).await.err().map(|error| error.to_string())
            }
            None => slack.tell(&self.person, message).await.err().map(|error| error.to_string()),
        };
        if let Some(error) = failed {
            tracing::warn!(error, "an answer did not arrive");
        }
    }
}
