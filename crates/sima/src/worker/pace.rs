//! Keeps to the pace the vendors publish, so that a storm is spread before they refuse it.
//!
//! Each budget grants so many calls in any minute. Of those that storms use up a part is kept for
//! what people asked for. Messages into one channel are spread by themselves.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use sima_incident::{Effect, IncidentId};
use sima_store::{Budget, Leased};

/// What every budget is counted in.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// How many calls a minute a vendor grants of those that cost more than usual (Slack, "Rate limits";
/// bookmarks and user groups are of its second tier and take more than one call; a status page
/// grants sixty, and takes a call or two; all read 2026).
const PER_MINUTE: [(&str, u32); 14] = [
    ("open_channel", 20),
    ("pin_brief", 20),
    ("set_topic", 20),
    ("step_user_group", 20),
    ("step_bookmark", 20),
    ("step_video_call", 20),
    ("show_not_captured", 20),
    ("show_captured", 50),
    ("read_message", 50),
    ("edit_message", 50),
    ("invite", 50),
    ("step_status_page", 50),
    ("follow_status_page", 50),
    ("post_message", 240),
];

/// How many of all others (Slack's fourth tier; PagerDuty, Events API v2 "Rate limits").
const PER_MINUTE_OTHERWISE: u32 = 100;

/// Every so manieth call is kept for what people asked for, of the budgets that storms use up.
const KEPT_FOR_PEOPLE: u32 = 5;

/// How far apart messages into one channel are, and how many may follow each other at once.
const BETWEEN_POSTS: SignedDuration = SignedDuration::from_secs(1);
const POSTS_AT_ONCE: i32 = 6;

/// How many channels are remembered before those that are free again are forgotten.
const CHANNELS: usize = 256;

/// What was spent of each budget, and who asked for more than there was.
#[derive(Default)]
pub struct Pace(Mutex<Spent>);

#[derive(Default)]
struct Spent {
    /// When calls were made within the last minute, oldest first.
    calls: HashMap<&'static str, VecDeque<Timestamp>>,
    /// How many effects have begun that are about to make one.
    expected: HashMap<&'static str, u32>,
    /// Until when each channel is spoken for by what was posted there.
    channels: HashMap<Place, Timestamp>,
    /// Until when a vendor asked to leave each channel alone.
    refused: HashMap<Place, Timestamp>,
}

/// An effect that has begun and is about to make a call, until it does or is dropped.
pub struct Expected {
    pace: Arc<Pace>,
    bucket: &'static str,
}

impl Drop for Expected {
    fn drop(&mut self) {
        if let Some(expected) = self.pace.spent().expected.get_mut(self.bucket) {
            *expected = expected.saturating_sub(1);
        }
    }
}

/// A channel that is posted to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// The channel of an incident.
    Room(IncidentId),
    /// The one the company is told in.
    Company,
}

/// Why something must wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Until its budget has room again: it keeps its place among those that wait for that.
    ForBudget,
    /// Until its channel is free.
    ForChannel(SignedDuration),
}

impl Pace {
    /// Sets aside a call for an effect that has begun: no other is begun in the hope of it.
    pub fn expect(self: &Arc<Self>, leased: &Leased) -> Expected {
        let bucket = leased.effect.budget();
        *self.spent().expected.entry(bucket).or_default() += 1;
        Expected { pace: self.clone(), bucket }
    }

    /// Takes one call's worth of budget; if there is none, says what to wait for.
    pub fn take(&self, leased: &Leased, now: Timestamp) -> Option<Wait> {
        let Leased { effect, incident_id, calm, .. } = leased;
        let mut spent = self.spent();
        let bucket = effect.budget();
        let left = spent.left(bucket, now);
        if (if *calm { left.left_for_calm } else { left.left }) == 0 {
            return Some(Wait::ForBudget);
        }
        if let Some(place) = place_of(effect, *incident_id) {
            if let Some(wait) = spent.wait_for(place, now) {
                return Some(Wait::ForChannel(wait));
            }
            spent.post(place, now);
        }
        spent.calls.entry(bucket).or_default().push_back(now);
        None
    }

    /// What is left of the budgets of which fewer than so many calls are left.
    pub fn fewer_than(&self, enough: u32, now: Timestamp) -> Vec<Budget> {
        let mut spent = self.spent();
        let mut buckets: Vec<&'static str> = PER_MINUTE.iter().map(|(bucket, _)| *bucket).collect();
        buckets.extend(spent.calls.keys());
        buckets.sort_unstable();
        buckets.dedup();
        let left = buckets.into_iter().map(|bucket| {
            let expected = spent.expected.get(bucket).copied().unwrap_or_default();
            let Budget { left, left_for_calm, .. } = spent.left(bucket, now);
            Budget {
                bucket,
                left: left.saturating_sub(expected),
                left_for_calm: left_for_calm.saturating_sub(expected),
            }
        });
        left.filter(|budget| budget.left_for_calm < enough).collect()
    }

    /// How long until a budget that has run dry, if only for what monitors asked for, has room again.
    pub fn until_room(&self, now: Timestamp) -> Option<SignedDuration> {
        let spent = self.spent();
        let waits = spent.calls.iter().filter_map(|(bucket, calls)| {
            let grants = Grants::of(bucket);
            let over = |most: u32| calls.len().checked_sub(most as usize);
            let at = over(grants.all).or_else(|| over(grants.calm))?;
            let wait = MINUTE - now.duration_since(*calls.get(at)?);
            Some(wait.clamp(SignedDuration::ZERO, MINUTE))
        });
        waits.min()
    }

    /// Notes that a vendor refused a call for being one too many until `until`. Whether that is for
    /// all calls of the kind: a message too many is one of its channel, unless other channels are
    /// refused as well.
    pub fn refused(&self, leased: &Leased, until: Timestamp, now: Timestamp) -> bool {
        let Some(place) = place_of(&leased.effect, leased.incident_id) else { return true };
        let mut spent = self.spent();
        spent.refused.retain(|_, until| *until > now);
        spent.refused.insert(place, until);
        spent.refused.len() > 1
    }

    fn spent(&self) -> MutexGuard<'_, Spent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spent {
    /// What is left of a budget.
    fn left(&mut self, bucket: &'static str, now: Timestamp) -> Budget {
        let grants = Grants::of(bucket);
        let calls = self.calls.entry(bucket).or_default();
        // A clock that was set back must not hold everything up.
        calls.retain(|at| now.duration_since(*at).abs() < MINUTE);
        let made = calls.len() as u32;
        Budget {
            bucket,
            left: grants.all.saturating_sub(made),
            left_for_calm: grants.calm.saturating_sub(made),
        }
    }

    /// How long to leave a channel alone.
    fn wait_for(&self, place: Place, now: Timestamp) -> Option<SignedDuration> {
        let refused = self.refused.get(&place).map(|until| until.duration_since(now));
        let full = self.channels.get(&place).map(|until| {
            let spoken_for = until.duration_since(now);
            // So far ahead only of a clock that was set back.
            let spoken_for = if spoken_for > MINUTE { SignedDuration::ZERO } else { spoken_for };
            spoken_for - BETWEEN_POSTS * (POSTS_AT_ONCE - 1)
        });
        refused.max(full).filter(SignedDuration::is_positive)
    }

    fn post(&mut self, place: Place, now: Timestamp) {
        if self.channels.len() >= CHANNELS {
            self.channels.retain(|_, until| *until > now);
        }
        let until = self.channels.entry(place).or_insert(now);
        if until.duration_since(now) > MINUTE {
            *until = now;
        }
        *until = (*until).max(now).saturating_add(BETWEEN_POSTS).unwrap_or(now);
    }
}

/// How many calls a minute are granted.
struct Grants {
    all: u32,
    /// How many of them to what only a monitor asked for.
    calm: u32,
}

impl Grants {
    fn of(bucket: &str) -> Self {
        let known = PER_MINUTE.iter().find(|(of, _)| *of == bucket);
        let all = known.map_or(PER_MINUTE_OTHERWISE, |(_, all)| *all);
        let kept = matches!(bucket, "open_channel" | "edit_message");
        Self { all, calm: if kept { all - all / KEPT_FOR_PEOPLE } else { all } }
    }
}

/// The channel an effect posts into; one that replies under the broadcast posts into the company's.
fn place_of(effect: &Effect, incident: IncidentId) -> Option<Place> {
    match effect {
        Effect::PostNotice { .. } | Effect::PostBrief => Some(Place::Room(incident)),
        Effect::PostBroadcast | Effect::ReplyUnderBroadcast { .. } => Some(Place::Company),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sima_incident::Notice;
    use uuid::Uuid;

    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + secs).expect("a time")
    }

    fn of(effect: Effect, incident: u128, calm: bool) -> Leased {
        Leased {
            id: 1,
            incident_id: IncidentId(Uuid::from_u128(incident)),
            effect,
            attempts: 1,
            unsure: false,
            calm,
            planned_at: at(0),
            run_at: at(0),
            owner: "w".to_owned(),
        }
    }

    fn notice() -> Notice {
        Notice::PostmortemReady { url: "https://example.com".to_owned() }
    }

    /// How many go through at once.
    fn at_once(pace: &Pace, leased: &Leased, now: Timestamp) -> usize {
        (0..1_000).take_while(|_| pace.take(leased, now).is_none()).count()
    }

    #[test]
    fn a_storm_of_channels_is_spread_and_says_when_there_is_room() {
        let pace = Pace::default();
        let channel = of(Effect::OpenChannel, 1, false);
        assert_eq!(at_once(&pace, &channel, at(0)), 20);
        assert_eq!(pace.take(&channel, at(59)), Some(Wait::ForBudget));
        assert_eq!(pace.until_room(at(50)), Some(SignedDuration::from_secs(10)));
        assert_eq!(at_once(&pace, &channel, at(60)), 20);
    }

    #[test]
    fn no_minute_has_more_calls_than_granted() {
        let pace = Pace::default();
        let edit = of(Effect::EditBrief, 1, false);
        let made: Vec<i64> =
            (0..300).flat_map(|now| vec![now; at_once(&pace, &edit, at(now))]).collect();
        for from in 0..240 {
            let within = made.iter().filter(|at| (from..from + 60).contains(*at)).count();
            assert!(within <= 50, "{within} calls from {from} on");
        }
        assert_eq!(made.len(), 250, "and all that is granted is used");
    }

    #[test]
    fn monitors_leave_a_part_to_people() {
        let pace = Pace::default();
        let (calm, asked) = (of(Effect::EditBrief, 1, true), of(Effect::EditBroadcast, 2, false));
        assert_eq!(at_once(&pace, &calm, at(0)), 40);
        assert_eq!(pace.until_room(at(1)), Some(SignedDuration::from_secs(59)));
        assert_eq!(at_once(&pace, &asked, at(1)), 10, "both edit messages, of one budget");
        let left = pace.fewer_than(64, at(1)).into_iter().find(|one| one.bucket == "edit_message");
        let none = Budget { bucket: "edit_message", left: 0, left_for_calm: 0 };
        assert_eq!(left, Some(none));
    }

    #[test]
    fn what_has_begun_is_not_promised_to_another() {
        let pace = Arc::new(Pace::default());
        let channel = of(Effect::OpenChannel, 1, false);
        let left = || {
            let budgets = pace.fewer_than(64, at(0));
            let budget = budgets.into_iter().find(|one| one.bucket == "open_channel");
            budget.map(|budget| budget.left)
        };
        let begun = pace.expect(&channel);
        assert_eq!(left(), Some(19));
        assert_eq!(pace.take(&channel, at(0)), None);
        drop(begun);
        assert_eq!(left(), Some(19), "it is counted once");
        drop(pace.expect(&channel));
        assert_eq!(left(), Some(19), "it was moot");
    }

    #[test]
    fn pages_do_not_wait_for_channels() {
        let pace = Pace::default();
        at_once(&pace, &of(Effect::OpenChannel, 1, false), at(0));
        assert_eq!(pace.take(&of(Effect::PageOnCall, 1, true), at(0)), None);
    }

    #[test]
    fn replies_under_all_broadcasts_share_the_company_s_channel() {
        let pace = Pace::default();
        let reply =
            |incident| of(Effect::ReplyUnderBroadcast { notice: notice() }, incident, false);
        for incident in 0..6 {
            assert_eq!(pace.take(&reply(incident), at(0)), None);
        }
        let wait = SignedDuration::from_secs(1);
        assert_eq!(pace.take(&reply(6), at(0)), Some(Wait::ForChannel(wait)));
        let elsewhere = of(Effect::PostNotice { notice: notice() }, 6, false);
        assert_eq!(pace.take(&elsewhere, at(0)), None);
        assert_eq!(pace.take(&reply(6), at(1)), None);
    }

    #[test]
    fn a_message_too_many_holds_its_channel_and_two_hold_all() {
        let pace = Pace::default();
        let post = |incident| of(Effect::PostNotice { notice: notice() }, incident, false);
        assert!(!pace.refused(&post(1), at(30), at(0)));
        let wait = SignedDuration::from_secs(30);
        assert_eq!(
            pace.take(&of(Effect::PostBrief, 1, false), at(0)),
            Some(Wait::ForChannel(wait))
        );
        assert_eq!(pace.take(&post(2), at(0)), None);
        assert!(!pace.refused(&post(1), at(40), at(10)), "the same channel again");
        assert!(pace.refused(&post(2), at(40), at(11)));
        assert!(pace.refused(&of(Effect::OpenChannel, 1, false), at(40), at(11)));
        assert!(!pace.refused(&post(3), at(80), at(50)), "the others are over");
    }

    #[test]
    fn a_clock_that_was_set_back_holds_nothing_up() {
        let pace = Pace::default();
        at_once(&pace, &of(Effect::OpenChannel, 1, false), at(86_400));
        at_once(&pace, &of(Effect::PostBrief, 1, false), at(86_400));
        assert_eq!(pace.take(&of(Effect::OpenChannel, 1, false), at(0)), None);
        assert_eq!(pace.take(&of(Effect::PostBrief, 1, false), at(0)), None);
    }
}
