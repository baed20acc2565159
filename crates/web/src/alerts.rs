//! The door of monitors: `POST /alerts/{source}`. An alert answered with 2xx is recorded.

use std::fmt;

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, Response, StatusCode},
};
use jiff::Timestamp;
use sima_alerts::{Alert, Delivery, Reading, Unreadable, Verdict};
use sima_desk::{AlertRequest, DeskError, Opening, Received};
use sima_incident::{IncidentNumber, Refusal, Visibility};

use crate::{App, answer, guard};

/// Takes an alert whose token is in a header.
pub async fn receive(
    State(app): State<App>,
    Path(source): Path<String>,
    request: Request,
) -> Response<Body> {
    let token = guard::authorization(request.headers());
    take(app, source, token, request).await
}

/// Takes an alert whose token is in the path: many senders can do nothing better.
pub async fn receive_with_token(
    State(app): State<App>,
    Path((source, token)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    take(app, source, Some(token), request).await
}

async fn take(app: App, source: String, token: Option<String>, request: Request) -> Response<Body> {
    let allowed = match (&app.alerts_token, token) {
        (Some(secret), Some(token)) => guard::is_secret(&token, secret),
        _ => false,
    };
    if !allowed {
        let text = "the token is missing or wrong: send Authorization: Bearer … with alerts.token";
        return answer::line(StatusCode::UNAUTHORIZED, text);
    }
    if !sima_alerts::known(&source) {
        let known = sima_alerts::sources().join(", ");
        let text = format!("there is no alert source of that name; known are {known}");
        return answer::line(StatusCode::NOT_FOUND, text);
    }
    let headers = request.headers().clone();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = match answer::read_body(request).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let now = app.desk.clock().now();
    match read(&source, &headers, &query, &body, now) {
        Ok(Reading::Alerts(alerts)) => record_all(&app, alerts).await,
        Ok(Reading::Nothing { why }) => answer::line(StatusCode::OK, why),
        Err(unreadable) => {
            tracing::warn!(alert.source = source, why = %unreadable, "an alert could not be read");
            answer::line(StatusCode::BAD_REQUEST, unreadable.to_string())
        }
    }
}

/// Makes alerts of one request.
fn read(
    source: &str,
    headers: &HeaderMap,
    query: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Reading, Unreadable> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = header("content-type");
    sima_alerts::read(source, &Delivery { content_type, header: &header, query, body, now })
}

/// Records every alert of one body before answering.
async fn record_all(app: &App, alerts: Vec<Alert>) -> Response<Body> {
    let mut outcomes = Vec::new();
    for alert in alerts {
        match take_one(app, &alert).await {
            Ok(taken) => outcomes.push(taken.to_string()),
            Err(_fault) => {
                // Every source that retries at all retries this one.
                let text = "not recorded, a fault on our side: send it again";
                return answer::line(StatusCode::SERVICE_UNAVAILABLE, text);
            }
        }
    }
    answer::line(StatusCode::OK, outcomes.join("; "))
}

/// What was done about an alert. Displayed as its sender reads it.
pub enum Taken {
    /// It opened an incident.
    Opened(IncidentNumber),
    /// It belongs to an incident.
    Attached(IncidentNumber),
    /// Nothing is open for it, and it opens nothing.
    Nothing,
    /// A rule says to leave it.
    Ignored,
    /// What it was to open is not acceptable.
    NotOpened(Refusal),
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened(number) => write!(f, "opened {number}"),
            Self::Attached(number) => write!(f, "belongs to {number}"),
            Self::Nothing => f.write_str("nothing to open"),
            Self::Ignored => f.write_str("ignored by a rule"),
            Self::NotOpened(refusal) => write!(f, "not opened: {refusal}"),
        }
    }
}

/// Judges one alert and records what comes of it.
///
/// # Errors
/// A fault on our side, which is logged: nothing was recorded.
pub async fn take_one(app: &App, alert: &Alert) -> Result<Taken, DeskError> {
    let Some(request) = judge(app, alert) else { return Ok(Taken::Ignored) };
    match app.desk.receive_alert(request).await {
        Ok(Received::Opened(incident)) => Ok(Taken::Opened(incident.number)),
        Ok(Received::Attached(incident)) => Ok(Taken::Attached(incident.number)),
        Ok(Received::Nothing) => Ok(Taken::Nothing),
        Err(DeskError::Refused(refusal)) => {
            tracing::warn!(why = %refusal, "an alert opened nothing");
            Ok(Taken::NotOpened(refusal))
        }
        Err(error @ (DeskError::Fault(_) | DeskError::Contended)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "an alert was not recorded");
            Err(error)
        }
    }
}

/// Reads an alert of our own shape; nothing if the body says nothing.
///
/// # Errors
/// What is wrong with it.
pub fn read_generic(app: &App, body: &[u8]) -> Result<Option<Alert>, Unreadable> {
    let now = app.desk.clock().now();
    Ok(match sima_alerts::read("generic", &Delivery::of_body(body, now))? {
        Reading::Alerts(alerts) => alerts.into_iter().next(),
        Reading::Nothing { .. } => None,
    })
}

/// What the rules make of an alert; nothing if they ignore it.
fn judge(app: &App, alert: &Alert) -> Option<AlertRequest> {
    let opening = match app.rules.judge(alert, app.desk.policy()) {
        Verdict::Ignore { .. } => return None,
        Verdict::Record { .. } => None,
        Verdict::Open { domain, severity, private, .. } => Some(Opening {
            description: alert.description.clone(),
            domain: Some(domain),
            severity: Some(severity),
            visibility: if private { Visibility::Private } else { Visibility::Company },
            started_at: alert.began_at(),
            links: alert.links.clone(),
            ..Opening::of(alert.full_title.clone())
        }),
    };
    Some(AlertRequest { evidence: alert.evidence(), opening })
}
