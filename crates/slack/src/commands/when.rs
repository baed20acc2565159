//! When something was, as people type it: `10:04`, `10m ago`.

use std::fmt;

use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};

use super::length;

/// How far a clock on the wall may run ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(2);

/// A moment that is over, as somebody said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Just now.
    Now,
    /// So long ago.
    Ago(SignedDuration),
    /// When their clock last showed this.
    Clock(Time),
}

impl When {
    /// Reads a text that says when and nothing else; an empty one is now.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Some(Self::Now);
        }
        let (when, rest) = leading(text);
        // `10m` in a field that asks when can mean nothing else.
        when.filter(|_| rest.is_empty()).or_else(|| length::read(text).map(Self::Ago))
    }

    /// The moment for somebody in a zone; nothing for now.
    pub fn at(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Now => None,
            Self::Ago(ago) => now.checked_sub(ago).ok(),
            Self::Clock(clock) => {
                let today = now.to_zoned(zone.clone()).date();
                let on = |date: jiff::civil::Date| {
                    date.to_datetime(clock).to_zoned(zone.clone()).ok().map(|at| at.timestamp())
                };
                match on(today)? {
                    at if at <= now => Some(at),
                    at if at.duration_since(now) <= AHEAD => Some(now),
                    _ => on(today.yesterday().ok()?),
                }
            }
        }
    }
}

impl fmt::Display for When {
    /// As one may type it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => Ok(()),
            Self::Ago(ago) => write!(f, "{}m ago", ago.as_mins().max(1)),
            Self::Clock(clock) => write!(f, "{}", clock.strftime("%H:%M")),
        }
    }
}

/// The time a text begins with, and what follows it; the whole text if it begins with none.
pub(super) fn leading(text: &str) -> (Option<When>, &str) {
    let text = text.trim();
    let after_at = without(text, "at ").unwrap_or(text);
    if let Some((clock, rest)) = clock(after_at) {
        return (Some(When::Clock(clock)), begun(rest));
    }
    if let Some((ago, rest)) = ago(text) {
        return (Some(When::Ago(ago)), begun(rest));
    }
    match without(text, "now") {
        Some(rest) if rest.chars().next().is_none_or(|next| ":,".contains(next)) => {
            (Some(When::Now), begun(rest))
        }
        _ => (None, text),
    }
}

/// A text without the word it begins with, in any case.
fn without<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (begin, rest) = text.split_at_checked(word.len())?;
    begin.eq_ignore_ascii_case(word).then_some(rest)
}

/// Drops what separates a time from the words that follow.
fn begun(rest: &str) -> &str {
    rest.trim_start_matches(|letter: char| letter.is_whitespace() || ",:;-–—".contains(letter))
}

/// Reads a clock's time, such as `9:04`, `09:04:30`, `9h04`, `9:04 pm`.
fn clock(text: &str) -> Option<(Time, &str)> {
    let (hour, rest) = number(text)?;
    let rest = rest.strip_prefix([':', 'h', 'H'])?;
    let (minute, mut rest) = number(rest).filter(|(_, after)| rest.len() - after.len() == 2)?;
    let mut second = 0;
    if let Some((given, after)) = rest.strip_prefix(':').and_then(number) {
        (second, rest) = (given, after);
    }
    let half = rest.trim_start();
    let (hour, rest) = match (without(half, "am"), without(half, "pm")) {
        (Some(rest), _) if ends(rest) && (1..=12).contains(&hour) => (hour % 12, rest),
        (_, Some(rest)) if ends(rest) && (1..=12).contains(&hour) => (hour % 12 + 12, rest),
        _ => (hour, rest),
    };
    let time = Time::new(hour, minute, second, 0).ok()?;
    ends(rest).then_some((time, rest))
}

/// One or two digits at the beginning.
fn number(text: &str) -> Option<(i8, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = (1..=2).contains(&end).then(|| text[..end].parse().ok()).flatten()?;
    Some((number, &text[end..]))
}

/// Whether a word is over here.
fn ends(rest: &str) -> bool {
    rest.chars().next().is_none_or(|next| !next.is_alphanumeric())
}

/// Reads how long ago, such as `10m ago` or `2 hours ago`.
fn ago(text: &str) -> Option<(SignedDuration, &str)> {
    // The longest way to say it; further on, the word is part of a sentence.
    let near = text.as_bytes().iter().take(28);
    let near: Vec<u8> = near.map(u8::to_ascii_lowercase).collect();
    let at = near.windows(4).position(|four| four == b" ago")?;
    let rest = &text[at + 4..];
    let length = length::read(text[..at].trim())?;
    ends(rest).then_some((length, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_at_the_beginning_is_understood() {
        let clock = |hour, minute| Some(When::Clock(Time::constant(hour, minute, 0, 0)));
        let ago = |minutes| Some(When::Ago(SignedDuration::from_mins(minutes)));
        for (text, when, rest) in [
            ("10:04 The deploy ended", clock(10, 4), "The deploy ended"),
            ("at 9:04: restarted", clock(9, 4), "restarted"),
            ("9h04 – restarted", clock(9, 4), "restarted"),
            ("9:04 PM restarted", clock(21, 4), "restarted"),
            ("12:04am, restarted", clock(0, 4), "restarted"),
            ("10m ago we restarted", ago(10), "we restarted"),
            ("2 Hours Ago: restarted", ago(120), "restarted"),
            ("20 ago restarted", ago(20), "restarted"),
            ("now: restarted", Some(When::Now), "restarted"),
            ("10:04", clock(10, 4), ""),
            ("now we restart", None, "now we restart"),
            ("25:04 is no time", None, "25:04 is no time"),
            ("10:4 is none", None, "10:4 is none"),
            ("10:04x is none", None, "10:04x is none"),
            ("1.2.3:80 is down", None, "1.2.3:80 is down"),
            ("400 errors a minute", None, "400 errors a minute"),
            ("it was long ago", None, "it was long ago"),
            ("支付失败，请检查 ago", None, "支付失败，请检查 ago"),
            ("İ:04", None, "İ:04"),
            ("", None, ""),
        ] {
            assert_eq!(leading(text), (when, rest), "{text:?}");
        }
    }

    #[test]
    fn a_field_says_when_and_nothing_else() {
        let ago = |minutes| Some(When::Ago(SignedDuration::from_mins(minutes)));
        assert_eq!(When::read(" "), Some(When::Now));
        assert_eq!(When::read("10m ago"), ago(10));
        assert_eq!(When::read("10m"), ago(10));
        assert_eq!(When::read("10:04 or so"), None);
        assert_eq!(When::read("yesterday"), None);
    }

    #[test]
    fn a_clock_is_the_readers_and_never_ahead() {
        let now: Timestamp = "2022-06-30T08:10:00Z".parse().expect("a time");
        let rome = TimeZone::get("Europe/Rome").expect("a zone");
        let at = |hour, minute, zone: &TimeZone| {
            let at = When::Clock(Time::constant(hour, minute, 0, 0)).at(now, zone);
            at.expect("a moment").to_string()
        };
        assert_eq!(at(10, 4, &rome), "2022-06-30T08:04:00Z");
        assert_eq!(at(8, 4, &TimeZone::UTC), "2022-06-30T08:04:00Z");
        assert_eq!(at(10, 11, &rome), "2022-06-30T08:10:00Z", "their clock runs ahead");
        assert_eq!(at(23, 50, &rome), "2022-06-29T21:50:00Z", "that was yesterday");
        assert_eq!(When::Now.at(now, &rome), None);
    }
}
