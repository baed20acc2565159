//! Alerts over the API: the generic body, judged by the same rules as every other source's.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{Response, StatusCode},
};
use serde::Serialize;
use sima_alerts::Alert;
use sima_desk::DeskError;
use sima_incident::Incident;
use sima_store::AlertJudged;
use utoipa::ToSchema;

use super::{
    body,
    incidents::key,
    json,
    problem::{self, Problem},
};
use crate::{
    App,
    alerts::{self, TakenOne},
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
    /// Its number among all that were ever taken in; absent if there was nothing to take in.
    alert: Option<i64>,
    /// `opened`, `attached`, `proposed`, `nothing`, `ignored`, `not_opened`; `taken_in` where the API
    /// does not say more; or `waiting` if it is not judged yet.
    #[schema(example = "opened")]
    result: String,
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
    params((
        "Idempotency-Key" = Option<String>, Header,
        description = "A name for this request: the same one again within three days adds nothing and \
                       is answered with what came of the first"
    )),
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
        (status = 200, description = "It is recorded, and judged", body = AlertTaken),
        (status = 202, description = "It is recorded, and will be judged", body = AlertTaken),
        (status = 400, description = "It is no alert", body = Problem),
        (status = 401, description = "The token is missing or wrong", body = Problem),
        (status = 403, description = "The API is closed", body = Problem),
        (status = 409, description = "The key was used for another alert", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 415, description = "The body is not JSON", body = Problem),
        (status = 503, description = "Nothing was recorded: send it again", body = Problem)
    ),
    security(("token" = []))
)]
pub async fn send(State(app): State<App>, request: Request) -> Response<Body> {
    let key = match key(request.headers()) {
        Ok(key) => key,
        Err(problem) => return problem.with(StatusCode::BAD_REQUEST),
    };
    let body = match body::bytes(request).await {
        Ok(body) => body,
        Err(answer) => return *answer,
    };
    let alert = match alerts::read_generic(&app, &body) {
        Ok(Some(alert)) => alert,
        Ok(None) => {
            let why = Some("it is a test, or holds nothing".to_owned());
            let result = "nothing".to_owned();
            return json(StatusCode::OK, AlertTaken { alert: None, result, incident: None, why });
        }
        Err(unreadable) => {
            let what_to_do = "send an object with a title; /api/v1/openapi.json shows every field";
            return Problem::new("not_an_alert", unreadable.to_string(), what_to_do)
                .with(StatusCode::BAD_REQUEST);
        }
    };
    match taken(&app, key, alert, &body).await {
        Ok(Some((status, taken))) => json(status, taken),
        Ok(None) => problem::key_used(),
        Err(_fault) => problem::unrecorded(),
    }
}

/// Takes an alert in, and says what came of it as soon as that is known. Nothing if its key was used
/// for another alert.
async fn taken(
    app: &App,
    key: Option<String>,
    alert: Alert,
    body: &[u8],
) -> Result<Option<(StatusCode, AlertTaken)>, DeskError> {
    let (id, judged) = match alerts::take_one(app, key, alert, body).await? {
        TakenOne::Logged(id, judged) => (id, judged),
        TakenOne::AnotherBefore => return Ok(None),
    };
    let alert = Some(id);
    let Some(judged) = judged else {
        let result = "waiting".to_owned();
        let why = Some("it is recorded, and will be judged".to_owned());
        let waits = AlertTaken { alert, result, incident: None, why };
        return Ok(Some((StatusCode::ACCEPTED, waits)));
    };
    let incident = match judged.incident {
        Some(id) => app.desk.store().incident(id).await?,
        None => None,
    };
    if incident.as_ref().is_some_and(Incident::is_private) {
        // That there is one is known to its members alone.
        let (result, why) = ("taken_in".to_owned(), Some("it is recorded, and judged".to_owned()));
        let taken = AlertTaken { alert, result, incident: None, why };
        return Ok(Some((StatusCode::OK, taken)));
    }
    let incident = incident.map(|incident| incident.number.0);
    let AlertJudged { outcome: result, why, .. } = judged;
    Ok(Some((StatusCode::OK, AlertTaken { alert, result, incident, why })))
}
