//! The stand-in for PagerDuty: Events API v2 in, and enough REST to look at what came of it.

mod enqueue;
mod incident;
mod rest;
mod webhook;

pub(crate) use self::enqueue::{change, enqueue};
pub use self::incident::{LogEntry, Pager, PagerIncident, Service};
pub(crate) use self::rest::{abilities, incident, incidents, oncalls, put_incident, services};
pub(crate) use self::webhook::{WEBHOOK_SECRET, tell};
