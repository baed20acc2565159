//! What people put on the timeline.

use jiff::Timestamp;

use super::{Decided, at, texts::text, times::past};
use crate::{
    CaptureEnd, Event, Incident, MAX_CAPTURES, MessageChange, MessageRead, Refusal, Said,
    SharedFile, is_later, written_at,
};

/// The most files noted of one message.
const MAX_FILES: usize = 10;

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

/// Asks for a message that somebody marked to be read. One that stands on the timeline already is
/// marked once more, and that changes nothing: any number of people may mark one.
pub(super) fn mark_message(incident: &Incident, ts: String, now: Timestamp) -> Vec<Decided> {
    let is_new = match incident.capture(&ts) {
        Some(capture) => !capture.taken,
        None => incident.captures.len() < MAX_CAPTURES,
    };
    if !is_new || written_at(&ts).is_none() {
        return Vec::new();
    }
    at(now, Event::MessageMarked { ts })
}

/// Asks for a message to be read again: somebody took a mark off, and another may be left.
pub(super) fn unmark_message(incident: &Incident, ts: String, now: Timestamp) -> Vec<Decided> {
    match incident.capture(&ts) {
        Some(_) => at(now, Event::MarkRemoved { ts }),
        None => Vec::new(),
    }
}

/// Follows what happens to a marked message. An edit that is older than one that is known comes late.
pub(super) fn follow_message(
    incident: &Incident,
    ts: String,
    change: MessageChange,
    now: Timestamp,
) -> Vec<Decided> {
    let Some(capture) = incident.capture(&ts) else { return Vec::new() };
    match change {
        MessageChange::Edited(said) => {
            if is_later(said.edited.as_deref(), capture.edited.as_deref()) {
                at(now, Event::CaptureEdited { ts, said: kept(said) })
            } else {
                Vec::new()
            }
        }
        MessageChange::Deleted => ended(ts, CaptureEnd::Deleted, now),
    }
}

/// Records what was read of a marked message, as far as it is new.
pub(super) fn note_message(incident: &Incident, read: MessageRead, now: Timestamp) -> Vec<Decided> {
    let MessageRead { ts, found } = read;
    // It was deleted meanwhile, or nobody marks it any more and that was read before.
    let Some(capture) = incident.capture(&ts) else { return Vec::new() };
    let Some(found) = found else {
        let why = if capture.taken { CaptureEnd::Deleted } else { CaptureEnd::NotTaken };
        return ended(ts, why, now);
    };
    if !found.is_marked {
        return ended(ts, CaptureEnd::Unmarked, now);
    }
    let said = kept(found.said);
    if !capture.taken {
        let written_at = written_at(&ts).unwrap_or(now).min(now);
        return vec![(Event::MessageCaptured { ts, said, link: found.link }, written_at)];
    }
    if is_later(said.edited.as_deref(), capture.edited.as_deref()) {
        return at(now, Event::CaptureEdited { ts, said });
    }
    Vec::new()
}

/// A message that was deleted leaves a trace where it stood; every other end is now.
fn ended(ts: String, why: CaptureEnd, now: Timestamp) -> Vec<Decided> {
    let happened_at = match why {
        CaptureEnd::Deleted => written_at(&ts).unwrap_or(now).min(now),
        CaptureEnd::Unmarked | CaptureEnd::NotTaken => now,
    };
    vec![(Event::CaptureEnded { ts, why }, happened_at)]
}

/// What a message says, as it is kept.
fn kept(said: Said) -> Said {
    let files = said.files.into_iter().take(MAX_FILES);
    let file = |file: SharedFile| SharedFile {
        name: text(&file.name).unwrap_or_else(|| "a file".to_owned()),
        link: file.link,
    };
    let files = files.map(file).collect();
    Said { text: text(&said.text).unwrap_or_default(), files, edited: said.edited }
}
