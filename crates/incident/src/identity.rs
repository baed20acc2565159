//! The names things go by: incidents, people, domains, severities, channels and messages.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The identity of an incident, ordered by the time it was made (UUID version 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub Uuid);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number people say, written `INC-42`. Given once at opening, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentNumber(pub u32);

impl fmt::Display for IncidentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "INC-{}", self.0)
    }
}

/// What was written is not an incident number such as `INC-42`.
#[derive(Debug, thiserror::Error)]
#[error("not an incident number: write it as INC-42 or 42")]
pub struct NotANumber;

impl FromStr for IncidentNumber {
    type Err = NotANumber;

    /// Reads `INC-42`, `inc 42`, `#42` and `42`.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let text = text.trim().trim_start_matches('#').to_ascii_lowercase();
        let digits = text.strip_prefix("inc").unwrap_or(&text).trim_start_matches(['-', ' ', '_']);
        digits.parse().ok().filter(|number| *number > 0).map(IncidentNumber).ok_or(NotANumber)
    }
}

/// A person, by the id the chat gives them (`U…` or `W…` in Slack).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub String);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The key of a configured domain, such as `payments`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DomainKey(pub String);

impl fmt::Display for DomainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How badly customers' business is affected: 1 is the worst. Which levels exist is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Severity(u8);

impl Severity {
    /// Makes a severity of a level from 1 (worst) to 9.
    pub fn new(level: u8) -> Option<Self> {
        (1..=9).contains(&level).then_some(Self(level))
    }

    /// The level, 1 to 9.
    pub fn level(self) -> u8 {
        self.0
    }

    /// The worse of two.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
}

impl TryFrom<u8> for Severity {
    type Error = String;

    fn try_from(level: u8) -> Result<Self, String> {
        Self::new(level).ok_or_else(|| format!("severity {level} does not exist: use 1 to 9"))
    }
}

impl From<Severity> for u8 {
    fn from(severity: Severity) -> u8 {
        severity.0
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SEV{}", self.0)
    }
}

impl FromStr for Severity {
    type Err = String;

    /// Reads `SEV2`, `sev-2`, `s2`, `p2` and `2`.
    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.trim().to_ascii_lowercase();
        let digits = lower
            .strip_prefix("sev")
            .or_else(|| lower.strip_prefix('s'))
            .or_else(|| lower.strip_prefix('p'))
            .unwrap_or(&lower)
            .trim_start_matches(['-', ' ', '_']);
        digits
            .parse()
            .ok()
            .and_then(Self::new)
            .ok_or_else(|| format!("{text:?} is not a severity: write SEV1 to SEV9"))
    }
}

/// The roles people take in an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Drives people and effort, takes decisions.
    IncidentManager,
    /// Owns internal and external communication.
    CommunicationLead,
}

impl Role {
    /// Every role, in the order they are shown.
    pub const ALL: [Self; 2] = [Self::IncidentManager, Self::CommunicationLead];

    /// The role as people type it.
    pub fn word(self) -> &'static str {
        match self {
            Self::IncidentManager => "im",
            Self::CommunicationLead => "cl",
        }
    }

    /// The role in words, lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::IncidentManager => "incident manager",
            Self::CommunicationLead => "communication lead",
        }
    }
}

/// The incident channel as the chat knows it. The id is its identity; the name may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelRef {
    /// The chat's id of the channel (`C…`).
    pub id: String,
    /// Its name when last seen, without `#`.
    pub name: String,
}

/// One posted message: a channel and the message's timestamp in it, always kept together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRef {
    /// The channel's id, as the answer to the post gave it.
    pub channel: String,
    /// The message's `ts`: text, never a number.
    pub ts: String,
}
