//! The stand-in for Notion: one database for post-mortems, its pages and their blocks.

mod block;
mod call;
mod page;
mod properties;
mod query;
mod schema;
mod store;
mod text;

pub(crate) use self::call::call;
pub use self::store::{Notion, NotionBlock, NotionPage};
