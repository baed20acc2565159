//! Statuspage's shapes, as far as we use them.
//!
//! Source: Statuspage API v1, <https://developer.statuspage.io>, by its OpenAPI document of 2024-08
//! (read 2026-08-22).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sima_incident::Severity;

/// The longest title Statuspage takes.
pub(crate) const MAX_NAME: usize = 255;

/// The longest body Statuspage takes.
pub(crate) const MAX_BODY: usize = 25_000;

/// The body of `POST` and `PATCH …/incidents`.
#[derive(Debug, Serialize)]
pub(crate) struct Change<'a> {
    pub incident: Changed<'a>,
}

/// What is said or changed.
#[derive(Debug, Serialize)]
pub(crate) struct Changed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub status: Status,
    pub body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_ids: Option<&'a [String]>,
    /// Sets the components in the same call. On resolving, Statuspage does not do it by itself.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub components: BTreeMap<&'a str, Component>,
    /// Always said: what counts when it is left out is not documented.
    pub deliver_notifications: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

/// Where an incident is on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Investigating,
    Resolved,
}

impl Status {
    /// As it stands in an answer.
    pub fn word(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Resolved => "resolved",
        }
    }
}

/// How a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Component {
    Operational,
    DegradedPerformance,
    PartialOutage,
    MajorOutage,
}

impl Component {
    /// How a component is while an incident of that severity lasts.
    pub fn at(severity: Severity) -> Self {
        match severity.level() {
            1 => Self::MajorOutage,
            2 => Self::PartialOutage,
            _ => Self::DegradedPerformance,
        }
    }
}

/// What makes an incident ours. Every value on the top level must be an object itself.
pub(crate) fn metadata(incident: &str, step: &str) -> Value {
    json!({ "sima": { "incident": incident, "step": step } })
}

/// An incident as Statuspage answers it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Incident {
    pub id: String,
    pub status: String,
    pub shortlink: Option<String>,
    pub metadata: Value,
}

/// What an answer says that is no success. The member differs by the kind of error.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    pub message: Value,
    pub error: Value,
}
