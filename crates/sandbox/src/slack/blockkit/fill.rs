//! What Slack adds to blocks it has taken: ids for those without, and the defaults of text objects.

use serde_json::{Value, json};

use super::elements;
use crate::random;

/// Adds missing block and action ids and the defaults `emoji` and `verbatim`.
pub(crate) fn complete(blocks: Vec<Value>) -> Vec<Value> {
    blocks
        .into_iter()
        .map(|mut block| {
            if block["block_id"].as_str().is_none_or(str::is_empty) {
                block["block_id"] = json!(random::hex(3));
            }
            for part in ["elements", "accessory", "element"] {
                match block.get_mut(part) {
                    Some(Value::Array(elements)) => elements.iter_mut().for_each(identify),
                    Some(element) => identify(element),
                    None => {}
                }
            }
            defaults(&mut block);
            block
        })
        .collect()
}

fn identify(element: &mut Value) {
    let kind = element["type"].as_str().unwrap_or_default();
    let acts = elements::find(kind).is_some() && elements::is_interactive(kind);
    if acts && element["action_id"].is_null() {
        element["action_id"] = json!(random::hex(3));
    }
}

fn defaults(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(defaults),
        Value::Object(fields) => {
            let is_text = fields.get("text").is_some_and(Value::is_string);
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
            match (is_text, kind.as_str()) {
                (true, "plain_text") => {
                    fields.entry("emoji").or_insert(json!(true));
                }
                (true, "mrkdwn") => {
                    fields.entry("verbatim").or_insert(json!(false));
                }
                _ => fields.values_mut().for_each(defaults),
            }
        }
        _ => {}
    }
}
