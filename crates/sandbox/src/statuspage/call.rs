//! A call to Statuspage's API v1: key, rate, path, and the errors in its shape.
//!
//! Source: Statuspage API v1, its OpenAPI document of 2024-08, and Atlassian's articles on rate limits
//! and paging (read 2026-08-22).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Shared};
use axum::http::{HeaderMap, Method as Verb, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::page::{COMPONENT, PublicIncident, PublicUpdate, STATUS};
use crate::call::Vendor;
use crate::core::Core;
use crate::door::Cut;
use crate::state::State;
use crate::vendor::{self, Denial, Reply, Request};
use crate::{cast, random};

/// Answers everything under `/statuspage/v1/`.
pub(crate) async fn call(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path(path): Path<String>,
    verb: Verb,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
    let name = name(&verb, &segments);
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    // The word is OAuth; Bearer is not taken.
    let admitted = given == Some(&format!("OAuth {}", cast::STATUSPAGE_TOKEN));
    let args = json!({"path": format!("/v1/{path}"), "body": vendor::for_the_record(&body)});
    let request = Request {
        vendor: Vendor::Statuspage,
        method: name.to_owned(),
        args,
        deed: Box::new(move |state, _| {
            if !admitted {
                return refuse(Denial::TokenRevoked);
            }
            let now = state.clock.micros();
            if let Some(wait) = state.status_page.count(now) {
                return refuse(Denial::Throttled(wait));
            }
            match run(state, name, &segments, &body) {
                Ok((status, body)) => Reply::new(status, body, "ok"),
                Err(problem) => error(problem.status, &problem.message),
            }
        }),
        refuse,
    };
    vendor::answer(core, cut, request).await
}

fn refuse(denial: Denial<'_>) -> Reply {
    match denial {
        Denial::Throttled(wait) => {
            let body = json!({"message": "Too many requests"});
            let mut reply = Reply::new(StatusCode::TOO_MANY_REQUESTS, body, "http 429");
            reply.headers.push(("retry-after", wait.to_string()));
            reply
        }
        Denial::TokenRevoked => error(StatusCode::UNAUTHORIZED, &json!("Could not authenticate")),
        Denial::MissingScope(_) => error(StatusCode::FORBIDDEN, &json!("Access denied")),
        Denial::Refused(why) => error(StatusCode::UNPROCESSABLE_ENTITY, &json!([why])),
    }
}

fn error(status: StatusCode, message: &Value) -> Reply {
    Reply::new(status, json!({ "message": message }), &format!("http {}", status.as_u16()))
}

/// Why a call is refused.
struct Problem {
    status: StatusCode,
    message: Value,
}

impl Problem {
    fn invalid(why: &str) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, message: json!([why]) }
    }

    fn not_found() -> Self {
        Self { status: StatusCode::NOT_FOUND, message: json!("Not found") }
    }
}

/// The name a call goes by in the record and in the faults.
fn name(verb: &Verb, segments: &[String]) -> &'static str {
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (verb.as_str(), segments.as_slice()) {
        ("POST", ["pages", _, "incidents"]) => "incidents.create",
        ("GET", ["pages", _, "incidents"]) => "incidents.list",
        ("GET", ["pages", _, "incidents", "unresolved"]) => "incidents.unresolved",
        ("GET", ["pages", _, "incidents", _]) => "incidents.get",
        ("PATCH", ["pages", _, "incidents", _]) => "incidents.update",
        ("GET", ["pages", _, "components"]) => "components.list",
        _ => "unknown",
    }
}

fn run(
    state: &mut State,
    name: &str,
    segments: &[String],
    body: &[u8],
) -> Result<(StatusCode, Value), Problem> {
    if segments.get(1).map(String::as_str) != Some(cast::STATUSPAGE_PAGE) {
        return Err(Problem::not_found());
    }
    let page = &mut state.status_page;
    let newest_first = |unresolved: bool| -> Value {
        let shown = page.incidents.iter().rev();
        let shown = shown.filter(|incident| !unresolved || incident.status != "resolved");
        shown.take(100).map(PublicIncident::describe).collect()
    };
    match name {
        "incidents.create" => create(state, body),
        "incidents.list" => Ok((StatusCode::OK, newest_first(false))),
        "incidents.unresolved" => Ok((StatusCode::OK, newest_first(true))),
        "incidents.get" => {
            let found = page.incident_mut(&segments[3]).ok_or_else(Problem::not_found)?;
            Ok((StatusCode::OK, found.describe()))
        }
        "incidents.update" => {
            let said = read(body)?;
            let at = state.clock.text();
            let id = segments[3].clone();
            let page = &mut state.status_page;
            if page.incident_mut(&id).is_none() {
                return Err(Problem::not_found());
            }
            let changed = components(page.components.keys().map(String::as_str), &said)?;
            let incident = page.incident_mut(&id).ok_or_else(Problem::not_found)?;
            if let Some(status) = status(&said)? {
                incident.status = status;
            }
            incident.updates.push(update(&incident.status, &said, at)?);
            let described = incident.describe();
            page.components.extend(changed);
            Ok((StatusCode::OK, described))
        }
        "components.list" => {
            let shown = page.components.iter();
            let shown = shown.map(|(id, status)| json!({"id": id, "status": status}));
            Ok((StatusCode::OK, shown.collect()))
        }
        _ => Err(Problem::not_found()),
    }
}

fn create(state: &mut State, body: &[u8]) -> Result<(StatusCode, Value), Problem> {
    let said = read(body)?;
    let name = said.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() || name.chars().count() > 255 {
        return Err(Problem::invalid("Name is required and is at most 255 characters long"));
    }
    let metadata = said.get("metadata").cloned().unwrap_or_else(|| json!({}));
    let whole = metadata.as_object().is_some_and(|map| map.values().all(Value::is_object));
    if !whole {
        return Err(Problem::invalid("Metadata must be an object of objects"));
    }
    let page = &state.status_page;
    let known = || page.components.keys().map(String::as_str);
    let listed = said.get("component_ids").and_then(Value::as_array).cloned().unwrap_or_default();
    let listed: Vec<String> = listed.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if listed.iter().any(|id| !known().any(|known| known == id)) {
        return Err(Problem::invalid("Component ids must be of this page"));
    }
    let changed = components(known(), &said)?;
    let status = status(&said)?.unwrap_or_else(|| STATUS[0].to_owned());
    let at = state.clock.text();
    let id = random::hex(6);
    let incident = PublicIncident {
        shortlink: format!("{}/status/{id}", state.base_url),
        id,
        name: name.to_owned(),
        updates: vec![update(&status, &said, at.clone())?],
        status,
        metadata,
        component_ids: listed,
        created_at: at,
    };
    let described = incident.describe();
    state.status_page.components.extend(changed);
    state.status_page.incidents.push(incident);
    Ok((StatusCode::CREATED, described))
}

fn read(body: &[u8]) -> Result<Map<String, Value>, Problem> {
    let body: Value = serde_json::from_slice(body).map_err(|_| Problem {
        status: StatusCode::BAD_REQUEST,
        message: json!("The body is no JSON"),
    })?;
    body.get("incident")
        .and_then(Value::as_object)
        .cloned()
        .ok_or_else(|| Problem::invalid("Incident is missing"))
}

fn status(said: &Map<String, Value>) -> Result<Option<String>, Problem> {
    match said.get("status").and_then(Value::as_str) {
        None => Ok(None),
        Some(status) if STATUS.contains(&status) => Ok(Some(status.to_owned())),
        Some(_) => Err(Problem::invalid("Status is not one of an incident's")),
    }
}

fn update(status: &str, said: &Map<String, Value>, at: String) -> Result<PublicUpdate, Problem> {
    let body = said.get("body").and_then(Value::as_str).unwrap_or_default();
    if body.chars().count() > 25_000 {
        return Err(Problem::invalid("Body is too long"));
    }
    let notified = said.get("deliver_notifications").and_then(Value::as_bool).unwrap_or(true);
    Ok(PublicUpdate { status: status.to_owned(), body: body.to_owned(), notified, at })
}

/// The components that a call sets.
fn components<'k>(
    known: impl Iterator<Item = &'k str>,
    said: &Map<String, Value>,
) -> Result<Vec<(String, String)>, Problem> {
    let known: Vec<&str> = known.collect();
    let Some(set) = said.get("components").and_then(Value::as_object) else {
        return Ok(Vec::new());
    };
    let mut changed = Vec::new();
    for (id, how) in set {
        let how = how.as_str().unwrap_or_default();
        if !known.contains(&id.as_str()) || !COMPONENT.contains(&how) {
            return Err(Problem::invalid(
                "Components must be of this page, each with one of its statuses",
            ));
        }
        changed.push((id.clone(), how.to_owned()));
    }
    Ok(changed)
}
