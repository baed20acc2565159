//! Finds out how much of a document a page already holds.
//!
//! Appending is not idempotent, and the answer to an append may be lost. Blocks are only ever
//! appended in order, so the last of ours that the page holds says where to go on. People may have
//! written into the page meanwhile: what they changed or added is passed over.

use reqwest::Method;
use serde_json::Value;

use crate::{
    client::Client,
    perform::{Deed, Fault, ask},
    wire::{Block, List},
};

/// Reads a page's blocks and says how many of ours need not be sent again.
pub(crate) async fn already_there(
    client: &Client,
    page_id: &str,
    blocks: &[Block],
) -> Result<usize, Fault> {
    let mut there = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("blocks/{page_id}/children?page_size=100{cursor}");
        let children: List<Value> = ask(client, Method::GET, &path, Deed::Read).await?;
        there.extend(children.results.iter().map(Mark::of_child));
        match children.next_cursor {
            Some(next) if children.has_more => cursor = format!("&start_cursor={next}"),
            _ => break,
        }
    }
    let ours: Vec<Mark> = blocks.iter().map(Mark::of_block).collect();
    Ok(held(&ours, &there))
}

/// What a block is known by: its type and what is read in it.
#[derive(Debug, PartialEq, Eq)]
struct Mark {
    kind: String,
    text: String,
}

impl Mark {
    fn of_block(block: &Block) -> Self {
        let (kind, texts) = block.parts();
        let text = texts.rich_text.iter().map(|text| text.text.content.as_str()).collect();
        Self { kind: kind.to_owned(), text }
    }

    fn of_child(child: &Value) -> Self {
        let kind = child["type"].as_str().unwrap_or_default();
        let texts = child[kind]["rich_text"].as_array().into_iter().flatten();
        let read = |text: &Value| {
            let plain = text["plain_text"].as_str().or_else(|| text["text"]["content"].as_str());
            plain.unwrap_or_default().to_owned()
        };
        Self { kind: kind.to_owned(), text: texts.map(read).collect() }
    }
}

/// How many of ours there are up to the last one that is there, in our order.
fn held(ours: &[Mark], there: &[Mark]) -> usize {
    let (mut held, mut from) = (0, 0);
    for (place, mark) in ours.iter().enumerate() {
        if let Some(found) = there[from..].iter().position(|other| other == mark) {
            from += found + 1;
            held = place + 1;
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(texts: &str) -> Vec<Mark> {
        let mark = |text: &str| Mark { kind: "paragraph".into(), text: text.into() };
        texts.split_whitespace().map(mark).collect()
    }

    #[test]
    fn the_last_of_ours_says_where_to_go_on() {
        let cases = [
            ("a b c d", "", 0),
            ("a b c d", "a b", 2),
            ("a b c d", "a b c d", 4),
            // People wrote between and after, or changed one.
            ("a b c d", "a x b y", 2),
            ("a b c d", "a B c", 3),
            // The same text twice is met in order.
            ("a a b a", "a a", 2),
            // The timeline has grown since: what was sent is behind what is new.
            ("a new b c d", "a b c", 4),
        ];
        for (ours, there, expected) in cases {
            assert_eq!(held(&marks(ours), &marks(there)), expected, "{ours} / {there}");
        }
    }
}
