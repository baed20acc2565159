//! A share of things that went as they should, with the interval it may lie in.

use serde::{Deserialize, Serialize};

/// The standard normal deviate of 95 %.
const Z: f64 = 1.96;

/// So many of so many, in per cent, with Wilson's interval: few things say little.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// How many went as they should.
    pub count: usize,
    /// Of how many of which it is known.
    pub of: usize,
    /// The share; absent if there is none to speak of.
    pub percent: Option<f64>,
    /// In 95 cases of 100 the share behind it is no lower.
    pub low_percent: Option<f64>,
    /// And no higher.
    pub high_percent: Option<f64>,
}

impl Share {
    /// The share of `count` in `of`, each per cent rounded to one decimal.
    ///
    /// ```
    /// # use sima_incident::figures::Share;
    /// let share = Share::new(17, 20);
    /// assert_eq!((share.percent, share.low_percent, share.high_percent), (Some(85.0), Some(64.0), Some(94.8)));
    /// ```
    pub fn new(count: usize, of: usize) -> Self {
        if of == 0 {
            return Self { count, of, percent: None, low_percent: None, high_percent: None };
        }
        let (share, of_all) = (count as f64 / of as f64, of as f64);
        let middle = share + Z * Z / (2.0 * of_all);
        let reach = Z * (share * (1.0 - share) / of_all + Z * Z / (4.0 * of_all * of_all)).sqrt();
        let whole = 1.0 + Z * Z / of_all;
        let percent = |share: f64| Some((share.clamp(0.0, 1.0) * 1000.0).round() / 10.0);
        Self {
            count,
            of,
            percent: percent(share),
            low_percent: percent((middle - reach) / whole),
            high_percent: percent((middle + reach) / whole),
        }
    }

    /// The share in words, with its interval: `17 of 20 (85 %, likely between 64 % and 94.8 %)`.
    pub fn in_words(&self) -> String {
        match (self.percent, self.low_percent, self.high_percent) {
            (Some(share), Some(low), Some(high)) => format!(
                "{} of {} ({share} %, likely between {low} % and {high} %)",
                self.count, self.of
            ),
            _ => "none yet".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_definition() {
        for (count, of, expected) in
            [(17, 20, [85.0, 64.0, 94.8]), (3, 3, [100.0, 43.8, 100.0]), (0, 4, [0.0, 0.0, 49.0])]
        {
            let share = Share::new(count, of);
            let found = [share.percent, share.low_percent, share.high_percent];
            assert_eq!(found, expected.map(Some), "{count} of {of}");
        }
    }

    #[test]
    fn nothing_of_nothing_is_no_share() {
        assert_eq!(Share::new(0, 0).percent, None);
        assert_eq!(Share::new(0, 0).in_words(), "none yet");
    }
}
