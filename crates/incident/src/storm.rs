//! When many openings at once are a storm, and when alerts are one trouble: asked by those who open
//! incidents, and by those who say what rules would have opened.

use jiff::{SignedDuration, Timestamp};

/// How far back the openings of an integration are counted, and how long its storm lasts after the
/// last alert of it.
pub const STORM_SPAN: SignedDuration = SignedDuration::from_mins(5);

/// How many incidents the alerts of one integration may open within five minutes, and about how many
/// they may ask people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StormLimit(pub u32);

impl StormLimit {
    /// Whether one more is gathered with others, after so many were opened lately, or because
    /// something was gathered lately.
    pub fn gathers(self, lately: u32, gathered_at: Option<Timestamp>, now: Timestamp) -> bool {
        lately >= self.0 || gathered_at.is_some_and(|at| is_one_trouble(at, STORM_SPAN, now))
    }
}

/// Whether an alert of a group belongs to what took the last one in then, if alerts belong together
/// for so long; never if that is zero.
pub fn is_one_trouble(last: Timestamp, within: SignedDuration, now: Timestamp) -> bool {
    within.is_positive() && now.duration_since(last) <= within
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_begins_at_the_limit_and_lasts_until_it_is_quiet() {
        let at = |secs| Timestamp::from_second(secs).expect("a time");
        let limit = StormLimit(5);
        assert!(!limit.gathers(4, None, at(0)) && limit.gathers(5, None, at(0)));
        assert!(limit.gathers(0, Some(at(0)), at(300)) && !limit.gathers(0, Some(at(0)), at(301)));
    }

    #[test]
    fn what_is_never_grouped_is_no_trouble_of_anothers() {
        let at = |secs| Timestamp::from_second(secs).expect("a time");
        assert!(!is_one_trouble(at(0), SignedDuration::ZERO, at(0)));
        assert!(is_one_trouble(at(0), SignedDuration::from_secs(1), at(1)));
        assert!(!is_one_trouble(at(0), SignedDuration::from_secs(1), at(2)));
    }
}
