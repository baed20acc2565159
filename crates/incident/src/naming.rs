//! The name of an incident's channel: `incident_MM_DD_summary-slug`, within the chat's rules.

use jiff::{Timestamp, tz::TimeZone};

use crate::IncidentNumber;

/// The longest name a channel may have, in characters (Slack, "Using the Conversations API", 2026).
pub const MAX_CHANNEL_NAME: usize = 80;

/// Makes the channel's name: only `a-z`, `0-9`, `-` and `_`, at most [`MAX_CHANNEL_NAME`] long.
///
/// Letters of other scripts are transliterated. A summary of which nothing is left gives the
/// incident's number instead.
///
/// ```
/// # use sima_incident::{IncidentNumber, naming::channel_name};
/// let at = "2022-06-30T09:00:00Z".parse().unwrap();
/// let name = channel_name("Queue is not draining!", at, &jiff::tz::TimeZone::UTC, IncidentNumber(7));
/// assert_eq!(name, "incident_06_30_queue-is-not-draining");
/// ```
pub fn channel_name(
    summary: &str,
    opened_at: Timestamp,
    zone: &TimeZone,
    number: IncidentNumber,
) -> String {
    let date = opened_at.to_zoned(zone.clone()).strftime("%m_%d").to_string();
    let head = format!("incident_{date}_");
    let slug = slug(summary, MAX_CHANNEL_NAME - head.len());
    if slug.is_empty() { format!("{head}inc-{}", number.0) } else { head + &slug }
}

/// Makes another name for a channel whose first one is taken: the number cannot clash.
///
/// `attempt` counts from 0; a name that somebody else took in spite of the number gets one more.
pub fn other_channel_name(name: &str, number: IncidentNumber, attempt: u32) -> String {
    let tail = match attempt {
        0 => format!("-{}", number.0),
        again => format!("-{}-{}", number.0, again + 1),
    };
    let kept = name[..name.len().min(MAX_CHANNEL_NAME - tail.len())].trim_end_matches(['-', '_']);
    format!("{kept}{tail}")
}

/// Reduces text to lower-case words joined by `-`, cut between words if one ends in time.
fn slug(text: &str, longest: usize) -> String {
    let mut slug = String::new();
    for letter in deunicode::deunicode(text).to_ascii_lowercase().chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !matches!(letter, '\'' | '’') && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    if slug.len() > longest {
        let whole_words = slug[..=longest].rfind('-').filter(|end| *end > longest / 2);
        slug.truncate(whole_words.unwrap_or(longest));
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(summary: &str) -> String {
        let at = "2026-11-22T23:30:00Z".parse().expect("a time");
        channel_name(summary, at, &TimeZone::UTC, IncidentNumber(42))
    }

    #[test]
    fn names_follow_the_chats_rules_whatever_people_write() {
        let cases = [
            ("Checkout is DOWN!!", "incident_11_22_checkout-is-down"),
            ("Zahlungen über Überweisung", "incident_11_22_zahlungen-uber-uberweisung"),
            ("don't panic", "incident_11_22_dont-panic"),
            ("   ", "incident_11_22_inc-42"),
            ("<!channel> & co", "incident_11_22_channel-co"),
            ("!!!", "incident_11_22_inc-42"),
        ];
        for (summary, expected) in cases {
            assert_eq!(name(summary), expected, "{summary:?}");
        }
        for summary in ["支付失败", "الدفع متوقف", "оплата не работает", "x".repeat(3000).as_str()]
        {
            let name = name(summary);
            assert!(name.len() <= MAX_CHANNEL_NAME, "{name}");
            assert!(
                name.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c)),
                "{name}"
            );
        }
    }

    #[test]
    fn a_long_name_ends_with_a_whole_word() {
        let name = name(&"payments are failing for everybody ".repeat(9));
        assert!(name.len() <= MAX_CHANNEL_NAME && name.ends_with("-for"), "{name}");
    }

    #[test]
    fn the_date_is_the_workspaces() {
        let at = "2026-11-22T23:30:00Z".parse().expect("a time");
        let paris = TimeZone::get("Europe/Paris").expect("bundled");
        assert_eq!(channel_name("x", at, &paris, IncidentNumber(1)), "incident_11_23_x");
    }

    #[test]
    fn a_clash_is_settled_by_the_number() {
        let number = IncidentNumber(42);
        assert_eq!(other_channel_name("incident_11_22_x", number, 0), "incident_11_22_x-42");
        assert_eq!(other_channel_name("incident_11_22_x", number, 1), "incident_11_22_x-42-2");
        let long = other_channel_name(&"a".repeat(80), number, 0);
        assert!(long.len() == 80 && long.ends_with("a-42"));
    }
}
