//! A message as a person would read it: marks resolved, buttons in brackets.

use std::fmt::Write as _;

use serde_json::Value;

/// What a person reads.
pub fn reading(blocks: &[Value]) -> String {
    let mut page = String::new();
    for block in blocks {
        let shown = match block["type"].as_str().expect("a type") {
            "header" => format!("## {}", block["text"]["text"].as_str().expect("text")),
            "section" => {
                let mut parts = Vec::new();
                parts.extend(block.pointer("/text/text").and_then(Value::as_str).map(seen));
                for field in block["fields"].as_array().into_iter().flatten() {
                    parts.push(seen(field["text"].as_str().expect("text")).replace('\n', " "));
                }
                parts.extend(block.get("accessory").map(label));
                parts.join("\n")
            }
            "context" => {
                let elements = block["elements"].as_array().expect("elements");
                let small = elements.iter().map(|text| seen(text["text"].as_str().expect("text")));
                format!("  ({})", small.collect::<Vec<_>>().join(" "))
            }
            "rich_text" => block["elements"]
                .as_array()
                .expect("parts")
                .iter()
                .flat_map(|part| part["elements"].as_array().expect("elements"))
                .map(|element| element["text"].as_str().expect("text"))
                .collect(),
            "actions" => {
                let buttons = block["elements"].as_array().expect("elements").iter().map(label);
                buttons.collect::<Vec<_>>().join(" ")
            }
            "divider" => "---".to_owned(),
            "input" => {
                let optional = if block["optional"] == true { "" } else { " (needed)" };
                let chosen = block.pointer("/element/initial_option/text/text");
                let chosen = chosen.or_else(|| block.pointer("/element/initial_value"));
                let chosen = chosen.and_then(Value::as_str).unwrap_or_default();
                let mut shown = format!(
                    "{}{optional}: {chosen}",
                    block["label"]["text"].as_str().expect("a label")
                );
                for option in block
                    .pointer("/element/options")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                {
                    let text = option["text"]["text"].as_str().expect("text");
                    let about = option.pointer("/description/text").and_then(Value::as_str);
                    write!(shown, "\n  - {text}").expect("a string takes it");
                    if let Some(about) = about {
                        write!(shown, " ({about})").expect("a string takes it");
                    }
                }
                shown
            }
            other => panic!("a block {other}"),
        };
        writeln!(page, "{shown}").expect("a string takes it");
    }
    page
}

fn label(button: &Value) -> String {
    if let Some(chosen) = button.pointer("/initial_option/text/text").and_then(Value::as_str) {
        return format!("[{chosen} ▾]");
    }
    let bold = if button["style"] == "primary" { "*" } else { "" };
    format!("[{bold}{}{bold}]", button["text"]["text"].as_str().expect("a label"))
}

/// Markup as a person sees it.
pub fn seen(markup: &str) -> String {
    let mut seen = String::new();
    let mut rest = markup;
    while let Some(open) = rest.find('<') {
        let end = open + rest[open..].find('>').expect("a whole mark");
        seen.push_str(&rest[..open]);
        let mark = &rest[open + 1..end];
        seen.push_str(mark.split_once('|').map_or(mark, |(_, label)| label));
        rest = &rest[end + 1..];
    }
    seen.push_str(rest);
    seen.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace('\u{2060}', "")
}
