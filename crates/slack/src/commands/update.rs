//! `update <where things stand> [next 30m]`.

use super::{Asked, Next, length, marks::plain, typed::unquoted};

/// Reads an update. A promise at the end is taken off the text.
pub(super) fn update(rest: &str) -> Asked {
    let whole = plain(rest);
    let (text, next) = promise(&whole);
    Asked::Update { text: unquoted(text).to_owned(), next }
}

/// Splits off a promise such as `next 30m`, `next update in 1 hour`, `next none`.
fn promise(text: &str) -> (&str, Next) {
    for (at, word) in
        text.char_indices().rev().filter_map(|(at, _)| Some((at, text.get(at..at + 4)?)))
    {
        let begins = text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        if !word.eq_ignore_ascii_case("next") || !begins {
            continue;
        }
        if let Some(next) = due(&text[at + 4..]) {
            let said = text[..at]
                .trim_end_matches(|end: char| end.is_whitespace() || ",;:-–—(".contains(end));
            return (said, next);
        }
    }
    (text.trim(), Next::Usual)
}

/// Reads what follows `next`.
fn due(text: &str) -> Option<Next> {
    let text = text.to_lowercase();
    let text = text.trim_start_matches(|start: char| start.is_whitespace() || start == ':');
    let text = text.strip_prefix("update").unwrap_or(text).trim_start_matches([' ', ':']);
    let text = text.strip_prefix("in ").unwrap_or(text).trim_end_matches([')', '.', ' ']);
    match text {
        "none" | "never" | "unpromised" => Some(Next::Unpromised),
        length => length::read(length).map(Next::In),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_promise_at_the_end_is_understood() {
        let minutes = |minutes| Next::In(SignedDuration::from_mins(minutes));
        for (text, said, next) in [
            ("Rolled back, next 30m", "Rolled back", minutes(30)),
            ("Rolled back. Next update in 1 hour.", "Rolled back.", minutes(60)),
            ("Rolled back (next: 20 min)", "Rolled back", minutes(20)),
            ("Still looking next none", "Still looking", Next::Unpromised),
            ("We try the next region", "We try the next region", Next::Usual),
            ("The next release is next 15m", "The next release is", minutes(15)),
            ("context 30m", "context 30m", Next::Usual),
            ("next 30m", "", minutes(30)),
            ("İnext 5m é", "İnext 5m é", Next::Usual),
            ("", "", Next::Usual),
        ] {
            assert_eq!(promise(text), (said, next), "{text:?}");
        }
    }
}
