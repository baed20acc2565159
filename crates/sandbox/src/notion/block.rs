//! Writing blocks: types, depth and counts.

use serde_json::{Value, json};

use super::store::NotionBlock;
use super::text;
use crate::random;

/// Blocks one request may hold, all levels together.
const BLOCKS_MAX: usize = 1000;

const TEXTUAL: &[&str] = &[
    "paragraph",
    "heading_1",
    "heading_2",
    "heading_3",
    "heading_4",
    "bulleted_list_item",
    "numbered_list_item",
    "to_do",
    "toggle",
    "quote",
    "callout",
    "code",
];
const OTHERS: &[&str] = &[
    "divider",
    "bookmark",
    "embed",
    "table",
    "table_row",
    "table_of_contents",
    "column_list",
    "column",
    "image",
    "file",
    "pdf",
    "video",
    "audio",
    "link_to_page",
    "breadcrumb",
    "equation",
    "synced_block",
];
const COLORS: &[&str] =
    &["default", "gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red"];

/// The languages a code block may name, as far as the contract lists them.
const LANGUAGES: &[&str] = &[
    "plain text",
    "json",
    "bash",
    "shell",
    "yaml",
    "sql",
    "rust",
    "python",
    "go",
    "javascript",
    "typescript",
    "diff",
    "docker",
    "markdown",
    "mermaid",
    "html",
    "xml",
    "toml",
    "hcl",
    "protobuf",
    "java",
    "java/c/c++/c#",
    "c",
    "c++",
    "c#",
    "css",
    "graphql",
    "kotlin",
    "php",
    "powershell",
    "ruby",
    "scala",
    "swift",
];

/// Checks a list of new blocks and gives each its id.
pub(crate) fn read(pointer: &str, given: &Value) -> Result<Vec<NotionBlock>, String> {
    let mut total = 0;
    let blocks = level(pointer, given, 0, &mut total)?;
    if total > BLOCKS_MAX {
        return Err(format!("body failed validation: {total} blocks are more than {BLOCKS_MAX}."));
    }
    Ok(blocks)
}

fn level(
    pointer: &str,
    given: &Value,
    depth: usize,
    total: &mut usize,
) -> Result<Vec<NotionBlock>, String> {
    let Some(items) = given.as_array() else {
        return Err(format!(
            "body failed validation: {pointer} should be an array, instead was `{given}`."
        ));
    };
    if items.len() > 100 {
        return Err(format!(
            "body failed validation: {pointer}.length should be ≤ `100`, instead was `{}`.",
            items.len()
        ));
    }
    if depth > 2 {
        return Err(format!(
            "body failed validation: {pointer} should be not present: blocks nest two levels deep."
        ));
    }
    *total += items.len();
    items
        .iter()
        .enumerate()
        .map(|(index, item)| block(&format!("{pointer}[{index}]"), item, depth, total))
        .collect()
}

fn block(
    pointer: &str,
    given: &Value,
    depth: usize,
    total: &mut usize,
) -> Result<NotionBlock, String> {
    let known = |kind: &str| TEXTUAL.contains(&kind) || OTHERS.contains(&kind);
    let kind = given["type"]
        .as_str()
        .or_else(|| given.as_object()?.keys().map(String::as_str).find(|key| known(key)))
        .unwrap_or_default();
    if !known(kind) || !given[kind].is_object() {
        return Err(format!(
            "body failed validation: {pointer}.{kind} should be defined, instead was `undefined`."
        ));
    }
    let mut content = given[kind].clone();
    let at = format!("{pointer}.{kind}");
    if TEXTUAL.contains(&kind) {
        content["rich_text"] = text::check(&format!("{at}.rich_text"), &content["rich_text"])?;
    }
    if let Some(color) = content["color"].as_str() {
        let base = color.strip_suffix("_background").unwrap_or(color);
        if !COLORS.contains(&base) {
            return Err(format!(
                "body failed validation: {at}.color should be a color, instead was `\"{color}\"`."
            ));
        }
    }
    let children = content.as_object_mut().and_then(|fields| fields.remove("children"));
    match kind {
        "code" if !content["language"].as_str().is_some_and(|name| LANGUAGES.contains(&name)) => {
            return Err(format!(
                "body failed validation: {at}.language should be a known language, instead was `{}`.",
                content["language"]
            ));
        }
        "bookmark" | "embed" if content["url"].as_str().is_none_or(str::is_empty) => {
            return Err(format!("body failed validation: {at}.url should be defined."));
        }
        "table" => table(&at, &content, children.as_ref())?,
        "table_row" => {
            let cells = content["cells"].as_array().cloned().unwrap_or_default();
            let checked = cells
                .iter()
                .enumerate()
                .map(|(index, cell)| text::check(&format!("{at}.cells[{index}]"), cell))
                .collect::<Result<Vec<_>, _>>()?;
            content["cells"] = json!(checked);
        }
        _ => {}
    }
    let may_nest = match kind {
        "heading_1" | "heading_2" | "heading_3" | "heading_4" => content["is_toggleable"] == true,
        "divider" | "code" | "bookmark" | "embed" | "table_row" => false,
        _ => true,
    };
    let children = match children {
        None => Vec::new(),
        Some(_) if !may_nest => {
            return Err(format!("body failed validation: {at}.children should be not present."));
        }
        Some(children) => level(&format!("{at}.children"), &children, depth + 1, total)?,
    };
    Ok(NotionBlock { id: random::uuid(), kind: kind.to_owned(), content, children })
}

/// Rows come with the table, each of its width.
fn table(pointer: &str, content: &Value, rows: Option<&Value>) -> Result<(), String> {
    let Some(width) = content["table_width"].as_u64().filter(|width| *width > 0) else {
        return Err(format!("body failed validation: {pointer}.table_width should be defined."));
    };
    let rows = rows.and_then(Value::as_array).filter(|rows| !rows.is_empty());
    let Some(rows) = rows else {
        return Err(format!("body failed validation: {pointer}.children should be defined."));
    };
    for row in rows {
        let cells = row["table_row"]["cells"].as_array().map(Vec::len);
        if cells != usize::try_from(width).ok() {
            return Err(
                "Number of cells in table row must match the table width of the parent table"
                    .to_owned(),
            );
        }
    }
    Ok(())
}
