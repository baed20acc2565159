//! Jira Service Management, Operations: the integration events API, whose alerts are Opsgenie's.
//!
//! Source: Elastic's Kibana documents, `jsm-action-type.md`, and Opsgenie's alert API (read
//! 2026-08). An alert is known by its alias; answers are 202, and what follows is asynchronous.

use reqwest::header::AUTHORIZATION;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    call::{Authorization, Call, Verb},
    page::{Page, cut},
};

/// Where it is for everybody.
pub(super) const URL: &str = "https://api.atlassian.com";

/// The longest message, in characters.
const MAX_MESSAGE: usize = 130;

pub(super) fn call(verb: Verb, key: &str, page: &Page, secret: &SecretString) -> Call {
    let path = ["jsm", "ops", "integration", "v2", "alerts"].map(str::to_owned);
    let follow_up = match verb {
        Verb::Page => None,
        Verb::Acknowledge => Some("acknowledge"),
        Verb::Resolve => Some("close"),
    };
    let end = follow_up.map(|word| [key.to_owned(), word.to_owned()]);
    Call {
        path: path.into_iter().chain(end.into_iter().flatten()).collect(),
        slash: false,
        query: follow_up.map(|_| ("identifierType", "alias")).into_iter().collect(),
        authorization: Authorization::Header(AUTHORIZATION, "GenieKey ", secret.clone()),
        body: match verb {
            Verb::Page => opened(key, page),
            Verb::Acknowledge | Verb::Resolve => json!({ "source": "SIMA" }),
        },
    }
}

fn opened(key: &str, page: &Page) -> Value {
    json!({
        "message": cut(&page.title, MAX_MESSAGE),
        "alias": key,
        "description": format!("{}\n{}", page.link, page.details).trim_end(),
        "source": "SIMA",
        "priority": format!("P{}", page.level.clamp(1, 5)),
        "details": { "incident": page.number, "link": page.short_link },
    })
}
