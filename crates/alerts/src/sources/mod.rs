//! The sources SIMA can read, and reading them.
//!
//! To add a source: write one file here with a `read` like those of its neighbours, name its module
//! below, and add its line to [`SOURCES`].

mod alertmanager;
mod generic;

use jiff::Timestamp;
use serde_json::Value;

use crate::Alert;

/// Every source, by the name in its URL, with what reads its bodies.
const SOURCES: &[(&str, Reader)] =
    &[("alertmanager", alertmanager::read), ("generic", generic::read)];

/// Makes an alert of a JSON body; an error is what is wrong with it, in words.
type Reader = fn(&Value, Timestamp) -> Result<Reading, String>;

/// What a body turned out to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Alerts, at least one; most bodies hold one.
    Alerts(Vec<Alert>),
    /// Nothing to act on; the sender did right all the same and is answered with success.
    Nothing {
        /// Why, in words.
        why: String,
    },
}

/// Why a body is no alert. Sending it again would not help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nobody here speaks for that source.
    #[error("no alert source is called {named:?}: use one of {}", sources().join(", "))]
    UnknownSource {
        /// What it was called.
        named: String,
    },
    /// The body is not JSON.
    #[error("the body is not JSON: {why}")]
    NotJson {
        /// What is wrong, and where.
        why: String,
    },
    /// It is JSON, but not what this source sends.
    #[error("the body is not what {origin} sends: {why}")]
    NotAnAlert {
        /// The source it was sent for.
        origin: String,
        /// What is missing or wrong.
        why: String,
    },
}

/// Whether a source of that name can be read.
pub fn known(source: &str) -> bool {
    reader(source).is_some()
}

/// The names of all sources, as they stand in their URLs.
pub fn sources() -> Vec<&'static str> {
    SOURCES.iter().map(|(name, _)| *name).collect()
}

/// Makes an alert of the bytes a source sent.
///
/// The content type only helps to say what is wrong: several senders label their JSON as text.
///
/// # Errors
/// [`Unreadable`] in one line that may be shown to the sender.
pub fn read(
    source: &str,
    content_type: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Result<Reading, Unreadable> {
    let reader = reader(source)
        .ok_or_else(|| Unreadable::UnknownSource { named: source.chars().take(64).collect() })?;
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Reading::nothing("the body is empty"));
    }
    // A Value keeps the last of duplicate keys, where a struct would refuse them.
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Unreadable::NotJson { why: not_json(&error, content_type) })?;
    let holds_nothing = match &value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    if holds_nothing {
        return Ok(Reading::nothing("the body holds nothing"));
    }
    if !value.is_object() {
        let why = "it is not an object".into();
        return Err(Unreadable::NotAnAlert { origin: source.into(), why });
    }
    reader(&value, now).map_err(|why| Unreadable::NotAnAlert { origin: source.into(), why })
}

impl Reading {
    fn nothing(why: impl Into<String>) -> Self {
        Self::Nothing { why: why.into() }
    }
}

fn reader(source: &str) -> Option<Reader> {
    SOURCES.iter().find(|(name, _)| *name == source).map(|(_, reader)| *reader)
}

fn not_json(error: &serde_json::Error, content_type: Option<&str>) -> String {
    let is_form = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("form"));
    if is_form {
        return "it was sent as a form; set the sender to send JSON".into();
    }
    error.to_string()
}
