//! Jira Service Management's integration events: alerts known by an alias, answered 202.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::{OtherPage, TOKEN, no, open, said, settle, take};
use crate::core::Core;
use crate::door::Cut;
use crate::form;
use crate::random;
use crate::vendor::{Reply, for_the_record};

const NAME: &str = "jsm";

fn is_admitted(headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given == Some(&format!("GenieKey {TOKEN}"))
}

fn accepted() -> Reply {
    let body = json!({
        "result": "Request will be processed", "took": 0.01, "requestId": random::uuid(),
    });
    Reply::new(StatusCode::ACCEPTED, body, "ok")
}

/// Answers `POST /pagers/jsm/jsm/ops/integration/v2/alerts`.
pub(crate) async fn alerts(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let is_admitted = is_admitted(&headers);
    let args = for_the_record(&body);
    let told = args.clone();
    take(core, cut, "alerts.create", args, move |state| {
        if !is_admitted {
            return no(StatusCode::FORBIDDEN, "key format is not valid");
        }
        let message = said(&told, "message");
        if message.is_empty() || message.chars().count() > 130 {
            return no(StatusCode::UNPROCESSABLE_ENTITY, "message must be 1 to 130 characters");
        }
        let priorities = ["P1", "P2", "P3", "P4", "P5"];
        if !told["priority"].as_str().is_none_or(|given| priorities.contains(&given)) {
            return no(StatusCode::UNPROCESSABLE_ENTITY, "priority must be P1 to P5");
        }
        let page = OtherPage {
            pager: NAME.into(),
            key: said(&told, "alias"),
            title: message,
            details: said(&told, "description"),
            link: said(&told["details"], "link"),
            status: "triggered".into(),
            triggers: 1,
        };
        open(state, page);
        accepted()
    })
    .await
}

/// Answers `POST /pagers/jsm/jsm/ops/integration/v2/alerts/{alias}/{action}`.
pub(crate) async fn follow_up(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path((alias, action)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let is_admitted = is_admitted(&headers);
    let query = form::read(uri.query().unwrap_or_default().as_bytes());
    let by_alias = query.iter().any(|(name, value)| name == "identifierType" && value == "alias");
    let args: Value = json!({ "alias": alias, "action": action });
    let method = format!("alerts.{action}");
    take(core, cut, &method, args, move |state| {
        if !is_admitted {
            return no(StatusCode::FORBIDDEN, "key format is not valid");
        }
        let status = match action.as_str() {
            "acknowledge" => "acknowledged",
            "close" => "resolved",
            _ => return no(StatusCode::NOT_FOUND, "not found"),
        };
        // It is looked for later: one that is not there is accepted all the same.
        if by_alias {
            settle(state, NAME, &alias, status);
        }
        accepted()
    })
    .await
}
