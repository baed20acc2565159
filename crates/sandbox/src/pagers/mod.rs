//! Stand-ins for other pagers: a signed webhook, Grafana OnCall, GoAlert, Jira Service Management.
//!
//! Each behind a door of its own under `/pagers/`, written from its documents.

mod goalert;
mod grafana;
mod jsm;
mod webhook;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) use self::goalert::incoming;
pub(crate) use self::grafana::formatted_webhook;
pub(crate) use self::jsm::{alerts, follow_up};
pub(crate) use self::webhook::receive;
use crate::call::Vendor;
use crate::core::Core;
use crate::door::Cut;
use crate::state::State;
use crate::vendor::{self, Denial, Reply, Request};

/// The token of Grafana OnCall, GoAlert and Jira Service Management here.
pub const TOKEN: &str = "sandbox-pager-token";
/// The key webhooks are signed with here.
pub const WEBHOOK_KEY: &str = "whsec_c2FuZGJveC1wYWdlci13ZWJob29rLWtleS0wMDE=";

/// A page that another pager than PagerDuty has.
#[derive(Clone, Debug, Serialize)]
pub struct OtherPage {
    /// Which: `webhook`, `grafana-oncall`, `goalert` or `jsm`.
    pub pager: String,
    /// The key it is known by.
    pub key: String,
    /// What it says.
    pub title: String,
    /// More about it.
    pub details: String,
    /// Where it leads.
    pub link: String,
    /// `triggered`, `acknowledged` or `resolved`.
    pub status: String,
    /// How often it was told to open it; somebody was called once.
    pub triggers: usize,
}

/// Opens a page, or counts another trigger of one that is open.
fn open(state: &mut State, page: OtherPage) {
    let is_it = |other: &&mut OtherPage| {
        other.pager == page.pager && other.key == page.key && other.status != "resolved"
    };
    match state.other_pages.iter_mut().find(is_it) {
        Some(open) => open.triggers += 1,
        None => state.other_pages.push(page),
    }
}

/// Moves the open page with this key on; whether there is one.
fn settle(state: &mut State, pager: &str, key: &str, status: &str) -> bool {
    let is_it =
        |page: &&mut OtherPage| page.pager == pager && page.key == key && page.status != "resolved";
    let found = state.other_pages.iter_mut().find(is_it);
    found.map(|page| status.clone_into(&mut page.status)).is_some()
}

fn said(body: &Value, field: &str) -> String {
    body[field].as_str().unwrap_or_default().to_owned()
}

/// Takes a call the usual way: recorded, and failing on demand.
async fn take(
    core: Arc<Core>,
    cut: Cut,
    method: &str,
    args: Value,
    deed: impl FnOnce(&mut State) -> Reply + Send + 'static,
) -> Response {
    let request = Request {
        vendor: Vendor::Pagers,
        method: method.to_owned(),
        args,
        deed: Box::new(move |state, _| deed(state)),
        refuse: |denial| match denial {
            Denial::Throttled(wait) => {
                let mut reply = no(StatusCode::TOO_MANY_REQUESTS, "too many requests");
                reply.headers.push(("retry-after", wait.to_string()));
                reply
            }
            Denial::TokenRevoked => no(StatusCode::UNAUTHORIZED, "unauthorized"),
            Denial::MissingScope(_) => no(StatusCode::FORBIDDEN, "forbidden"),
            Denial::Refused(why) => no(StatusCode::BAD_REQUEST, why),
        },
    };
    vendor::answer(core, cut, request).await
}

/// A refusal.
fn no(status: StatusCode, why: &str) -> Reply {
    Reply::new(status, json!({ "message": why }), &format!("http {}", status.as_u16()))
}
