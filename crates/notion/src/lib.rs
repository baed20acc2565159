//! Post-mortem pages spoken: Notion.
//!
//! [`Notion::create`] makes one page of a document in the configured database. Notion knows no
//! idempotency key, so a page carries the incident's identity in a property and is looked for
//! before it is made again (`find.rs`), and what was appended is compared before more is (`resume.rs`).

mod client;
mod examine;
mod find;
mod pages;
mod perform;
mod properties;
mod resume;
mod target;
mod wire;

pub use examine::Fit;
pub use perform::{Notion, Settings};

/// The versions of Notion's API that can be spoken, by `Notion-Version`.
pub const VERSIONS: [&str; 3] = ["2022-06-28", "2025-09-03", "2026-03-11"];

/// Notion cannot be spoken to: its address is no URL, or there is no TLS on this machine.
#[derive(Debug)]
pub struct Unusable(reqwest::Error);

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cannot make an HTTP client for Notion")
    }
}

impl std::error::Error for Unusable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
