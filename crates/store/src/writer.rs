//! The one task that records: it takes all commits that wait and records them together.
//!
//! Durable writes cost a journey to the disk each, however small; together they share it. A commit
//! that comes alone is recorded at once.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot, watch};

use crate::{
    Commit, Outcome, StoreError,
    ledger::Ledger,
    record::{Batch, record},
};

/// The most commits recorded in one transaction.
const BATCH: usize = 256;

/// A commit and who waits for its outcome.
pub struct Job {
    pub commit: Box<Commit>,
    pub answer: oneshot::Sender<Result<Outcome, StoreError>>,
}

/// Those who want to know that something was recorded.
#[derive(Clone, Debug)]
pub struct Bells {
    /// Rung when something in the outbox may have become due.
    pub outbox: Arc<Notify>,
    /// Counts what was recorded.
    pub changes: Arc<watch::Sender<u64>>,
}

/// Records until nobody is left who could ask for it.
pub async fn run(ledger: Ledger, mut jobs: mpsc::Receiver<Job>, bells: Bells) {
    let mut waiting = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut waiting, BATCH).await > 0 {
        together(&ledger, std::mem::take(&mut waiting), &bells).await;
    }
}

/// Records a batch. If it fails as a whole, each is tried once more alone, so that one that the
/// database cannot take does not fail the others.
async fn together(ledger: &Ledger, jobs: Vec<Job>, bells: &Bells) {
    let commits: Vec<&Commit> = jobs.iter().map(|job| &*job.commit).collect();
    match record(ledger, &commits).await {
        Ok(batch) => {
            // Who is answered finds the change already told.
            if batch.answers.iter().any(|answer| matches!(answer, Ok(Outcome::Recorded))) {
                bells.ring(batch.moved_outbox);
            }
            for (job, answer) in jobs.into_iter().zip(batch.answers) {
                // Who asked may be gone; what was recorded stays recorded.
                let _ = job.answer.send(answer);
            }
        }
        Err(error) => {
            let commits = jobs.len();
            tracing::warn!(commits, %error, "a batch was not recorded; trying each commit alone");
            for job in jobs {
                let answer = match record(ledger, &[&*job.commit]).await {
                    Ok(Batch { mut answers, moved_outbox }) => {
                        let answer = answers.pop().unwrap_or(Err(StoreError::Closed));
                        if matches!(answer, Ok(Outcome::Recorded)) {
                            bells.ring(moved_outbox);
                        }
                        answer
                    }
                    Err(error) => Err(error),
                };
                let _ = job.answer.send(answer);
            }
        }
    }
}

impl Bells {
    /// Bells that nobody listens to yet.
    pub fn new() -> Self {
        Self { outbox: Arc::new(Notify::new()), changes: Arc::new(watch::Sender::new(0)) }
    }

    /// Tells that something was recorded, and whether the outbox moved.
    pub fn ring(&self, moved_outbox: bool) {
        self.changes.send_modify(|count| *count += 1);
        if moved_outbox {
            self.outbox.notify_one();
        }
    }
}
