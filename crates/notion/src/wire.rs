//! Notion's shapes.
//!
//! Sources, read 2026-08-22: `developers.notion.com/reference/post-page`, `…/rich-text`,
//! `…/block`, `…/patch-block-children`, `…/get-block-children`, `…/query-a-data-source`,
//! `…/request-limits` (2000 characters a text, 100 texts and 100 blocks an array, 1000 blocks and
//! 500 KB a request), `…/status-codes`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most blocks one request may append.
pub(crate) const MAX_CHILDREN: usize = 100;

/// The longest address, in characters.
pub(crate) const MAX_URL: usize = 2000;

/// A block to be written.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Block {
    #[serde(rename = "heading_2")]
    Heading {
        #[serde(rename = "heading_2")]
        heading: Texts,
    },
    Paragraph {
        paragraph: Texts,
    },
    BulletedListItem {
        bulleted_list_item: Texts,
    },
    ToDo {
        to_do: Texts,
    },
}

impl Block {
    /// The type's name, and what it says.
    pub fn parts(&self) -> (&'static str, &Texts) {
        match self {
            Self::Heading { heading } => ("heading_2", heading),
            Self::Paragraph { paragraph } => ("paragraph", paragraph),
            Self::BulletedListItem { bulleted_list_item } => {
                ("bulleted_list_item", bulleted_list_item)
            }
            Self::ToDo { to_do } => ("to_do", to_do),
        }
    }
}

/// What a block says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Texts {
    pub rich_text: Vec<RichText>,
}

/// A run of text in one style.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename = "text")]
pub(crate) struct RichText {
    pub text: Content,
    /// Absent means plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Content {
    pub content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Link {
    pub url: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Annotations {
    pub bold: bool,
    pub italic: bool,
}

/// A page to be made.
#[derive(Debug, Serialize)]
pub(crate) struct NewPage<'a> {
    pub parent: &'a Parent,
    pub properties: BTreeMap<String, Value>,
    pub children: &'a [Block],
}

/// Where pages are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Parent {
    DataSourceId { data_source_id: String },
    DatabaseId { database_id: String },
}

/// Blocks to be appended.
#[derive(Debug, Serialize)]
pub(crate) struct Append<'a> {
    pub children: &'a [Block],
}

/// A page, as far as it is read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Page {
    pub id: String,
    pub url: String,
    #[serde(default)]
    pub in_trash: bool,
    /// What `in_trash` is called before version 2026-03-11.
    #[serde(default)]
    pub archived: bool,
}

/// A database, as far as it is read.
#[derive(Debug, Deserialize)]
pub(crate) struct Database {
    /// From version 2025-09-03 on.
    #[serde(default)]
    pub data_sources: Vec<DataSource>,
    /// Before that.
    #[serde(default)]
    pub properties: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DataSource {
    pub id: String,
    #[serde(default)]
    pub name: String,
}

/// A list, as far as it is read.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(crate) struct List<T> {
    pub results: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// What a refusal says; everything may be absent.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Problem {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub message: String,
}
