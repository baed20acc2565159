//! What a person enters in an element, in short or as Slack would write it.

use serde_json::{Value, json};

use crate::view;

/// Merges entries, `{block_id: {action_id: value}}` or `{block_id: value}`, into the values of a view.
pub(super) fn merge(blocks: &Value, values: &mut Value, typed: &Value) -> Result<(), String> {
    for (block_id, given) in typed.as_object().into_iter().flatten() {
        let block = blocks
            .as_array()
            .into_iter()
            .flatten()
            .find(|block| block["block_id"] == block_id.as_str())
            .ok_or_else(|| format!("there is no field {block_id}"))?;
        for element in view::elements(block) {
            let action_id = element["action_id"].as_str().unwrap_or_default();
            let by_action = given.get(action_id);
            let value = match by_action {
                Some(value) => value,
                // In short, for the only element of an input.
                None if block["type"] == "input" => given,
                None => continue,
            };
            if view::slot(element["type"].as_str().unwrap_or_default()).is_some() {
                values[block_id.as_str()][action_id] = read(element, value)?;
            }
        }
    }
    Ok(())
}

/// Reads one entry into the form of `state.values`.
pub(super) fn read(element: &Value, given: &Value) -> Result<Value, String> {
    let kind = element["type"].as_str().unwrap_or_default();
    let (slot, _) = view::slot(kind).ok_or_else(|| format!("a {kind} holds no value"))?;
    let bare = match given {
        Value::Object(fields) if fields.contains_key(slot) => &given[slot],
        Value::Object(fields) if kind == "rich_text_input" || slot == "selected_option" => {
            if fields.is_empty() { &Value::Null } else { given }
        }
        Value::Object(_) => &Value::Null,
        other => other,
    };
    let many = slot.ends_with('s');
    let value = match slot {
        "selected_option" => option(element, bare)?,
        "selected_options" => {
            let chosen = bare.as_array().into_iter().flatten();
            Value::Array(chosen.map(|one| option(element, one)).collect::<Result<_, _>>()?)
        }
        "value" if bare.is_number() => json!(bare.to_string()),
        // An emptied text field is null, not an empty text.
        "value" if bare == "" => Value::Null,
        "selected_date_time" if bare.is_string() => {
            let text = bare.as_str().unwrap_or_default();
            text.parse::<i64>().map_or(Value::Null, |seconds| json!(seconds))
        }
        _ if many && bare.is_null() => json!([]),
        _ if many && !bare.is_array() => json!([bare]),
        _ => bare.clone(),
    };
    let mut entry = json!({"type": kind});
    entry[slot] = value;
    Ok(entry)
}

/// The whole option for a value, or the option itself when it was given whole.
pub(super) fn option(element: &Value, given: &Value) -> Result<Value, String> {
    let value = match given {
        Value::Null => return Ok(Value::Null),
        Value::String(value) if value.is_empty() => return Ok(Value::Null),
        Value::String(value) => value.as_str(),
        Value::Object(fields) if fields.contains_key("selected_option") => {
            return option(element, &given["selected_option"]);
        }
        Value::Object(_) => given["value"].as_str().unwrap_or_default(),
        other => return Err(format!("{other} is no option")),
    };
    let direct = element["options"].as_array().into_iter().flatten();
    let grouped = element["option_groups"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|group| group["options"].as_array())
        .flatten();
    let offered = direct.chain(grouped).find(|option| option["value"] == value);
    if let Some(option) = offered {
        return Ok(option.clone());
    }
    // The options of an external select were suggested by the app; they are not in the view.
    let external = element["type"].as_str().is_some_and(|kind| kind.contains("external"));
    match (external, given) {
        (true, Value::Object(_)) => Ok(given.clone()),
        (true, _) => Ok(
            json!({"text": {"type": "plain_text", "text": value, "emoji": true}, "value": value}),
        ),
        _ => Err(format!("there is no option {value}")),
    }
}

/// What keeps the client from submitting: empty required fields, lengths, numbers, addresses.
pub(super) fn obstacles(blocks: &Value, values: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for block in blocks.as_array().into_iter().flatten().filter(|block| block["type"] == "input") {
        let block_id = block["block_id"].as_str().unwrap_or_default();
        let element = &block["element"];
        let kind = element["type"].as_str().unwrap_or_default();
        let Some((slot, _)) = view::slot(kind) else { continue };
        let action_id = element["action_id"].as_str().unwrap_or_default();
        let value = &values[block_id][action_id][slot];
        let empty = value.is_null()
            || value.as_str().is_some_and(|text| text.trim().is_empty())
            || value.as_array().is_some_and(Vec::is_empty);
        let mut say = |what: String| found.push((block_id.to_owned(), what));
        if empty {
            if block["optional"] != true {
                say("Please complete this required field.".to_owned());
            }
            continue;
        }
        let Some(text) = value.as_str() else { continue };
        let length = text.chars().count() as u64;
        match kind {
            "plain_text_input" => {
                let max = element["max_length"].as_u64().unwrap_or(3000);
                if length > max {
                    say(format!("Must be less than {} characters", max + 1));
                }
                if element["min_length"].as_u64().is_some_and(|min| length < min) {
                    say(format!("Must be at least {} characters", element["min_length"]));
                }
            }
            "number_input" => {
                let bound =
                    |name: &str| element[name].as_str().and_then(|text| text.parse::<f64>().ok());
                match text.parse::<f64>() {
                    Err(_) => say("Must be a number".to_owned()),
                    Ok(number) => {
                        if element["is_decimal_allowed"] != true && number.fract() != 0.0 {
                            say("Must be a whole number".to_owned());
                        }
                        if bound("min_value").is_some_and(|min| number < min) {
                            say(format!("Must be at least {}", element["min_value"]));
                        }
                        if bound("max_value").is_some_and(|max| number > max) {
                            say(format!("Must be at most {}", element["max_value"]));
                        }
                    }
                }
            }
            "email_text_input" if !text.contains('@') => {
                say("Must be an e-mail address".to_owned());
            }
            "url_text_input" if !text.contains("://") => {
                say("Must be a URL".to_owned());
            }
            _ => {}
        }
    }
    found
}
