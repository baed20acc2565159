//! One row of a timeline: when, who, what.

use jiff::{SignedDuration, Timestamp};
use sima_incident::{Event, PersonId, Policy, Recorded, postmortem::in_words, stands_at};

use super::{
    escape::line,
    mention,
    moment::{moment, time},
};

/// Mark where a person's id begins and ends among words that are escaped afterwards. No keyboard has
/// them; whoever writes them all the same names somebody in a message that one person sees.
const BEGIN: char = '\u{E000}';
const END: char = '\u{E001}';

/// How old a moment may be to be told without its day.
const TODAY: SignedDuration = SignedDuration::from_hours(12);

/// What happened, in one line of about so many characters.
pub(super) fn row(recorded: &Recorded, policy: &Policy, now: Timestamp, longest: usize) -> String {
    let at = stands_at(recorded);
    let when = if now.duration_since(at) < TODAY { time(at) } else { moment(at) };
    let sign = match &recorded.event {
        Event::MessageCaptured { .. } => "📌 ",
        Event::NoteAdded { .. } => "✍️ ",
        Event::UpdatePosted { .. } => "📣 ",
        Event::GivenUp { .. } => "⚠️ ",
        _ => "",
    };
    let by = mention::actor(&recorded.by);
    format!("{when} · {sign}{by} {}", words(recorded, policy, longest))
}

/// What happened, in words that follow a name.
pub(super) fn words(recorded: &Recorded, policy: &Policy, longest: usize) -> String {
    let coded = |person: &PersonId| format!("{BEGIN}{}{END}", person.0);
    let plain = in_words(recorded, policy, &coded);
    named(&line(&plain, longest))
}

/// Turns what stands for a person into the chat's own mark for them.
fn named(escaped: &str) -> String {
    let mut shown = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some(begin) = rest.find(BEGIN) {
        let (before, after) = rest.split_at(begin);
        let after = &after[BEGIN.len_utf8()..];
        if let Some((id, following)) = after.split_once(END).filter(|(id, _)| is_plain(id)) {
            shown.push_str(before.strip_suffix('@').unwrap_or(before));
            shown.push_str(&mention::person(&PersonId(id.to_owned())));
            rest = following;
        } else {
            // Cut in the middle of an id, or none of ours.
            shown.push_str(before);
            rest = after;
        }
    }
    shown.push_str(rest);
    shown.replace(END, "")
}

/// Whether an id survived the escaping as it was.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_and_nothing_else_is() {
        for (text, expected) in [
            ("made \u{E000}U0NOUR0001\u{E001} manager", "made <@U0NOUR0001> manager"),
            ("ask @\u{E000}U0NOUR0001\u{E001}!", "ask <@U0NOUR0001>!"),
            ("made \u{E000}U0NO…", "made U0NO…"),
            ("\u{E000}U1&gt;&lt;!channel\u{E001}", "U1&gt;&lt;!channel"),
            ("\u{E001}\u{E000}", ""),
        ] {
            assert_eq!(named(text), expected, "{text:?}");
        }
    }
}
