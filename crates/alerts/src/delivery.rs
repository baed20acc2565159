//! What a monitor delivered, and the JSON in it: sent as such, as a form, or in the address.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};
use sima_incident::Severity;

use crate::{
    Unreadable, mended, percent,
    severity::{Severities, severity_of},
};

/// One request of a monitor, as far as reading it needs.
#[derive(Clone, Copy)]
pub struct Delivery<'a> {
    /// The header `Content-Type`. Several senders label their JSON as text.
    pub content_type: Option<&'a str>,
    /// Looks a header up by its name in lower case.
    pub header: &'a (dyn Fn(&str) -> Option<&'a str> + Sync),
    /// What stands behind the `?` of the address, still encoded.
    pub query: &'a str,
    /// The bytes as they came.
    pub body: &'a [u8],
    /// When it arrived.
    pub now: Timestamp,
    /// What the sender's words for how bad it is mean, where they are not the usual ones.
    pub severities: &'a Severities,
}

impl<'a> Delivery<'a> {
    /// A delivery of which no more than the body is known, such as one from a file.
    pub fn of_body(body: &'a [u8], now: Timestamp) -> Self {
        let severities = const { &Severities::USUAL };
        Self { content_type: None, header: &|_| None, query: "", body, now, severities }
    }

    /// The severity that a word of this sender stands for, if it is known.
    pub(crate) fn severity_of(&self, word: &str) -> Option<Severity> {
        self.configured_severity(word).or_else(|| severity_of(word))
    }

    /// The severity that somebody configured for a word of this sender.
    pub(crate) fn configured_severity(&self, word: &str) -> Option<Severity> {
        self.severities.of(word)
    }

    /// The value of a field in the address, decoded.
    pub(crate) fn in_query(&self, name: &str) -> Option<String> {
        percent::pairs(self.query).find(|(given, _)| given == name).map(|(_, value)| value)
    }

    /// The body without a byte order mark.
    fn plain_body(&self) -> &'a [u8] {
        self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.body)
    }

    fn is(&self, kind: &str) -> bool {
        self.content_type.is_some_and(|given| given.to_ascii_lowercase().contains(kind))
    }
}

impl fmt::Debug for Delivery<'_> {
    /// Without headers and query, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("content_type", &self.content_type)
            .field("body", &self.body.len())
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// The JSON of a body; null for an empty one.
pub(crate) fn json(delivery: &Delivery<'_>) -> Result<Value, Unreadable> {
    let body = delivery.plain_body();
    if body.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    mended::read(body).map_err(|error| {
        let why = if delivery.is("form") {
            "it was sent as a form; set the sender to send JSON".into()
        } else {
            error.to_string()
        };
        Unreadable::NotJson { why }
    })
}

/// The fields of a body, however they were sent: as JSON, as a form, or, if there is no body, in
/// the address.
pub(crate) fn fields(delivery: &Delivery<'_>) -> Result<Value, Unreadable> {
    let body = delivery.plain_body().trim_ascii();
    if body.is_empty() {
        return Ok(of_pairs(percent::pairs(delivery.query)));
    }
    // Command lines send JSON and call it a form, unless told otherwise.
    let is_json = body.starts_with(b"{") || body.starts_with(b"[");
    if !is_json && delivery.is("multipart/form-data") {
        return Ok(of_pairs(parts(&String::from_utf8_lossy(body))));
    }
    if !is_json && delivery.is("form-urlencoded") {
        return Ok(of_pairs(percent::pairs(&String::from_utf8_lossy(body))));
    }
    json(delivery)
}

/// Fields as an object. A field that holds the whole body as JSON is that object.
fn of_pairs(pairs: impl Iterator<Item = (String, String)>) -> Value {
    let fields: Map<String, Value> =
        pairs.map(|(name, value)| (name, Value::String(value))).collect();
    let whole = ["payload", "data"].into_iter().find_map(|name| {
        let text = fields.get(name)?.as_str()?;
        mended::read(text.as_bytes()).ok().filter(Value::is_object)
    });
    whole.unwrap_or(Value::Object(fields))
}

/// The named parts of a multipart form. The boundary is the first line, so its header is not needed.
fn parts(body: &str) -> impl Iterator<Item = (String, String)> {
    let boundary = body.lines().next().unwrap_or_default();
    let rest = if boundary.starts_with("--") { &body[boundary.len()..] } else { "" };
    // An empty boundary would cut between all characters.
    let boundary = if rest.is_empty() { "--" } else { boundary };
    rest.split(boundary).filter_map(|part| {
        let part = part.trim_start();
        let (head, value) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n"))?;
        let (_, name) = head.split_once("name=\"")?;
        let (name, _) = name.split_once('"')?;
        Some((name.to_owned(), value.trim_end().to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(content_type: &str, query: &str, body: &str) -> Value {
        let delivery = Delivery {
            content_type: Some(content_type),
            query,
            ..Delivery::of_body(body.as_bytes(), Timestamp::UNIX_EPOCH)
        };
        fields(&delivery).expect("fields")
    }

    #[test]
    fn fields_are_found_however_they_are_sent() {
        let wanted = json!({ "a": "1 2" });
        let multipart = "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1 2\r\n--xyz--";
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        assert_eq!(read("application/json", "", r#"{"a":"1 2"}"#), wanted);
        assert_eq!(read(form, "", r#"{"a":"1 2"}"#), wanted);
        assert_eq!(read(form, "", "a=1+2"), wanted);
        assert_eq!(read(form, "", "payload=%7B%22a%22%3A%221+2%22%7D"), wanted);
        assert_eq!(read("Multipart/Form-Data; boundary=xyz", "", multipart), wanted);
        assert_eq!(read("text/plain", "a=1%202", " "), wanted);
        assert_eq!(read("text/plain", "a=lost", r#"{"a":"1 2"}"#), wanted);
        assert_eq!(read("text/plain", "", ""), json!({}));
    }

    #[test]
    fn a_multipart_form_that_is_none_has_no_fields() {
        for body in ["", "-", "--", "--\r\n--", "a", "--x\nname=\"", "--x\n\n\n--x\nname=\"a\n\n"] {
            assert_eq!(parts(body).count(), 0, "{body:?}");
        }
    }

    #[test]
    fn what_is_printed_of_a_delivery_holds_no_secret() {
        let delivery =
            Delivery { query: "token=secret", ..Delivery::of_body(b"", Timestamp::UNIX_EPOCH) };
        assert!(!format!("{delivery:?}").contains("secret"));
    }
}
