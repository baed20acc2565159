//! What comes of the alerts of one request: durable before their sender is answered, judged after that.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use jiff::Timestamp;
use sima_alerts::{Alert, Delivery, Reading, Unreadable};
use sima_desk::DeskError;
use sima_store::{AlertJudged, LoggedAlert, NewAlert, StoreError, Took};

use crate::{App, answer};

/// How long a program that asks what came of its alert waits for that.
const PATIENCE: Duration = Duration::from_secs(2);

/// Takes every alert of one body in before answering. A delivery whose id was taken in before adds
/// nothing.
pub async fn record_all(
    app: &App,
    integration: &str,
    delivery_id: Option<String>,
    alerts: Vec<Alert>,
) -> Response<Body> {
    let count = alerts.len();
    match take(app, integration, delivery_id, alerts).await {
        Ok(Took::Recorded(_)) if count == 1 => answer::line(StatusCode::OK, "1 alert is recorded"),
        Ok(Took::Recorded(_)) => {
            answer::line(StatusCode::OK, format!("{count} alerts are recorded"))
        }
        Ok(Took::Before(_)) => answer::line(StatusCode::OK, "this delivery was recorded before"),
        Err(_fault) => {
            // Every source that retries at all retries this one.
            let text = "not recorded, a fault on our side: send it again";
            answer::line(StatusCode::SERVICE_UNAVAILABLE, text)
        }
    }
}

/// What became of an alert whose sender asks for it.
pub enum TakenOne {
    /// It is in the log, under this number, and this came of it; nothing as long as it waits.
    Logged(i64, Option<AlertJudged>),
    /// A delivery of that id was taken in before, with another alert.
    AnotherBefore,
}

/// Takes one alert of our own shape in and waits a while for what comes of it. `body` is what it was
/// read from.
///
/// # Errors
/// A fault on our side, which is logged: unless it was found by its number, nothing was recorded.
pub async fn take_one(
    app: &App,
    delivery_id: Option<String>,
    alert: Alert,
    body: &[u8],
) -> Result<TakenOne, DeskError> {
    let store = app.desk.store();
    // Listened to before it is there to be judged, so that the judgement is not missed.
    let mut changes = store.changes();
    let integration = alert.integration.clone();
    let id = match take(app, &integration, delivery_id, vec![alert]).await? {
        Took::Recorded(ids) => ids.start,
        Took::Before(id) => {
            if let Some(before) = store.logged_alert(id).await?
                && !is_the_same(&before, body)
            {
                return Ok(TakenOne::AnotherBefore);
            }
            id
        }
    };
    let judged = async {
        loop {
            changes.mark_unchanged();
            if let Some(judged) = store.alert_judged(id).await? {
                return Ok::<_, StoreError>(Some(judged));
            }
            if changes.changed().await.is_err() {
                return Ok(None);
            }
        }
    };
    match tokio::time::timeout(PATIENCE, judged).await {
        Ok(judged) => Ok(TakenOne::Logged(id, judged?)),
        Err(_late) => Ok(TakenOne::Logged(id, store.alert_judged(id).await?)),
    }
}

/// Whether a body says what an alert of the log was made of. Where it names no time, the alert has the
/// time it came: so it is read as it would have been then.
fn is_the_same(before: &LoggedAlert, body: &[u8]) -> bool {
    let Ok(recorded) = serde_json::from_str::<Alert>(&before.alert) else { return true };
    read_at(body, recorded.state.since()).is_ok_and(|now| now.as_ref() == Some(&recorded))
}

/// Reads an alert of our own shape; nothing if the body says nothing.
///
/// # Errors
/// What is wrong with it.
pub fn read_generic(app: &App, body: &[u8]) -> Result<Option<Alert>, Unreadable> {
    read_at(body, app.desk.clock().now())
}

fn read_at(body: &[u8], now: Timestamp) -> Result<Option<Alert>, Unreadable> {
    Ok(match sima_alerts::read("generic", &Delivery::of_body(body, now))? {
        Reading::Alerts(alerts) => alerts.into_iter().next(),
        Reading::Nothing { .. } => None,
    })
}

async fn take(
    app: &App,
    integration: &str,
    delivery_id: Option<String>,
    alerts: Vec<Alert>,
) -> Result<Took, DeskError> {
    let taken = async {
        let alerts = alerts.into_iter().map(|alert| logged(alert, integration));
        let alerts = alerts.collect::<Result<_, _>>()?;
        app.desk.take_delivery(integration, delivery_id, alerts).await
    };
    let taken = taken.await;
    if let Err(error) = &taken {
        let error = error as &dyn std::error::Error;
        tracing::error!(error, alert.integration = integration, "alerts were not recorded");
    }
    taken
}

/// An alert as the log keeps it.
fn logged(mut alert: Alert, integration: &str) -> Result<NewAlert, StoreError> {
    integration.clone_into(&mut alert.integration);
    let json = serde_json::to_string(&alert)
        .map_err(|source| StoreError::Unreadable { what: "an alert".to_owned(), source })?;
    Ok(NewAlert { source: alert.source, key: alert.key, state: alert.state, alert: json })
}
