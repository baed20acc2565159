//! Alerts over the API: the generic body, judged by the same rules as every other source's.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{Response, StatusCode},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    body, json,
    problem::{self, Problem},
};
use crate::{
    App,
    alerts::{self, Taken},
};

/// An alert. Only the title is needed; further fields are left alone.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the alerts crate reads it; here it is described")]
struct NewAlert {
    /// What is wrong, in one line.
    title: String,
    /// `firing`, which is the default, or `resolved`.
    #[schema(example = "firing")]
    status: Option<String>,
    /// How bad it is, such as `critical` or `SEV2`.
    severity: Option<String>,
    /// What is affected: the name or key of a domain.
    service: Option<String>,
    /// What repeats of it have in common; made of title and service if absent.
    dedup_key: Option<String>,
    /// More about it.
    description: Option<String>,
    /// Where to read on.
    links: Option<Vec<NewLink>>,
    /// When it began.
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    /// When it ended.
    #[schema(format = DateTime)]
    ends_at: Option<String>,
    /// What rules can match.
    labels: Option<BTreeMap<String, String>>,
}

/// A link of an alert.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the alerts crate reads it; here it is described")]
struct NewLink {
    /// Where it leads.
    href: String,
    /// What it says.
    text: Option<String>,
}

/// What was done about an alert.
#[derive(Debug, Serialize, ToSchema)]
struct AlertTaken {
    /// `opened`, `attached`, `nothing`, `ignored` or `not_opened`.
    #[schema(example = "opened")]
    result: &'static str,
    /// The number of the incident it opened or belongs to.
    incident: Option<u32>,
    /// Why, if it has none.
    why: Option<String>,
}

/// Sends an alert.
///
/// It is judged by the configured rules: it opens an incident, belongs to one, or is left. Repeats
/// are told by `dedup_key`, so that sending it again is harmless.
#[utoipa::path(
    post,
    path = "/api/v1/alerts",
    operation_id = "send_alert",
    request_body(content = NewAlert, examples(
        ("the least" = (value = json!({ "title": "Disk is full on db-1" }))),
        ("everything" = (value = json!({
            "title": "Queue is not draining",
            "status": "firing",
            "severity": "critical",
            "service": "Outbound Email Delivery",
            "dedup_key": "queue/outbound",
            "description": "4,812 mails are waiting.",
            "links": [{ "href": "https://grafana.example.com/d/queues", "text": "The queue" }],
            "starts_at": "2026-01-05T09:00:00Z",
            "labels": { "queue": "outbound" }
        }))),
        ("it is over" = (value = json!({
            "title": "Queue is not draining",
            "status": "resolved",
            "dedup_key": "queue/outbound",
            "ends_at": "2026-01-05T09:31:00Z"
        })))
    )),
    responses(
        (status = 200, description = "It is dealt with, and recorded", body = AlertTaken),
        (status = 400, description = "It is no alert", body = Problem),
        (status = 401, description = "The token is missing or wrong", body = Problem),
        (status = 403, description = "The API is closed", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 415, description = "The body is not JSON", body = Problem),
        (status = 503, description = "Nothing was recorded: send it again", body = Problem)
    ),
    security(("token" = []))
)]
pub async fn send(State(app): State<App>, request: Request) -> Response<Body> {
    let body = match body::bytes(request).await {
        Ok(body) => body,
        Err(answer) => return *answer,
    };
    let alert = match alerts::read_generic(&app, &body) {
        Ok(Some(alert)) => alert,
        Ok(None) => {
            let why = Some("it is a test, or holds nothing".to_owned());
            return json(StatusCode::OK, AlertTaken { result: "nothing", incident: None, why });
        }
        Err(unreadable) => {
            let what_to_do = "send an object with a title; /api/v1/openapi.json shows every field";
            return Problem::new("not_an_alert", unreadable.to_string(), what_to_do)
                .with(StatusCode::BAD_REQUEST);
        }
    };
    let (result, incident, why) = match alerts::take_one(&app, &alert).await {
        Ok(Taken::Opened(number)) => ("opened", Some(number.0), None),
        Ok(Taken::Attached(number)) => ("attached", Some(number.0), None),
        Ok(Taken::Nothing) => {
            ("nothing", None, Some("no incident is open for it, and it opens none".to_owned()))
        }
        Ok(Taken::Ignored) => ("ignored", None, Some("a rule says so".to_owned())),
        Ok(Taken::NotOpened(refusal)) => ("not_opened", None, Some(refusal.to_string())),
        Err(_fault) => return problem::unrecorded(),
    };
    json(StatusCode::OK, AlertTaken { result, incident, why })
}
