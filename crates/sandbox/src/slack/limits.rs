//! Slack's rate limits, counted per method over a sliding minute, and per channel for posting.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::arguments::Arguments;
use super::catalog::Method;

/// How strictly calls are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limits {
    /// Not at all.
    Off,
    /// Twice the tier, and bursts of ten messages per channel: the documents say "20+" and
    /// "short bursts tolerated".
    #[default]
    Generous,
    /// The tier as it is written, one message per second per channel.
    Strict,
}

/// Budget of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tier {
    Two,
    Three,
    Four,
    Special,
}

/// Calls counted so far.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(crate) limits: Limits,
    calls: BTreeMap<&'static str, VecDeque<i64>>,
    posts: BTreeMap<String, VecDeque<i64>>,
}

impl Meter {
    /// Counts a call; answers the seconds to wait when it is over the limit.
    pub(crate) fn count(&mut self, method: &Method, args: &Arguments, now: i64) -> Option<u64> {
        const MINUTE: i64 = 60_000_000;
        let generosity = match self.limits {
            Limits::Off => return None,
            Limits::Generous => 2,
            Limits::Strict => 1,
        };
        let budget = generosity
            * match method.tier {
                Tier::Two => 20,
                Tier::Three => 50,
                Tier::Four => 100,
                Tier::Special => 600,
            };
        let over = over(self.calls.entry(method.name).or_default(), budget, MINUTE, now);
        if over.is_some() || method.name != "chat.postMessage" {
            return over;
        }
        let burst = if self.limits == Limits::Strict { 1 } else { 10 };
        let channel = args.text("channel").unwrap_or_default();
        let window = i64::try_from(burst).unwrap_or(1) * 1_000_000;
        self::over(self.posts.entry(channel).or_default(), burst, window, now)
    }
}

/// Counts one more in a sliding window, unless the window is full.
fn over(seen: &mut VecDeque<i64>, budget: usize, window: i64, now: i64) -> Option<u64> {
    while seen.front().is_some_and(|at| at + window <= now) {
        seen.pop_front();
    }
    if seen.len() >= budget {
        let wait = seen.front().map_or(window, |at| at + window - now);
        return Some(u64::try_from(wait).unwrap_or(0).div_ceil(1_000_000).max(1));
    }
    seen.push_back(now);
    None
}
