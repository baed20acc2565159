//! The door of monitors: `/alerts/{integration}`. An alert answered with 2xx is recorded.
//!
//! In this order: the bytes as they came, who sent them, what they say. What is answered decides
//! whether a sender tries again: 4xx is final everywhere, 503 is tried again by all who ever do.

mod notary;
mod taken;
mod vouched;

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
};
use sima_alerts::{Believed, Delivered, Delivery, Integration, Reading, authentic::NotAuthentic};

use crate::{App, answer};

pub use notary::{Notary, Outside, Unreached};
use taken::record_all;
pub use taken::{TakenOne, read_generic, take_one};
use vouched::Unvouched;

/// The sources that may send by the address alone.
const BY_ADDRESS: [&str; 2] = ["uptimekuma", "uptimerobot"];

/// Takes an alert whose sender proves itself in headers, or by a signature.
pub async fn receive(
    State(app): State<App>,
    Path(name): Path<String>,
    request: Request,
) -> Response<Body> {
    take(&app, &name, None, request).await
}

/// Takes an alert whose token is in the path: many senders can do nothing better.
pub async fn receive_with_token(
    State(app): State<App>,
    Path((name, token)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    take(&app, &name, Some(&token), request).await
}

async fn take(app: &App, name: &str, token: Option<&str>, request: Request) -> Response<Body> {
    let method = request.method().clone();
    let headers = request.headers().clone();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = match answer::read_body(request).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let delivery = Delivery {
        content_type: header("content-type"),
        header: &header,
        query: &query,
        ..Delivery::of_body(&body, app.desk.clock().now())
    };
    let Some(integration) = app.integrations.named(name) else {
        return unknown(app, token, &delivery);
    };
    if let Some(refusal) = by_method(&method, integration, token, &delivery, &headers) {
        return refusal;
    }
    if let Some(refusal) = foreign(integration, &delivery) {
        return refusal;
    }
    let believed = match integration.believes(token, &delivery) {
        Ok(believed) => believed,
        Err(why) => return not_believed(app, integration, &delivery, why),
    };
    let vouched = match &believed {
        Believed::Entirely => Ok(()),
        Believed::IfAmazonSigned(envelope) => vouched::by_amazon(app, envelope).await,
        Believed::IfEntraSigned(jwt) => vouched::by_entra(app, integration, jwt).await,
    };
    match vouched {
        Ok(()) => {}
        Err(Unvouched::Forged(why)) => return not_believed(app, integration, &delivery, why),
        Err(Unvouched::Unknown) => {
            let text = "who signed it could not be checked, a fault on our side: send it again";
            return answer::line(StatusCode::SERVICE_UNAVAILABLE, text);
        }
    }
    if let Believed::IfAmazonSigned(envelope) = &believed
        && let Some(answer) = vouched::handshake(app, envelope).await
    {
        return answer;
    }
    recorded(app, integration, &delivery).await
}

/// Reads what was delivered and records it before answering.
async fn recorded(app: &App, integration: &Integration, delivery: &Delivery<'_>) -> Response<Body> {
    match integration.read(delivery) {
        Ok(Delivered { reading: Reading::Alerts(alerts), id }) => {
            record_all(app, &integration.name, id, alerts).await
        }
        Ok(Delivered { reading: Reading::Nothing { why }, .. }) => {
            answer::line(StatusCode::OK, why)
        }
        Err(unreadable) => {
            let name = &integration.name;
            tracing::warn!(alert.integration = name, why = %unreadable, "an alert could not be read");
            answer::line(unreadable_status(integration), unreadable.to_string())
        }
    }
}

/// Three webhooks turned away in a row disable PagerDuty's subscription for a day.
fn unreadable_status(integration: &Integration) -> StatusCode {
    if integration.is_signed() && integration.source == "pagerduty" {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    }
}

/// The answer where there is no integration of that name: which there are is told to those who know
/// the general token.
fn unknown(app: &App, token: Option<&str>, delivery: &Delivery<'_>) -> Response<Body> {
    if app.integrations.knows(token, delivery) {
        let known = app.integrations.names().collect::<Vec<_>>().join(", ");
        let text = format!("there is no alert source of that name; known are {known}");
        return answer::line(StatusCode::NOT_FOUND, text);
    }
    let general = sima_alerts::GENERAL_TOKEN;
    let text =
        format!("the token is missing or wrong: send Authorization: Bearer … with {general}");
    answer::line(StatusCode::UNAUTHORIZED, text)
}

/// The answer to other methods than those that carry alerts; none to those that do.
fn by_method(
    method: &Method,
    integration: &Integration,
    token: Option<&str>,
    delivery: &Delivery<'_>,
    headers: &HeaderMap,
) -> Option<Response<Body>> {
    let is_event = integration.source == "cloudevents";
    let by_address = BY_ADDRESS.contains(&integration.source.as_str());
    match *method {
        Method::POST | Method::PUT => None,
        Method::GET if by_address => None,
        Method::OPTIONS if is_event => {
            Some(permission(integration, token, delivery, headers.get("webhook-request-origin")))
        }
        _ => {
            let allowed = match (by_address, is_event) {
                (true, _) => "GET, POST, PUT",
                (_, true) => "OPTIONS, POST, PUT",
                _ => "POST, PUT",
            };
            let text = format!("this address takes alerts with {allowed} alone");
            let mut answer = answer::line(StatusCode::METHOD_NOT_ALLOWED, text);
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
            Some(answer)
        }
    }
}

/// The answer to a sender of CloudEvents that asks whether it may send at all (its protection
/// against abuse: github.com/cloudevents/spec, `http-webhook.md`, read 2026-08-22).
fn permission(
    integration: &Integration,
    token: Option<&str>,
    delivery: &Delivery<'_>,
    origin: Option<&HeaderValue>,
) -> Response<Body> {
    if integration.may_ask(token, delivery).is_err() {
        let text = "the token is wrong: correct it in the address or the header of the sender";
        return answer::line(StatusCode::UNAUTHORIZED, text);
    }
    let Some(origin) = origin else {
        let text = "a question whether one may send names its WebHook-Request-Origin";
        return answer::line(StatusCode::BAD_REQUEST, text);
    };
    let mut answer = answer::line(StatusCode::OK, "send alerts here with POST");
    let headers = answer.headers_mut();
    headers.insert("webhook-allowed-origin", origin.clone());
    headers.insert("webhook-allowed-rate", HeaderValue::from_static("120"));
    headers.insert(header::ALLOW, HeaderValue::from_static("OPTIONS, POST, PUT"));
    answer
}

/// The answer to an event in a format that nobody here reads.
fn foreign(integration: &Integration, delivery: &Delivery<'_>) -> Option<Response<Body>> {
    let given = delivery.content_type?.split(';').next()?.trim().to_ascii_lowercase();
    let read = ["application/cloudevents+json", "application/cloudevents-batch+json"];
    let is_foreign = integration.source == "cloudevents"
        && given.starts_with("application/cloudevents")
        && !read.contains(&given.as_str());
    is_foreign.then(|| {
        let text = format!("send the event in binary mode or as {}", read.join(" or "));
        answer::line(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)
    })
}

/// The answer to a sender that was not believed: what it can do.
fn not_believed(
    app: &App,
    integration: &Integration,
    delivery: &Delivery<'_>,
    why: NotAuthentic,
) -> Response<Body> {
    let name = &integration.name;
    tracing::warn!(alert.integration = name, why = %why, "an alert was turned away");
    // That the envelope was left out is worth more than that it is not there.
    if !integration.topics.is_empty()
        && let Err(unreadable) = integration.read(delivery)
    {
        return answer::line(StatusCode::BAD_REQUEST, unreadable.to_string());
    }
    let remedy = integration.remedy(why, app.integrations.is_general(integration));
    answer::line(StatusCode::UNAUTHORIZED, remedy)
}
