//! JSON that is nearly right: no alarm is lost for a character that its sender should not have sent.
//!
//! Templates put text into JSON without escaping it, old systems write Latin-1, and languages print
//! half of a surrogate pair, `NaN` or a number that no computer holds. What was meant can be read all
//! the same, and the monitor would not send it another time.

use std::{borrow::Cow, fmt::Write as _};

use serde_json::{Number, Value};

/// Reads JSON as it is; and if that fails, as it was meant. The error says what was wrong first.
pub(crate) fn read(body: &[u8]) -> Result<Value, serde_json::Error> {
    // A Value keeps the last of duplicate keys, where a struct would refuse them.
    serde_json::from_slice(body).or_else(|error| {
        let text = text(body);
        let text = text.trim_start_matches('\u{FEFF}');
        serde_json::from_str(&mended(text)).map_err(|_| error)
    })
}

/// Bytes as text: UTF-16 if they begin with its mark, else UTF-8. What is neither is one character
/// that says so.
fn text(body: &[u8]) -> Cow<'_, str> {
    let units = |of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = body.chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    match body {
        [0xFF, 0xFE, ..] => units(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => units(u16::from_be_bytes),
        _ => String::from_utf8_lossy(body),
    }
}

/// Text with what is wrong in its strings escaped, and with what is no number in JSON as a string.
/// What is right stays as it is.
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let length = letter.len_utf8();
        let taken = match letter {
            '"' => string(rest, &mut out),
            '+' | '-' | '.' | '0'..='9' | 'A'..='Z' | 'a'..='z' => word(rest, &mut out),
            ']' | '}' => {
                // A loop in a template leaves a comma behind its last.
                let kept = out.trim_end().strip_suffix(',').map(str::len);
                out.truncate(kept.unwrap_or(out.len()));
                out.push(letter);
                length
            }
            _ => {
                out.push(letter);
                length
            }
        };
        rest = &rest[taken..];
    }
    out
}

/// Takes a string, from its first quotation mark to its last; how long it was.
fn string(text: &str, out: &mut String) -> usize {
    out.push('"');
    let mut at = 1;
    while let Some(letter) = text[at..].chars().next() {
        match letter {
            '"' => {
                out.push('"');
                return at + 1;
            }
            '\\' => at += escape(&text[at..], out),
            '\0'..='\u{1F}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
                at += 1;
            }
            _ => {
                out.push(letter);
                at += letter.len_utf8();
            }
        }
    }
    at
}

/// Takes what stands behind a backslash; how long it was with it. Half of a pair becomes the character
/// that stands for one that is lost; what escapes nothing was meant as a backslash.
fn escape(text: &str, out: &mut String) -> usize {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    };
    match (text.as_bytes().get(1), unit(0), unit(6)) {
        (Some(b'u'), Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => {
            out.push_str(&text[..12]);
            12
        }
        (Some(b'u'), Some(0xD800..=0xDFFF), _) => {
            out.push('\u{FFFD}');
            6
        }
        (Some(b'u'), Some(_), _) => {
            out.push_str(&text[..6]);
            6
        }
        (Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'), ..) => {
            out.push_str(&text[..2]);
            2
        }
        _ => {
            out.push_str("\\\\");
            1
        }
    }
}

/// Takes what stands outside of strings; how long it was. What only looks like a number is a text.
fn word(text: &str, out: &mut String) -> usize {
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let end = text.find(|c: char| !belongs(c)).unwrap_or(text.len());
    let word = &text[..end];
    let looks_like_one = word.parse::<f64>().is_ok();
    if looks_like_one && serde_json::from_str::<Number>(word).is_err() {
        out.push('"');
        out.push_str(word);
        out.push('"');
    } else {
        out.push_str(word);
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_meant_is_read() {
        let cases: [(&[u8], Value); 14] = [
            (br#"{"title":"\ud83d fails"}"#, json!({ "title": "\u{FFFD} fails" })),
            (br#"{"title":"\ude00\ud83d\ud83d\ude00"}"#, json!({ "title": "\u{FFFD}\u{FFFD}😀" })),
            (b"{\"title\":\"caf\xe9 ferm\xe9\"}", json!({ "title": "caf\u{FFFD} ferm\u{FFFD}" })),
            (b"\xef\xbb\xbf{\"title\":\"x\"}", json!({ "title": "x" })),
            (b"\xff\xfe{\0\"\0a\0\"\0:\x001\0}\0", json!({ "a": 1 })),
            (b"\xfe\xff\0{\0\"\0a\0\"\0:\x001\0}", json!({ "a": 1 })),
            (br#"{"value":1e400,"ok":-1e400}"#, json!({ "value": "1e400", "ok": "-1e400" })),
            (br#"{"value":NaN,"b":-Infinity}"#, json!({ "value": "NaN", "b": "-Infinity" })),
            (br#"{"value":007,"b":+1,"c":.5}"#, json!({ "value": "007", "b": "+1", "c": ".5" })),
            (b"{\"title\":\"two\nlines\tand \x07\"}", json!({ "title": "two\nlines\tand \u{7}" })),
            (br#"{"path":"C:\Program Files\x"}"#, json!({ "path": "C:\\Program Files\\x" })),
            (br#"{"a":"\u12","b":"\'"}"#, json!({ "a": "\\u12", "b": "\\'" })),
            (br#"{"alerts":[{"a":1},{"b":2},],}"#, json!({ "alerts": [{ "a": 1 }, { "b": 2 }] })),
            (br#"{"a":"true, 1e400, ]","b":[tRuE,1e400]}"#, Value::Null),
        ];
        for (body, meant) in cases {
            let shown = String::from_utf8_lossy(body);
            match read(body) {
                Ok(value) => assert_eq!(value, meant, "{shown}"),
                Err(error) => assert_eq!(meant, Value::Null, "{shown}: {error}"),
            }
        }
    }

    #[test]
    fn what_cannot_be_understood_is_no_json() {
        for body in ["{\"title\":", "{\"a\" 1}", "title", "{'a': 1}", "{\"a\":\"b}", "[1 2]", "\\"]
        {
            assert!(read(body.as_bytes()).is_err(), "{body}");
        }
    }

    /// Any value, as JSON.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_right_is_not_touched(value in value(), pretty in any::<bool>()) {
            let text = if pretty {
                serde_json::to_string_pretty(&value).expect("JSON")
            } else {
                value.to_string()
            };
            prop_assert_eq!(mended(&text), text);
        }

        /// One byte is changed somewhere within a title: the alarm is there all the same.
        #[test]
        fn a_bad_byte_within_a_title_loses_no_alarm(bad in any::<u8>(), at in 0..20_usize) {
            prop_assume!(bad != b'"' && bad != b'\\');
            let mut body = br#"{"title":"Queue is not draining","n":1}"#.to_vec();
            body[10 + at] = bad;
            let read = read(&body).expect("what was meant");
            prop_assert_eq!(&read["n"], &json!(1));
            prop_assert!(read["title"].as_str().is_some_and(|title| title.len() >= 20));
        }

        #[test]
        fn no_bytes_break_it(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&body);
        }
    }
}
