//! Where an incident is in its life.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::IncidentNumber;

/// Where an incident is in its life, with what that stage has and no other.
///
/// The clocks of the stages passed live in [`crate::KeyTimes`]; a skipped stage has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Declared, nobody has taken it yet.
    Open,
    /// A responder is on it.
    Investigating,
    /// The cause is known, the repair is under way.
    Fixing,
    /// The impact has stopped; we watch whether it holds.
    Monitoring,
    /// The system is back to normal.
    Recovered {
        /// When it was back to normal.
        recovered_at: Timestamp,
        /// Whether the stability window has ended: the learning may begin.
        settled: bool,
    },
    /// The learning is done.
    Closed {
        /// When it was back to normal.
        recovered_at: Timestamp,
        /// When the learning was done.
        closed_at: Timestamp,
    },
    /// It was not an incident.
    Dismissed {
        /// When that was said.
        dismissed_at: Timestamp,
        /// Why it was none.
        reason: Dismissal,
    },
}

impl Stage {
    /// The stage without what it carries.
    pub fn name(&self) -> StageName {
        match self {
            Self::Open => StageName::Open,
            Self::Investigating => StageName::Investigating,
            Self::Fixing => StageName::Fixing,
            Self::Monitoring => StageName::Monitoring,
            Self::Recovered { .. } => StageName::Recovered,
            Self::Closed { .. } => StageName::Closed,
            Self::Dismissed { .. } => StageName::Dismissed,
        }
    }

    /// Whether people are still at work on it: neither recovered, closed nor dismissed.
    pub fn is_live(&self) -> bool {
        match self {
            Self::Open | Self::Investigating | Self::Fixing | Self::Monitoring => true,
            Self::Recovered { .. } | Self::Closed { .. } | Self::Dismissed { .. } => false,
        }
    }
}

/// The name of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageName {
    /// Declared, nobody has taken it yet.
    Open,
    /// A responder is on it.
    Investigating,
    /// The cause is known, the repair is under way.
    Fixing,
    /// The impact has stopped; we watch whether it holds.
    Monitoring,
    /// The system is back to normal.
    Recovered,
    /// The learning is done.
    Closed,
    /// It was not an incident.
    Dismissed,
}

impl StageName {
    /// Every stage, in the order of a life.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Investigating,
        Self::Fixing,
        Self::Monitoring,
        Self::Recovered,
        Self::Closed,
        Self::Dismissed,
    ];

    /// The stage as people read it: `Investigating`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Investigating => "Investigating",
            Self::Fixing => "Fixing",
            Self::Monitoring => "Monitoring",
            Self::Recovered => "Recovered",
            Self::Closed => "Closed",
            Self::Dismissed => "Dismissed",
        }
    }

    /// The stage as stored and in URLs: `investigating`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Investigating => "investigating",
            Self::Fixing => "fixing",
            Self::Monitoring => "monitoring",
            Self::Recovered => "recovered",
            Self::Closed => "closed",
            Self::Dismissed => "dismissed",
        }
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Why something that was opened turned out to be no incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dismissal {
    /// Nothing was wrong.
    FalsePositive,
    /// Another incident already covers it.
    DuplicateOf(IncidentNumber),
    /// It was opened by mistake.
    Mistake,
}

impl fmt::Display for Dismissal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FalsePositive => f.write_str("false positive"),
            Self::DuplicateOf(number) => write!(f, "duplicate of {number}"),
            Self::Mistake => f.write_str("opened by mistake"),
        }
    }
}
