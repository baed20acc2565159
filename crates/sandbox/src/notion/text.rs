//! Rich text: its limits, and how it reads.

use serde_json::{Value, json};

/// Checks a list of rich text items and returns it as the API gives it back.
pub(crate) fn check(pointer: &str, items: &Value) -> Result<Value, String> {
    let Some(items) = items.as_array() else {
        return Err(format!(
            "body failed validation: {pointer} should be an array, instead was `{items}`."
        ));
    };
    if items.len() > 100 {
        return Err(format!(
            "body failed validation: {pointer}.length should be ≤ `100`, instead was `{}`.",
            items.len()
        ));
    }
    let mut checked = Vec::new();
    for (index, item) in items.iter().enumerate() {
        checked.push(one(&format!("{pointer}[{index}]"), item)?);
    }
    Ok(Value::Array(checked))
}

fn one(pointer: &str, item: &Value) -> Result<Value, String> {
    let kind =
        item["type"].as_str().unwrap_or(if item.get("text").is_some() { "text" } else { "" });
    let mut given = item.clone();
    let plain = match kind {
        "text" => {
            let Some(content) = item["text"]["content"].as_str() else {
                return Err(format!(
                    "body failed validation: {pointer}.text.content should be defined, instead was `undefined`."
                ));
            };
            within(&format!("{pointer}.text.content"), content, 2000)?;
            if let Some(url) = item["text"]["link"]["url"].as_str() {
                within(&format!("{pointer}.text.link.url"), url, 2000)?;
                if !url.contains(':') && !url.starts_with('/') {
                    return Err("Invalid URL for link.".to_owned());
                }
            }
            content.to_owned()
        }
        "equation" => {
            let expression = item["equation"]["expression"].as_str().unwrap_or_default();
            within(&format!("{pointer}.equation.expression"), expression, 1000)?;
            expression.to_owned()
        }
        "mention" => "@mention".to_owned(),
        _ => {
            return Err(format!(
                "body failed validation: {pointer}.text should be defined, instead was `undefined`."
            ));
        }
    };
    given["type"] = json!(kind);
    given["plain_text"] = json!(plain);
    given["href"] = item["text"]["link"]["url"].clone();
    let mut annotations = json!({
        "bold": false, "italic": false, "strikethrough": false, "underline": false, "code": false,
        "color": "default",
    });
    for (name, value) in item["annotations"].as_object().into_iter().flatten() {
        if annotations.get(name).is_none() {
            return Err(format!(
                "body failed validation: {pointer}.annotations.{name} should be not present."
            ));
        }
        annotations[name] = value.clone();
    }
    given["annotations"] = annotations;
    Ok(given)
}

/// Refuses a text over a limit; Notion counts as JavaScript does.
pub(crate) fn within(pointer: &str, text: &str, max: usize) -> Result<(), String> {
    let length = text.encode_utf16().count();
    if length > max {
        return Err(format!(
            "body failed validation: {pointer}.length should be ≤ `{max}`, instead was `{length}`."
        ));
    }
    Ok(())
}

/// Rich text as plain text.
pub(crate) fn plain(items: &Value) -> String {
    items
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| {
            item["plain_text"].as_str().or(item["text"]["content"].as_str()).unwrap_or_default()
        })
        .collect()
}
