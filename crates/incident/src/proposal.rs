//! A proposal: people are asked whether what a monitor saw is an incident.
//!
//! It is one message and one answer. It takes in what its monitor repeats while the answer is
//! awaited, and after a *not an incident* stays quiet until the trouble ends and begins anew.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AlertState, DomainKey, IncidentId, IncidentNumber, MessageRef, PersonId, Severity};

/// How long an answer is awaited after the monitor was last heard.
pub const PROPOSAL_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// The identity of a proposal, ordered by the time it was made (UUID version 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProposalId(pub Uuid);

impl fmt::Display for ProposalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What would be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The domain of the incident.
    pub domain: DomainKey,
    /// Its severity.
    pub severity: Severity,
    /// What the monitor says it is about, in one line.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// Where to read on.
    pub links: Vec<String>,
    /// The key of the group whose alerts are one trouble.
    pub group: String,
    /// How long alerts of the group are taken in after the last one; zero for this alert alone.
    pub within: SignedDuration,
}

/// One alert, as far as a proposal is concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedAlert {
    /// The integration it came in through.
    pub integration: String,
    /// Its source.
    pub source: String,
    /// The key under which it is repeated.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Whether the monitor still sees it.
    pub state: AlertState,
}

/// A proposal as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its identity.
    pub id: ProposalId,
    /// How often it has changed.
    pub version: u32,
    /// Its version when what people see last changed.
    pub seen_version: u32,
    /// The channel in which people are asked, by id or name as it was configured.
    pub channel: String,
    /// The channel in which they should be asked, which does not take the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// What would be opened.
    pub suggestion: Suggestion,
    /// The alert it was made of.
    pub first: ProposedAlert,
    /// How often monitors said that they see the trouble.
    pub reports: u64,
    /// How many alerts are in it.
    pub alerts: u64,
    /// How many of them their monitors still see.
    pub firing: u64,
    /// When the trouble began, by the monitors' own clocks.
    pub began_at: Timestamp,
    /// When it ended, by the monitors' own clocks; absent while one of them sees it.
    pub ended_at: Option<Timestamp>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When a monitor was last heard.
    pub heard_at: Timestamp,
    /// What people said.
    pub answer: Answer,
    /// Where the message is; absent until it is posted.
    #[serde(skip)]
    pub message: Option<MessageRef>,
}

/// What people said to a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Nothing yet.
    Awaited,
    /// It is an incident.
    Opened {
        /// Which.
        incident: IncidentId,
        /// Its number.
        number: IncidentNumber,
        /// Who said so.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// It is none.
    Dismissed {
        /// Who said so.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// Nobody answered in time.
    Expired {
        /// When that was.
        at: Timestamp,
    },
}

/// Why a proposal does not take an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Answered {
    /// It is an incident.
    #[error("<@{by}> opened {number} for it; follow it there")]
    Opened {
        /// Which.
        number: IncidentNumber,
        /// Who said so.
        by: PersonId,
    },
    /// Somebody said before that it is none.
    #[error("<@{by}> said before that it is no incident; open one if you see it otherwise")]
    Dismissed {
        /// Who said so.
        by: PersonId,
    },
}

impl Proposal {
    /// A proposal made of its first alert.
    pub fn of(
        id: ProposalId,
        channel: String,
        suggestion: Suggestion,
        first: ProposedAlert,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            version: 1,
            seen_version: 1,
            channel,
            instead_of: None,
            suggestion,
            began_at: first.state.since(),
            ended_at: None,
            first,
            reports: 1,
            alerts: 1,
            firing: 1,
            made_at: now,
            heard_at: now,
            answer: Answer::Awaited,
            message: None,
        }
    }

    /// Whether an answer is awaited.
    pub fn is_awaited(&self) -> bool {
        self.answer == Answer::Awaited
    }

    /// Whether an alert that is not known yet belongs to it, having its group: as long as the answer
    /// is awaited, and after a *not an incident* while the same trouble goes on.
    pub fn takes_in_group(&self, now: Timestamp) -> bool {
        let within = self.suggestion.within;
        match self.answer {
            Answer::Awaited => !within.is_zero(),
            Answer::Dismissed { .. } | Answer::Expired { .. } => {
                now.duration_since(self.heard_at) < within
            }
            Answer::Opened { .. } => false,
        }
    }

    /// Takes in what a monitor says of an alert; `known` is what it said of the same one before.
    #[must_use]
    pub fn hear(mut self, state: AlertState, known: Option<AlertState>, now: Timestamp) -> Self {
        let fires = matches!(state, AlertState::Firing { .. });
        let fired = matches!(known, Some(AlertState::Firing { .. }));
        if known.is_some_and(|known| !fires && !state.is_news_after(known)) {
            return self;
        }
        self.version += 1;
        self.heard_at = now;
        if fires {
            self.reports += 1;
            self.began_at = self.began_at.min(state.since());
        }
        if known.is_none() {
            self.alerts += 1;
        }
        match (fired, fires) {
            (false, true) => self.firing += 1,
            (true, false) => self.firing = self.firing.saturating_sub(1),
            (true, true) | (false, false) => {}
        }
        self.ended_at = match self.firing {
            0 => Some(self.ended_at.map_or(state.since(), |before| before.max(state.since()))),
            _ => None,
        };
        // What nobody is asked any more does not change before people's eyes.
        if self.is_awaited() {
            self.seen_version = self.version;
        }
        self
    }

    /// It is an incident. An incident that was opened counts, whatever was said before.
    #[must_use]
    pub fn open(
        mut self,
        incident: IncidentId,
        number: IncidentNumber,
        by: PersonId,
        at: Timestamp,
    ) -> Self {
        if !matches!(self.answer, Answer::Opened { .. }) {
            self.answer(Answer::Opened { incident, number, by, at });
        }
        self
    }

    /// It is no incident.
    ///
    /// # Errors
    /// [`Answered`] when somebody has said what it is.
    pub fn dismiss(mut self, by: PersonId, at: Timestamp) -> Result<Self, Answered> {
        match &self.answer {
            Answer::Awaited | Answer::Expired { .. } => {
                self.answer(Answer::Dismissed { by, at });
                Ok(self)
            }
            // Pressed twice, it is said once.
            Answer::Dismissed { by: before, .. } if *before == by => Ok(self),
            Answer::Dismissed { by, .. } => Err(Answered::Dismissed { by: by.clone() }),
            Answer::Opened { number, by, .. } => {
                Err(Answered::Opened { number: *number, by: by.clone() })
            }
        }
    }

    /// The channel does not take the message: people are asked in another one, if there is one, and if
    /// that does not take it either in the first again, which somebody may have mended. Nothing once
    /// they were asked.
    pub fn elsewhere(mut self, other: Option<&str>) -> Option<Self> {
        if self.message.is_some() || !self.is_awaited() {
            return None;
        }
        if let Some(first) = self.instead_of.take() {
            self.channel = first;
        } else {
            let other = other.filter(|other| *other != self.channel)?.to_owned();
            self.instead_of = Some(std::mem::replace(&mut self.channel, other));
        }
        self.version += 1;
        self.seen_version = self.version;
        Some(self)
    }

    /// Nobody has answered for too long; nothing if it is not so yet.
    pub fn expire(mut self, now: Timestamp) -> Option<Self> {
        if !self.is_awaited() || now.duration_since(self.heard_at) < PROPOSAL_LASTS {
            return None;
        }
        self.answer(Answer::Expired { at: now });
        Some(self)
    }

    fn answer(&mut self, answer: Answer) {
        self.answer = answer;
        self.version += 1;
        self.seen_version = self.version;
    }
}
