//! The incident desk: takes every request in, decides, records, and calls nobody outside.
//!
//! It cannot call Slack because it does not depend on it. That absence is the most important line
//! in the workspace: what must happen outside is recorded as an effect, in the same transaction as
//! the events that ask for it, and carried out by the worker in `sima`.
//!
//! To add something people can ask: give it a [`sima_incident::Command`]; if the act needs look-ups
//! or defaults of its own, give it a file here, named by the verb people would use.

mod answer;
mod capture;
mod carry_out;
mod clock;
mod join;
mod look;
mod look_alike;
mod open;
mod page;
mod settle;
mod take_in;
mod talk;

use std::sync::Arc;

use sima_incident::{Policy, Refusal};
use sima_store::{Store, StoreError};
use tokio::sync::Mutex;

pub use answer::AnswerTaken;
pub use clock::Clock;
pub use look::Seen;
pub use open::{Opened, Opening};
pub use take_in::{RuledAlert, Ruling, TakenIn, Wanted};

/// The desk. Cheap to clone; every door holds one.
#[derive(Clone)]
pub struct Desk {
    store: Store,
    policy: Arc<Policy>,
    clock: Clock,
    /// Whose turn it is to open an incident, and so to take the next number.
    openings: Arc<Mutex<()>>,
}

/// Why the desk did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The incident does not allow it. Nothing was recorded; the person is told why.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not do its part. Nothing was recorded; the request may be sent again.
    #[error("the record could not be written")]
    Fault(#[from] StoreError),
    /// Others kept changing the same incident; nothing was recorded.
    #[error("too many people changed this incident at the same moment; try again")]
    Contended,
}

impl Desk {
    /// Makes a desk over a store.
    pub fn new(store: Store, policy: Arc<Policy>, clock: Clock) -> Self {
        Self { store, policy, clock, openings: Arc::default() }
    }

    /// The rules it decides by.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// The store it records in, for those who only read.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The clock it goes by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}
