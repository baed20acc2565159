//! Calling somebody else: whom, why, and how it is known again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{DomainKey, PersonId};

/// Who is wanted besides those who were called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EscalateTo {
    /// The next in line at the pager.
    NextLevel,
    /// Whoever is on call for a domain, which may be the incident's own.
    Domain(DomainKey),
    /// One person.
    Person(PersonId),
    /// An escalation policy of the pager's, by its id or name.
    Policy(String),
    /// A group of the chat, by its id (`S…` in Slack).
    Group(String),
}

/// One time that somebody else was called, by its place among them: the first is call 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Whom.
    pub to: EscalateTo,
    /// Why, as it was said.
    pub reason: String,
    /// When it was asked for.
    pub at: Timestamp,
}
