//! What the tables cannot say: fields that need or exclude one another, and ids that must differ.

use serde_json::Value;

use super::rule::Walk;
use crate::view;

/// Checks a block whose fields are each fine.
pub(crate) fn block(walk: &mut Walk, pointer: &str, kind: &str, block: &Value) {
    match kind {
        "section" if block["text"].is_null() && block["fields"].is_null() => {
            walk.complain("missing required field: text or fields", pointer);
        }
        "image" => one_image(walk, pointer, block),
        "rich_text" => rich_text(walk, pointer, block),
        "table" => table(walk, pointer, block),
        _ => {}
    }
    let mut seen: Vec<&str> = Vec::new();
    for element in view::elements(block) {
        let Some(id) = element["action_id"].as_str() else { continue };
        if seen.contains(&id) {
            walk.complain(&format!("`action_id` \"{id}\" already exists"), pointer);
        }
        seen.push(id);
    }
}

/// Checks an element whose fields are each fine.
pub(crate) fn element(walk: &mut Walk, pointer: &str, kind: &str, element: &Value) {
    if element["focus_on_load"] == true {
        walk.focused += 1;
        if walk.focused > 1 {
            walk.complain("only one element may set focus_on_load", pointer);
        }
    }
    match kind {
        "image" => one_image(walk, pointer, element),
        "static_select" | "multi_static_select" => {
            match (element.get("options").is_some(), element.get("option_groups").is_some()) {
                (true, true) => {
                    walk.complain("options and option_groups exclude each other", pointer);
                }
                (false, false) => walk.complain("missing required field: options", pointer),
                _ => {}
            }
            initial_is_among(walk, pointer, element);
        }
        "radio_buttons" | "checkboxes" => initial_is_among(walk, pointer, element),
        "datepicker" => date(walk, pointer, element),
        "timepicker" => time(walk, pointer, element),
        "number_input" => {
            let bound =
                |name: &str| element[name].as_str().and_then(|text| text.parse::<f64>().ok());
            if let (Some(min), Some(max)) = (bound("min_value"), bound("max_value"))
                && min > max
            {
                walk.complain("min_value must not be greater than max_value", pointer);
            }
        }
        "plain_text_input" => {
            let (min, max) = (element["min_length"].as_u64(), element["max_length"].as_u64());
            if min.zip(max).is_some_and(|(min, max)| min > max) {
                walk.complain("min_length must not be greater than max_length", pointer);
            }
        }
        _ => {}
    }
}

fn one_image(walk: &mut Walk, pointer: &str, image: &Value) {
    match (image["image_url"].is_null(), image["slack_file"].is_null()) {
        (true, true) => walk.complain("missing required field: image_url or slack_file", pointer),
        (false, false) => walk.complain("image_url and slack_file exclude each other", pointer),
        _ => {}
    }
}

/// What is chosen at the start must be on offer.
fn initial_is_among(walk: &mut Walk, pointer: &str, element: &Value) {
    let direct = element["options"].as_array().into_iter().flatten();
    let grouped = element["option_groups"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|group| group["options"].as_array())
        .flatten();
    let offered: Vec<&Value> = direct.chain(grouped).collect();
    let chosen = element["initial_options"].as_array().into_iter().flatten();
    let chosen = chosen.chain(Some(&element["initial_option"]).filter(|option| !option.is_null()));
    for option in chosen {
        let fits = offered.iter().any(|offer| {
            offer["value"] == option["value"] && offer["text"]["text"] == option["text"]["text"]
        });
        if !fits {
            walk.complain("initial option was not found in options", pointer);
        }
    }
    let mut values: Vec<&str> =
        offered.iter().filter_map(|offer| offer["value"].as_str()).collect();
    let count = values.len();
    values.sort_unstable();
    values.dedup();
    if values.len() < count {
        walk.complain("option values must be unique", pointer);
    }
}

fn date(walk: &mut Walk, pointer: &str, element: &Value) {
    if let Some(text) = element["initial_date"].as_str()
        && text.parse::<jiff::civil::Date>().is_err()
    {
        walk.complain("must be a date of the form YYYY-MM-DD", &format!("{pointer}/initial_date"));
    }
}

fn time(walk: &mut Walk, pointer: &str, element: &Value) {
    if let Some(text) = element["initial_time"].as_str()
        && text.parse::<jiff::civil::Time>().is_err()
    {
        walk.complain("must be a time of the form HH:mm", &format!("{pointer}/initial_time"));
    }
}

fn rich_text(walk: &mut Walk, pointer: &str, block: &Value) {
    const INLINE: &[&str] = &[
        "text",
        "link",
        "emoji",
        "user",
        "usergroup",
        "channel",
        "broadcast",
        "date",
        "color",
        "team",
    ];
    for (index, part) in block["elements"].as_array().into_iter().flatten().enumerate() {
        let at = format!("{pointer}/elements/{index}");
        let kind = part["type"].as_str().unwrap_or_default();
        let inner = part["elements"].as_array();
        match (kind, inner) {
            ("rich_text_section" | "rich_text_preformatted" | "rich_text_quote", Some(inner)) => {
                for (index, inline) in inner.iter().enumerate() {
                    let kind = inline["type"].as_str().unwrap_or_default();
                    if !INLINE.contains(&kind) {
                        let at = format!("{at}/elements/{index}/type");
                        walk.complain(&format!("unsupported type: {kind}"), &at);
                    }
                }
            }
            ("rich_text_list", Some(inner)) => {
                if inner.iter().any(|item| item["type"] != "rich_text_section") {
                    walk.complain("a list holds rich_text_section elements only", &at);
                }
            }
            (_, Some(_)) => {
                walk.complain(&format!("unsupported type: {kind}"), &format!("{at}/type"));
            }
            (_, None) => walk.complain("missing required field: elements", &at),
        }
    }
}

fn table(walk: &mut Walk, pointer: &str, block: &Value) {
    let Some(rows) = block["rows"].as_array() else { return };
    let widths: Vec<usize> = rows.iter().filter_map(Value::as_array).map(Vec::len).collect();
    if widths.windows(2).any(|pair| pair[0] != pair[1]) {
        walk.complain("all rows must have the same number of cells", &format!("{pointer}/rows"));
    }
    if super::text_length(rows) > 10_000 {
        walk.complain("table must hold no more than 10000 characters", pointer);
    }
}
