//! The deploy gate: whether one may deploy to a domain now, as pipelines ask it.

use axum::{
    body::Body,
    extract::{Path, State, rejection::PathRejection},
    http::{Response, StatusCode},
};
use serde::Serialize;
use sima_incident::{DomainKey, Incident, Severity};
use utoipa::ToSchema;

use super::{
    json,
    problem::{self, Problem},
};
use crate::App;

/// Whether one may deploy.
#[derive(Debug, Serialize, ToSchema)]
struct Gate {
    /// Whether one may.
    open: bool,
    /// The key of the domain that was asked about.
    domain: String,
    /// The mildest severity that closes the gate.
    #[schema(example = 2)]
    severity: u8,
    /// In words, for the pipeline's log.
    #[schema(example = "closed by INC-42 (SEV1)")]
    message: String,
    /// The incidents that close it, the worst first.
    blocked_by: Vec<Blocking>,
    /// Whether a private incident closes it too. Which one is not told.
    blocked_privately: bool,
}

/// An incident that closes the gate.
#[derive(Debug, Serialize, ToSchema)]
struct Blocking {
    /// The number people say.
    number: u32,
    /// How bad it is now.
    severity: u8,
    /// The key of its domain.
    domain: String,
    /// What is broken.
    summary: String,
    /// SIMA's short link to it.
    url: String,
}

/// Asks whether one may deploy to a domain.
///
/// The gate is closed while a severe incident is live in the domain, or in the default one, where
/// incidents are of which nobody knows yet what they affect. Drills close nothing.
///
/// Closed is 423: `curl --fail` ends with an error, no proxy answers so by itself, and `curl --retry`
/// does not take it for a passing fault, so that a closed gate is told from one that cannot be asked.
#[utoipa::path(
    get,
    path = "/api/v1/gate/{domain}",
    operation_id = "ask_gate",
    params(("domain" = String, Path, description = "The key of a domain", example = "api")),
    responses(
        (status = 200, description = "One may deploy", body = Gate),
        (status = 423, description = "A severe incident is live", body = Gate),
        (status = 401, description = "The token is missing or wrong", body = Problem),
        (status = 403, description = "The API is closed", body = Problem),
        (status = 404, description = "There is no such domain", body = Problem)
    ),
    security(("token" = []))
)]
pub async fn ask(
    State(app): State<App>,
    domain: Result<Path<String>, PathRejection>,
) -> Response<Body> {
    let policy = app.desk.policy();
    let domain = DomainKey(domain.map(|Path(key)| key).unwrap_or_default());
    if policy.domain(&domain).is_none() {
        let known: Vec<&str> = policy.domains.iter().map(|domain| domain.key.0.as_str()).collect();
        let message = format!("there is no such domain; known are {}", known.join(", "));
        return Problem::new("unknown_domain", message, "ask about the key of a known domain")
            .with(StatusCode::NOT_FOUND);
    }
    let live = match app.desk.store().live_incidents().await {
        Ok(live) => live,
        Err(error) => return problem::unread(&error),
    };
    let concerned = [&domain, &policy.default_domain];
    let mut blocking: Vec<Incident> =
        live.into_iter().filter(|incident| blocks(incident, concerned, app.api.gate)).collect();
    blocking.sort_by_key(|incident| (incident.severity, incident.number));
    let blocked_privately = blocking.iter().any(Incident::is_private);
    blocking.retain(|incident| !incident.is_private());

    let open = blocking.is_empty() && !blocked_privately;
    let gate = Gate {
        open,
        domain: domain.0,
        severity: app.api.gate.level(),
        message: message(&blocking, blocked_privately),
        blocked_by: blocking
            .into_iter()
            .map(|incident| Blocking {
                number: incident.number.0,
                severity: incident.severity.level(),
                domain: incident.domain.0,
                url: format!("{}/i/{}", policy.public_url, incident.number),
                summary: incident.summary,
            })
            .collect(),
        blocked_privately,
    };
    json(if open { StatusCode::OK } else { StatusCode::LOCKED }, gate)
}

/// Whether an incident that is live closes the gate for these domains.
fn blocks(incident: &Incident, domains: [&DomainKey; 2], mildest: Severity) -> bool {
    !incident.is_drill() && incident.severity <= mildest && domains.contains(&&incident.domain)
}

fn message(blocking: &[Incident], privately: bool) -> String {
    let mut by: Vec<String> = blocking
        .iter()
        .map(|incident| format!("{} ({})", incident.number, incident.severity))
        .collect();
    by.extend(privately.then(|| "a private incident".to_owned()));
    if by.is_empty() { "open".to_owned() } else { format!("closed by {}", by.join(", ")) }
}
