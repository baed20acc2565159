//! `note [10:04 | 10m ago] <what happened>`.

use super::{
    Asked,
    marks::plain,
    typed::unquoted,
    when::{When, leading},
};

/// Reads a note. A time it begins with says when it was.
pub(super) fn note(rest: &str) -> Asked {
    let whole = plain(rest);
    let (when, text) = leading(&whole);
    // Nothing but a time: the form asks for the rest.
    Asked::Note { text: unquoted(text).to_owned(), when: when.unwrap_or(When::Now) }
}
