//! The post-mortem as a document, independent of where it is shown.
//!
//! [`draft`] writes it from the incident and its events; an adapter or the dashboard renders the
//! [`Document`], and [`to_markdown`] renders it as text. [`in_words`] says one event in words, for
//! every timeline there is.
//!
//! To add a section: push it in `draft.rs`. To add a kind of block: give [`Block`] a variant; every
//! renderer then fails to compile until it can show it.

mod document;
mod draft;
mod markdown;
#[cfg(test)]
mod story;
#[cfg(test)]
mod tests;
mod words;

pub use document::{Block, Document, Fact, Section, Span, Text, TimelineRow};
pub use draft::{draft, people};
pub use markdown::to_markdown;
pub use words::{
    date_and_time, impact_in_words, in_words, is_bookkeeping, who, with_names, zone_name,
};
