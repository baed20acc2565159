//! Making, changing and extending pages.

use serde_json::{Map, Value, json};

use super::call::Problem;
use super::store::{NotionBlock, NotionPage, plain};
use super::{block, properties, text};
use crate::state::State;
use crate::{cast, random};

/// `POST /v1/pages`.
pub(crate) fn create(state: &mut State, body: &Value, version: &str) -> Result<Value, Problem> {
    let parent = &body["parent"];
    let given = |name: &str| parent[name].as_str().map(plain);
    let in_database = given("database_id").is_some_and(|id| id == plain(cast::NOTION_DATABASE));
    let in_source = given("data_source_id").is_some_and(|id| id == plain(cast::NOTION_DATA_SOURCE));
    if given("data_source_id").is_some() && version < "2025-09-03" {
        return Err(Problem::validation(
            "body failed validation: body.parent.data_source_id should be not present.",
        ));
    }
    let parent_page = parent["page_id"]
        .as_str()
        .map(|id| {
            state.notion.page(id).map(|page| page.id.clone()).ok_or_else(|| Problem::not_found(id))
        })
        .transpose()?;
    if !in_database && !in_source && parent_page.is_none() {
        let id = ["database_id", "data_source_id"].iter().find_map(|name| parent[*name].as_str());
        return Err(match id {
            Some(id) => Problem::not_found(id),
            None => Problem::validation("body failed validation: body.parent should be defined."),
        });
    }
    for key in body.as_object().into_iter().flatten().map(|(key, _)| key) {
        const KNOWN: &[&str] = &[
            "parent",
            "properties",
            "children",
            "content",
            "icon",
            "cover",
            "template",
            "position",
        ];
        if !KNOWN.contains(&key.as_str()) {
            return Err(Problem::validation(&format!(
                "body failed validation: body.{key} should be not present."
            )));
        }
    }
    let written = if parent_page.is_some() {
        let title = &body["properties"]["title"];
        let title = if title.is_array() { title } else { &title["title"] };
        let checked =
            text::check("body.properties.title", title).map_err(|why| Problem::validation(&why))?;
        Map::from_iter([(
            "title".to_owned(),
            json!({"id": "title", "type": "title", "title": checked}),
        )])
    } else {
        let written = properties::write(&body["properties"], &mut state.notion.options)
            .map_err(|why| Problem::validation(&why))?;
        properties::complete(written)
    };
    let children = match body.get("children").or_else(|| body.get("content")) {
        None => Vec::new(),
        Some(children) => {
            block::read("body.children", children).map_err(|why| Problem::validation(&why))?
        }
    };
    let id = random::uuid();
    let now = state.clock.text();
    let page = NotionPage {
        url: format!("{}/documents/{}", state.base_url, plain(&id)),
        id,
        title: title(&written),
        properties: written,
        blocks: children,
        icon: body["icon"].clone(),
        in_trash: false,
        parent_page,
        created_at: now.clone(),
        edited_at: now,
    };
    let described = page.describe(version);
    state.notion.pages.push(page);
    Ok(described)
}

fn title(properties: &Map<String, Value>) -> String {
    properties
        .values()
        .find(|property| property["type"] == "title")
        .map(|property| text::plain(&property["title"]))
        .unwrap_or_default()
}

/// `PATCH /v1/pages/{id}`.
pub(crate) fn update(
    state: &mut State,
    id: &str,
    body: &Value,
    version: &str,
) -> Result<Value, Problem> {
    let now = state.clock.text();
    let mut written = Map::new();
    if state.notion.page(id).is_none() {
        return Err(Problem::not_found(id));
    }
    if !body["properties"].is_null() {
        written = properties::write(&body["properties"], &mut state.notion.options)
            .map_err(|why| Problem::validation(&why))?;
    }
    let page = state.notion.page_mut(id).ok_or_else(|| Problem::not_found(id))?;
    page.properties.extend(written);
    page.title = title(&page.properties);
    let trash = body["in_trash"].as_bool();
    let archived = body["archived"].as_bool();
    if archived.is_some() && version >= "2026-03-11" {
        return Err(Problem::validation(
            "body failed validation: body.archived should be not present.",
        ));
    }
    if let Some(trash) = trash.or(archived) {
        page.in_trash = trash;
    }
    if body["erase_content"] == true {
        page.blocks.clear();
    }
    if !body["icon"].is_null() {
        page.icon = body["icon"].clone();
    }
    page.edited_at = now;
    Ok(page.describe(version))
}

/// `PATCH /v1/blocks/{id}/children`.
pub(crate) fn append(
    state: &mut State,
    id: &str,
    body: &Value,
    version: &str,
) -> Result<Value, Problem> {
    let new =
        block::read("body.children", &body["children"]).map_err(|why| Problem::validation(&why))?;
    let newest = version >= "2026-03-11";
    let odd = if newest { "after" } else { "position" };
    if body.get(odd).is_some() {
        return Err(Problem::validation(&format!(
            "body failed validation: body.{odd} should be not present."
        )));
    }
    let now = state.clock.text();
    let children = state.notion.children_mut(id).ok_or_else(|| Problem::not_found(id))?;
    let after = if newest {
        body["position"]["after_block"]["id"].as_str()
    } else {
        body["after"].as_str()
    };
    let at = match (after, body["position"]["type"].as_str()) {
        (Some(after), _) => {
            let found = children.iter().position(|block| plain(&block.id) == plain(after));
            found.ok_or_else(|| Problem::not_found(after))? + 1
        }
        (None, Some("start")) => 0,
        _ => children.len(),
    };
    let results: Vec<Value> = new.iter().map(NotionBlock::describe).collect();
    children.splice(at..at, new);
    if let Some(page) = state.notion.page_mut(id) {
        page.edited_at = now;
    }
    Ok(list(&results, None))
}

/// `GET /v1/blocks/{id}/children`.
pub(crate) fn children(
    state: &mut State,
    id: &str,
    query: &[(String, String)],
) -> Result<Value, Problem> {
    let given =
        |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let size: usize =
        given("page_size").and_then(|text| text.parse().ok()).unwrap_or(100).clamp(1, 100);
    let children = state.notion.children_mut(id).ok_or_else(|| Problem::not_found(id))?;
    let from = match given("start_cursor") {
        None => 0,
        Some(cursor) => children
            .iter()
            .position(|block| block.id == cursor)
            .ok_or_else(|| Problem::validation("The start_cursor provided is invalid."))?,
    };
    let next = children.get(from + size).map(|block| block.id.clone());
    let results: Vec<Value> =
        children.iter().skip(from).take(size).map(NotionBlock::describe).collect();
    Ok(list(&results, next.as_deref()))
}

fn list(results: &[Value], next: Option<&str>) -> Value {
    json!({
        "object": "list", "results": results, "has_more": next.is_some(), "next_cursor": next,
        "type": "block", "block": {}, "request_id": random::uuid(),
    })
}
