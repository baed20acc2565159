//! GoAlert: its generic API.
//!
//! Source: `github.com/target/goalert`, `genericapi/handler.go`, `auth/gettoken.go` (read 2026-08).
//! It takes no acknowledgement.

use reqwest::header::AUTHORIZATION;
use secrecy::SecretString;
use serde_json::json;

use crate::{
    call::{Authorization, Call, Verb},
    page::{Page, cut},
};

pub(super) fn call(verb: Verb, key: &str, page: &Page, secret: &SecretString) -> Option<Call> {
    let action = match verb {
        Verb::Page => "",
        Verb::Resolve => "close",
        Verb::Acknowledge => return None,
    };
    let details = format!("{}\n{}", page.link, page.details);
    Some(Call {
        path: ["api", "v2", "generic", "incoming"].map(str::to_owned).into(),
        slash: false,
        query: Vec::new(),
        authorization: Authorization::Header(AUTHORIZATION, "Bearer ", secret.clone()),
        body: json!({
            "summary": cut(&page.title, 1024),
            "details": details.trim_end(),
            "action": action,
            "dedup": key,
            "meta": { "incident": page.number, "link": page.short_link },
        }),
    })
}
