//! Somebody wrote to SIMA itself: what they ask to see is shown, what they ask to be done is offered.

use sima_incident::PersonId;
use sima_slack::{
    Slack,
    commands::{self, Asked},
    messages::{self, Message},
};

use super::{
    ask::{self, Asker},
    reply::{self, Reply},
};
use crate::App;

/// Answers beside the answer to Slack: them alone, where they wrote.
pub fn answer(app: &App, person: PersonId, channel: Option<String>, text: String) {
    let Some(slack) = app.slack.clone() else { return };
    let app = app.clone();
    tokio::spawn(async move {
        if let Some(message) = answered(&app, &person, channel.clone(), &text).await {
            deliver(&slack, &person, channel.as_deref(), &message).await;
        }
    });
}

/// What to answer. A form cannot be opened for somebody who only wrote, and nothing is changed by
/// words that may have been meant for others.
async fn answered(
    app: &App,
    person: &PersonId,
    channel: Option<String>,
    text: &str,
) -> Option<Message> {
    let asked = commands::parse(text);
    let only_shown = matches!(
        asked,
        Asked::Help { .. }
            | Asked::Info { .. }
            | Asked::List
            | Asked::Metrics
            | Asked::Incomplete { .. }
            | Asked::Mistyped { .. }
    );
    if only_shown {
        let asker = Asker {
            person: person.clone(),
            channel,
            incident: None,
            response_url: None,
            trigger_id: String::new(),
            window: None,
            delivery: None,
        };
        return match ask::ask(app, asked, text, &asker).await {
            Reply::Say(message) | Reply::Turn(message) => Some(message),
            Reply::Show(_) | Reply::Nothing => None,
        };
    }
    let here = match &channel {
        Some(channel) => app.desk.store().incident_in_channel(channel).await,
        None => Ok(None),
    };
    Some(match here {
        Ok(incident) => messages::offered(text, incident.as_ref(), app.desk.policy()),
        Err(error) => reply::to_unread(&error),
    })
}

/// Shows it where they wrote; where that cannot be, in their own conversation with SIMA.
async fn deliver(slack: &Slack, person: &PersonId, channel: Option<&str>, message: &Message) {
    if let Some(channel) = channel {
        match slack.post_ephemeral(channel, person, message).await {
            Ok(()) => return,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::info!(error, "an answer could not be shown where it was asked for");
            }
        }
    }
    if let Err(error) = slack.tell(person, message).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "an answer did not arrive");
    }
}
