//! Something happened in the workspace. Slack delivers at least once and repeats what fails: an
//! answer of 2xx means that it is recorded, or that it means nothing to us.

use axum::{
    body::Body,
    http::{Response, StatusCode},
    response::IntoResponse as _,
};
use sima_desk::DeskError;
use sima_incident::{Actor, Incident, PersonId};
use sima_slack::{
    messages,
    requests::{Envelope, Event},
};
use sima_store::Delivery;

use super::written;
use crate::{App, answer};

/// Takes an event in.
pub async fn happened(app: &App, envelope: Envelope, delivery: Option<Delivery>) -> Response<Body> {
    let ours = envelope.bot_user.or_else(|| our_user(app));
    match envelope.event {
        Event::MemberJoined { person, channel, inviter } => {
            let Some(delivery) = delivery.filter(|_| ours.as_ref() != Some(&person)) else {
                return StatusCode::OK.into_response();
            };
            let invited = inviter.is_some() && inviter == ours;
            recorded(app.desk.person_joined(&channel, person, invited, delivery).await)
        }
        Event::MemberLeft { person, channel } => {
            recorded(app.desk.person_left(&channel, &person).await)
        }
        Event::Reaction { person, name, message, author, given } => {
            let is_mark = app.slack.as_ref().is_some_and(|slack| slack.marks(&name));
            let by_us = ours.is_some() && (author == ours || ours.as_ref() == Some(&person));
            match delivery.filter(|_| is_mark && !by_us) {
                Some(delivery) => {
                    recorded(app.desk.message_marked(&message, person, given, delivery).await)
                }
                None => StatusCode::OK.into_response(),
            }
        }
        Event::Pin { person, message, author, given } => {
            let by_us = ours.is_some() && (author == ours || ours.as_ref() == Some(&person));
            match delivery.filter(|_| !by_us) {
                Some(delivery) => {
                    recorded(app.desk.message_marked(&message, person, given, delivery).await)
                }
                None => StatusCode::OK.into_response(),
            }
        }
        Event::MessageChanged { message, author, change } => {
            // Most edits are SIMA's own, of the brief.
            let Some(delivery) = delivery.filter(|_| ours.is_none() || author != ours) else {
                return StatusCode::OK.into_response();
            };
            let by = author.map_or_else(|| Actor::program_in_slack("a program"), Actor::in_slack);
            recorded(app.desk.message_changed(&message, change, &by, delivery).await)
        }
        Event::Talk { channel, at } => {
            let at = at.unwrap_or_else(|| app.desk.clock().now());
            if let Err(error) = app.desk.hear_talk(&channel, at).await {
                // Somebody may be reminded though they are writing: not worth another delivery.
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "that people are writing was not noted");
            }
            StatusCode::OK.into_response()
        }
        Event::AppHomeOpened { person, tab } => {
            if tab != "messages" {
                publish_home(app, person);
            }
            StatusCode::OK.into_response()
        }
        Event::TurnedAway => {
            ask_whether_we_are_known(app);
            StatusCode::OK.into_response()
        }
        Event::WroteToUs { person, channel, text } => {
            if ours.as_ref() != Some(&person) {
                written::answer(app, person, channel, text);
            }
            StatusCode::OK.into_response()
        }
        Event::Other { .. } => StatusCode::OK.into_response(),
    }
}

/// What Slack is answered: whatever could not be recorded is to be sent again.
fn recorded(outcome: Result<Option<Incident>, DeskError>) -> Response<Body> {
    match outcome {
        Ok(_) | Err(DeskError::Refused(_)) => StatusCode::OK.into_response(),
        Err(error @ (DeskError::Fault(_) | DeskError::Contended)) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "an event was not recorded");
            answer::line(StatusCode::SERVICE_UNAVAILABLE, "not recorded: send it again")
        }
    }
}

/// Asks Slack beside the answer, so that it is known at once and not at the next incident.
fn ask_whether_we_are_known(app: &App) {
    let Some(slack) = app.slack.clone() else { return };
    tokio::spawn(async move {
        if let Err(error) = slack.examine().await {
            tracing::error!(error = &error as &dyn std::error::Error, "{}", error.in_words());
        }
    });
}

/// Draws a person's App Home beside the answer.
fn publish_home(app: &App, person: PersonId) {
    let Some(slack) = app.slack.clone() else { return };
    let app = app.clone();
    tokio::spawn(async move {
        let live = match app.desk.store().live_incidents().await {
            Ok(live) => live,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "an App Home could not be drawn");
                return;
            }
        };
        let view = messages::home(&live, &person, app.desk.policy());
        if let Err(error) = slack.publish_home(&person, &view).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "an App Home was not shown");
        }
    });
}

/// Our bot's user, as far as Slack has told us.
fn our_user(app: &App) -> Option<PersonId> {
    let identity = app.slack.as_ref()?.identity()?;
    Some(identity.bot_user.clone())
}
