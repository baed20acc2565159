//! GoAlert's generic API: a token, a summary, and `close` for the end.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::{OtherPage, TOKEN, no, open, said, settle, take};
use crate::core::Core;
use crate::door::Cut;
use crate::vendor::{Reply, for_the_record};

const NAME: &str = "goalert";

/// Answers `POST /pagers/goalert/api/v2/generic/incoming`.
pub(crate) async fn incoming(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: header::HeaderName| {
        headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned()
    };
    let is_admitted = header(header::AUTHORIZATION) == format!("Bearer {TOKEN}");
    let wants_json = header(header::ACCEPT).contains("application/json");
    let args = for_the_record(&body);
    let told = args.clone();
    take(core, cut, "generic", args, move |state| {
        if !is_admitted {
            return no(StatusCode::UNAUTHORIZED, "unauthorized");
        }
        if said(&told, "summary").is_empty() {
            return no(StatusCode::BAD_REQUEST, "summary is required");
        }
        let key = said(&told, "dedup");
        let before = state.other_pages.len();
        if told["action"] == "close" {
            settle(state, NAME, &key, "resolved");
        } else {
            let page = OtherPage {
                pager: NAME.into(),
                key,
                title: said(&told, "summary"),
                details: said(&told, "details"),
                link: said(&told["meta"], "link"),
                status: "triggered".into(),
                triggers: 1,
            };
            open(state, page);
        }
        if !wants_json {
            return Reply::text(StatusCode::NO_CONTENT, "", "ok");
        }
        let is_new = state.other_pages.len() > before;
        Reply::ok(json!({ "AlertID": 1, "ServiceID": "s", "IsNew": is_new }))
    })
    .await
}
