//! Queries: filters over the database's pages.

use serde_json::{Value, json};

use super::store::NotionPage;
use super::{schema, text};

/// The pages a query finds, with its paging.
pub(crate) fn run<'a>(
    pages: impl Iterator<Item = &'a NotionPage>,
    query: &Value,
    version: &str,
) -> Result<Value, String> {
    let filter = &query["filter"];
    let mut found = Vec::new();
    for page in pages.filter(|page| !page.in_trash && page.parent_page.is_none()) {
        if filter.is_null() || matches(page, filter)? {
            found.push(page);
        }
    }
    let size = query["page_size"].as_u64().unwrap_or(100);
    if size > 100 {
        return Err("body failed validation: body.page_size should be ≤ `100`.".to_owned());
    }
    let size = usize::try_from(size.max(1)).unwrap_or(100);
    let from = match query["start_cursor"].as_str() {
        None => 0,
        Some(cursor) => found
            .iter()
            .position(|page| page.id == cursor)
            .ok_or("The start_cursor provided is invalid.")?,
    };
    let next = found.get(from + size).map(|page| page.id.clone());
    let results: Vec<Value> =
        found.iter().skip(from).take(size).map(|page| page.describe(version)).collect();
    Ok(json!({
        "object": "list", "results": results, "has_more": next.is_some(), "next_cursor": next,
        "type": "page_or_data_source", "page_or_data_source": {}, "request_id": crate::random::uuid(),
    }))
}

fn matches(page: &NotionPage, filter: &Value) -> Result<bool, String> {
    for (joint, all) in [("and", true), ("or", false)] {
        if let Some(parts) = filter[joint].as_array() {
            let results =
                parts.iter().map(|part| matches(page, part)).collect::<Result<Vec<_>, _>>()?;
            return Ok(if all {
                results.iter().all(|hit| *hit)
            } else {
                results.iter().any(|hit| *hit)
            });
        }
    }
    let asked = filter["property"].as_str().unwrap_or_default();
    let (name, kind) = schema::find(asked)
        .ok_or_else(|| format!("Could not find property with name or id: {asked}"))?;
    let condition = &filter[kind];
    if !condition.is_object() {
        return Err(format!("database property {name} does not match filter: it is {kind}"));
    }
    let value = &page.properties[name][kind];
    let shown = match kind {
        "title" | "rich_text" => text::plain(value),
        "select" | "status" => value["name"].as_str().unwrap_or_default().to_owned(),
        "date" => value["start"].as_str().unwrap_or_default().to_owned(),
        "url" => value.as_str().unwrap_or_default().to_owned(),
        _ => value.to_string(),
    };
    let mut hit = true;
    for (test, wanted) in condition.as_object().into_iter().flatten() {
        let wanted_text = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
        hit &= match test.as_str() {
            "equals" => shown == wanted_text,
            "does_not_equal" => shown != wanted_text,
            "contains" => shown.contains(&wanted_text),
            "does_not_contain" => !shown.contains(&wanted_text),
            "starts_with" => shown.starts_with(&wanted_text),
            "ends_with" => shown.ends_with(&wanted_text),
            "is_empty" => shown.is_empty() || shown == "null",
            "is_not_empty" => !shown.is_empty() && shown != "null",
            "on_or_after" => shown >= wanted_text,
            "on_or_before" => shown <= wanted_text && !shown.is_empty(),
            "after" => shown > wanted_text,
            "before" => shown < wanted_text && !shown.is_empty(),
            other => {
                return Err(format!(
                    "body failed validation: filter.{kind}.{other} should be not present."
                ));
            }
        };
    }
    Ok(hit)
}
