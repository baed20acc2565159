//! Slack's limits, as a walk over everything that is sent.
//!
//! Source: docs.slack.dev, "Block Kit", 2026-01; the total of a message's text was measured by
//! others (metabase#79908, bolt-js#2867), so we stay well below.

use serde_json::Value;

/// Fails if a message breaks a limit.
pub fn check_message(name: &str, text: &str, blocks: &[Value]) {
    assert!(!text.trim().is_empty(), "{name}: no fallback text");
    assert!(text.len() <= 4000, "{name}: the text has {} bytes", text.len());
    check_markup(name, text);
    assert!(blocks.len() <= 50, "{name}: {} blocks", blocks.len());
    let mut total = 0;
    for block in blocks {
        check_block(name, block, &mut total);
    }
    assert!(total <= 10_000, "{name}: {total} characters in all");
}

/// Fails if a view breaks a limit.
pub fn check_view(name: &str, view: &Value) {
    let blocks = view["blocks"].as_array().expect("blocks");
    assert!((1..=100).contains(&blocks.len()), "{name}: {} blocks", blocks.len());
    assert!(view.to_string().len() <= 250_000, "{name}: too large");
    if view["type"] == "modal" {
        for part in ["title", "submit", "close"] {
            let text = view[part]["text"].as_str().expect("a part of the frame");
            assert!((1..=24).contains(&text.chars().count()), "{name}: {part} {text:?}");
        }
        let kept = view["private_metadata"].as_str().expect("what it keeps");
        assert!(kept.chars().count() <= 3000, "{name}: keeps too much");
    }
    let mut ids: Vec<&str> = Vec::new();
    let mut total = 0;
    for block in blocks {
        if let Some(id) = block["block_id"].as_str() {
            assert!(!ids.contains(&id) && id.len() <= 255, "{name}: {id}");
            ids.push(id);
        }
        check_block(name, block, &mut total);
    }
}

fn check_block(name: &str, block: &Value, total: &mut usize) {
    match block["type"].as_str().expect("a type") {
        "header" => text(name, &block["text"], 150, total),
        "section" => {
            assert!(block.get("text").is_some() || block.get("fields").is_some(), "{name}");
            if let Some(shown) = block.get("text") {
                text(name, shown, 3000, total);
            }
            let fields = block["fields"].as_array().map_or(&[][..], Vec::as_slice);
            assert!(fields.len() <= 10, "{name}: fields");
            for field in fields {
                text(name, field, 2000, total);
            }
            if let Some(accessory) = block.get("accessory") {
                button(name, accessory);
            }
        }
        "context" => {
            let elements = block["elements"].as_array().expect("elements");
            assert!((1..=10).contains(&elements.len()), "{name}: context");
            for element in elements {
                text(name, element, 3000, total);
            }
        }
        "actions" => {
            let elements = block["elements"].as_array().expect("elements");
            assert!((1..=25).contains(&elements.len()), "{name}: actions");
            for element in elements {
                if element["type"] == "button" {
                    button(name, element);
                } else {
                    chooser(name, element);
                }
            }
            let mut ids: Vec<&Value> = elements.iter().map(|button| &button["action_id"]).collect();
            ids.sort_by_key(ToString::to_string);
            ids.dedup();
            assert_eq!(ids.len(), elements.len(), "{name}: two buttons of one action_id");
        }
        "divider" => {}
        "rich_text" => {
            for part in block["elements"].as_array().expect("parts") {
                for element in part["elements"].as_array().expect("elements") {
                    let shown = element["text"].as_str().expect("text");
                    assert!((1..=3000).contains(&shown.chars().count()), "{name}: rich text");
                    *total += shown.chars().count();
                }
            }
        }
        "input" => input(name, block),
        other => panic!("{name}: a block {other}"),
    }
}

fn text(name: &str, object: &Value, longest: usize, total: &mut usize) {
    let shown = object["text"].as_str().expect("text");
    let length = shown.chars().count();
    assert!((1..=longest).contains(&length), "{name}: {length} characters of {longest}");
    *total += length;
    match object["type"].as_str() {
        Some("mrkdwn") => check_markup(name, shown),
        Some("plain_text") => {}
        other => panic!("{name}: a text of {other:?}"),
    }
}

/// Markup holds our own marks alone, each whole.
fn check_markup(name: &str, shown: &str) {
    let mut rest = shown;
    while let Some(open) = rest.find('<') {
        assert!(!rest[..open].contains('>'), "{name}: a lone > in {shown}");
        let end = rest[open..].find('>').unwrap_or_else(|| panic!("{name}: {shown}")) + open;
        let mark = &rest[open + 1..end];
        let ours = mark.starts_with("!date^")
            || mark.starts_with("@U")
            || mark.starts_with("!subteam^S")
            || mark.starts_with("#C")
            || mark.starts_with("https://");
        assert!(ours && !mark.contains('<'), "{name}: the mark {mark}");
        rest = &rest[end + 1..];
    }
    assert!(!rest.contains('>'), "{name}: a lone > in {shown}");
    for after in shown.split('&').skip(1) {
        let whole = ["amp;", "lt;", "gt;"].iter().any(|escape| after.starts_with(escape));
        assert!(whole, "{name}: a torn escape in {shown}");
    }
}

fn button(name: &str, button: &Value) {
    assert_eq!(button["type"], "button", "{name}");
    let label = button["text"]["text"].as_str().expect("a label");
    assert!((1..=75).contains(&label.chars().count()), "{name}: {label}");
    assert_eq!(button["text"]["type"], "plain_text");
    let value = button["value"].as_str().expect("a value");
    assert!(value.chars().count() <= 2000, "{name}: a value");
    assert!(button["url"].as_str().is_none_or(|url| url.len() <= 3000), "{name}: a link");
    if let Some(confirm) = button.get("confirm") {
        for (part, longest) in [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)] {
            let shown = confirm[part]["text"].as_str().expect("a part");
            assert!((1..=longest).contains(&shown.chars().count()), "{name}: {part}");
        }
    }
}

fn input(name: &str, block: &Value) {
    let label = block["label"]["text"].as_str().expect("a label");
    assert!((1..=2000).contains(&label.chars().count()), "{name}: {label}");
    chooser(name, &block["element"]);
}

/// Something in which people choose or type.
fn chooser(name: &str, element: &Value) {
    assert!(element["action_id"].is_string(), "{name}: no action_id");
    let options = element["options"].as_array();
    let most = match element["type"].as_str().expect("a type") {
        "static_select" => 100,
        "checkboxes" => 10,
        "plain_text_input" => {
            let longest = element["max_length"].as_u64().expect("a length");
            assert!((1..=3000).contains(&longest), "{name}: {longest}");
            let initial = element["initial_value"].as_str().unwrap_or_default();
            assert!(initial.chars().count() as u64 <= longest, "{name}: too much filled in");
            0
        }
        "number_input" | "users_select" | "multi_users_select" => 0,
        other => panic!("{name}: an element {other}"),
    };
    let Some(options) = options else { return };
    assert!((1..=most).contains(&options.len()), "{name}: {} options", options.len());
    for option in options {
        for (part, longest) in [("/text/text", 75), ("/description/text", 75), ("/value", 75)] {
            let shown = option.pointer(part).and_then(Value::as_str);
            assert!(
                shown.is_none_or(|shown| (1..=longest).contains(&shown.chars().count())),
                "{name}: {part} {shown:?}"
            );
        }
    }
    if let Some(initial) = element.get("initial_option") {
        assert!(options.contains(initial), "{name}: what is chosen is not offered");
    }
}
