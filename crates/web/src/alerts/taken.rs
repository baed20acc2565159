//! What comes of the alerts of one request: recorded before their sender is answered.

use std::fmt;

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use sima_alerts::{Alert, Delivery, Reading, Unreadable, Verdict};
use sima_desk::{AlertRequest, DeskError, Opening, Received};
use sima_incident::{IncidentNumber, Refusal, Visibility};

use crate::{App, answer};

/// Records every alert of one body before answering.
pub async fn record_all(app: &App, alerts: Vec<Alert>) -> Response<Body> {
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
        Verdict::Record { .. } | Verdict::Propose { .. } => None,
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
