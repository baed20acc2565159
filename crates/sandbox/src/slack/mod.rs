//! The stand-in for Slack's Web API: reads a request, checks token, scope and arguments, and runs the method.
//!
//! A new method is a function in `methods/` and a line in [`catalog`].

pub(crate) mod arguments;
pub(crate) mod blockkit;
pub(crate) mod catalog;
pub(crate) mod limits;
pub(crate) mod methods;
pub(crate) mod names;
pub(crate) mod refusal;
pub(crate) mod response_url;
pub(crate) mod room;
pub(crate) mod trigger;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Shared};
use axum::http::{HeaderMap, Method as Verb, StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use self::arguments::Reading;
use self::catalog::Method;
use self::refusal::Refusal;
use crate::call::Vendor;
use crate::core::Core;
use crate::door::Cut;
use crate::fault::Fault;
use crate::state::State;
use crate::vendor::{self, Denial, Reply, Request};
use crate::{cast, random};

/// Answers `/slack/api/{method}`.
pub(crate) async fn call(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path(name): Path<String>,
    verb: Verb,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let reading = arguments::read(&verb, &uri, &headers, &body);
    let request = Request {
        vendor: Vendor::Slack,
        method: name.clone(),
        args: reading.arguments.for_the_record(),
        deed: Box::new(move |state, fault| {
            let outcome = run(state, &name, &reading, fault);
            write(state, &name, &reading, outcome)
        }),
        refuse,
    };
    vendor::answer(core, cut, request).await
}

fn run(
    state: &mut State,
    name: &str,
    reading: &Reading,
    fault: Option<&Fault>,
) -> Result<Value, Refusal> {
    let method = catalog::find(name)
        .ok_or_else(|| Refusal::new("unknown_method").with("req_method", json!(name)))?;
    admit(state, method, reading)?;
    if let Some(problem) = &reading.problem {
        return Err(Refusal::new(problem));
    }
    if reading.is_json && !method.takes_json {
        return Err(Refusal::invalid("this method takes no JSON body"));
    }
    for required in method.required {
        if !reading.arguments.has(required) {
            return Err(Refusal::missing(required));
        }
    }
    let now = state.clock.micros();
    if let Some(wait) = state.meter.count(method, &reading.arguments, now) {
        return Err(Refusal::new("ratelimited").with("retry_after", json!(wait)));
    }
    match fault {
        Some(Fault::ArchivedUnderUs) => room::archive_behind_our_back(state, &reading.arguments),
        Some(Fault::InviteFails { user, error }) => {
            return methods::conversations::invite_all_but(state, &reading.arguments, user, error);
        }
        _ => {}
    }
    (method.run)(state, &reading.arguments)
}

/// Checks the token and its scopes.
fn admit(state: &State, method: &Method, reading: &Reading) -> Result<(), Refusal> {
    let token = reading.token.as_deref().ok_or_else(|| Refusal::new("not_authed"))?;
    if token.starts_with("xapp-") {
        let fits = token == cast::APP_TOKEN && method.name == "apps.connections.open";
        return if fits { Ok(()) } else { Err(Refusal::new("not_allowed_token_type")) };
    }
    if token != cast::BOT_TOKEN {
        return Err(Refusal::new("invalid_auth"));
    }
    if method.name == "apps.connections.open" {
        return Err(Refusal::new("not_allowed_token_type"));
    }
    if state.token_revoked {
        return Err(Refusal::new("token_revoked"));
    }
    // A method that serves public and private channels alike takes either scope here; the exact one is
    // asked for once the channel is known.
    let granted = method.scopes.is_empty()
        || method.scopes.iter().any(|scope| state.scopes.iter().any(|have| have == scope));
    if granted { Ok(()) } else { Err(Refusal::missing_scope(state, method.scopes[0])) }
}

fn write(state: &State, name: &str, reading: &Reading, outcome: Result<Value, Refusal>) -> Reply {
    let mut reply = match outcome {
        Ok(mut body) => {
            body["ok"] = json!(true);
            if reading.is_json && !reading.has_charset {
                body["warning"] = json!("missing_charset");
                body["response_metadata"]["warnings"] = json!(["missing_charset"]);
            }
            Reply::ok(body)
        }
        Err(refusal) if refusal.code == "ratelimited" => {
            let wait = refusal.extra.get("retry_after").and_then(Value::as_u64).unwrap_or(1);
            throttled(wait)
        }
        Err(refusal) => Reply::new(StatusCode::OK, refusal.body(), &refusal.code),
    };
    reply.headers.push(("x-slack-req-id", random::hex(16)));
    reply.headers.push(("x-oauth-scopes", state.scopes.join(",")));
    if let Some(method) = catalog::find(name) {
        reply.headers.push(("x-accepted-oauth-scopes", method.scopes.join(",")));
    }
    reply
}

fn throttled(wait: u64) -> Reply {
    let mut reply = Reply::new(
        StatusCode::TOO_MANY_REQUESTS,
        json!({"ok": false, "error": "ratelimited"}),
        "http 429",
    );
    reply.headers.push(("retry-after", wait.to_string()));
    reply
}

fn refuse(denial: Denial<'_>) -> Reply {
    let no = |code: &str, body: Value| Reply::new(StatusCode::OK, body, code);
    match denial {
        Denial::Throttled(wait) => throttled(wait),
        Denial::TokenRevoked => no("token_revoked", json!({"ok": false, "error": "token_revoked"})),
        Denial::MissingScope(needed) => no(
            "missing_scope",
            json!({"ok": false, "error": "missing_scope", "needed": needed, "provided": "identify"}),
        ),
        Denial::Refused(error) => no(error, json!({"ok": false, "error": error})),
    }
}
