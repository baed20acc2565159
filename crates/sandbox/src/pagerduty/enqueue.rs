//! `POST /v2/enqueue` and `POST /v2/change/enqueue`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::PagerIncident;
use crate::call::Vendor;
use crate::core::Core;
use crate::door::Cut;
use crate::random;
use crate::state::State;
use crate::vendor::{self, Denial, Reply, Request};

/// Events per key and minute before PagerDuty throttles.
const BUDGET: usize = 120;

/// Answers `/pagerduty-events/v2/enqueue`.
pub(crate) async fn enqueue(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    body: Bytes,
) -> Response {
    take(core, cut, body, "enqueue", receive).await
}

/// Answers `/pagerduty-events/v2/change/enqueue`.
pub(crate) async fn change(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    body: Bytes,
) -> Response {
    take(core, cut, body, "change", receive_change).await
}

async fn take(
    core: Arc<Core>,
    cut: Cut,
    body: Bytes,
    method: &str,
    receive: fn(&mut State, &[u8]) -> Reply,
) -> Response {
    let request = Request {
        vendor: Vendor::PagerDuty,
        method: method.to_owned(),
        args: vendor::for_the_record(&body),
        deed: Box::new(move |state, _| receive(state, &body)),
        refuse: |denial| match denial {
            Denial::Throttled(_) => throttled(),
            Denial::TokenRevoked => invalid(&["Invalid routing key".to_owned()]),
            Denial::MissingScope(error) | Denial::Refused(error) => invalid(&[error.to_owned()]),
        },
    };
    vendor::answer(core, cut, request).await
}

/// No `Retry-After` is documented here, so none is sent.
fn throttled() -> Reply {
    let body = json!({"status": "throttle exceeded", "message": "Requests for this service are arriving too quickly. Please retry later.", "errors": ["Requests for this service are arriving too quickly. Please retry later."]});
    Reply::new(StatusCode::TOO_MANY_REQUESTS, body, "http 429")
}

fn invalid(errors: &[String]) -> Reply {
    let body =
        json!({"status": "invalid event", "message": "Event object is invalid", "errors": errors});
    Reply::new(StatusCode::BAD_REQUEST, body, "invalid event")
}

fn accepted(dedup_key: &str) -> Reply {
    let body = json!({"status": "success", "message": "Event processed", "dedup_key": dedup_key});
    Reply::new(StatusCode::ACCEPTED, body, "ok")
}

fn text(event: &Value, pointer: &str) -> String {
    event.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The key's service, or what is wrong with the key.
fn service(state: &mut State, event: &Value) -> Result<(String, String), Reply> {
    let key = text(event, "/routing_key");
    let now = state.clock.micros();
    if key.chars().count() != 32 {
        return Err(invalid(&[
            "Length of 'routing_key' is incorrect (should be 32 characters)".to_owned()
        ]));
    }
    let Some(service) = state.pager.services.iter().find(|service| service.routing_key == key)
    else {
        return Err(invalid(&["Invalid routing key".to_owned()]));
    };
    let service = service.id.clone();
    state.pager.arrivals.retain(|(_, at)| at + 60_000_000 > now);
    let recent = state.pager.arrivals.iter().filter(|(other, _)| *other == key).count();
    let counted = state.meter.limits != crate::slack::limits::Limits::Off;
    if counted && recent >= BUDGET {
        return Err(throttled());
    }
    state.pager.arrivals.push((key.clone(), now));
    Ok((key, service))
}

fn receive(state: &mut State, body: &[u8]) -> Reply {
    if body.len() > 512 * 1024 {
        return invalid(&["Event is too large".to_owned()]);
    }
    let Ok(event) = serde_json::from_slice::<Value>(body) else {
        return invalid(&["Invalid JSON".to_owned()]);
    };
    let action = text(&event, "/event_action");
    let errors = complaints(&event, &action);
    if !errors.is_empty() {
        return invalid(&errors);
    }
    let (routing_key, service) = match service(state, &event) {
        Ok(known) => known,
        Err(reply) => return reply,
    };
    let mut dedup_key = text(&event, "/dedup_key");
    if dedup_key.is_empty() {
        dedup_key = random::hex(16);
    }
    let now = state.clock.text();
    let number = state.pager.incidents.len() + 1;
    let open = state
        .pager
        .incidents
        .iter_mut()
        .find(|incident| incident.is_open_for(&routing_key, &dedup_key));
    match (action.as_str(), open) {
        ("trigger", Some(incident)) => {
            // Another trigger is a line in the log: nobody is paged again.
            incident.note(&now, "trigger", &text(&event, "/payload/summary"));
        }
        ("trigger", None) => {
            let mut incident =
                opened(&event, number, service, routing_key, dedup_key.clone(), &now);
            let of_service = |other: &&super::Service| other.id == incident.service;
            if let Some(service) = state.pager.services.iter().find(of_service) {
                incident.policy.clone_from(&service.policy);
            }
            let first = state.pager.level(&incident.policy, 1).unwrap_or_default();
            incident.assign(&first, &state.clock.whole_seconds());
            state.pager.incidents.push(incident);
        }
        ("acknowledge", Some(incident)) => {
            if incident.status == "triggered" {
                "acknowledged".clone_into(&mut incident.status);
            }
            incident.note(&now, "acknowledge", "through the API");
        }
        ("resolve", Some(incident)) => {
            "resolved".clone_into(&mut incident.status);
            incident.note(&now, "resolve", "through the API");
        }
        // Nothing is open under this key: dropped, and accepted all the same.
        _ => {}
    }
    accepted(&dedup_key)
}

fn complaints(event: &Value, action: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let too_long = |pointer: &str, max: usize| text(event, pointer).chars().count() > max;
    if text(event, "/routing_key").is_empty() {
        errors.push("'routing_key' is missing or blank".to_owned());
    }
    if !matches!(action, "trigger" | "acknowledge" | "resolve") {
        errors.push("'event_action' is missing or invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')".to_owned());
    }
    if too_long("/dedup_key", 255) {
        errors.push(
            "Length of 'dedup_key' is incorrect (should be at most 255 characters)".to_owned(),
        );
    }
    if matches!(action, "acknowledge" | "resolve") && text(event, "/dedup_key").is_empty() {
        errors.push("'dedup_key' is missing or blank".to_owned());
    }
    if action == "trigger" {
        for field in ["summary", "source", "severity"] {
            if text(event, &format!("/payload/{field}")).is_empty() {
                errors.push(format!("'payload.{field}' is missing or blank"));
            }
        }
        if too_long("/payload/summary", 1024) {
            errors.push(
                "Length of 'payload.summary' is incorrect (should be at most 1024 characters)"
                    .to_owned(),
            );
        }
        let severity = text(event, "/payload/severity");
        if !severity.is_empty()
            && !["critical", "error", "warning", "info"].contains(&severity.as_str())
        {
            errors.push("'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')".to_owned());
        }
        let timestamp = text(event, "/payload/timestamp");
        if !timestamp.is_empty() && timestamp.parse::<jiff::Timestamp>().is_err() {
            errors.push("'payload.timestamp' is invalid".to_owned());
        }
        let details = &event["payload"]["custom_details"];
        if !details.is_null() && !details.is_object() {
            errors.push("'payload.custom_details' must be an object".to_owned());
        }
    }
    for link in event["links"].as_array().into_iter().flatten() {
        if link["href"].as_str().is_none_or(str::is_empty) {
            errors.push("'links.href' is missing or blank".to_owned());
        }
    }
    for image in event["images"].as_array().into_iter().flatten() {
        if !image["src"].as_str().is_some_and(|src| src.starts_with("https://")) {
            errors.push("'images.src' must be an https URL".to_owned());
        }
    }
    errors
}

fn opened(
    event: &Value,
    number: usize,
    service: String,
    routing_key: String,
    dedup_key: String,
    now: &str,
) -> PagerIncident {
    let title = text(event, "/payload/summary");
    let mut incident = PagerIncident {
        id: random::id("Q"),
        number,
        status: "triggered".to_owned(),
        severity: text(event, "/payload/severity"),
        source: text(event, "/payload/source"),
        dedup_key,
        routing_key,
        service,
        policy: String::new(),
        assigned: Vec::new(),
        client: event["client"].as_str().map(str::to_owned),
        client_url: event["client_url"].as_str().map(str::to_owned),
        links: event["links"].as_array().cloned().unwrap_or_default(),
        details: event["payload"]["custom_details"].clone(),
        created_at: now.to_owned(),
        log: Vec::new(),
        title: title.clone(),
    };
    incident.note(now, "trigger", &title);
    incident
}

fn receive_change(state: &mut State, body: &[u8]) -> Reply {
    let Ok(event) = serde_json::from_slice::<Value>(body) else {
        return invalid(&["Invalid JSON".to_owned()]);
    };
    if text(&event, "/payload/summary").is_empty() {
        return invalid(&["'payload.summary' is missing or blank".to_owned()]);
    }
    if let Err(reply) = service(state, &event) {
        return reply;
    }
    state.pager.changes.push(event);
    Reply::new(
        StatusCode::ACCEPTED,
        json!({"status": "success", "message": "Change event processed"}),
        "ok",
    )
}
