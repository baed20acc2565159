//! Where in a foreign body to find what: JSON pointers, for senders that have no source here.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value, json};

use crate::{Unreadable, lenient::text};

/// Which parts of a body say what. What is not told here is not read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fields {
    /// What it is about; needed.
    pub title: Option<Pointer>,
    /// More about it.
    pub description: Option<Pointer>,
    /// How bad it is.
    pub severity: Option<Pointer>,
    /// What is affected.
    pub service: Option<Pointer>,
    /// The domain, by key or name, before the service.
    pub domain: Option<Pointer>,
    /// What repeats of it have in common; otherwise title and service.
    pub key: Option<Pointer>,
    /// Whether it fires; otherwise it does.
    pub status: Option<Pointer>,
    /// The words of `status` for firing, beside the usual ones.
    pub firing: Vec<String>,
    /// The words of `status` for resolved, beside the usual ones.
    pub resolved: Vec<String>,
    /// When it began.
    pub started_at: Option<Pointer>,
    /// When it ended.
    pub ended_at: Option<Pointer>,
    /// Where to read on.
    pub links: Vec<Pointer>,
    /// An object of labels.
    pub labels: Option<Pointer>,
}

/// The way to a part of a JSON document, as `/data/essentials/alertRule` (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer(String);

impl Fields {
    /// A foreign body as one of our own; null if its status says nothing that concerns us.
    pub(super) fn applied(&self, body: &Value) -> Result<Value, Unreadable> {
        let mut ours = Map::new();
        for (name, pointer) in [
            ("title", &self.title),
            ("description", &self.description),
            ("severity", &self.severity),
            ("service", &self.service),
            ("domain", &self.domain),
            ("dedup_key", &self.key),
            ("starts_at", &self.started_at),
            ("ends_at", &self.ended_at),
            ("labels", &self.labels),
        ] {
            if let Some(found) = pointer.as_ref().and_then(|pointer| body.pointer(&pointer.0)) {
                ours.insert(name.to_owned(), found.clone());
            }
        }
        if let (None, Some(pointer)) = (ours.get("title").and_then(text), &self.title) {
            let why = format!("there is no title at {pointer}, where `fields.title` points");
            return Err(Unreadable::not_an_alert("generic", why));
        }
        if let Some(word) = self.status.as_ref().and_then(|at| text(body.pointer(&at.0)?)) {
            // A sender with states of its own has some that are neither: they are no mistake.
            let Some(fires) = self.fires(&word) else { return Ok(Value::Null) };
            ours.insert(
                "status".to_owned(),
                Value::from(if fires { "firing" } else { "resolved" }),
            );
        }
        let links: Vec<Value> = self
            .links
            .iter()
            .filter_map(|pointer| body.pointer(&pointer.0))
            .flat_map(|found| match found {
                Value::Array(several) => several.clone(),
                one => vec![one.clone()],
            })
            .collect();
        ours.insert("links".to_owned(), json!(links));
        Ok(Value::Object(ours))
    }

    /// Whether a word of `status` says that it fires, or that it no longer does; or neither.
    fn fires(&self, word: &str) -> Option<bool> {
        let is_in =
            |words: &[String]| words.iter().any(|one| one.trim().eq_ignore_ascii_case(word));
        if is_in(&self.resolved) {
            Some(false)
        } else if is_in(&self.firing) {
            Some(true)
        } else {
            crate::sources::fires(word)
        }
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Pointer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = String::deserialize(deserializer)?;
        let mut escapes = written.split('~').skip(1);
        if written.starts_with('/') && escapes.all(|rest| rest.starts_with(['0', '1'])) {
            return Ok(Self(written));
        }
        Err(de::Error::custom("it is no JSON pointer: begin it with a slash, as /data/title"))
    }
}
