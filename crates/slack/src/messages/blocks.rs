//! The few blocks our messages are made of.
//!
//! Source: docs.slack.dev, "Block Kit", 2026-01.

use serde_json::{Value, json};

use super::escape::{plain_line, plain_passage};

/// A heading. Plain text: nothing in it is read as formatting.
pub(crate) fn header(text: &str) -> Value {
    json!({ "type": "header", "text": { "type": "plain_text", "text": plain_line(text, 150), "emoji": true } })
}

/// A paragraph in Slack's own markup: what people wrote in it is escaped already.
pub(crate) fn section(markup: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": markup } })
}

/// A paragraph with a button beside it.
pub(crate) fn section_with(markup: &str, button: &Value) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": markup }, "accessory": button })
}

/// Pairs of a label and a value, two in a row.
pub(crate) fn fields(pairs: &[(&str, String)]) -> Value {
    let fields: Vec<Value> = pairs
        .iter()
        .map(|(label, value)| json!({ "type": "mrkdwn", "text": format!("*{label}*\n{value}") }))
        .collect();
    json!({ "type": "section", "fields": fields })
}

/// Small print.
pub(crate) fn context(markup: &str) -> Value {
    json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": markup }] })
}

/// A line between things.
pub(crate) fn divider() -> Value {
    json!({ "type": "divider" })
}

/// What people wrote, in one line, bold: no markup in it means anything.
pub(crate) fn title(text: &str, longest: usize) -> Value {
    rich(&plain_line(text, longest), true)
}

/// What people wrote, with its line breaks: no markup in it means anything.
pub(crate) fn words(text: &str, longest: usize) -> Value {
    rich(&plain_passage(text, longest), false)
}

fn rich(text: &str, bold: bool) -> Value {
    // An empty text element is refused.
    let text = if text.is_empty() { "…" } else { text };
    let mut element = json!({ "type": "text", "text": text });
    if bold {
        element["style"] = json!({ "bold": true });
    }
    json!({
        "type": "rich_text",
        "elements": [{ "type": "rich_text_section", "elements": [element] }],
    })
}

/// A row of buttons. Those of one kind are told apart by a number.
pub(crate) fn actions(mut buttons: Vec<Value>) -> Option<Value> {
    let mut seen: Vec<String> = Vec::new();
    for button in &mut buttons {
        let id = button["action_id"].as_str().unwrap_or_default().to_owned();
        let before = seen.iter().filter(|known| **known == id).count();
        if before > 0 {
            button["action_id"] = json!(format!("{id}:{before}"));
        }
        seen.push(id);
    }
    (!buttons.is_empty()).then(|| json!({ "type": "actions", "elements": buttons }))
}
