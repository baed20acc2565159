//! A duration as people read it.

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A duration of so many milliseconds in its two largest units: `4 min 30 s`, `1 h 2 min`.
///
/// What is smaller is dropped, as a clock does.
///
/// ```
/// # use sima_incident::figures::in_words;
/// assert_eq!(in_words(270_000), "4 min 30 s");
/// ```
pub fn in_words(ms: i64) -> String {
    let sign = if ms <= -(SECOND as i64) { "−" } else { "" };
    let length = ms.unsigned_abs();
    let (large, large_name, small, small_name) = match length {
        DAY.. => (length / DAY, "d", length % DAY / HOUR, "h"),
        HOUR.. => (length / HOUR, "h", length % HOUR / MINUTE, "min"),
        MINUTE.. => (length / MINUTE, "min", length % MINUTE / SECOND, "s"),
        _ => (length / SECOND, "s", 0, ""),
    };
    match small {
        0 => format!("{sign}{large} {large_name}"),
        _ => format!("{sign}{large} {large_name} {small} {small_name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_units_at_most() {
        let cases = [
            (0, "0 s"),
            (999, "0 s"),
            (45_000, "45 s"),
            (60_000, "1 min"),
            (270_000, "4 min 30 s"),
            (3_600_000, "1 h"),
            (3_720_000, "1 h 2 min"),
            (3_601_000, "1 h"),
            (93_600_000, "1 d 2 h"),
            (-270_000, "−4 min 30 s"),
            (-1, "0 s"),
        ];
        for (ms, expected) in cases {
            assert_eq!(in_words(ms), expected, "{ms}");
        }
        assert!(in_words(i64::MIN).starts_with('−'));
    }
}
