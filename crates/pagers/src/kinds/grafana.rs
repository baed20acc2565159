//! Grafana OnCall and Grafana Cloud IRM: the integration "Formatted webhook".
//!
//! Source: `github.com/grafana/oncall`, `docs/sources/configure/integrations/references/webhook`
//! (read 2026-08). It has no state for acknowledged.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::{
    call::{Authorization, Call, Verb},
    page::{Page, cut},
};

pub(super) fn call(verb: Verb, key: &str, page: &Page, secret: &SecretString) -> Option<Call> {
    let state = match verb {
        Verb::Page => "alerting",
        Verb::Resolve => "ok",
        Verb::Acknowledge => return None,
    };
    let token = secret.expose_secret().trim().to_owned();
    let path = ["integrations", "v1", "formatted_webhook"].map(str::to_owned);
    Some(Call {
        path: path.into_iter().chain([token]).collect(),
        slash: true,
        query: Vec::new(),
        authorization: Authorization::InThePath,
        body: json!({
            "alert_uid": key,
            "title": cut(&page.title, 1024),
            "state": state,
            "link_to_upstream_details": page.link,
            "message": page.details,
        }),
    })
}
