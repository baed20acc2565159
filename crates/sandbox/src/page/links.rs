//! Links that lead into the page: to a message, to a document.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State as Shared};
use axum::response::Redirect;

use crate::core::Core;

/// Answers `/archives/{channel}/p{ts}`, the permalink of a message, and `/archives/{channel}`.
pub(crate) async fn message(
    Path(parts): Path<Vec<String>>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Redirect {
    let channel = parts.first().map(String::as_str).unwrap_or_default();
    let mut place = vec![format!("/?channel={}", word(channel))];
    let digits = parts.get(1).and_then(|part| part.strip_prefix('p')).map(word);
    if let Some((seconds, micros)) = digits
        .as_deref()
        .and_then(|digits| digits.len().checked_sub(6).map(|middle| digits.split_at(middle)))
    {
        place.push(format!("message={seconds}.{micros}"));
    }
    if let Some(thread) = query.get("thread_ts") {
        place.push(format!("thread={}", word(thread)));
    }
    Redirect::temporary(&place.join("&"))
}

/// Answers `/documents/{id}`, the address Notion's stand-in gives its pages.
pub(crate) async fn document(Shared(core): Shared<Arc<Core>>, Path(id): Path<String>) -> Redirect {
    let id = core.read(|state| state.notion.page(&id).map(|page| page.id.clone()));
    Redirect::temporary(&format!("/?tab=documents&document={}", id.unwrap_or_default()))
}

/// Only what ids and times are made of.
fn word(text: &str) -> String {
    text.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '.').collect()
}
