//! Writing properties: each by the rules of its type.

use serde_json::{Map, Value, json};

use super::{schema, text};
use crate::random;

/// Checks properties against the schema and adds select options that are new; answers them as the API would.
pub(crate) fn write(
    given: &Value,
    options: &mut Map<String, Value>,
) -> Result<Map<String, Value>, String> {
    let Some(given) = given.as_object() else {
        return Err("body failed validation: body.properties should be an object.".to_owned());
    };
    let mut written = Map::new();
    for (name_or_id, value) in given {
        let (name, kind) = schema::find(name_or_id)
            .ok_or_else(|| format!("{name_or_id} is not a property that exists."))?;
        let content = if kind == "title" && value.is_array() { value } else { &value[kind] };
        if value.is_object() && value.get(kind).is_none() {
            return Err(format!("{name} is expected to be {kind}."));
        }
        let checked = check(name, kind, content, options)?;
        let mut property = json!({"id": schema::id(name), "type": kind});
        property[kind] = checked;
        written.insert(name.to_owned(), property);
    }
    Ok(written)
}

/// Every property of a new page, the unwritten ones empty.
pub(crate) fn complete(mut written: Map<String, Value>) -> Map<String, Value> {
    for (name, kind) in schema::PROPERTIES {
        if !written.contains_key(*name) {
            let mut property = json!({"id": schema::id(name), "type": kind});
            property[*kind] = match *kind {
                "title" | "rich_text" => json!([]),
                "status" => {
                    json!({"id": schema::id(schema::STATUSES[0]), "name": schema::STATUSES[0], "color": "default"})
                }
                _ => Value::Null,
            };
            written.insert((*name).to_owned(), property);
        }
    }
    written
}

fn check(
    name: &str,
    kind: &str,
    content: &Value,
    options: &mut Map<String, Value>,
) -> Result<Value, String> {
    let pointer = format!("body.properties.{name}.{kind}");
    match kind {
        "title" | "rich_text" => text::check(&pointer, content),
        "number" | "url" | "select" | "status" | "date" if content.is_null() => Ok(Value::Null),
        "number" if content.is_number() => Ok(content.clone()),
        "url" => {
            let url = content.as_str().unwrap_or_default();
            if url.is_empty() {
                return Err(format!(
                    "body failed validation: {pointer} should be a non-empty string or `null`, instead was `\"\"`."
                ));
            }
            text::within(&pointer, url, 2000)?;
            Ok(content.clone())
        }
        "select" => {
            let option = option_name(&pointer, content)?;
            if option.contains(',') {
                return Err(format!("Invalid select option, commas not allowed: {option}"));
            }
            let known = options.entry(name).or_insert_with(|| json!([]));
            let known = known.as_array_mut().ok_or("options are a list")?;
            if let Some(found) = known.iter().find(|other| other["name"] == option) {
                return Ok(found.clone());
            }
            let made = json!({"id": random::hex(4), "name": option, "color": "default"});
            known.push(made.clone());
            Ok(made)
        }
        "status" => {
            let option = option_name(&pointer, content)?;
            if !schema::STATUSES.contains(&option) {
                return Err(format!(
                    "Invalid status option. Status option \"{option}\" does not exist\"."
                ));
            }
            Ok(json!({"id": schema::id(option), "name": option, "color": "default"}))
        }
        "date" => date(&pointer, content),
        _ => Err(format!(
            "body failed validation: {pointer} should be {kind}, instead was `{content}`."
        )),
    }
}

fn option_name<'a>(pointer: &str, content: &'a Value) -> Result<&'a str, String> {
    content["name"]
        .as_str()
        .filter(|name| !name.is_empty() && name.chars().count() <= 100)
        .ok_or_else(|| {
            format!(
                "body failed validation: {pointer}.name should be a string of 1 to 100 characters."
            )
        })
}

/// A date or a date-time; which one, and in which order.
fn date(pointer: &str, content: &Value) -> Result<Value, String> {
    let bad = |field: &str| {
        format!(
            "body failed validation: {pointer}.{field} should be a valid ISO 8601 date string, instead was `{}`.",
            content[field]
        )
    };
    let zone = content["time_zone"].as_str();
    let read = |field: &str| -> Result<Option<String>, String> {
        let Some(text) = content[field].as_str() else {
            return if content[field].is_null() { Ok(None) } else { Err(bad(field)) };
        };
        if text.parse::<jiff::civil::Date>().is_err() {
            return Err(bad(field));
        }
        // Notion takes a day, a local time, or a time with its offset.
        let tail = text.get(10..).unwrap_or_default();
        let has_offset = tail.ends_with('Z') || tail.contains(['+', '-']);
        if zone.is_some() && has_offset {
            return Err(format!(
                "body failed validation: {pointer}.{field} should carry no offset beside time_zone."
            ));
        }
        if has_offset && text.parse::<jiff::Timestamp>().is_err() {
            return Err(bad(field));
        }
        Ok(Some(text.to_owned()))
    };
    let start = read("start")?.ok_or_else(|| bad("start"))?;
    let end = read("end")?;
    let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
    if let Some(end) = &end {
        let backwards = match (instant(&start), instant(end)) {
            (Some(start), Some(end)) => end < start,
            _ => end.get(..10) < start.get(..10),
        };
        if backwards {
            return Err(format!(
                "body failed validation: {pointer}.end should not be before start."
            ));
        }
    }
    Ok(json!({"start": start, "end": end, "time_zone": zone}))
}
