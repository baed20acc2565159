//! Lengths of time as people type them: `30m`, `45 minutes`, `1h30`, `20`.

use jiff::SignedDuration;

/// The longest that makes sense here.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Reads a length of time; a bare number is minutes. Nothing if it is none, zero or over a week.
pub(super) fn read(text: &str) -> Option<SignedDuration> {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    let length = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        SignedDuration::from_mins(text.parse::<u16>().ok()?.into())
    } else {
        // `1h30` is said, and means minutes.
        let whole = match text.rsplit_once('h') {
            Some((_, minutes)) if is_number(minutes) => format!("{text}m"),
            _ => text,
        };
        whole.parse().ok()?
    };
    (length.is_positive() && length <= LONGEST).then_some(length)
}

/// Whether text is digits and nothing else.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_type_them() {
        for (text, minutes) in [
            ("30m", Some(30)),
            ("30 min", Some(30)),
            ("45 minutes", Some(45)),
            ("1h", Some(60)),
            ("1h30", Some(90)),
            ("1h 30m", Some(90)),
            ("2 hours", Some(120)),
            ("20", Some(20)),
            ("0", None),
            ("-5m", None),
            ("soon", None),
            ("", None),
            ("99999999999", None),
            ("60000", None),
        ] {
            assert_eq!(read(text), minutes.map(SignedDuration::from_mins), "{text:?}");
        }
    }
}
