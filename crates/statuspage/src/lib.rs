//! The public status page spoken: Atlassian Statuspage.
//!
//! [`StatusPage::perform`] opens an incident on a page when a step says so, and resolves or reopens it
//! later. Statuspage knows no idempotency key: the incident and the step stand in its metadata, and
//! are looked for before what may have been opened is opened again.

mod client;
mod perform;
mod wire;

pub use perform::{Settings, StatusPage};

/// Statuspage cannot be spoken to: its address is no URL, or there is no TLS on this machine.
#[derive(Debug, thiserror::Error)]
#[error("cannot make an HTTP client for Statuspage")]
pub struct Unusable(#[from] reqwest::Error);
