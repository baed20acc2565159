//! The members of a group of alerts that a monitor repeats under one key, and what a delivery tells of
//! them.
//!
//! A group fires as long as one of its members does. Whether a delivery tells something new is asked of
//! each member by itself: one that joins late began before others ended, and is news all the same.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{AlertState, AlertTally, Severity};

/// How many members of a group are told apart; of more, those that are over for longest are forgotten.
const MAX_MEMBERS: usize = 5000;

/// The shortest time that is kept.
const INSTANT: SignedDuration = SignedDuration::from_micros(1);

/// The members of a group, each by the mark under which its monitor repeats it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    told: BTreeMap<String, AlertState>,
    /// Those that were over before the incident they would belong to now. Not counted, but known when
    /// word of them comes late.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    past: BTreeMap<String, AlertState>,
    /// How many more there are that the monitor did not list.
    #[serde(default)]
    left_out: u32,
}

/// What was last known of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAlert {
    /// Whether the monitor saw it.
    pub state: AlertState,
    /// How bad it was when it was last said to fire, if that was said.
    pub severity: Option<Severity>,
    /// Its members, if it is a group.
    pub members: Members,
}

impl KnownAlert {
    /// One of which only the state is known.
    pub fn of(state: AlertState) -> Self {
        Self { state, severity: None, members: Members::default() }
    }
}

/// What a delivery comes to, after what was known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Whether it fires. It is news, by [`AlertState::is_news_after`], if a member is.
    pub state: AlertState,
    /// Its members as they are now.
    pub members: Members,
    /// When the first of those began that were not known to fire, if any did.
    pub began: Option<Timestamp>,
}

impl Members {
    /// Those that a delivery lists, and how many more it says there are.
    pub fn listed(members: impl IntoIterator<Item = (String, AlertState)>, left_out: u32) -> Self {
        let mut told: BTreeMap<String, AlertState> = BTreeMap::new();
        for (mark, state) in members {
            let known = told.entry(mark).or_insert(state);
            if state.is_news_after(*known) {
                *known = state;
            }
        }
        Self { told, past: BTreeMap::new(), left_out }
    }

    /// Whether there is none: then it is no group, but one alert.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// How many alerts it stands for, when the group as a whole is in that state; none if it is one.
    pub fn tally(&self, state: AlertState) -> Option<AlertTally> {
        let total = self.told.len() as u32 + self.left_out;
        let firing = self.told.values().filter(|state| state.fires()).count() as u32;
        let firing = if state.fires() { (firing + self.left_out).max(1) } else { 0 };
        (!self.is_empty()).then_some(AlertTally { total, firing })
    }

    /// What this delivery, which says `said` of the group as a whole, comes to.
    pub fn heard_after(&self, known: Option<&KnownAlert>, said: AlertState) -> Heard {
        if self.is_empty() {
            return Heard { state: said, members: Self::default(), began: None };
        }
        let Self { mut told, mut past, .. } =
            known.map(|known| known.members.clone()).unwrap_or_default();
        // It was recorded when groups were one alert: what it said last was about its newest member.
        let as_one = known.filter(|known| known.members.is_empty()).map(|known| known.state);
        let (mut changed, mut first, mut newest) = (false, None::<Timestamp>, None::<Timestamp>);
        for (mark, state) in &self.told {
            let before = told.get(mark).or_else(|| past.get(mark)).copied().or(as_one);
            if before.is_some_and(|before| !state.is_news_after(before)) {
                if let (Some(AlertState::Firing { .. }), false) = (as_one, told.contains_key(mark))
                {
                    told.insert(mark.clone(), *state);
                }
                continue;
            }
            changed = true;
            if let AlertState::Firing { since } = *state {
                first = Some(first.map_or(since, |first| first.min(since)));
                newest = newest.max(Some(since));
            }
            past.remove(mark);
            told.insert(mark.clone(), *state);
        }
        if let AlertState::Resolved { since: over } = said
            && (changed || self.left_out > 0)
        {
            self.end_unlisted(&mut told, over);
            changed = true;
        }
        // With those left out that fire, the word for the group is all there is.
        let by_word = said.fires() && !self.told.values().any(|state| state.fires());
        let fires = by_word || told.values().any(|state| state.fires());
        let known = known.map(|known| known.state);
        let after = |before: Timestamp| before.saturating_add(INSTANT).unwrap_or(before);
        let state = match (fires, known) {
            // It comes late, or again.
            (_, Some(known)) if !changed && (known.fires() || !by_word) => known,
            (true, Some(AlertState::Firing { since })) => AlertState::Firing {
                since: newest.map_or(since, |newest| newest.max(after(since))),
            },
            // It fires since then as a group, though the member that joins may have begun before.
            (true, Some(AlertState::Resolved { since: ended })) => {
                AlertState::Firing { since: newest.unwrap_or(said.since()).max(after(ended)) }
            }
            (true, None) => AlertState::Firing { since: newest.unwrap_or(said.since()) },
            (false, known) => {
                let ends = told.values().filter(|state| !state.fires()).map(|state| state.since());
                let last = ends.chain(known.map(AlertState::since)).max();
                AlertState::Resolved { since: last.unwrap_or(said.since()) }
            }
        };
        // Of those the monitor did not list, some are known.
        let may_be_left_out = |state: &AlertState| state.fires() || !said.fires();
        let known = told
            .iter()
            .filter(|(mark, state)| may_be_left_out(state) && !self.told.contains_key(*mark));
        let left_out = self.left_out.saturating_sub(known.count() as u32);
        forget_oldest(&mut told);
        forget_oldest(&mut past);
        Heard { state, members: Self { told, past, left_out }, began: first }
    }

    /// Those that are left when the group comes to another incident: what is over by then is not of it.
    #[must_use]
    pub fn of_another(mut self) -> Self {
        let (told, over) = self.told.into_iter().partition(|(_, state)| state.fires());
        self.told = told;
        self.past.extend::<BTreeMap<_, _>>(over);
        self
    }

    /// The group is over, so those that fired and are not listed do not fire any more, or are silenced.
    /// Nobody says when they ended: if they are told of again as they were, that is news.
    fn end_unlisted(&self, told: &mut BTreeMap<String, AlertState>, over: Timestamp) {
        for (mark, state) in told {
            if let AlertState::Firing { since } = *state
                && since <= over
                && !self.told.contains_key(mark)
            {
                let since = since.saturating_sub(INSTANT).unwrap_or(since);
                *state = AlertState::Resolved { since };
            }
        }
    }
}

fn forget_oldest(told: &mut BTreeMap<String, AlertState>) {
    let Some(too_many) = told.len().checked_sub(MAX_MEMBERS + 1) else { return };
    let mut oldest: Vec<(bool, Timestamp, String)> =
        told.iter().map(|(mark, state)| (state.fires(), state.since(), mark.clone())).collect();
    oldest.sort_unstable();
    for (_, _, mark) in oldest.into_iter().take(too_many + 1) {
        told.remove(&mark);
    }
}
