//! SIMA's own short link, `/i/INC-42`: leads to the incident's channel once it exists.
//!
//! The page at the pager carries it, so it must work on a phone without signing in. It tells
//! nothing: the chat asks for membership, and before the channel exists there are no details.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode, header},
    response::{IntoResponse as _, Redirect},
};
use sima_incident::IncidentNumber;

use crate::{App, answer, pages};

/// Leads to the channel.
pub async fn follow(State(app): State<App>, Path(number): Path<String>) -> Response<Body> {
    let Ok(number) = number.parse::<IncidentNumber>() else {
        return answer::line(StatusCode::NOT_FOUND, "no such incident: the link ends in INC-42");
    };
    let incident = match app.desk.store().incident_numbered(number).await {
        Ok(incident) => incident,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a link could not be followed"
            );
            let text = "the incident cannot be looked up right now; try again";
            return answer::line(StatusCode::SERVICE_UNAVAILABLE, text);
        }
    };
    match incident.map(|incident| incident.channel) {
        Some(Some(channel)) => Redirect::to(&channel_url(&app, &channel.id)).into_response(),
        Some(None) => {
            let page = pages::channel_on_its_way(number);
            // The page asks again by itself: the on-call person holds a phone, not a keyboard.
            (StatusCode::OK, [(header::REFRESH, "2")], page).into_response()
        }
        None => answer::line(StatusCode::NOT_FOUND, "no such incident"),
    }
}

/// Where the chat shows a channel.
pub fn channel_url(app: &App, channel_id: &str) -> String {
    channels_url(app) + channel_id
}

/// Where the chat shows channels, up to where the channel's id follows.
pub fn channels_url(app: &App) -> String {
    let identity = app.slack.as_ref().and_then(|slack| slack.identity());
    match identity.and_then(|identity| identity.team_url.as_deref()) {
        Some(workspace) => format!("{}/archives/", workspace.trim_end_matches('/')),
        None => "https://slack.com/app_redirect?channel=".to_owned(),
    }
}
