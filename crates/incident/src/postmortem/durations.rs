//! The three durations an incident is measured by, or why one is missing.

use jiff::SignedDuration;

use crate::{Incident, KeyTimes};

/// The three durations, each with its ends in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Durations {
    /// From opened to acknowledged.
    pub time_to_acknowledge: Duration,
    /// From acknowledged to back to normal.
    pub time_to_repair: Duration,
    /// From the start of the outage to back to normal.
    pub time_to_recover: Duration,
}

/// How long it took, or why that is not known.
pub type Duration = Result<SignedDuration, Missing>;

/// Why a duration is missing. Times are never invented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nobody acknowledged it.
    NeverAcknowledged,
    /// It is not back to normal.
    NotRecovered,
    /// It was back to normal before anybody had acknowledged it.
    SelfRecovered,
    /// One time is before another that it must follow.
    OutOfOrder,
}

impl Missing {
    /// The reason in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::NeverAcknowledged => "nobody acknowledged it",
            Self::NotRecovered => "it has not recovered",
            Self::SelfRecovered => "it recovered before anybody acknowledged it",
            Self::OutOfOrder => "the times contradict each other",
        }
    }
}

impl Durations {
    /// Reads them off an incident's key times.
    pub fn of(incident: &Incident) -> Self {
        let times: &KeyTimes = &incident.times;
        let acknowledged = times.acknowledged_at.ok_or(Missing::NeverAcknowledged);
        let recovered = times.recovered_at.ok_or(Missing::NotRecovered);
        let ordered = |from: jiff::Timestamp, to: jiff::Timestamp, otherwise| {
            if from <= to { Ok(to.duration_since(from)) } else { Err(otherwise) }
        };
        Self {
            time_to_acknowledge: acknowledged
                .and_then(|to| ordered(times.opened_at, to, Missing::OutOfOrder)),
            time_to_repair: recovered
                .and_then(|to| Ok((acknowledged?, to)))
                .and_then(|(from, to)| ordered(from, to, Missing::SelfRecovered)),
            time_to_recover: recovered
                .and_then(|to| ordered(times.started(), to, Missing::OutOfOrder)),
        }
    }
}
