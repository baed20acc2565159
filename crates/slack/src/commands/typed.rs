//! What was typed, cut into the first word and the rest.

/// A line after the slash command.
pub struct Typed<'t> {
    /// The first word, lower case, without what clings to it.
    pub word: String,
    /// What follows, trimmed, as Slack escaped it.
    pub rest: &'t str,
}

/// Cuts a line. Slashes, stops and quotes around the word are forgiven.
pub(super) fn split(text: &str) -> Typed<'_> {
    let text = text.trim_matches(is_blank);
    let end = text.find(is_blank).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let clings = |character: char| !character.is_alphanumeric() && character != '?';
    let bare = word.trim_matches(clings).trim_start_matches('?');
    let bare = if bare.len() > 1 { bare.trim_end_matches('?') } else { bare };
    // A word of nothing but punctuation, such as `?`, is still a word.
    let word = if bare.is_empty() { word } else { bare };
    Typed { word: word.to_lowercase(), rest: rest.trim_matches(is_blank) }
}

/// Whether a character only separates: spaces of every width, and those that have none.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// Text without the quotes it stands in, straight or typographic.
pub(super) fn unquoted(text: &str) -> &str {
    let pairs =
        [('"', '"'), ('\'', '\''), ('“', '”'), ('‘', '’'), ('„', '“'), ('«', '»'), ('”', '”')];
    let text = text.trim_matches(is_blank);
    pairs
        .iter()
        .find_map(|(open, close)| {
            let inner = text.strip_prefix(*open)?.strip_suffix(*close)?;
            (!inner.contains([*open, *close])).then_some(inner.trim_matches(is_blank))
        })
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_found_whatever_clings_to_it() {
        for (text, word, rest) in [
            ("ack", "ack", ""),
            ("  ACK  ", "ack", ""),
            ("/ack", "ack", ""),
            ("help!", "help", ""),
            ("help?", "help", ""),
            ("?", "?", ""),
            ("“open” the API", "open", "the API"),
            ("open\u{a0}\u{2003} two  spaces ", "open", "two  spaces"),
            ("false-positive", "false-positive", ""),
            ("", "", ""),
            (" \t ", "", ""),
            ("…", "…", ""),
        ] {
            let typed = split(text);
            assert_eq!((typed.word.as_str(), typed.rest), (word, rest), "{text:?}");
        }
    }

    #[test]
    fn quotes_around_everything_are_dropped() {
        for (text, expected) in [
            ("“API down”", "API down"),
            ("\"API down\"", "API down"),
            ("«API down»", "API down"),
            ("the \"API\" is down", "the \"API\" is down"),
            ("\"a\" and \"b\"", "\"a\" and \"b\""),
            ("\"", "\""),
        ] {
            assert_eq!(unquoted(text), expected);
        }
    }
}
