//! A webhook of one's own: one message for each thing that becomes of a page.

use serde_json::{Value, json};

use crate::{
    call::{Authorization, Call, Verb},
    page::Page,
};

pub(super) fn call(verb: Verb, key: &str, page: &Page) -> Call {
    let what = match verb {
        Verb::Page => "page.triggered",
        Verb::Acknowledge => "page.acknowledged",
        Verb::Resolve => "page.resolved",
    };
    let mut body = json!({ "type": what, "key": key, "incident": page.number });
    if verb == Verb::Page {
        body["title"] = page.title.clone().into();
        body["severity"] = severity(page.level);
        body["details"] = page.details.clone().into();
        body["link"] = page.link.clone().into();
        body["incident_url"] = page.short_link.clone().into();
    }
    Call {
        path: Vec::new(),
        slash: false,
        query: Vec::new(),
        authorization: Authorization::Signed { id: format!("{key}/{what}") },
        body,
    }
}

/// The four words every pager knows.
fn severity(level: u8) -> Value {
    match level {
        1 => "critical",
        2 => "error",
        3 => "warning",
        _ => "info",
    }
    .into()
}
