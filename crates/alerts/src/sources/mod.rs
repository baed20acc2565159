//! The sources SIMA can read, and reading them.
//!
//! To add a source: write one file here with a `read` like those of its neighbours, name its module
//! below, and add its line to [`SOURCES`].

mod alertmanager;
mod azure;
mod betterstack;
mod cloudevents;
mod cloudwatch;
mod datadog;
mod elastic;
mod generic;
mod google;
mod grafana;
mod newrelic;
mod opsgenie;
mod pagerduty;
mod pingdom;
mod sentry;
mod uptimekuma;
mod uptimerobot;
mod zabbix;

pub(crate) use generic::fires;
use serde_json::Value;

use crate::{
    Alert, Delivery,
    delivery::{fields, json},
    identified::{
        Identifier, by_header, of_datadog, of_event, of_message, of_pagerduty, of_sentry,
    },
    unreplaced::mend,
};

/// Every source, by the name in its URL, with what makes JSON of its deliveries, what reads
/// that, and what knows a delivery again.
const SOURCES: &[(&str, Opener, Reader, Identifier)] = &[
    ("alertmanager", json, alertmanager::read, by_header),
    ("azure", json, azure::read, by_header),
    ("betterstack", json, betterstack::read, by_header),
    ("cloudevents", cloudevents::open, cloudevents::read, of_event),
    ("cloudwatch", cloudwatch::open, cloudwatch::read, of_message),
    ("datadog", fields, datadog::read, of_datadog),
    ("elastic", json, elastic::read, by_header),
    ("generic", json, generic::read, by_header),
    ("google", json, google::read, by_header),
    ("grafana", json, grafana::read, by_header),
    ("newrelic", json, newrelic::read, by_header),
    ("opsgenie", json, opsgenie::read, by_header),
    ("pagerduty", json, pagerduty::read, of_pagerduty),
    ("pingdom", json, pingdom::read, by_header),
    ("sentry", json, sentry::read, of_sentry),
    ("uptimekuma", fields, uptimekuma::read, by_header),
    ("uptimerobot", fields, uptimerobot::read, by_header),
    ("zabbix", fields, zabbix::read, by_header),
];

/// Makes JSON of a delivery; null if there is nothing in it.
type Opener = fn(&Delivery<'_>) -> Result<Value, Unreadable>;

/// Makes alerts of an object; an error is what is wrong with it, in words.
type Reader = fn(&Value, &Delivery<'_>) -> Result<Reading, String>;

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
    SOURCES.iter().any(|(name, ..)| *name == source)
}

/// The names of all sources, as they stand in their URLs.
pub fn sources() -> Vec<&'static str> {
    SOURCES.iter().map(|(name, ..)| *name).collect()
}

/// Makes alerts of what a source delivered.
///
/// # Errors
/// [`Unreadable`] in one line that may be shown to the sender.
pub fn read(source: &str, delivery: &Delivery<'_>) -> Result<Reading, Unreadable> {
    read_with(source, delivery, Ok).map(|(reading, _)| reading)
}

/// The same, once the body has been made into another; and the sender's id of the delivery.
pub(crate) fn read_with(
    source: &str,
    delivery: &Delivery<'_>,
    change: impl FnOnce(Value) -> Result<Value, Unreadable>,
) -> Result<(Reading, Option<String>), Unreadable> {
    let (name, open, read, identify) = SOURCES
        .iter()
        .find(|(name, ..)| *name == source)
        .ok_or_else(|| Unreadable::UnknownSource { named: source.chars().take(64).collect() })?;
    let body = open(delivery)?;
    let holds_nothing = match &body {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    if holds_nothing {
        return Ok((Reading::nothing("the body holds nothing"), None));
    }
    let id = identify(&body, delivery);
    let body = change(body)?;
    if body.is_null() {
        let why = "its status says neither that it fires nor that it is over";
        return Ok((Reading::nothing(why), id));
    }
    if !body.is_object() {
        return Err(Unreadable::not_an_alert(name, "it is not an object"));
    }
    let reading = read(&body, delivery).map_err(|why| Unreadable::not_an_alert(name, why))?;
    let reading = match reading {
        Reading::Alerts(alerts) => Reading::Alerts(alerts.into_iter().map(mend).collect()),
        Reading::Nothing { .. } => reading,
    };
    Ok((reading, id))
}

impl Reading {
    pub(crate) fn nothing(why: impl Into<String>) -> Self {
        Self::Nothing { why: why.into() }
    }

    fn one(alert: Alert) -> Self {
        Self::Alerts(vec![alert])
    }
}

impl Unreadable {
    pub(crate) fn not_an_alert(origin: &str, why: impl Into<String>) -> Self {
        Self::NotAnAlert { origin: origin.into(), why: why.into() }
    }
}
