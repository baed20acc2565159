//! What a decision leaves to be recorded, as a value, and what became of it.

use jiff::Timestamp;
use sima_incident::{Incident, IncidentId, KnownAlert, Origin, Planned, Recorded};

/// Everything one decision leaves to be recorded: all of it is, or nothing.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The incident as the events left it. Without events: any reading of it; it is not stored.
    pub incident: Incident,
    /// What became true, one version after the other. Empty when only an effect is settled or a
    /// delivery is remembered; then nobody else's change can make the commit stale.
    pub events: Vec<Recorded>,
    /// What must be done about it.
    pub planned: Vec<Planned>,
    /// The effect whose outcome this is.
    pub settles: Option<Settlement>,
    /// The vendor's delivery that asked for it; the same one again is answered with
    /// [`Outcome::Repeated`].
    pub delivery: Option<Delivery>,
    /// The alerts that belong to the incident from now on, each once.
    pub alerts: Vec<AlertHold>,
    /// The groups whose alerts the incident takes in from now on, each once.
    pub groups: Vec<GroupHold>,
    /// The alerts of the log that are judged by this; they must still wait, or the answer is
    /// [`Outcome::Judged`].
    pub judged: Vec<Judgement>,
    /// When it is recorded.
    pub now: Timestamp,
}

impl Commit {
    /// Whether nobody but a monitor asked for what it plans.
    pub(crate) fn is_of_a_monitor(&self) -> bool {
        !self.events.is_empty()
            && self.events.iter().all(|recorded| recorded.by.origin == Origin::Alert)
    }
}

/// A delivery, as its sender names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delivery {
    /// The door it came through: ids of different doors do not clash.
    pub door: String,
    /// The sender's id of it.
    pub id: String,
}

/// An alert and the incident it belongs to, taken only from the holder one expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertHold {
    /// The integration it came through.
    pub integration: String,
    /// The key under which its source repeats it.
    pub key: String,
    /// Its title.
    pub title: String,
    /// What is known of it from now on.
    pub known: KnownAlert,
    /// How it was when the decision was made, by [`crate::Store::alerts_held`].
    pub expects: Option<HeldAlert>,
}

/// An alert as it was last known, and who holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldAlert {
    /// The incident it belongs to, over or not; none if it was over before any held it.
    pub incident: Option<IncidentId>,
    /// What the monitor said last.
    pub known: KnownAlert,
}

/// A group of alerts and the incident that takes them in, if nobody else took the group meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupHold {
    /// The integration its alerts come through.
    pub integration: String,
    /// What they have in common.
    pub key: String,
    /// Which incident took them in when the decision was made, by [`crate::Store::alert_groups`].
    pub expects: Option<IncidentId>,
}

/// The incident that takes a group of alerts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldGroup {
    /// Which.
    pub incident: IncidentId,
    /// When something of the group was last taken in.
    pub seen_at: Timestamp,
}

/// What came of one alert of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The alert, by [`crate::LoggedAlert::id`].
    pub id: i64,
    /// What came of it, in one word.
    pub outcome: &'static str,
    /// Why, if there is more to say.
    pub why: Option<String>,
    /// What its rule groups it by.
    pub group: Option<String>,
}

/// The end of one effect, told by the one who holds its lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Which, by [`crate::Leased::id`].
    pub effect_id: i64,
    /// Who holds the lease, as in the [`crate::Claim`].
    pub owner: String,
    /// How it ended.
    pub result: Settled,
}

/// How an effect ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It was done.
    Done,
    /// It was done, and what it left to be seen has this digest.
    Shown {
        /// The digest: the same for what looks the same.
        shows: String,
    },
    /// It could not be done; a person must look at it.
    GivenUp {
        /// Why, for people; without secrets.
        why: String,
    },
    /// The incident had moved on and it must not be done any more.
    Moot,
}

/// What became of a commit. Only after [`Outcome::Recorded`] anything of it is stored.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is recorded and will outlive a crash.
    Recorded,
    /// The incident has moved on (or is not there): decide again.
    Stale,
    /// This delivery was recorded before, for that incident.
    Repeated(IncidentId),
    /// An alert, or a group of them, is not as expected but held by that incident, or by none: decide
    /// again.
    Held(Option<IncidentId>),
    /// An alert of the log was judged meanwhile.
    Judged,
    /// Another incident has that channel name: decide again with another.
    NameTaken,
    /// Another incident has that number: decide again with the next.
    NumberTaken,
    /// The lease of the effect to be settled is not the settler's any more.
    LeaseLost,
}
