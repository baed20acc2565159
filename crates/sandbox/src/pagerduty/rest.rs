//! A little of the REST API: look at incidents, services and who is on call; change an incident's status.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::{Value, json};

use crate::call::Vendor;
use crate::core::Core;
use crate::door::Cut;
use crate::state::State;
use crate::vendor::{self, Denial, Reply, Request};
use crate::{cast, form};

fn error(status: StatusCode, code: u32, message: &str) -> Reply {
    let body = json!({"error": {"message": message, "code": code}});
    Reply::new(status, body, &code.to_string())
}

fn refuse(denial: Denial<'_>) -> Reply {
    match denial {
        Denial::Throttled(wait) => {
            let mut reply = error(StatusCode::TOO_MANY_REQUESTS, 2020, "Rate Limit Exceeded");
            "http 429".clone_into(&mut reply.outcome);
            reply.headers.push(("ratelimit-reset", wait.to_string()));
            reply
        }
        Denial::TokenRevoked => error(StatusCode::UNAUTHORIZED, 2006, "Authentication failed"),
        Denial::MissingScope(_) => error(StatusCode::FORBIDDEN, 2010, "Access Denied"),
        Denial::Refused(why) => error(StatusCode::BAD_REQUEST, 2001, why),
    }
}

async fn take(
    core: Arc<Core>,
    cut: Cut,
    headers: &HeaderMap,
    method: &str,
    args: Value,
    deed: impl FnOnce(&mut State) -> Reply + Send + 'static,
) -> Response {
    let expected = format!("Token token={}", cast::PAGERDUTY_TOKEN);
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let admitted = given == Some(&expected);
    let request = Request {
        vendor: Vendor::PagerDuty,
        method: method.to_owned(),
        args,
        deed: Box::new(
            move |state, _| {
                if admitted { deed(state) } else { refuse(Denial::TokenRevoked) }
            },
        ),
        refuse,
    };
    vendor::answer(core, cut, request).await
}

/// Answers `GET /pagerduty/incidents`.
pub(crate) async fn incidents(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let query = form::read(uri.query().unwrap_or_default().as_bytes());
    let args = json!(query);
    let deed = move |state: &mut State| {
        let all = |name: &str| -> Vec<&str> {
            query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
        };
        let (keys, statuses) = (all("incident_key"), all("statuses[]"));
        let services = all("service_ids[]");
        let found: Vec<Value> = state
            .pager
            .incidents
            .iter()
            .filter(|incident| keys.is_empty() || keys.contains(&incident.dedup_key.as_str()))
            .filter(|incident| statuses.is_empty() || statuses.contains(&incident.status.as_str()))
            .filter(|incident| services.is_empty() || services.contains(&incident.service.as_str()))
            .map(|incident| incident.describe(&state.pager.services, &state.base_url))
            .collect();
        Reply::ok(
            json!({"incidents": found, "limit": 25, "offset": 0, "total": null, "more": false}),
        )
    };
    take(core, cut, &headers, "incidents.list", args, deed).await
}

/// Answers `GET /pagerduty/incidents/{id}`.
pub(crate) async fn incident(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let args = json!({"id": id});
    let deed = move |state: &mut State| one(state, &id);
    take(core, cut, &headers, "incidents.get", args, deed).await
}

fn one(state: &State, id: &str) -> Reply {
    match state.pager.incidents.iter().find(|incident| incident.id == id) {
        Some(incident) => Reply::ok(
            json!({"incident": incident.describe(&state.pager.services, &state.base_url)}),
        ),
        None => error(StatusCode::NOT_FOUND, 2100, "Not Found"),
    }
}

/// Answers `PUT /pagerduty/incidents/{id}`.
pub(crate) async fn put_incident(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let given = vendor::for_the_record(&body);
    let from = headers.contains_key("from");
    let args = json!({"id": id, "body": given});
    let deed = move |state: &mut State| {
        if !from {
            return error(StatusCode::BAD_REQUEST, 1008, "Requester User Not Found");
        }
        let status = given["incident"]["status"].as_str().unwrap_or_default();
        let action = match status {
            "acknowledged" => "acknowledge",
            "resolved" => "resolve",
            "triggered" => "trigger",
            _ => return error(StatusCode::BAD_REQUEST, 2001, "Invalid Input Provided"),
        };
        let now = state.clock.text();
        let Some(incident) = state.pager.incidents.iter_mut().find(|incident| incident.id == id)
        else {
            return error(StatusCode::NOT_FOUND, 2100, "Not Found");
        };
        if incident.status == "resolved" && status == "resolved" {
            return error(StatusCode::BAD_REQUEST, 1001, "Incident Already Resolved");
        }
        status.clone_into(&mut incident.status);
        incident.note(&now, action, "through the REST API");
        one(state, &id)
    };
    take(core, cut, &headers, "incidents.update", args, deed).await
}

/// Answers `GET /pagerduty/services`.
pub(crate) async fn services(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    headers: HeaderMap,
) -> Response {
    let deed = |state: &mut State| {
        let services: Vec<Value> = state
            .pager
            .services
            .iter()
            .map(|service| {
                json!({
                    "id": service.id, "type": "service", "name": service.name,
                    "summary": service.name, "status": "active",
                    "escalation_policy": {"id": "PESCALATE1", "type": "escalation_policy_reference"},
                    "integrations": [{
                        "id": "PINTEGRAT1", "type": "events_api_v2_inbound_integration",
                        "integration_key": service.routing_key,
                    }],
                })
            })
            .collect();
        Reply::ok(
            json!({"services": services, "limit": 25, "offset": 0, "total": null, "more": false}),
        )
    };
    take(core, cut, &headers, "services.list", Value::Null, deed).await
}

/// Answers `GET /pagerduty/oncalls`: Malik, always.
pub(crate) async fn oncalls(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    headers: HeaderMap,
) -> Response {
    let deed = |state: &mut State| {
        let malik = state.person("malik");
        let entry = json!({
            "user": {
                "id": "PUSERMALIK", "type": "user", "summary": malik.map(|malik| &malik.real_name),
                "name": malik.map(|malik| &malik.real_name), "email": malik.map(|malik| &malik.email),
            },
            "schedule": null,
            "escalation_policy": {
                "id": "PESCALATE1", "type": "escalation_policy_reference", "summary": "Production",
            },
            "escalation_level": 1,
            "start": null,
            "end": null,
        });
        Reply::ok(
            json!({"oncalls": [entry], "limit": 25, "offset": 0, "total": null, "more": false}),
        )
    };
    take(core, cut, &headers, "oncalls.list", Value::Null, deed).await
}

/// Answers `GET /pagerduty/abilities`, which is how a key is tried out.
pub(crate) async fn abilities(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    headers: HeaderMap,
) -> Response {
    let deed = |_: &mut State| Reply::ok(json!({"abilities": ["sso", "advanced_reports"]}));
    take(core, cut, &headers, "abilities.list", Value::Null, deed).await
}
