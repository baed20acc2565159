//! Median, extremes and the slowest tenth of what was measured, as a row of a table.

use std::time::Duration;

/// What many measurements of one thing say.
pub struct Figures {
    /// Half took less.
    pub median: Duration,
    min: Duration,
    max: Duration,
    p90: Duration,
    p99: Duration,
    count: usize,
}

impl Figures {
    /// The figures of some times; there must be one.
    pub fn of(times: impl IntoIterator<Item = Duration>) -> Self {
        let mut times: Vec<Duration> = times.into_iter().collect();
        times.sort_unstable();
        // Nearest rank: the smallest that at least so many are not above.
        let rank = |percent: usize| times[(times.len() * percent).div_ceil(100).max(1) - 1];
        Self {
            median: rank(50),
            min: times[0],
            max: times[times.len() - 1],
            p90: rank(90),
            p99: rank(99),
            count: times.len(),
        }
    }

    /// The heading of a table of such rows.
    pub fn heading(round_trip: Option<Duration>) -> String {
        let last = if round_trip.is_some() { "median RT" } else { "p99" };
        format!(
            "{:<20}{:>4}{:>10}{:>10}{:>10}{:>10}{last:>12}",
            "", "n", "median", "min", "max", "p90"
        )
    }

    /// Them as a row; in round trips too if one is given.
    pub fn row(&self, name: &str, round_trip: Option<Duration>) -> String {
        let ms = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1_000.0);
        let last = match round_trip {
            Some(one) => format!("{:.2}", self.median.as_secs_f64() / one.as_secs_f64()),
            None => ms(self.p99),
        };
        let Self { median, min, max, p90, .. } = *self;
        format!(
            "{name:<20}{:>4}{:>10}{:>10}{:>10}{:>10}{last:>12}",
            self.count,
            ms(median),
            ms(min),
            ms(max),
            ms(p90)
        )
    }
}
