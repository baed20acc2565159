//! What any source says about one trouble, in one form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sima_incident::{AlertState, Members, Severity};

use crate::Then;

/// The longest title for a channel or a brief, in characters.
pub const MAX_TITLE: usize = 150;

/// The longest title that is kept, in characters.
pub const MAX_FULL_TITLE: usize = 1024;

/// The longest key that is kept as it came, in bytes; a longer one is kept as its SHA-256.
pub(crate) const MAX_KEY: usize = 500;

/// One trouble a monitor saw, or sees no more. It is stored as JSON until it is judged, and after that
/// for [`crate::Rules`] to be tried on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The source, as it is named in the URL: `alertmanager`.
    pub source: String,
    /// The configured integration it came through; named as its source where none is configured. The
    /// same key through another integration is another trouble.
    pub integration: String,
    /// The key under which the source repeats it. Never empty, at most 500 bytes.
    pub key: String,
    /// Whether the source still sees it, by the source's own clock and never later than now.
    pub state: AlertState,
    /// What it is about, in one line of at most [`MAX_TITLE`] characters. Never empty.
    pub title: String,
    /// The same, of at most [`MAX_FULL_TITLE`] characters.
    pub full_title: String,
    /// More about it, if the source says more.
    pub description: Option<String>,
    /// How bad the source thinks it is; absent if it does not say, or not in words we know.
    pub severity: Option<Severity>,
    /// The variables in its title that the sender did not replace, as far as they are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreplaced: Vec<String>,
    /// The members of the group it stands for, if it is one that its source repeats under one key.
    #[serde(default, skip_serializing_if = "Members::is_empty")]
    pub members: Members,
    /// Names of what is affected, the most telling first.
    pub domain_hints: Vec<String>,
    /// Where to read on: http and https only.
    pub links: Vec<String>,
    /// What the source labels it with.
    pub labels: BTreeMap<String, String>,
    /// What is done about it if no rule is for it. Most alerts open an incident; what a source sends
    /// that seldom is one (a new kind of error, a query without data) is only recorded.
    pub unless_ruled: Then,
}

impl Alert {
    /// Whether the source still sees it.
    pub fn is_firing(&self) -> bool {
        matches!(self.state, AlertState::Firing { .. })
    }
}
