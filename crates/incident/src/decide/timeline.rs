//! What people put on the timeline.

use jiff::Timestamp;

use super::{Decided, texts::text, times::past};
use crate::{Event, Refusal};

/// Puts words on the timeline at the time they are about: in every stage, for what is known about one
/// that is over, or was no incident, is worth as much.
pub(super) fn add_note(
    given: &str,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Vec<Decided>, Refusal> {
    let text = text(given).ok_or(Refusal::TextMissing("the note"))?;
    let happened_at = past(at, "what you note", now)?.unwrap_or(now);
    Ok(vec![(Event::NoteAdded { text }, happened_at)])
}
