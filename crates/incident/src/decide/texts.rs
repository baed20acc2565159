//! What people wrote, as it is kept.

use super::{MAX_SUMMARY, MAX_TEXT};
use crate::Refusal;
pub(super) use crate::legible;

/// The summary as kept, on one line, and the whole text if it had to be cut.
pub(super) fn summary(given: &str) -> Result<(String, Option<String>), Refusal> {
    let given = legible(given);
    let line = given.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return Err(Refusal::SummaryMissing);
    }
    if line.chars().count() <= MAX_SUMMARY {
        return Ok((line, None));
    }
    let kept: String = line.chars().take(MAX_SUMMARY - 1).collect();
    Ok((kept.trim_end().to_owned() + "…", text(&given)))
}

/// A longer text as kept: trimmed, cut at [`MAX_TEXT`]; nothing if it says nothing.
pub(super) fn text(given: &str) -> Option<String> {
    let given = legible(given);
    let given = given.trim();
    if given.is_empty() {
        return None;
    }
    if given.chars().count() <= MAX_TEXT {
        return Some(given.to_owned());
    }
    let kept: String = given.chars().take(MAX_TEXT - 1).collect();
    Some(kept.trim_end().to_owned() + "…")
}
