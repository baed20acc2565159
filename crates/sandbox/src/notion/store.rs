//! What is kept: pages with their properties, blocks in order.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::cast;

/// Everything Notion holds.
#[derive(Clone, Debug, Default)]
pub struct Notion {
    /// Pages, oldest first.
    pub pages: Vec<NotionPage>,
    /// Select options that writes have created, by property.
    pub(crate) options: Map<String, Value>,
}

/// A page of the database.
#[derive(Clone, Debug, Serialize)]
pub struct NotionPage {
    /// Page id, a UUID with dashes.
    pub id: String,
    /// Where it can be read.
    pub url: String,
    /// Its title as plain text.
    pub title: String,
    /// Properties by name, as the API gives them.
    pub properties: Map<String, Value>,
    /// Blocks of the first level, in order.
    pub blocks: Vec<NotionBlock>,
    /// Icon, if any.
    pub icon: Value,
    /// In the trash.
    pub in_trash: bool,
    /// Child of a page rather than of the database: the id of that page.
    pub parent_page: Option<String>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub edited_at: String,
}

/// A block and those inside it.
#[derive(Clone, Debug, Serialize)]
pub struct NotionBlock {
    /// Block id, a UUID with dashes.
    pub id: String,
    /// Such as `paragraph`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the type holds, children left out.
    pub content: Value,
    /// Blocks inside it.
    pub children: Vec<NotionBlock>,
}

impl Notion {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn page(&self, id: &str) -> Option<&NotionPage> {
        self.pages.iter().find(|page| plain(&page.id) == plain(id))
    }

    pub(crate) fn page_mut(&mut self, id: &str) -> Option<&mut NotionPage> {
        self.pages.iter_mut().find(|page| plain(&page.id) == plain(id))
    }

    /// The blocks inside a page or a block.
    pub(crate) fn children_mut(&mut self, id: &str) -> Option<&mut Vec<NotionBlock>> {
        for page in &mut self.pages {
            if plain(&page.id) == plain(id) {
                return Some(&mut page.blocks);
            }
            if let Some(block) = NotionBlock::find(&mut page.blocks, id) {
                return Some(&mut block.children);
            }
        }
        None
    }
}

impl NotionPage {
    /// The page object of the API.
    pub(crate) fn describe(&self, version: &str) -> Value {
        let parent = match &self.parent_page {
            Some(page) => json!({"type": "page_id", "page_id": page}),
            None if version < "2025-09-03" => {
                json!({"type": "database_id", "database_id": cast::NOTION_DATABASE})
            }
            None => json!({
                "type": "data_source_id", "data_source_id": cast::NOTION_DATA_SOURCE,
                "database_id": cast::NOTION_DATABASE,
            }),
        };
        let mut page = json!({
            "object": "page", "id": self.id, "created_time": self.created_at,
            "last_edited_time": self.edited_at, "cover": null, "icon": self.icon, "parent": parent,
            "in_trash": self.in_trash, "is_locked": false, "properties": self.properties,
            "url": self.url, "public_url": null, "request_id": crate::random::uuid(),
        });
        if version < "2026-03-11" {
            page["archived"] = json!(self.in_trash);
        }
        page
    }

    /// All text of the page, block by block, as a reader would see it.
    pub fn text(&self) -> String {
        fn gather(blocks: &[NotionBlock], into: &mut String) {
            for block in blocks {
                let line = super::text::plain(&block.content["rich_text"]);
                into.push_str(&line);
                for cell in block.content["cells"].as_array().into_iter().flatten() {
                    into.push_str(&super::text::plain(cell));
                    into.push('\t');
                }
                into.push('\n');
                gather(&block.children, into);
            }
        }
        let mut text = String::new();
        gather(&self.blocks, &mut text);
        text
    }
}

impl NotionBlock {
    pub(crate) fn find<'a>(blocks: &'a mut [NotionBlock], id: &str) -> Option<&'a mut NotionBlock> {
        for block in blocks {
            if plain(&block.id) == plain(id) {
                return Some(block);
            }
            if let Some(found) = Self::find(&mut block.children, id) {
                return Some(found);
            }
        }
        None
    }

    /// The block object of the API.
    pub(crate) fn describe(&self) -> Value {
        let mut block = json!({
            "object": "block", "id": self.id, "type": self.kind,
            "has_children": !self.children.is_empty(), "in_trash": false,
        });
        block[&self.kind] = self.content.clone();
        block
    }
}

/// An id without its dashes, which callers may leave out.
pub(crate) fn plain(id: &str) -> String {
    id.chars().filter(|char| *char != '-').flat_map(char::to_lowercase).collect()
}
