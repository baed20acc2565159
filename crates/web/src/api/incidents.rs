//! Incidents over the API: open one, read one, list them.

use axum::{
    body::Body,
    extract::{
        Path, Query, Request, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderMap, Response, StatusCode, header},
    response::IntoResponse as _,
};
use serde::Deserialize;
use sima_desk::{Opened, Opening};
use sima_incident::{Actor, Incident, IncidentNumber, Origin, Policy, Who, legible};
use sima_store::{Delivery, Page, StoreError};
use utoipa::{IntoParams, ToSchema};

use super::{
    body, json,
    problem::{self, Problem},
    shapes::{IncidentShown, ListShown, NewIncident},
};
use crate::App;

/// The door's name beside the keys that senders give their requests.
const DOOR: &str = "api";

/// The longest key, in bytes.
const LONGEST_KEY: usize = 255;

/// The longest name of a reporter, in characters.
const LONGEST_NAME: usize = 80;

/// How many incidents a page of the list has unless asked otherwise, and at most.
const A_PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;

/// Opens an incident.
///
/// With an `Idempotency-Key` it may be sent again without harm: the same request under the same key
/// is answered with the incident it opened.
#[utoipa::path(
    post,
    path = "/api/v1/incidents",
    operation_id = "open_incident",
    params((
        "Idempotency-Key" = Option<String>, Header,
        description = "A name for this request, such as a UUID, for sending it again safely"
    )),
    request_body(content = NewIncident, examples(
        ("the least" = (value = json!({ "summary": "Checkout fails for some customers" }))),
        ("everything" = (value = json!({
            "summary": "Queue is not draining",
            "description": "Mails leave an hour late since the last deployment.",
            "domain": "outbound-email",
            "severity": 2,
            "impact": 120,
            "private": false,
            "drill": false,
            "started_at": "2026-01-05T09:00:00Z",
            "detected_at": "2026-01-05T09:04:30Z",
            "links": ["https://grafana.example.com/d/queues"],
            "reporter": "nightly checks"
        })))
    )),
    responses(
        (status = 201, description = "It is open", body = IncidentShown),
        (status = 200, description = "This very request opened it before", body = IncidentShown),
        (status = 400, description = "The body cannot be read", body = Problem),
        (status = 401, description = "The token is missing or wrong", body = Problem),
        (status = 403, description = "The API is closed", body = Problem),
        (status = 409, description = "The key was used for another request", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 415, description = "The body is not JSON", body = Problem),
        (status = 422, description = "It cannot be opened so", body = Problem),
        (status = 503, description = "Nothing was recorded: send it again", body = Problem)
    ),
    security(("token" = []))
)]
pub async fn open(State(app): State<App>, request: Request) -> Response<Body> {
    let delivery = match key(request.headers()) {
        Ok(key) => key.map(|id| Delivery { door: DOOR.to_owned(), id }),
        Err(problem) => return problem.with(StatusCode::BAD_REQUEST),
    };
    let asked: NewIncident = match body::read(request).await {
        Ok(asked) => asked,
        Err(answer) => return *answer,
    };
    let by = reporter(asked.reporter.as_deref());
    let opening = match asked.opening() {
        Ok(opening) => opening,
        Err(problem) => return problem.with(StatusCode::UNPROCESSABLE_ENTITY),
    };
    // Looked up first, so that a repetition uses up no number.
    match before(&app, delivery.as_ref()).await {
        Ok(Some(incident)) => return repeated(&app, &incident, opening, &by).await,
        Ok(None) => {}
        Err(error) => return problem::unread(&error),
    }
    match app.desk.open(opening.clone(), &by, delivery).await {
        Ok(Opened::New(incident)) => {
            let here = [(header::LOCATION, format!("/api/v1/incidents/{}", incident.number))];
            (here, shown(StatusCode::CREATED, &incident, app.desk.policy())).into_response()
        }
        // The same request came by another way and was faster.
        Ok(Opened::Before(incident)) => repeated(&app, &incident, opening, &by).await,
        // Only alerts are held, and this is none.
        Ok(Opened::HeldBy(_)) => problem::unrecorded(),
        Err(error) => problem::not_done(&error),
    }
}

/// Reads an incident.
///
/// A private one is not there for the API.
#[utoipa::path(
    get,
    path = "/api/v1/incidents/{number}",
    operation_id = "read_incident",
    params((
        "number" = String, Path,
        description = "The number people say: `42` or `INC-42`", example = "INC-42"
    )),
    responses(
        (status = 200, description = "The incident", body = IncidentShown),
        (status = 401, description = "The token is missing or wrong", body = Problem),
        (status = 403, description = "The API is closed", body = Problem),
        (status = 404, description = "There is none of that number", body = Problem)
    ),
    security(("token" = []))
)]
pub async fn read(
    State(app): State<App>,
    number: Result<Path<String>, PathRejection>,
) -> Response<Body> {
    let number = number.ok().and_then(|Path(text)| text.parse::<IncidentNumber>().ok());
    let found = match number {
        Some(number) => app.desk.store().incident_numbered(number).await,
        None => Ok(None),
    };
    match found {
        Ok(Some(incident)) if !incident.is_private() => {
            shown(StatusCode::OK, &incident, app.desk.policy())
        }
        Ok(_) => Problem::new(
            "no_such_incident",
            "there is no such incident",
            "use a number that GET /api/v1/incidents lists, as 42 or INC-42",
        )
        .with(StatusCode::NOT_FOUND),
        Err(error) => problem::unread(&error),
    }
}

/// Which incidents to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Which stages.
    #[serde(default)]
    #[param(inline)]
    state: Which,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// Only those older than this number: the `next_before` of the page before.
    before: Option<u32>,
}

/// Which stages to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Every stage.
    #[default]
    All,
    /// Those people are at work on.
    Live,
}

/// Lists incidents, newest first.
///
/// Private ones are not among them.
#[utoipa::path(
    get,
    path = "/api/v1/incidents",
    operation_id = "list_incidents",
    params(Wanted),
    responses(
        (status = 200, description = "A page of them", body = ListShown),
        (status = 400, description = "The query cannot be read", body = Problem),
        (status = 401, description = "The token is missing or wrong", body = Problem),
        (status = 403, description = "The API is closed", body = Problem)
    ),
    security(("token" = []))
)]
pub async fn list(
    State(app): State<App>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response<Body> {
    let what_to_do = "use state=live or all, limit=1 to 200, and before=a number";
    let wanted = match wanted {
        Ok(Query(wanted)) => wanted,
        Err(rejection) => {
            return Problem::new("bad_query", rejection.body_text(), what_to_do)
                .with(StatusCode::BAD_REQUEST);
        }
    };
    let limit = wanted.limit.unwrap_or(A_PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        let message = format!("limit: {limit} is not from 1 to {LARGEST_PAGE}");
        return Problem::new("bad_query", message, what_to_do)
            .at("limit")
            .with(StatusCode::BAD_REQUEST);
    }
    match page(&app, wanted.state, limit as usize, wanted.before).await {
        Ok(mut found) => {
            let more = found.len() > limit as usize;
            found.truncate(limit as usize);
            let next_before = found.last().filter(|_| more).map(|last| last.number.0);
            let policy = app.desk.policy();
            let incidents = found.iter().map(|one| IncidentShown::of(one, policy)).collect();
            json(StatusCode::OK, ListShown { incidents, next_before })
        }
        Err(error) => problem::unread(&error),
    }
}

/// The incidents of a page, and one more if there is one.
async fn page(
    app: &App,
    which: Which,
    limit: usize,
    before: Option<u32>,
) -> Result<Vec<Incident>, StoreError> {
    let store = app.desk.store();
    if which == Which::Live {
        let mut live = store.live_incidents().await?;
        live.retain(|one| !one.is_private() && before.is_none_or(|before| one.number.0 < before));
        return Ok(live);
    }
    let mut found = Vec::new();
    let mut before = before.map(IncidentNumber);
    // What is private is left out after reading, so that one read may not fill the page.
    while found.len() <= limit {
        let read = store.incidents(Page { limit: LARGEST_PAGE, before }).await?;
        let Some(last) = read.last() else { break };
        before = Some(last.number);
        found.extend(read.into_iter().filter(|one| !one.is_private()));
    }
    Ok(found)
}

/// The incident that a request under this key opened before.
async fn before(app: &App, delivery: Option<&Delivery>) -> Result<Option<Incident>, StoreError> {
    let Some(delivery) = delivery else { return Ok(None) };
    let store = app.desk.store();
    match store.delivered(delivery).await? {
        Some(id) => store.incident(id).await,
        None => Ok(None),
    }
}

/// The answer to a request under a key that has opened an incident.
async fn repeated(app: &App, incident: &Incident, opening: Opening, by: &Actor) -> Response<Body> {
    match app.desk.asked_the_same(incident, opening, by).await {
        Ok(true) => shown(StatusCode::OK, incident, app.desk.policy()),
        Ok(false) => problem::key_used(),
        Err(error) => problem::not_done(&error),
    }
}

/// The key under which a request may be sent again.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Problem::new(
            "bad_key",
            format!("an Idempotency-Key has 1 to {LONGEST_KEY} visible ASCII characters"),
            "use a UUID, or leave it out",
        ));
    }
    Ok(Some(key.to_owned()))
}

/// Who opens it: a program, by the name it gives itself. Whoever has the token may give any name, so
/// it is never taken for a person of the workspace, and it says where it came from.
fn reporter(named: Option<&str>) -> Actor {
    let name = legible(named.unwrap_or_default()).replace(char::is_control, " ");
    let name: String = name.chars().take(LONGEST_NAME).collect();
    let name = name.trim();
    let name = if name.is_empty() { "API".to_owned() } else { format!("{name} (API)") };
    Actor { who: Who::Monitor(name), origin: Origin::Api }
}

fn shown(status: StatusCode, incident: &Incident, policy: &Policy) -> Response<Body> {
    json(status, IncidentShown::of(incident, policy))
}
