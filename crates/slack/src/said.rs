//! What a message of somebody else's says, and whether it is anybody's words at all.

use serde::Deserialize as _;
use serde_json::Value;
use sima_incident::{Said, SharedFile};

use crate::{commands::plain, wire::Posted};

/// The subtypes of messages that people and programs write themselves (contract: events, "Subtypes").
const WORDS: [&str; 4] = ["file_share", "thread_broadcast", "me_message", "bot_message"];

/// Reads a message object as it comes with an event; nothing if it is of another shape.
pub(crate) fn message(object: &Value) -> Option<Posted> {
    Posted::deserialize(object).ok().filter(|posted| !posted.ts.is_empty())
}

/// Whether a message is somebody's words: no line that Slack wrote, and not the remains of one.
pub(crate) fn is_words(posted: &Posted) -> bool {
    posted.subtype.as_deref().is_none_or(|subtype| WORDS.contains(&subtype))
}

/// What a message says. A program's message may say it in an attachment alone.
pub(crate) fn said(posted: &Posted) -> Said {
    let attached = posted
        .attachments
        .iter()
        .flat_map(|attachment| [attachment.text.as_deref(), attachment.fallback.as_deref()]);
    let texts = std::iter::once(posted.text.as_deref()).chain(attached).flatten();
    let text = texts.map(plain).find(|text| !text.trim().is_empty()).unwrap_or_default();
    let file = |file: &crate::wire::File| SharedFile {
        name: [&file.title, &file.name].into_iter().flatten().next().cloned().unwrap_or_default(),
        link: file.permalink.clone().filter(|link| link.starts_with("https://")),
    };
    Said {
        text,
        files: posted.files.iter().map(file).collect(),
        edited: posted.edited.as_ref().map(|edited| edited.ts.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_is_read_in_plain_words() {
        let posted = message(&json!({
            "ts": "1700000005.000400",
            "user": "U0BOBBY001",
            "text": "ask <@U0NOUR0001> &amp; see <https://a.test/?x=1&amp;y|the graph>",
            "edited": { "user": "U0BOBBY001", "ts": "1700000008.000000" },
            "files": [
                { "name": "a.png", "title": "Errors", "permalink": "https://t.slack.com/files/a" },
                { "name": "b.txt", "permalink": "javascript:alert(1)" },
                { "id": "F1", "mode": "tombstone" },
            ],
        }));
        let said = said(&posted.expect("a message"));
        assert_eq!(said.text, "ask @U0NOUR0001 & see https://a.test/?x=1&y");
        assert_eq!(said.edited.as_deref(), Some("1700000008.000000"));
        let files: Vec<_> =
            said.files.iter().map(|file| (file.name.as_str(), file.link.is_some())).collect();
        assert_eq!(files, [("Errors", true), ("b.txt", false), ("", false)]);
    }

    #[test]
    fn a_program_may_say_it_in_an_attachment() {
        let posted = message(&json!({
            "ts": "1.000000", "bot_id": "B1", "subtype": "bot_message", "text": "",
            "attachments": [{ "fallback": "[FIRING] Queue", "text": "" }],
        }));
        let posted = posted.expect("a message");
        assert!(is_words(&posted));
        assert_eq!(said(&posted).text, "[FIRING] Queue");
        assert!(message(&json!({ "text": "no ts" })).is_none());
    }
}
