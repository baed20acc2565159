//! Alerts as an incident has them: what monitors see, and how much of it is kept.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{AlertEvidence, Incident, KnownAlert, Severity};

/// How many alerts an incident lists. In a storm there are thousands: the others are only counted, so
/// that an incident stays small enough to be read whenever it is shown.
pub const MAX_LISTED_ALERTS: usize = 20;

/// How long people are left alone after they were told that nothing fires any more: an alert that
/// flaps does not tell them each time.
const TOLD_FOR: SignedDuration = SignedDuration::from_mins(5);

/// An alert that was delivered for an incident, with what its rule says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedAlert {
    /// What the monitor said.
    pub evidence: AlertEvidence,
    /// What was last known of it, if it belongs to the incident already. What the incident itself
    /// lists counts more.
    pub known: Option<KnownAlert>,
    /// How bad its rule says it is.
    pub severity: Option<Severity>,
    /// Whether its rule lets the monitor say that the system has recovered, once nothing fires.
    pub recovers: bool,
}

impl NotedAlert {
    /// One of which nothing is known but what the monitor said.
    pub fn of(evidence: AlertEvidence) -> Self {
        Self { evidence, known: None, severity: None, recovers: false }
    }
}

/// How many alerts there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertTally {
    /// How many belong to the incident.
    pub total: u32,
    /// How many of them the monitor still sees.
    pub firing: u32,
}

impl Incident {
    /// How many alerts belong to it, and how many of them fire.
    pub fn tally(&self) -> AlertTally {
        self.alert_tally.unwrap_or_else(|| {
            let nothing = AlertTally { total: 0, firing: 0 };
            self.alerts.iter().map(LinkedAlert::tally).fold(nothing, |all, one| AlertTally {
                total: all.total.saturating_add(one.total),
                firing: all.firing.saturating_add(one.firing),
            })
        })
    }

    /// When the last of the alerts it lists ended, by the sources' own clocks.
    pub fn last_alert_ended(&self) -> Option<Timestamp> {
        let ended = self.alerts.iter().filter_map(|alert| match alert.state {
            AlertState::Resolved { since } => Some(since),
            AlertState::Firing { .. } => None,
        });
        ended.max()
    }

    /// Lists an alert, or brings it up to date if it is listed.
    pub(crate) fn list_alert(&mut self, alert: LinkedAlert) {
        let same =
            |known: &&mut LinkedAlert| known.source == alert.source && known.key == alert.key;
        if let Some(known) = self.alerts.iter_mut().find(same) {
            (known.state, known.members) = (alert.state, alert.members);
        } else if self.alerts.len() < MAX_LISTED_ALERTS {
            self.alerts.push(alert);
        }
    }

    /// Notes that people are told now if nothing fires any more, unless they were told a moment ago.
    pub(crate) fn note_clearance(&mut self, at: Timestamp) {
        let lately = |told: Timestamp| at.duration_since(told) < TOLD_FOR;
        if self.tally().firing == 0 && !self.alerts_cleared_at.is_some_and(lately) {
            self.alerts_cleared_at = Some(at);
        }
    }
}

/// An alert that belongs to an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedAlert {
    /// The integration it came through; named as its source where none is configured.
    pub source: String,
    /// The key under which the source repeats it.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Whether the monitor still sees it.
    pub state: AlertState,
    /// How many alerts it stands for, if it is a group that its monitor repeats under one key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<AlertTally>,
}

impl LinkedAlert {
    /// How many alerts it is, and how many of them fire.
    pub fn tally(&self) -> AlertTally {
        self.members.unwrap_or(self.state.tally())
    }
}

/// Whether the monitor still sees the trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// It does, since `since` by the source's own time.
    Firing {
        /// When the source says it began.
        since: Timestamp,
    },
    /// It no longer does, since `since` by the source's own time.
    Resolved {
        /// When the source says it ended.
        since: Timestamp,
    },
}

impl AlertState {
    /// Whether the monitor still sees it.
    pub fn fires(self) -> bool {
        matches!(self, Self::Firing { .. })
    }

    /// One alert in this state, counted.
    pub(crate) fn tally(self) -> AlertTally {
        AlertTally { total: 1, firing: u32::from(self.fires()) }
    }

    /// When it began or ended, by the source's own clock.
    pub fn since(self) -> Timestamp {
        match self {
            Self::Firing { since } | Self::Resolved { since } => since,
        }
    }

    /// Whether this tells something new over what is known. Deliveries repeat and overtake each
    /// other, so the source's own times decide, not the order of arrival.
    pub fn is_news_after(self, known: Self) -> bool {
        match (known, self) {
            (Self::Firing { since: known }, Self::Resolved { since }) => since >= known,
            (
                Self::Firing { since: known } | Self::Resolved { since: known },
                Self::Firing { since },
            ) => since > known,
            (Self::Resolved { .. }, Self::Resolved { .. }) => false,
        }
    }
}
