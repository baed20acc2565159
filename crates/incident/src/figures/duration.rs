//! The durations of one incident, or why they cannot be said.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Incident, Kind, Stage};

/// A duration in whole milliseconds, or why there is none.
pub type Measured = Result<SignedDuration, Missing>;

/// Why a duration cannot be said. Missing is never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// One of its ends was never recorded.
    Missing,
    /// Its ends are the wrong way round; that is shown, never repaired silently.
    Negative,
    /// It was over before anybody took it: there was nothing left to repair.
    SelfRecovered,
    /// It still runs.
    Open,
    /// The incident does not count: it was dismissed, or it is practice.
    Excluded,
}

impl Missing {
    /// Every reason, in the order they are shown.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::Missing, Self::SelfRecovered, Self::Negative, Self::Excluded];

    /// The reason as stored and in exports: `self_recovered`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Negative => "negative",
            Self::SelfRecovered => "self_recovered",
            Self::Open => "open",
            Self::Excluded => "excluded",
        }
    }

    /// The reason in words that follow a count: `3 still running`.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Missing => "without a recorded time",
            Self::Negative => "with times the wrong way round",
            Self::SelfRecovered => "recovered before anybody took it",
            Self::Open => "still running",
            Self::Excluded => "not counted",
        }
    }
}

/// The three durations SIMA is named for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Durations {
    /// From opened to acknowledged; the first acknowledgement stands.
    pub time_to_acknowledge: Measured,
    /// From acknowledged to back to normal.
    pub time_to_repair: Measured,
    /// From when customers first felt it to when the system was last back to normal. A reopened
    /// incident spans its pauses; [`downtime`] leaves them out.
    pub time_to_recover: Measured,
}

/// Measures one incident.
///
/// Who may see the result is not looked at here: [`crate::figures::Figures`] leaves private
/// incidents out.
pub fn durations(incident: &Incident) -> Durations {
    if !counts(incident) {
        let excluded = Err(Missing::Excluded);
        return Durations {
            time_to_acknowledge: excluded,
            time_to_repair: excluded,
            time_to_recover: excluded,
        };
    }
    let times = &incident.times;
    let running = incident.stage.is_live();
    // An end that may still come is not missing.
    let end = |at: Option<Timestamp>| match at {
        Some(at) => Ok(at),
        None if running => Err(Missing::Open),
        None => Err(Missing::Missing),
    };
    let recovered = end(times.recovered_at);
    Durations {
        time_to_acknowledge: end(times.acknowledged_at)
            .and_then(|acknowledged| between(times.opened_at, acknowledged)),
        time_to_repair: recovered.and_then(|recovered| {
            let acknowledged = times.acknowledged_at.ok_or(Missing::Missing)?;
            between(acknowledged, recovered).map_err(|_| Missing::SelfRecovered)
        }),
        time_to_recover: recovered.and_then(|recovered| between(times.started(), recovered)),
    }
}

/// How long customers felt it: the sum of its outages, without the pauses between them.
///
/// # Errors
/// [`Missing::Open`] while an outage lasts; [`Missing::Excluded`] if the incident does not count.
pub fn downtime(incident: &Incident) -> Measured {
    if !counts(incident) {
        return Err(Missing::Excluded);
    }
    incident.outages.iter().try_fold(SignedDuration::ZERO, |sum, spell| {
        let until = spell.until.ok_or(Missing::Open)?;
        Ok(sum + between(spell.from, until)?)
    })
}

/// Whether the incident belongs to the figures: it happened, and it was an incident.
fn counts(incident: &Incident) -> bool {
    incident.kind == Kind::Real && !matches!(incident.stage, Stage::Dismissed { .. })
}

/// The time between two instants, in whole milliseconds.
fn between(from: Timestamp, until: Timestamp) -> Measured {
    match until.as_millisecond() - from.as_millisecond() {
        ms if ms < 0 => Err(Missing::Negative),
        ms => Ok(SignedDuration::from_millis(ms)),
    }
}
