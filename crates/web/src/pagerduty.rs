//! The door of PagerDuty: `POST /pagerduty/webhooks`, for what people do with a page over there.
//!
//! Three webhooks turned away in a row disable the subscription for a day, so whatever is signed is
//! taken; only what could not be recorded is asked for again.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Response, StatusCode},
};
use sima_desk::DeskError;
use sima_incident::Actor;
use sima_pagerduty::webhooks::{self, Reading, Told};
use sima_store::Delivery;

use crate::{App, answer};

/// The name of this door in the memory of deliveries.
const DOOR: &str = "pagerduty";

/// Takes one webhook.
pub async fn receive(State(app): State<App>, request: Request) -> Response<Body> {
    let Some(secret) = &app.pager_secret else {
        let text = "pagerduty.webhook_secret is not set: no webhook of PagerDuty's is taken";
        return answer::line(StatusCode::NOT_FOUND, text);
    };
    let headers = request.headers().clone();
    let body = match answer::read_body(request).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let signatures = all(&headers, "x-pagerduty-signature");
    if let Err(error) = webhooks::verify(secret, signatures.as_deref(), &body) {
        tracing::warn!(why = %error, "a webhook that PagerDuty did not sign was turned away");
        return answer::line(StatusCode::UNAUTHORIZED, "the request is not signed by PagerDuty");
    }
    match webhooks::read(&body) {
        Reading::Told(told) => hear(&app, told, &headers).await,
        Reading::Ping => answer::line(StatusCode::OK, "SIMA hears you"),
        Reading::Nothing { why } => {
            tracing::info!(why, "a webhook of PagerDuty's means nothing here");
            answer::line(StatusCode::OK, why)
        }
    }
}

/// Records what happened, before answering.
async fn hear(app: &App, told: Told, headers: &HeaderMap) -> Response<Body> {
    // The event's id is under the signature, the webhook's is not: a copy cannot pass for another.
    let id = told.event_id.or_else(|| all(headers, "x-webhook-id"));
    let delivery = id.map(|id| Delivery { door: DOOR.to_owned(), id });
    let by = Actor::in_pager(told.by);
    match app.desk.hear_pager(told.incident, told.told, &by, delivery).await {
        Ok(Some(incident)) => answer::line(StatusCode::OK, format!("about {}", incident.number)),
        Ok(None) => {
            tracing::info!("a webhook of PagerDuty's is about no incident of ours");
            answer::line(StatusCode::OK, "about no incident of ours")
        }
        Err(DeskError::Refused(refusal)) => {
            tracing::info!(why = %refusal, "a webhook of PagerDuty's changed nothing");
            answer::line(StatusCode::OK, refusal.to_string())
        }
        Err(error @ (DeskError::Fault(_) | DeskError::Contended)) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a webhook of PagerDuty's was not recorded");
            answer::line(StatusCode::SERVICE_UNAVAILABLE, "not recorded: send it again")
        }
    }
}

/// A header, with its lines joined if it was sent as several.
fn all(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines: Vec<&str> =
        headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(","))
}
