//! The stand-in for PagerDuty: Events API v2 in, and enough REST to look at what came of it.

mod account;
mod enqueue;
mod incident;
mod rest;
mod webhook;

pub use self::account::{Assigned, EscalationPolicy};
pub(crate) use self::enqueue::{change, enqueue};
pub use self::incident::{LogEntry, Pager, PagerIncident, Service};
pub(crate) use self::rest::{
    abilities, incident, incidents, oncalls, policies, put_incident, services, user, users,
};
pub(crate) use self::webhook::{WEBHOOK_SECRET, tell};
