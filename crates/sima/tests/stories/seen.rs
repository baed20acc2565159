//! What people see of a message: its words, and its buttons by what stands on them.

use serde_json::Value;
use sima_sandbox::{Ephemeral, Message};

/// Whether a message reads as expected, in what it shows or in what is read aloud.
pub fn says(message: &Message, expected: &str) -> bool {
    words(&message.text, &message.blocks).contains(expected)
}

/// All the words of an answer to a delivery.
pub fn readable(answer: &Value) -> String {
    let text = answer["text"].as_str().unwrap_or_default();
    words(text, answer["blocks"].as_array().map_or(&[], Vec::as_slice))
}

/// All the words of a message that one person sees.
pub fn privately_readable(message: &Ephemeral) -> String {
    words(&message.text, &message.blocks)
}

/// All the text of a message: what is read aloud and what is shown.
pub fn words(text: &str, blocks: &[Value]) -> String {
    let mut seen = text.to_owned();
    for block in blocks {
        gather(block, &mut seen);
    }
    seen
}

/// What is shown in blocks, without what is read aloud.
pub fn shown(blocks: &[Value]) -> String {
    words("", blocks)
}

/// What stands on the buttons of a message, in order.
pub fn buttons(blocks: &[Value]) -> Vec<String> {
    elements(blocks)
        .filter_map(|element| element["text"]["text"].as_str().map(str::to_owned))
        .collect()
}

/// The button on which these words stand.
pub fn button<'b>(blocks: &'b [Value], label: &str) -> Option<&'b Value> {
    elements(blocks)
        .find(|element| element["text"]["text"].as_str().is_some_and(|text| text.contains(label)))
}

fn elements(blocks: &[Value]) -> impl Iterator<Item = &Value> {
    blocks.iter().flat_map(|block| {
        let rows = block["elements"].as_array().into_iter().flatten();
        rows.chain(std::iter::once(&block["accessory"]))
            .filter(|element| element["type"] == "button")
    })
}

fn gather(value: &Value, seen: &mut String) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "text" => {
                        seen.push('\n');
                        seen.push_str(text);
                    }
                    other => gather(other, seen),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, seen)),
        _ => {}
    }
}
