//! The path every vendor call takes: record, fault, deed, delay, answer.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::call::Vendor;
use crate::core::Core;
use crate::door::Cut;
use crate::fault::Fault;
use crate::hold::Moment;
use crate::state::State;

/// What a vendor answers.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    /// Plain text instead of JSON.
    pub(crate) text: Option<String>,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// One word for the record: `ok` or the vendor's code.
    pub(crate) outcome: String,
}

impl Reply {
    pub(crate) fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, body, "ok")
    }

    pub(crate) fn new(status: StatusCode, body: Value, outcome: &str) -> Self {
        Self { status, body, text: None, headers: Vec::new(), outcome: outcome.to_owned() }
    }

    pub(crate) fn text(status: StatusCode, text: &str, outcome: &str) -> Self {
        let mut reply = Self::new(status, Value::Null, outcome);
        reply.text = Some(text.to_owned());
        reply
    }
}

type Deed = Box<dyn FnOnce(&mut State, Option<&Fault>) -> Reply + Send>;

/// A call that has been read and can be carried out.
pub(crate) struct Request {
    pub(crate) vendor: Vendor,
    pub(crate) method: String,
    pub(crate) args: Value,
    /// Does it, under the lock of the state; the fault is one that the deed itself must play.
    pub(crate) deed: Deed,
    /// Says no in the vendor's own shape: status and code.
    pub(crate) refuse: fn(Denial<'_>) -> Reply,
}

/// Why a vendor says no to a call it would otherwise take.
#[derive(Clone, Copy)]
pub(crate) enum Denial<'a> {
    Throttled(u64),
    TokenRevoked,
    MissingScope(&'a str),
    Refused(&'a str),
}

/// Carries out a call. It runs to its end even when the caller goes away, as it would at the vendor's.
pub(crate) async fn answer(core: Arc<Core>, cut: Cut, request: Request) -> Response {
    // A connection may outlive the server it came by.
    if core.stopped.is_cancelled() {
        cut.now();
        return StatusCode::BAD_GATEWAY.into_response();
    }
    if let Ok(Some(response)) = tokio::spawn(carry_out(core, request)).await {
        return response;
    }
    cut.now();
    StatusCode::BAD_GATEWAY.into_response()
}

async fn carry_out(core: Arc<Core>, request: Request) -> Option<Response> {
    let Request { vendor, method, args, deed, refuse } = request;
    let stop = core.holds.meet(vendor, &method, &args);
    let call = core.arrived(vendor, &method, args);
    let fault = core.rules.lock().expect("rules").strike(vendor, &method);
    let drop_call = |outcome: &str| {
        core.answered(call, outcome.to_owned());
        None::<Response>
    };
    if let Some(stop) = &stop
        && !stop.at(Moment::BeforeDeed).await
    {
        return drop_call("dropped");
    }
    let reply = match &fault {
        Some(Fault::Down) => return drop_call("dropped"),
        Some(Fault::ServerError) => {
            let mut reply = Reply::text(
                StatusCode::INTERNAL_SERVER_ERROR,
                "<!DOCTYPE html><html><head><title>Server Error</title></head><body><h1>Sorry!</h1></body></html>",
                "http 500",
            );
            reply.headers.push(("content-type", "text/html; charset=utf-8".to_owned()));
            reply
        }
        Some(Fault::Throttled { retry_after }) => refuse(Denial::Throttled(*retry_after)),
        Some(Fault::TokenRevoked) => refuse(Denial::TokenRevoked),
        Some(Fault::MissingScope { needed }) => refuse(Denial::MissingScope(needed)),
        Some(Fault::Refused { error }) => refuse(Denial::Refused(error)),
        other => core.change(|state| deed(state, other.as_ref())),
    };
    if let Some(stop) = &stop
        && !stop.at(Moment::AfterDeed).await
    {
        return drop_call("answer lost");
    }
    let mut wait = core.latency;
    if let Some(Fault::Slow { millis }) = &fault {
        wait += Duration::from_millis(*millis);
    }
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    if fault == Some(Fault::AnswerLost) {
        return drop_call("answer lost");
    }
    core.answered(call, reply.outcome.clone());
    Some(write(reply, fault == Some(Fault::Truncated)))
}

fn write(reply: Reply, truncated: bool) -> Response {
    let is_json = reply.text.is_none();
    let mut body = reply.text.unwrap_or_else(|| reply.body.to_string());
    if truncated {
        let half = (0..=body.len() / 2).rev().find(|at| body.is_char_boundary(*at)).unwrap_or(0);
        body.truncate(half);
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    let kind =
        if is_json { "application/json; charset=utf-8" } else { "text/plain; charset=utf-8" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// Reads a body as JSON for the record, or as text when it is none.
pub(crate) fn for_the_record(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| json!(String::from_utf8_lossy(body)))
}
