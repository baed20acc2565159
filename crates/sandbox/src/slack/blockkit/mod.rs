//! The Block Kit check: what Slack refuses in blocks and views, with its words and its pointers.
//!
//! Shapes are tables ([`shapes`], [`elements`]); what a table cannot say is in [`beyond`].

mod beyond;
mod elements;
mod fill;
mod rule;
mod shapes;
mod views;

#[cfg(test)]
mod tests;

use serde_json::Value;

use self::rule::Walk;

pub(crate) use self::fill::complete;
pub(crate) use self::views::check as check_view;

/// Characters of text all blocks of a message may hold together; measured by others, not published.
pub(crate) const MESSAGE_TEXT_MAX: usize = 13_200;

/// Where blocks are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    Message,
    Modal,
    Home,
}

/// Complaints about the blocks of a message, with pointers that begin at `/blocks`.
pub(crate) fn check_blocks(blocks: &[Value], surface: Surface) -> Vec<String> {
    let mut walk = Walk::new(surface);
    walk.blocks("/blocks", blocks, 50);
    walk.complaints
}

/// Complaints about the blocks inside attachments.
pub(crate) fn check_attachments(attachments: &[Value]) -> Vec<String> {
    let mut walk = Walk::new(Surface::Message);
    for (index, attachment) in attachments.iter().enumerate() {
        if let Some(blocks) = attachment["blocks"].as_array() {
            walk.blocks(&format!("/attachments/{index}/blocks"), blocks, 50);
        }
    }
    walk.complaints
}

/// All text in blocks, counted in code points.
pub(crate) fn text_length(blocks: &[Value]) -> usize {
    fn count(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| match (name.as_str(), value) {
                    ("text" | "alt_text" | "label", Value::String(text)) => text.chars().count(),
                    ("value" | "url" | "action_id" | "block_id", _) => 0,
                    _ => count(value),
                })
                .sum(),
            _ => 0,
        }
    }
    blocks.iter().map(count).sum()
}
