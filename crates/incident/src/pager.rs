//! What the pager tells of its own: who took a page there, and what became of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing the pager told about an incident of its own that stands for a page of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagerTold {
    /// The pager's own id of its incident, if it said so.
    pub pager_id: Option<String>,
    /// When it happened there, by the pager's clock.
    pub at: Option<Timestamp>,
    /// What happened.
    pub news: PagerNews,
}

/// What happened at the pager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PagerNews {
    /// It opened an incident of its own for a page: somebody is being called.
    Triggered,
    /// Somebody took it.
    Acknowledged,
    /// Nobody has it any more.
    Unacknowledged,
    /// It went on to the next in line.
    Escalated {
        /// Who has it now, by the names the pager gives.
        to: Vec<String>,
    },
    /// It was given to others.
    Reassigned {
        /// Who has it now, by the names the pager gives.
        to: Vec<String>,
    },
    /// It was resolved, and is not.
    Reopened,
    /// It has another priority.
    Prioritised {
        /// Which, by the name the pager gives; absent if it has none now.
        priority: Option<String>,
    },
    /// Somebody wrote a note there.
    Annotated {
        /// The note.
        text: String,
    },
    /// It is over, as far as the pager knows.
    Resolved,
}
