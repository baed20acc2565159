//! A little of the REST API: incidents, services, users and who is on call; an incident is changed.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::{account, webhook};
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
            .map(|incident| incident.describe(&state.pager, &state.people, &state.base_url))
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
            json!({"incident": incident.describe(&state.pager, &state.people, &state.base_url)}),
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
    let from = headers.get("from").and_then(|from| from.to_str().ok()).map(str::to_owned);
    let args = json!({"id": id, "body": given});
    let telling = core.clone();
    let deed = move |state: &mut State| {
        let is_known = state.people.iter().any(|person| person.email == from && from.is_some());
        if !is_known {
            return error(StatusCode::BAD_REQUEST, 1008, "Requester User Not Found");
        }
        match change(state, &id, &given["incident"]) {
            Ok(event) => {
                if let Some(event) = event {
                    webhook::post(&telling, &event);
                }
                one(state, &id)
            }
            Err(reply) => reply,
        }
    };
    take(core, cut, &headers, "incidents.update", args, deed).await
}

/// Makes a change; what is told of it, if anything.
fn change(state: &mut State, id: &str, given: &Value) -> Result<Option<Value>, Reply> {
    let invalid = || error(StatusCode::BAD_REQUEST, 2001, "Invalid Input Provided");
    let (now, seconds) = (state.clock.text(), state.clock.whole_seconds());
    let at = state.pager.incidents.iter().position(|incident| incident.id == id);
    let at = at.ok_or_else(|| error(StatusCode::NOT_FOUND, 2100, "Not Found"))?;
    let was = state.pager.incidents[at].clone();
    let mut incident = was.clone();
    let status = given["status"].as_str();
    if was.status == "resolved" && (status.is_none() || status == Some("resolved")) {
        return Err(error(StatusCode::BAD_REQUEST, 1001, "Incident Already Resolved"));
    }
    if let Some(status) = status {
        let action = match status {
            "acknowledged" => "acknowledge",
            "resolved" => "resolve",
            "triggered" => "trigger",
            _ => return Err(invalid()),
        };
        status.clone_into(&mut incident.status);
        incident.note(&now, action, "through the REST API");
        state.pager.incidents[at] = incident;
        return Ok(None);
    }
    let mut level = given["escalation_level"].as_u64();
    if let Some(policy) = given["escalation_policy"]["id"].as_str() {
        if given["escalation_policy"]["type"] != "escalation_policy_reference" {
            return Err(invalid());
        }
        policy.clone_into(&mut incident.policy);
        level = level.or(Some(1));
    }
    let (users, kind) = match (level, given["assignments"].as_array()) {
        (Some(level), None) => {
            let level = usize::try_from(level).map_err(|_| invalid())?;
            (state.pager.level(&incident.policy, level).ok_or_else(invalid)?, "escalated")
        }
        (None, Some(assignments)) => {
            let ids = assignments.iter().map(|one| one["assignee"]["id"].as_str());
            let ids: Option<Vec<String>> = ids.map(|id| id.map(str::to_owned)).collect();
            let ids = ids.filter(|ids| {
                let known = |id: &String| account::person_of(&state.people, id).is_some();
                !ids.is_empty() && ids.iter().all(known)
            });
            (ids.ok_or_else(invalid)?, "reassigned")
        }
        _ => return Err(invalid()),
    };
    // Whoever is given it is called, also when somebody had acknowledged it.
    "triggered".clone_into(&mut incident.status);
    incident.assigned.retain(|one| kind == "reassigned" && users.contains(&one.user));
    incident.assign(&users, &seconds);
    let names: Vec<&str> = users
        .iter()
        .filter_map(|user| account::person_of(&state.people, user))
        .map(|person| person.real_name.as_str())
        .collect();
    incident.note(&now, kind.trim_end_matches('d'), &format!("to {}", names.join(", ")));
    state.pager.incidents[at] = incident;
    let agent = json!({"id": "PUSERNOUR", "type": "user_reference", "summary": "Nour Haddad"});
    Ok(Some(webhook::event(state, at, &format!("incident.{kind}"), &agent)))
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
                    "escalation_policy": {"id": service.policy, "type": "escalation_policy_reference"},
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

/// Answers `GET /pagerduty/oncalls`: whoever is at each level, permanently.
pub(crate) async fn oncalls(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let query = form::read(uri.query().unwrap_or_default().as_bytes());
    let args = json!(query);
    let deed = move |state: &mut State| {
        let meant: Vec<&str> = query
            .iter()
            .filter(|(name, _)| name == "escalation_policy_ids[]")
            .map(|(_, id)| id.as_str())
            .collect();
        let with_users = query.iter().any(|(name, value)| name == "include[]" && value == "users");
        let mut entries = Vec::new();
        let policies = state.pager.policies.iter();
        for policy in policies.filter(|one| meant.is_empty() || meant.contains(&one.id.as_str())) {
            for (level, names) in policy.levels.iter().enumerate() {
                for person in names.iter().filter_map(|name| state.person(name)) {
                    let user = if with_users {
                        account::describe(person)
                    } else {
                        account::refer(&state.people, &account::user_id(&person.name))
                    };
                    entries.push(json!({
                        "user": user, "schedule": null,
                        "escalation_policy": {
                            "id": policy.id, "type": "escalation_policy_reference",
                            "summary": policy.name,
                        },
                        "escalation_level": level + 1, "start": null, "end": null,
                    }));
                }
            }
        }
        listed("oncalls", entries)
    };
    take(core, cut, &headers, "oncalls.list", args, deed).await
}

/// Answers `GET /pagerduty/escalation_policies`.
pub(crate) async fn policies(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    headers: HeaderMap,
) -> Response {
    let deed = |state: &mut State| {
        let all = state.pager.policies.iter().map(|policy| {
            json!({
                "id": policy.id, "type": "escalation_policy", "name": policy.name,
                "summary": policy.name, "num_loops": 0,
            })
        });
        listed("escalation_policies", all.collect())
    };
    take(core, cut, &headers, "escalation_policies.list", Value::Null, deed).await
}

/// Answers `GET /pagerduty/users`: the search is for a part of the name or the address.
pub(crate) async fn users(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let query = form::read(uri.query().unwrap_or_default().as_bytes());
    let args = json!(query);
    let deed = move |state: &mut State| {
        let wanted = query.iter().find(|(name, _)| name == "query");
        let wanted = wanted.map(|(_, text)| text.to_lowercase()).unwrap_or_default();
        let found = state.people.iter().filter(|person| {
            let email = person.email.as_deref().unwrap_or_default().to_lowercase();
            !email.is_empty()
                && (email.contains(&wanted) || person.real_name.to_lowercase().contains(&wanted))
        });
        listed("users", found.map(account::describe).collect())
    };
    take(core, cut, &headers, "users.list", args, deed).await
}

/// Answers `GET /pagerduty/users/{id}`.
pub(crate) async fn user(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let args = json!({"id": id});
    let deed = move |state: &mut State| match account::person_of(&state.people, &id) {
        Some(person) => Reply::ok(json!({"user": account::describe(person)})),
        None => error(StatusCode::NOT_FOUND, 2100, "Not Found"),
    };
    take(core, cut, &headers, "users.get", args, deed).await
}

/// A list that fits on one page.
fn listed(name: &str, entries: Vec<Value>) -> Reply {
    let mut body = json!({"limit": 100, "offset": 0, "total": null, "more": false});
    body[name] = Value::Array(entries);
    Reply::ok(body)
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
