//! The record: incidents, events, outbox and people on SQLite or PostgreSQL.
//!
//! A [`Commit`] is all that one decision leaves to be recorded. One writer task takes all commits
//! that wait and records them in one transaction, each wholly or not at all ([`Outcome`]); what was
//! answered as recorded outlives a crash. The worker that carries effects out claims them from the
//! outbox under a lease and settles them there.
//!
//! # One text for both databases
//!
//! Every statement is one text; what truly differs has a name in `dialect.rs`. So that one statement
//! can write a whole batch, its rows travel as one JSON parameter; what JSON cannot carry to both
//! databases alike is stored plainly: times as whole microseconds since 1970 (BIGINT: sorts and
//! compares the same everywhere, which text does not), identities as text, documents as text.
//! Analysts will get views with proper types, not these tables.
//!
//! # How to add a migration
//!
//! Write `migrations/sqlite/NNNN_name.sql` and `migrations/postgres/NNNN_name.sql`: same number,
//! same name, same tables and columns (a test compares). Never change one that was released; the
//! store refuses a database whose migrations are not the ones it knows.

mod address;
mod alert_deliveries;
mod alert_holds;
mod alert_log;
mod commit;
mod dialect;
mod error;
mod forgetting;
mod incidents;
mod inspect;
mod instant;
mod judge;
mod ledger;
mod looks;
mod outbox;
mod people;
mod presence;
mod proposals;
mod proposals_shown;
mod record;
mod rows;
mod standing;
mod talk;
mod writer;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    task::JoinHandle,
};

pub use alert_deliveries::{AlertDelivery, NewAlert, Took};
pub use alert_log::{AlertJudged, LoggedAlert};
pub use commit::{
    AlertHold, Commit, Delivery, GroupHold, HeldAlert, HeldGroup, Judgement, Outcome, Settled,
    Settlement,
};
pub use error::StoreError;
pub use incidents::Page;
pub use inspect::{Inspection, inspect};
pub use looks::Look;
pub use outbox::{Bounds, Budget, Claim, Leased, OutboxRow, OutboxState, OutboxView};
pub use people::Person;
pub use presence::Presence;
pub use proposals::{PROPOSAL_DOOR, ProposalChange};
pub use proposals_shown::{LeasedProposal, UnshownProposal};
pub use standing::{Handed, Places, StandingClaim};

use dialect::{Statement, statement};
use ledger::Ledger;
use standing::Standing;
use writer::{Bells, Job};

/// How many commits may wait for the writer before those who ask wait to be let in.
const QUEUE: usize = 1024;

const PING: Statement = statement!("SELECT CAST(1 AS BIGINT)");

/// Says whether [`Store::open`] could be given this address, without opening anything.
///
/// # Errors
/// [`StoreError::Address`] with what to write instead.
pub fn check_address(url: &str) -> Result<(), StoreError> {
    url.parse::<address::Address>().map(drop)
}

/// The record. Clones are the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    ledger: Ledger,
    bells: Bells,
    standing: Standing,
    /// The way to the writer; none once the store is closed.
    writer: Mutex<Option<(mpsc::Sender<Job>, JoinHandle<()>)>>,
}

impl Store {
    /// Opens `sqlite:path`, which is made with its folder if it is not there, or `postgres://…`,
    /// and brings the tables up to date. Several processes may have the same database open.
    ///
    /// Behind a PgBouncer that pools transactions, add `?statement-cache-capacity=0`.
    ///
    /// # Errors
    /// [`StoreError::Address`] for an address that cannot be used, [`StoreError::Unreachable`] if
    /// there is no database there, [`StoreError::Schema`] if a newer version has written to it.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let ledger = Ledger::open(&url.parse()?).await?;
        let bells = Bells::new();
        let (sender, jobs) = mpsc::channel(QUEUE);
        let standing = Standing::default();
        let task = tokio::spawn(writer::run(ledger.clone(), jobs, bells.clone(), standing.clone()));
        let writer = Mutex::new(Some((sender, task)));
        Ok(Self { inner: Arc::new(Inner { ledger, bells, standing, writer }) })
    }

    /// Records what waits, then closes all connections. Every later call fails.
    pub async fn close(&self) {
        let writer = self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((sender, task)) = writer {
            drop(sender);
            if let Err(error) = task.await {
                tracing::error!(%error, "the store's writer did not end well");
            }
        }
        self.inner.ledger.close().await;
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`StoreError`] when it gives none.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.ledger().reader().await?.first::<(i64,)>(PING, &[]).await?;
        Ok(())
    }

    /// Records a commit, together with all others that wait. When this returns
    /// [`Outcome::Recorded`] it is durable; with every other outcome nothing of it is stored.
    ///
    /// Dropping the future before it is ready leaves open whether it is recorded; a [`Delivery`]
    /// tells at the next try.
    ///
    /// # Errors
    /// [`StoreError::Contradiction`] for a commit that cannot be meant; otherwise the database
    /// failed. Nothing is stored, unless the connection broke while the answer was on its way.
    pub async fn record(&self, commit: Commit) -> Result<Outcome, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.ask_writer(Job::Record { commit: Box::new(commit), answer }).await?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    async fn ask_writer(&self, job: Job) -> Result<(), StoreError> {
        let sender = {
            let writer = self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
            writer.as_ref().map(|(sender, _)| sender.clone()).ok_or(StoreError::Closed)?
        };
        sender.send(job).await.map_err(|_| StoreError::Closed)
    }

    /// Rings when something in the outbox may have become due by a change in this process: planned,
    /// brought forward, put back, or freed by one before it in its lane. For one listener.
    pub fn outbox_wakes(&self) -> Arc<Notify> {
        Arc::clone(&self.inner.bells.outbox)
    }

    /// Rings when the message of a proposal may have become due by a change in this process. For one
    /// listener.
    pub fn proposals_wake(&self) -> Arc<Notify> {
        Arc::clone(&self.inner.bells.proposals)
    }

    /// Rings when alerts were taken in by this process. For one listener.
    pub fn alerts_wake(&self) -> Arc<Notify> {
        Arc::clone(&self.inner.bells.alerts)
    }

    /// Counts up whenever something was recorded by this process, but for alerts that wait.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.bells.changes.subscribe()
    }

    fn ledger(&self) -> &Ledger {
        &self.inner.ledger
    }

    fn standing(&self) -> &Standing {
        &self.inner.standing
    }

    fn bells(&self) -> &Bells {
        &self.inner.bells
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
