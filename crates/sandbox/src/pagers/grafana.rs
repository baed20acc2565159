//! Grafana OnCall's integration "Formatted webhook": the token is in the path, which ends in a slash.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;

use super::{OtherPage, TOKEN, no, open, said, settle, take};
use crate::core::Core;
use crate::door::Cut;
use crate::vendor::{Reply, for_the_record};

const NAME: &str = "grafana-oncall";

/// Answers `POST /pagers/grafana/integrations/v1/formatted_webhook/{token}/`.
pub(crate) async fn formatted_webhook(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path(token): Path<String>,
    body: Bytes,
) -> Response {
    let args = for_the_record(&body);
    let told = args.clone();
    take(core, cut, "formatted_webhook", args, move |state| {
        if token != TOKEN {
            return no(StatusCode::FORBIDDEN, "integration key was not found");
        }
        let key = said(&told, "alert_uid");
        if told["state"] == "ok" {
            settle(state, NAME, &key, "resolved");
        } else {
            let page = OtherPage {
                pager: NAME.into(),
                key,
                title: said(&told, "title"),
                details: said(&told, "message"),
                link: said(&told, "link_to_upstream_details"),
                status: "triggered".into(),
                triggers: 1,
            };
            open(state, page);
        }
        Reply::text(StatusCode::OK, "Ok.", "ok")
    })
    .await
}
