//! What people wrote, made safe to show: it pings nobody, breaks no layout, keeps to its length.
//!
//! Source: docs.slack.dev, "Formatting message text", 2026-01. Lengths are in code points, after
//! escaping.

/// Keeps a formatting character from formatting: on neither side does it touch a word or a space.
const JOINER: char = '\u{2060}';

/// Text for `mrkdwn` in one line.
pub(super) fn line(text: &str, longest: usize) -> String {
    fit(&one_line(text), longest, marked_down)
}

/// Text for `plain_text` and `rich_text`, in one line: nothing in it is ever read as formatting.
pub(crate) fn plain_line(text: &str, longest: usize) -> String {
    fit(&one_line(text), longest, as_it_is)
}

/// Text for `plain_text` and `rich_text`, with its line breaks.
pub(super) fn plain_passage(text: &str, longest: usize) -> String {
    fit(text.trim(), longest, as_it_is)
}

/// All of it in one line, with single spaces.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes a character as it is.
fn as_it_is(character: char, _: Option<char>, out: &mut String) {
    out.push(character);
}

/// Writes a character so that Slack shows it and nothing else.
fn marked_down(character: char, before: Option<char>, out: &mut String) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => {
            // At the beginning it would be a quotation, escaped or not.
            if before.is_none() {
                out.push(JOINER);
            }
            out.push_str("&gt;");
        }
        '*' | '_' | '~' | '`' => out.extend([JOINER, character, JOINER]),
        other => out.push(other),
    }
}

/// Writes text within a length; what does not fit gives way to an ellipsis. An escape or an emoji
/// is kept whole or left out whole.
fn fit(text: &str, longest: usize, write: fn(char, Option<char>, &mut String)) -> String {
    let turns = text.chars().any(is_right_to_left);
    let longest = longest.saturating_sub(if turns { 2 } else { 0 });
    let mut before = None;
    let mut pieces: Vec<(char, String)> = Vec::new();
    for character in text.chars().filter(|character| !is_invisible_control(*character)) {
        let mut piece = String::new();
        write(character, before, &mut piece);
        before = Some(character);
        pieces.push((character, piece));
    }
    let length = |piece: &str| piece.chars().count();
    let whole: usize = pieces.iter().map(|(_, piece)| length(piece)).sum();
    if whole > longest {
        let mut used = 1;
        let mut kept = 0;
        while let Some((_, piece)) = pieces.get(kept) {
            used += length(piece);
            if used > longest {
                break;
            }
            kept += 1;
        }
        while kept > 0
            && pieces.get(kept).is_some_and(|(next, _)| is_one(pieces[kept - 1].0, *next))
        {
            kept -= 1;
        }
        pieces.truncate(kept);
        while pieces.last().is_some_and(|(last, _)| last.is_whitespace()) {
            pieces.pop();
        }
        if longest > 0 {
            pieces.push(('…', "…".to_owned()));
        }
    }
    let shown: String = pieces.into_iter().map(|(_, piece)| piece).collect();
    // Isolated, text that runs the other way leaves the words around it where they are.
    if turns { format!("\u{2068}{shown}\u{2069}") } else { shown }
}

/// Whether two characters are parts of one that is seen, such as an emoji with a skin tone.
fn is_one(first: char, second: char) -> bool {
    let joins = |character| {
        matches!(character,
            '\u{200D}' | '\u{FE0E}' | '\u{FE0F}' | '\u{20E3}' | '\u{0300}'..='\u{036F}'
            | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}')
    };
    let flag = |character| matches!(character, '\u{1F1E6}'..='\u{1F1FF}');
    joins(second) || first == '\u{200D}' || (flag(first) && flag(second))
}

/// Whether a character is one of a script that runs from right to left, or turns the text.
fn is_right_to_left(character: char) -> bool {
    matches!(character,
        '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EEFF}' | '\u{200F}')
}

/// Whether a character shows nothing and may disturb what stands around it: controls, and those
/// that turn the direction of all that follows.
fn is_invisible_control(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_people_write_is_a_mark() {
        for (text, expected) in [
            ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
            ("*a*", "\u{2060}*\u{2060}a\u{2060}*\u{2060}"),
            ("a\n\n b\tc", "a b c"),
            ("> quoted", "\u{2060}&gt; quoted"),
            ("a > b", "a &gt; b"),
            ("&amp;", "&amp;amp;"),
            ("bell\u{7}\u{202E}", "bell"),
        ] {
            assert_eq!(line(text, 100), expected, "{text:?}");
        }
        assert_eq!(plain_line("*a* <b>", 100), "*a* <b>");
    }

    #[test]
    fn text_is_cut_between_what_is_seen() {
        assert_eq!(line("abcdef", 6), "abcdef");
        assert_eq!(line("abcdefg", 6), "abcde…");
        assert_eq!(line("a&bcdef", 6), "a…", "an escape is whole or absent");
        assert_eq!(line("ab cdef", 4), "ab…", "no space before the ellipsis");
        let family = "👩\u{200D}👧\u{200D}👦";
        assert_eq!(plain_line(&format!("ab{family}"), 5), "ab…", "an emoji is whole or absent");
        assert_eq!(plain_line("abcd🇫🇷", 5), "abcd…");
        assert_eq!(plain_line("", 5), "");
        assert_eq!(plain_line("abc", 0), "");
    }

    #[test]
    fn text_from_right_to_left_stays_among_itself() {
        assert_eq!(plain_line("الدفع", 20), "\u{2068}الدفع\u{2069}");
        assert_eq!(plain_line(&"ש".repeat(50), 10).chars().count(), 10);
    }
}
