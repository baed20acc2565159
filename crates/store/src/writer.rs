//! The one task that records: it takes all that waits, commits and deliveries of alerts, and records
//! it together.
//!
//! Durable writes cost a journey to the disk each, however small; together they share it. What comes
//! alone is recorded at once.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot, watch};

use crate::{
    AlertDelivery, Commit, Outcome, StoreError, Took,
    ledger::Ledger,
    record::{Batch, record},
    standing::Standing,
};

/// The most commits recorded in one transaction.
const BATCH: usize = 256;

/// Something to be recorded and who waits for what became of it.
pub enum Job {
    /// A decision.
    Record { commit: Box<Commit>, answer: oneshot::Sender<Result<Outcome, StoreError>> },
    /// Alerts that were delivered.
    Take { delivery: Box<AlertDelivery>, answer: oneshot::Sender<Result<Took, StoreError>> },
}

/// Those who want to know that something was recorded.
#[derive(Clone, Debug)]
pub struct Bells {
    /// Rung when something in the outbox may have become due.
    pub outbox: Arc<Notify>,
    /// Rung when alerts were taken in.
    pub alerts: Arc<Notify>,
    /// Rung when the message of a proposal may have become due.
    pub proposals: Arc<Notify>,
    /// Counts what was recorded.
    pub changes: Arc<watch::Sender<u64>>,
}

/// Records until nobody is left who could ask for it.
pub async fn run(ledger: Ledger, mut jobs: mpsc::Receiver<Job>, bells: Bells, standing: Standing) {
    let mut waiting = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut waiting, BATCH).await > 0 {
        together(&ledger, std::mem::take(&mut waiting), &bells, &standing).await;
    }
}

/// Records a batch. If it fails as a whole, each is tried once more alone, so that one that the
/// database cannot take does not fail the others.
async fn together(ledger: &Ledger, jobs: Vec<Job>, bells: &Bells, standing: &Standing) {
    match attempt(ledger, &jobs, bells, Some(standing)).await {
        Ok(batch) => answer(jobs, batch),
        Err(error) => {
            let count = jobs.len();
            tracing::warn!(jobs = count, %error, "a batch was not recorded; trying each alone");
            for job in jobs {
                match attempt(ledger, std::slice::from_ref(&job), bells, None).await {
                    Ok(batch) => answer(vec![job], batch),
                    Err(error) => match job {
                        Job::Record { answer, .. } => drop(answer.send(Err(error))),
                        Job::Take { answer, .. } => drop(answer.send(Err(error))),
                    },
                }
            }
        }
    }
}

/// Records some jobs in one transaction, and rings: who is answered finds the change already told.
async fn attempt(
    ledger: &Ledger,
    jobs: &[Job],
    bells: &Bells,
    standing: Option<&Standing>,
) -> Result<Batch, StoreError> {
    let (mut commits, mut deliveries) = (Vec::new(), Vec::new());
    for job in jobs {
        match job {
            Job::Record { commit, .. } => commits.push(&**commit),
            Job::Take { delivery, .. } => deliveries.push(&**delivery),
        }
    }
    let batch = record(ledger, &commits, &deliveries, standing).await?;
    if batch.answers.iter().any(|answer| matches!(answer, Ok(Outcome::Recorded))) {
        bells.ring(batch.moved_outbox);
    }
    if batch.took.iter().any(|took| matches!(took, Took::Recorded(_))) {
        bells.alerts.notify_one();
    }
    Ok(batch)
}

/// Answers each. Who asked may be gone; what was recorded stays recorded.
fn answer(jobs: Vec<Job>, batch: Batch) {
    let (mut answers, mut took) = (batch.answers.into_iter(), batch.took.into_iter());
    for job in jobs {
        match job {
            Job::Record { answer, .. } => {
                drop(answer.send(answers.next().unwrap_or(Err(StoreError::Closed))));
            }
            Job::Take { answer, .. } => {
                drop(answer.send(took.next().ok_or(StoreError::Closed)));
            }
        }
    }
}

impl Bells {
    /// Bells that nobody listens to yet.
    pub fn new() -> Self {
        Self {
            outbox: Arc::new(Notify::new()),
            alerts: Arc::new(Notify::new()),
            proposals: Arc::new(Notify::new()),
            changes: Arc::new(watch::Sender::new(0)),
        }
    }

    /// Tells that something was recorded, and whether the outbox moved.
    pub fn ring(&self, moved_outbox: bool) {
        self.changes.send_modify(|count| *count += 1);
        if moved_outbox {
            self.outbox.notify_one();
        }
    }
}
