//! From values to columns and back.

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};
use sima_incident::IncidentId;

use crate::StoreError;

/// A text as both databases can keep it: PostgreSQL has no place for the character NUL, which
/// nobody types but a monitor may send. JSON documents keep it, escaped.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}").into() } else { text.into() }
}

/// A value as a JSON document. It travels as a string inside the batch's own JSON, so that
/// PostgreSQL neither reorders it nor stumbles over an escaped NUL.
pub fn json_text<T: Serialize>(value: &T, what: &str) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|source| StoreError::Unreadable { what: what.to_owned(), source })
}

/// A stored JSON document.
pub fn from_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|source| StoreError::Unreadable { what: format!("stored {what}"), source })
}

/// A stored identity.
pub fn incident_id(text: &str) -> Result<IncidentId, StoreError> {
    text.parse()
        .map(IncidentId)
        .map_err(|error: uuid::Error| StoreError::Fault(sqlx::Error::Decode(error.into())))
}
