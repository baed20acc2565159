//! What the pager tells of its own: who took a page there, and what became of it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Page, Severity};

/// How often somebody is called again because nobody has taken it.
pub const MAX_ROUNDS: u8 = 3;

/// Why somebody is called again. One cause calls once: its page has a dedup key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageCause {
    /// Nobody acknowledged it or joined within the configured time.
    Unanswered {
        /// How many times that was so, counted from 1 to [`MAX_ROUNDS`].
        round: u8,
    },
    /// It became this bad while nobody was on it.
    Raised {
        /// How bad.
        to: Severity,
    },
    /// It was reopened.
    Reopened {
        /// How many times, counted from 1.
        time: u32,
    },
    /// Somebody asked for whoever is on call for a domain.
    Escalated {
        /// Which escalation of the incident's, counted from 1.
        call: u32,
    },
}

impl PageCause {
    /// What sets a page after the first apart from it, at a glance: words before the summary.
    pub fn in_words(self) -> String {
        match self {
            Self::Unanswered { round } => {
                format!("Nobody is on it yet ({round} of {MAX_ROUNDS}): ")
            }
            Self::Raised { to } => format!("Now {to} and nobody is on it: "),
            Self::Reopened { .. } => "It is not over: ".into(),
            Self::Escalated { .. } => "You are asked to help: ".into(),
        }
    }
}

impl fmt::Display for PageCause {
    /// The cause as part of a dedup key: `unanswered-1`, `sev1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unanswered { round } => write!(f, "unanswered-{round}"),
            Self::Raised { to } => write!(f, "sev{}", to.level()),
            Self::Reopened { time } => write!(f, "reopened-{time}"),
            Self::Escalated { call } => write!(f, "escalated-{call}"),
        }
    }
}

/// A page after the first, for a cause of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repage {
    /// Why.
    pub cause: PageCause,
    /// Where it is.
    pub page: Page,
}

/// One thing the pager told about an incident of its own that stands for a page of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagerTold {
    /// The pager's own id of its incident, if it said so.
    pub pager_id: Option<String>,
    /// The pager's own id of the person who did it, if it was a person.
    pub user: Option<String>,
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
