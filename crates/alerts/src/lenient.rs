//! Reading JSON as it is sent, not as it is documented: nulls, numbers as text, times of year 1.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sima_incident::legible;

use crate::alert::MAX_KEY;

/// The longest description kept, in characters; the core keeps no more.
const MAX_DESCRIPTION: usize = 2900;

/// How many links are kept.
const MAX_LINKS: usize = 8;

/// A field as text: text that is not blank, or a number or a truth in words.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The fields of an object that have text.
pub(crate) fn labels(value: &Value) -> BTreeMap<String, String> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
        .collect()
}

/// The fields of an object that have text, by their names in lower case, without those whose
/// placeholder the sender did not replace: templates are filled by name, and not always filled.
pub(crate) fn filled(
    value: &Value,
    is_placeholder: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    labels(value)
        .into_iter()
        .filter(|(_, text)| !is_placeholder(text))
        .map(|(name, text)| (name.to_ascii_lowercase(), text))
        .collect()
}

/// Whether a text is a template's variable that nobody replaced: `$ALERT_TITLE`, `{EVENT.NAME}`,
/// `{{ rule.name }}`, `${title}`.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let is_name = |name: &str, also: &[u8]| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || also.contains(&byte))
    };
    let within = |from: &str, to: &str| text.strip_prefix(from)?.strip_suffix(to);
    let of_shell = text.strip_prefix('$').is_some_and(|name| {
        is_name(name, b"_[].")
            && !name.bytes().any(|byte| byte.is_ascii_lowercase())
            && !name.starts_with(|first: char| first.is_ascii_digit())
    });
    let in_braces = within("{{", "}}").or_else(|| within("${", "}")).or_else(|| within("{", "}"));
    of_shell || in_braces.is_some_and(|name| is_name(name.trim(), b"$#?._:- |"))
}

/// Tags as labels, in any form they are sent: `a:1,b`, `["a:1", "b"]`, `[["a", "1"]]` or
/// `[{"tag": "a", "value": "1"}]`. A tag without a value is true.
pub(crate) fn tags(value: &Value) -> BTreeMap<String, String> {
    let one = |tag: &str| {
        let (name, value) = tag.split_once(':').unwrap_or((tag, "true"));
        let (name, value) = (name.trim(), value.trim());
        (!name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
    };
    let named = |item: &Value| {
        let name = ["tag", "name", "key"].into_iter().find_map(|field| text(&item[field]))?;
        Some((name, text(&item["value"]).unwrap_or_else(|| "true".into())))
    };
    match value {
        Value::String(text) => text.split(',').filter_map(one).collect(),
        Value::Array(items) => items
            .iter()
            .filter_map(|item| match item {
                Value::String(text) => one(text),
                Value::Array(pair) => Some((text(pair.first()?)?, text(pair.get(1)?)?)),
                _ => named(item),
            })
            .collect(),
        Value::Object(_) => labels(value),
        Value::Null | Value::Bool(_) | Value::Number(_) => BTreeMap::new(),
    }
}

/// The labels that name what is affected, the most telling first.
pub(crate) fn affected(labels: &BTreeMap<String, String>) -> impl Iterator<Item = Option<String>> {
    ["domain", "service", "job", "team"].into_iter().map(|name| labels.get(name).cloned())
}

/// A time as RFC 3339 text, in UTC if it names no zone, or in seconds or milliseconds since 1970.
/// Times before 1971 mean that there is none: Go's zero time is of the year 1. Of what is sent finer
/// than microseconds the rest is cut, or a time would differ from itself once it was stored.
pub(crate) fn time(value: &Value) -> Option<Timestamp> {
    const YEAR_1971: i64 = 31_536_000;
    // Seconds of the year 5138 and milliseconds of 1973: nothing that is sent lies between.
    const MILLISECONDS_FROM: i64 = 100_000_000_000;
    let text = text(value)?;
    let at = match text.parse::<f64>() {
        Ok(number) if number.is_finite() => {
            let number = number as i64;
            if number >= MILLISECONDS_FROM {
                Timestamp::from_millisecond(number).ok()?
            } else {
                Timestamp::from_second(number).ok()?
            }
        }
        _ => text.parse().ok().or_else(|| without_zone(&text))?,
    };
    let at = Timestamp::from_microsecond(at.as_microsecond()).ok()?;
    (at.as_second() >= YEAR_1971).then_some(at)
}

/// A time as it stands on a clock in UTC.
fn without_zone(text: &str) -> Option<Timestamp> {
    let on_the_clock: civil::DateTime = text.parse().ok()?;
    Some(on_the_clock.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Text in one line of at most `longest` characters.
pub(crate) fn one_line(text: &str, longest: usize) -> String {
    let mut line = String::new();
    let text = legible_words(text);
    let words = text.split_whitespace();
    for word in words {
        // More bytes than the longest line can have: the rest will be cut.
        if line.len() > longest * 4 {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    cut(&line, longest)
}

/// Text without what nobody sees; a control character parts words as a blank does.
fn legible_words(text: &str) -> String {
    legible(&text.replace(|c: char| c.is_control() && !c.is_whitespace(), " "))
}

/// A description of at most as many characters as an incident keeps.
pub(crate) fn description(text: &str) -> Option<String> {
    let text = legible_words(text).replace("\r\n", "\n");
    let text = text.trim();
    (!text.is_empty()).then(|| cut(text, MAX_DESCRIPTION))
}

/// A key as it came, or its SHA-256 if it is too long to be kept or cannot be read in one line.
pub(crate) fn key(text: &str) -> String {
    let keeps = text.len() <= MAX_KEY && !text.contains(char::is_control);
    if keeps { text.to_owned() } else { digest([text]) }
}

/// The SHA-256 of some texts, told apart from each other, in hex.
pub(crate) fn digest<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    format!("sha256:{}", hex::encode(hash.finalize()))
}

/// Addresses for a browser, each once, the first few.
pub(crate) fn links(found: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for link in found {
        let lower = link.to_ascii_lowercase();
        let host = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
        let for_a_browser = host.is_some_and(|host| host.starts_with(char::is_alphanumeric))
            && link.len() <= 2000
            && !link.contains(|c: char| c.is_whitespace() || c.is_control());
        if for_a_browser && !links.contains(&link) {
            links.push(link);
        }
        if links.len() == MAX_LINKS {
            break;
        }
    }
    links
}

/// Text of at most `longest` characters, an ellipsis in place of what is cut.
fn cut(text: &str, longest: usize) -> String {
    if text.chars().nth(longest).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_in_every_form_that_is_sent() {
        let nine = Some("2026-08-22T09:00:00Z".parse().expect("a time"));
        let cases = [
            (json!("2026-08-22T09:00:00Z"), nine),
            (json!("2026-08-22T11:00:00+02:00"), nine),
            (json!(1_787_389_200), nine),
            (json!("1787389200"), nine),
            (json!(1_787_389_200_000_i64), nine),
            (json!(1_787_389_200.0), nine),
            (json!("2026-08-22T09:00:00.000+0000"), nine),
            (json!("2026-08-22T09:00:00.0000009Z"), nine),
            (json!("2026-08-22 09:00:00.000"), nine),
            (json!("2026-08-22T09:00:00"), nine),
            (json!("0001-01-01T00:00:00Z"), None),
            (json!("0001-01-01 00:00:00"), None),
            (json!("2019-08-19"), Some("2019-08-19T00:00:00Z".parse().expect("a time"))),
            (json!(0), None),
            (json!(-62_135_596_800_i64), None),
            (json!(1e300), None),
            (json!("NaN"), None),
            (json!("tomorrow"), None),
            (json!(null), None),
        ];
        for (value, at) in cases {
            assert_eq!(time(&value), at, "{value}");
        }
    }

    #[test]
    fn tags_are_read_in_every_form_that_is_sent() {
        let wanted = BTreeMap::from(
            [("a", "1"), ("b", "true")].map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let forms = [
            json!("a:1, b,"),
            json!(["a:1", "b", ":"]),
            json!([["a", 1], ["b", true], ["c"], []]),
            json!([{ "tag": "a", "value": "1" }, { "name": "b", "value": "" }, {}, 3]),
            json!({ "a": 1, "b": true, "c": null }),
        ];
        for form in forms {
            assert_eq!(tags(&form), wanted, "{form}");
        }
        assert!(tags(&json!(3)).is_empty());
    }

    #[test]
    fn what_nobody_replaced_is_known() {
        for variable in ["$ALERT_TITLE", "{EVENT.NAME}", "{{ rule.name }}", "{{rule}}", "${title}"]
        {
            assert!(is_placeholder(variable), "{variable}");
        }
        for text in
            ["", "$", "{}", "$5", "$5.20", "$home", "{a} is {b}", "{\"a\":1}", "a $B", "{é}"]
        {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn a_key_that_cannot_be_kept_is_kept_as_its_digest() {
        assert_eq!(key("queue/eu1"), "queue/eu1");
        for text in ["a\0b", "a\nb", &"é".repeat(251)] {
            assert!(key(text).starts_with("sha256:"), "{text:?}");
        }
    }

    #[test]
    fn a_description_turns_no_text_around() {
        let told = description(" a\0b\r\n\u{202E}c\u{FEFF}\td ");
        assert_eq!(told.as_deref(), Some("a b\nc\td"));
        assert_eq!(description("\u{202E}\0"), None);
    }

    #[test]
    fn a_line_is_cut_between_characters() {
        assert_eq!(one_line("  a\n\tb\u{0} c ", 10), "a b c");
        assert_eq!(one_line("pay\u{202E}ments \u{2066}fail", 20), "payments fail");
        assert_eq!(one_line("日本語のタイトル", 8), "日本語のタイトル");
        assert_eq!(one_line("日本語のタイトル", 4), "日本語…");
    }

    #[test]
    fn only_addresses_for_a_browser_are_links() {
        let found = [
            "https://a.example",
            "javascript:x",
            "https://a.example",
            "HTTP://b",
            "/c",
            "https://",
        ];
        assert_eq!(links(found.map(String::from)), ["https://a.example", "HTTP://b"]);
    }
}
