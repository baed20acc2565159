//! Percentiles when some values are still growing: the Kaplan–Meier estimate.
//!
//! Leaving out what is still open would flatter (the slow ones are missing); ending it now would
//! invent a recovery. The estimate takes from an open incident what it proves: that it takes at
//! least so long.

/// How long something took, or has taken so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lifetime {
    /// It took this many milliseconds. Of equal times this one comes first.
    Ended(i64),
    /// It takes longer than this many milliseconds; how much longer is not known.
    AtLeast(i64),
}

impl Lifetime {
    fn ms(self) -> i64 {
        match self {
            Self::Ended(ms) | Self::AtLeast(ms) => ms,
        }
    }
}

/// The `p`th percentile (0 to 1): the least time by which a share `p` has ended, as estimated.
///
/// `None` if the curve never comes down so far: *not reached*.
pub fn survival_percentile(lifetimes: &[Lifetime], p: f64) -> Option<i64> {
    let mut sorted = lifetimes.to_vec();
    sorted.sort_unstable_by_key(|lifetime| (lifetime.ms(), *lifetime));
    let mut surviving = 1.0;
    let mut at_risk = sorted.len();
    let mut rest = sorted.as_slice();
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|other| other.ms() == first.ms()).count();
        let ended = rest[..same].iter().filter(|other| matches!(other, Lifetime::Ended(_))).count();
        surviving *= 1.0 - ended as f64 / at_risk as f64;
        // The product of fractions may miss a round share by its last bit.
        if ended > 0 && surviving <= 1.0 - p + 1e-9 {
            return Some(first.ms());
        }
        at_risk -= same;
        rest = &rest[same..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use Lifetime::{AtLeast, Ended};

    const TABLE: [Lifetime; 8] = [
        Ended(12),
        Ended(25),
        AtLeast(31),
        Ended(40),
        Ended(55),
        AtLeast(90),
        Ended(130),
        AtLeast(600),
    ];

    #[test]
    fn the_table_of_the_definition() {
        // The curve: 0.875 at 12, 0.75 at 25, 0.6 at 40, 0.45 at 55, 0.225 at 130.
        let cases = [
            (0.125, Some(12)),
            (0.25, Some(25)),
            (0.4, Some(40)),
            (0.5, Some(55)),
            (0.55, Some(55)),
            (0.775, Some(130)),
            (0.9, None),
        ];
        for (p, expected) in cases {
            assert_eq!(survival_percentile(&TABLE, p), expected, "p = {p}");
        }
    }

    #[test]
    fn the_order_in_which_they_come_does_not_matter() {
        let mut table = TABLE;
        table.reverse();
        assert_eq!(survival_percentile(&table, 0.5), Some(55));
    }

    #[test]
    fn nothing_is_reached_while_all_are_open() {
        assert_eq!(survival_percentile(&[AtLeast(5), AtLeast(90)], 0.5), None);
        assert_eq!(survival_percentile(&[], 0.5), None);
    }

    #[test]
    fn with_none_open_it_is_the_first_time_by_which_half_has_ended() {
        assert_eq!(survival_percentile(&[Ended(1), Ended(2), Ended(3), Ended(4)], 0.5), Some(2));
    }

    #[test]
    fn of_equal_times_endings_come_before_censorings() {
        assert_eq!(survival_percentile(&[AtLeast(10), Ended(10)], 0.5), Some(10));
    }
}
