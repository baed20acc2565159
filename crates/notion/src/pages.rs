//! A document as Notion blocks, within every limit.
//!
//! All blocks are of one level, so that they can be counted, cut into requests and compared with
//! what is there. A timeline is a list: a table's rows could not be appended in the same way.

use jiff::tz::TimeZone;
use sima_incident::postmortem::{self, Document, Fact, Span, Text, TimelineRow, date_and_time};

use crate::wire::{Annotations, Block, Content, Link, MAX_CHILDREN, MAX_URL, RichText, Texts};

/// The longest text, in UTF-16 units. Notion takes 2000 and does not say how it counts.
const MAX_TEXT: usize = 1900;

/// The most texts in one block. Notion takes 100; so few keep a block far below one request.
const MAX_TEXTS: usize = 40;

/// The most bytes of blocks in one request. Notion takes 500 KB with all around them.
const MAX_BYTES: usize = 400_000;

/// Renders a document.
pub(crate) fn blocks(document: &Document) -> Vec<Block> {
    let mut blocks = Vec::new();
    for section in &document.sections {
        blocks.push(Block::Heading { heading: Texts { rich_text: title(&section.heading) } });
        for block in &section.blocks {
            render(block, &document.zone, &mut blocks);
        }
    }
    blocks
}

/// One line of text for a title.
pub(crate) fn title(text: &str) -> Vec<RichText> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut texts = texts(&Text::plain(line), false);
    texts.truncate(1);
    texts
}

/// Cuts blocks into requests; the answer is where each begins and ends.
pub(crate) fn requests(blocks: &[Block], from: usize) -> Vec<std::ops::Range<usize>> {
    let mut requests = Vec::new();
    let (mut begin, mut bytes) = (from, 0);
    for (at, block) in blocks.iter().enumerate().skip(from) {
        let size = serde_json::to_vec(block).map_or(0, |json| json.len()) + 1;
        if at > begin && (at - begin == MAX_CHILDREN || bytes + size > MAX_BYTES) {
            requests.push(begin..at);
            (begin, bytes) = (at, 0);
        }
        bytes += size;
    }
    if begin < blocks.len() {
        requests.push(begin..blocks.len());
    }
    requests
}

fn render(block: &postmortem::Block, zone: &TimeZone, out: &mut Vec<Block>) {
    let bullet = |bulleted_list_item| Block::BulletedListItem { bulleted_list_item };
    let paragraph = |paragraph| Block::Paragraph { paragraph };
    match block {
        postmortem::Block::Paragraph(text) => push(texts(text, false), paragraph, out),
        postmortem::Block::Bullets(items) => {
            for text in items {
                push(texts(text, false), bullet, out);
            }
        }
        postmortem::Block::Facts(facts) => {
            for Fact { label, value } in facts {
                let text = Text::bold(format!("{label}: ")).and(value.clone());
                push(texts(&text, false), bullet, out);
            }
        }
        postmortem::Block::Timeline(rows) => {
            for row in rows {
                push(texts(&told(row, zone), false), bullet, out);
            }
        }
        postmortem::Block::ToDo(items) => {
            let to_do = |to_do| Block::ToDo { to_do };
            for text in items {
                push(texts(text, false), to_do, out);
            }
        }
        postmortem::Block::Prompt(question) => {
            push(texts(&Text::plain(question), true), paragraph, out);
        }
    }
}

/// A row with its time and day: pages are read in parts.
fn told(row: &TimelineRow, zone: &TimeZone) -> Text {
    let recorded = if row.is_backdated() {
        format!(" (recorded {})", date_and_time(row.at, zone))
    } else {
        String::new()
    };
    Text::bold(date_and_time(row.happened_at, zone))
        .and(Text::plain(format!(" {} {}{recorded}", row.who, row.what)))
}

/// Puts texts into as many blocks of a kind as they need.
fn push(texts: Vec<RichText>, kind: impl Fn(Texts) -> Block, out: &mut Vec<Block>) {
    let mut texts = texts.into_iter().peekable();
    while texts.peek().is_some() {
        out.push(kind(Texts { rich_text: texts.by_ref().take(MAX_TEXTS).collect() }));
    }
}

/// Text as Notion takes it, cut where it is too long for one.
fn texts(text: &Text, italic: bool) -> Vec<RichText> {
    let mut texts = Vec::new();
    for span in &text.0 {
        let bold = matches!(span, Span::Bold(_));
        let link = match span {
            Span::Link { href, .. } if href.encode_utf16().count() <= MAX_URL => {
                Some(Link { url: href.clone() })
            }
            Span::Link { .. } | Span::Plain(_) | Span::Bold(_) => None,
        };
        let said = span.read().replace(|c: char| c.is_control() && c != '\n' && c != '\t', " ");
        texts.extend(pieces(&said).into_iter().map(|piece| RichText {
            text: Content { content: piece.to_owned(), link: link.clone() },
            annotations: (bold || italic).then_some(Annotations { bold, italic }),
        }));
    }
    texts
}

/// Cuts text into pieces short enough, between words if it can, never inside a character that is
/// made of several.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(cut(rest));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Where the first piece ends, in bytes. Never 0.
fn cut(text: &str) -> usize {
    let mut units = 0;
    let mut whole = 0;
    let mut between_words = 0;
    let mut before: Option<char> = None;
    for (at, character) in text.char_indices() {
        if let Some(before) = before
            && !belongs_together(before, character)
        {
            whole = at;
            if before.is_whitespace() {
                between_words = at;
            }
        }
        units += character.len_utf16();
        if units > MAX_TEXT {
            // A piece is not made much shorter for the sake of a word.
            return match (between_words, whole) {
                (0, 0) => at,
                (word, whole) if word * 4 < whole * 3 => whole,
                (word, _) => word,
            };
        }
        before = Some(character);
    }
    text.len()
}

/// Whether two characters make one that is seen. Errs on the side of keeping them together.
fn belongs_together(before: char, character: char) -> bool {
    const JOINER: char = '\u{200d}';
    let extends = matches!(character,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e01ef}' | JOINER
    );
    let is_flag = |c: char| matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
    extends
        || before == JOINER
        || (is_flag(before) && is_flag(character))
        || (before == '\r' && character == '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> usize {
        text.encode_utf16().count()
    }

    #[test]
    fn long_text_is_cut_between_words_and_nothing_is_lost() {
        let text = "the queue is not draining ".repeat(400);
        let pieces = pieces(&text);
        assert!(pieces.iter().all(|piece| units(piece) <= MAX_TEXT));
        assert!(pieces[..pieces.len() - 1].iter().all(|piece| piece.ends_with(' ')));
        assert_eq!(pieces.concat(), text);
    }

    #[test]
    fn characters_made_of_several_stay_whole() {
        for character in ["👩🏽‍🚒", "é", "🇮🇹", "🔥"] {
            let text = format!("x{}", character.repeat(1500));
            let pieces = pieces(&text);
            assert!(pieces.iter().all(|piece| units(piece) <= MAX_TEXT), "{character}");
            assert_eq!(pieces.concat(), text, "{character}");
            // Flags in a row are not told apart: they may only be kept together up to the limit.
            if character != "🇮🇹" {
                assert!(
                    pieces[1..].iter().all(|piece| piece.starts_with(character)),
                    "{character}"
                );
            }
        }
    }

    #[test]
    fn endless_combining_still_ends() {
        let text = "\u{301}".repeat(5000);
        let pieces = pieces(&text);
        assert!(pieces.iter().all(|piece| !piece.is_empty() && units(piece) <= MAX_TEXT));
        assert_eq!(pieces.concat(), text);
    }

    #[test]
    fn requests_keep_to_a_hundred_blocks_and_to_their_size() {
        let block = |text: &str| Block::Paragraph {
            paragraph: Texts { rich_text: texts(&Text::plain(text), false) },
        };
        let short: Vec<Block> = (0..250).map(|_| block("x")).collect();
        assert_eq!(requests(&short, 0), [0..100, 100..200, 200..250]);
        assert_eq!(requests(&short, 120), [120..220, 220..250]);
        assert_eq!(requests(&short, 250), []);
        let long: Vec<Block> = (0..100).map(|_| block(&"火".repeat(2900))).collect();
        let requests = requests(&long, 0);
        assert!(requests.len() > 1);
        for request in &requests {
            let size = serde_json::to_vec(&long[request.clone()]).expect("JSON").len();
            assert!(size < 500_000, "{size}");
        }
        assert_eq!(requests.iter().map(ExactSizeIterator::len).sum::<usize>(), 100);
    }
}
