//! Times and spans: times in each reader's own zone, with UTC where that cannot be shown.
//!
//! Source: docs.slack.dev, "Formatting message text", "Date formatting", 2026-01.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// A moment with its day: `Jun 30 at 9:00` for the reader.
pub(super) fn moment(at: Timestamp) -> String {
    date(at, "{date_short_pretty} at {time}")
}

/// A moment of today: `9:00` for the reader.
pub(super) fn time(at: Timestamp) -> String {
    date(at, "{time}")
}

fn date(at: Timestamp, pattern: &str) -> String {
    format!("<!date^{}^{pattern}|{}>", at.as_second(), utc(at))
}

/// A moment in UTC: `2022-06-30 09:00 UTC`.
pub(super) fn utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A span in the two largest units: `2 d 3 h`, `1 h 2 min`, `4 min`, `35 s`.
pub(super) fn span(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    let two = |large: i64, large_unit: &str, small: i64, small_unit: &str| match small {
        0 => format!("{large} {large_unit}"),
        small => format!("{large} {large_unit} {small} {small_unit}"),
    };
    if days > 0 {
        two(days, "d", hours, "h")
    } else if hours > 0 {
        two(hours, "h", minutes, "min")
    } else if minutes > 0 {
        format!("{minutes} min")
    } else {
        format!("{seconds} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_short() {
        for (seconds, expected) in [
            (0, "0 s"),
            (35, "35 s"),
            (299, "4 min"),
            (3600, "1 h"),
            (3_720, "1 h 2 min"),
            (183_600, "2 d 3 h"),
            (-5, "0 s"),
        ] {
            assert_eq!(span(SignedDuration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn a_moment_falls_back_to_utc() {
        let at = "2022-06-30T09:00:00Z".parse().expect("a time");
        assert_eq!(
            moment(at),
            "<!date^1656579600^{date_short_pretty} at {time}|2022-06-30 09:00 UTC>"
        );
    }
}
