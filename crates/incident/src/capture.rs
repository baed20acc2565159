//! Messages of the chat that people put on the timeline by a mark: a pin, or an emoji.
//!
//! What a message says and whether it is still marked is read from the chat, so that it matters little
//! in which order, how often, or whether at all its events arrive.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Actor, Event, Recorded};

/// The most messages of one incident that are followed.
pub const MAX_CAPTURES: usize = 500;

/// A message that somebody marked, as far as the incident has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// The message's `ts` in the incident channel.
    pub ts: String,
    /// Whether it stands on the timeline; before that it is being read.
    pub taken: bool,
    /// The `ts` of its last edit that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
}

/// What a message says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Its words, without the chat's marks. A person is `@` and their id.
    pub text: String,
    /// The files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<SharedFile>,
    /// The `ts` of its last edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
}

/// A file of the chat: named and linked, never copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedFile {
    /// Its name.
    pub name: String,
    /// Where the chat shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Why a message stands on the timeline no more, or never did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureEnd {
    /// Nobody marks it any more.
    Unmarked,
    /// It was deleted in the chat.
    Deleted,
    /// It is nobody's words: SIMA's own, or a line the chat wrote itself.
    NotTaken,
}

/// What happened to a message in the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageChange {
    /// It says something else now.
    Edited(Said),
    /// It is gone.
    Deleted,
}

/// A message as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRead {
    /// Its `ts` in the incident channel.
    pub ts: String,
    /// What was found there; nothing if it is gone, or nobody's words.
    pub found: Option<FoundMessage>,
}

/// What was found in the place of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundMessage {
    /// Who wrote it.
    pub author: Actor,
    /// What it says.
    pub said: Said,
    /// Where the chat shows it.
    pub link: Option<String>,
    /// Whether somebody marks it.
    pub is_marked: bool,
}

/// When a message of the chat was written, by its `ts`; nothing if that is none.
pub fn written_at(ts: &str) -> Option<Timestamp> {
    let (seconds, micros) = ts.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if seconds.is_empty() || seconds.len() > 11 || micros.len() != 6 {
        return None;
    }
    if !digits(seconds) || !digits(micros) {
        return None;
    }
    Timestamp::new(seconds.parse().ok()?, micros.parse::<i32>().ok()? * 1000).ok()
}

/// Whether one edit came after another; any came after none.
pub fn is_later(edited: Option<&str>, than: Option<&str>) -> bool {
    edited.and_then(written_at) > than.and_then(written_at)
}

/// The people a text names, each as `@` and their id.
pub fn named(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('@').filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let is_part = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let id = &rest[..rest.bytes().take_while(is_part).count()];
        (id.starts_with(['U', 'W']) && id.len() > 6).then_some(id)
    })
}

/// When an event is to be read about: when it was true; a correction, which tells of another time,
/// when it was made.
pub fn stands_at(recorded: &Recorded) -> Timestamp {
    match recorded.event {
        Event::TimeCorrected { .. } => recorded.at,
        _ => recorded.happened_at,
    }
}

/// The events as people read them, in the order they were true.
///
/// A captured message says what it says now, and that it was edited. One that nobody marks any more
/// is left out; of one that was deleted only that is left. What was there stays in the record alone.
pub fn told(events: &[Recorded]) -> Vec<Recorded> {
    let mut told: Vec<Recorded> = Vec::with_capacity(events.len());
    let mut edits: Vec<(&str, &Said)> = Vec::new();
    for recorded in events {
        match &recorded.event {
            Event::MessageCaptured { ts, said, .. } => {
                let latest = edits.iter().find(|(of, _)| of == ts).map(|(_, said)| *said);
                let is_old =
                    |latest: &&Said| is_later(latest.edited.as_deref(), said.edited.as_deref());
                let latest = latest.filter(is_old).cloned();
                told.push(recorded.clone());
                if let Some(latest) = latest {
                    says_now(&mut told, ts, &latest);
                }
            }
            Event::CaptureEdited { ts, said } => {
                edits.retain(|(of, _)| of != ts);
                edits.push((ts, said));
                says_now(&mut told, ts, said);
            }
            Event::CaptureEnded { ts, why } => {
                edits.retain(|(of, _)| of != ts);
                let before = told.len();
                told.retain(|row| captured(row) != Some(ts.as_str()));
                if *why == CaptureEnd::Deleted && told.len() < before {
                    told.push(recorded.clone());
                }
            }
            _ => told.push(recorded.clone()),
        }
    }
    // Stable: what was true at the same time stays in the order it was recorded.
    told.sort_by_key(stands_at);
    told
}

/// The message a row of the timeline is.
fn captured(recorded: &Recorded) -> Option<&str> {
    match &recorded.event {
        Event::MessageCaptured { ts, .. } => Some(ts),
        _ => None,
    }
}

/// Has a captured message say what it says now.
fn says_now(told: &mut [Recorded], ts: &str, now: &Said) {
    for row in told {
        if let Event::MessageCaptured { ts: of, said, .. } = &mut row.event
            && of == ts
        {
            said.clone_from(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_when_it_was_written() {
        for (ts, at) in [
            ("1656579600.000200", Some("2022-06-30T09:00:00.0002Z")),
            ("1656579600", None),
            ("1656579600.2", None),
            ("-656579600.000200", None),
            ("1656579600.00020x", None),
            ("99999999999.000000", Some("5138-11-16T09:46:39Z")),
            ("999999999999.000000", None),
            ("", None),
        ] {
            let at = at.map(|at| at.parse().expect("a time"));
            assert_eq!(written_at(ts), at, "{ts:?}");
        }
        assert!(is_later(Some("1656579601.000000"), Some("1656579600.000000")));
        assert!(is_later(Some("1656579601.000000"), None));
        assert!(!is_later(None, None) && !is_later(None, Some("1656579600.000000")));
    }

    #[test]
    fn people_are_found_by_their_ids() {
        let found = |text| named(text).collect::<Vec<_>>();
        assert_eq!(found("ask @U0NOUR0001, or @W0THEO0001"), ["U0NOUR0001", "W0THEO0001"]);
        assert!(found("ask @nour at a@USA.test, @C0INC00042 or @").is_empty());
    }
}
