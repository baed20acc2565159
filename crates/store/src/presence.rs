//! Who is at work on a database, so that whoever comes and finds nobody knows: every lease there is
//! was left by the dead.
//!
//! All who work hold one lock together, and each, before it begins, tries to hold it alone. The lock
//! ends with its process, however that ends: on SQLite the kernel keeps it, on a file beside the
//! database; on PostgreSQL the server does, as long as the session lives.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::{
    Store, StoreError,
    dialect::{self, Statement, statement},
    instant::micros,
    ledger::{Arg, Ledger, Transaction},
};

/// A worker's place among those at work on a database. It is given up when this is dropped.
pub struct Presence {
    store: Store,
    held: Option<Held>,
    /// Whether there was a place before: one that was lost while its worker lived.
    held_before: bool,
}

/// What holds the lock.
enum Held {
    /// An open file; the lock goes when it is closed.
    File(#[expect(dead_code, reason = "it holds the lock by being open")] File),
    /// A transaction. A session would do, were it not for a PgBouncer that pools transactions and
    /// gives a session to somebody else in between.
    Transaction(Box<Transaction>),
}

/// What the dead were at may have been done, hence the doubt; what they sent last may only just
/// arrive, hence the wait.
const FREE: Statement = statement!(
    "UPDATE outbox
     SET state = 'ready',
       unsure = TRUE,
       run_at = CASE WHEN run_at < $1 THEN $1 ELSE run_at END,
       lease_owner = NULL,
       lease_until = NULL
     WHERE state = 'leased'"
);
/// The same of proposals that were being shown.
const FREE_PROPOSALS: Statement = statement!(
    "UPDATE proposals
     SET unsure = TRUE,
       run_at = CASE WHEN run_at < $1 THEN $1 ELSE run_at END,
       lease_owner = NULL,
       lease_until = NULL
     WHERE lease_owner IS NOT NULL"
);
const STILL_THERE: Statement = statement!("SELECT CAST(1 AS BIGINT)");

impl Store {
    /// A place among those at work, not taken yet. No worker may claim without one.
    pub fn presence(&self) -> Presence {
        Presence { store: self.clone(), held: None, held_before: false }
    }
}

impl Presence {
    /// Makes sure that the place is held. Taken for the first time while nobody else is there, all
    /// that is leased can be claimed again from `retry_at` on. One that was lost with its connection
    /// is only taken again: others may have lost theirs in the same moment and be at work.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or cannot be locked; the place is not held.
    pub async fn confirm(&mut self, retry_at: Timestamp) -> Result<(), StoreError> {
        let is_held = match &mut self.held {
            Some(Held::File(_)) => true,
            Some(Held::Transaction(held)) => is_alive(held).await,
            None => false,
        };
        if is_held {
            return Ok(());
        }
        self.held = None;
        let free_at = (!self.held_before).then_some(retry_at);
        self.held = Some(take(&self.store, free_at).await?);
        self.held_before = true;
        Ok(())
    }

    /// Gives the place up; when this returns, others see that it is free.
    pub async fn leave(mut self) {
        if let Some(Held::Transaction(held)) = self.held.take() {
            // What cannot be ended in words ends with its connection.
            let _ = held.commit().await;
        }
    }
}

/// Takes a place; alone there, frees what is leased if that is wanted.
async fn take(store: &Store, free_at: Option<Timestamp>) -> Result<Held, StoreError> {
    match store.ledger() {
        Ledger::Sqlite { lock_file, .. } => {
            let path = lock_file.clone();
            let file = on_a_thread(&path, |path| {
                File::options().create(true).truncate(false).write(true).open(path)
            });
            let file = file.await?;
            if let Some(retry_at) = free_at {
                match file.try_lock() {
                    Ok(()) => free(store, retry_at).await?,
                    Err(TryLockError::WouldBlock) => {}
                    Err(TryLockError::Error(error)) => return Err(no_lock(&path, &error)),
                }
            }
            // Who is alone there for a moment has it soon done.
            let locked = on_a_thread(&path, move |_| file.lock_shared().map(|()| file));
            Ok(Held::File(locked.await?))
        }
        Ledger::Postgres(pool) => {
            if let Some(retry_at) = free_at {
                let mut alone = Transaction::Postgres(pool.begin().await?);
                let got = alone.all::<(bool,)>(dialect::LOCK_ALONE, &[]).await?;
                if got == [(true,)] {
                    free(store, retry_at).await?;
                }
                alone.commit().await?;
            }
            let mut held = Transaction::Postgres(pool.begin().await?);
            held.run(dialect::LOCK_TOGETHER, &[]).await?;
            Ok(Held::Transaction(Box::new(held)))
        }
    }
}

async fn free(store: &Store, retry_at: Timestamp) -> Result<(), StoreError> {
    let args = [Arg::Int(micros(retry_at))];
    let mut writer = store.ledger().writer().await?;
    let freed = writer.run(FREE, &args).await? + writer.run(FREE_PROPOSALS, &args).await?;
    drop(writer);
    if freed > 0 {
        tracing::warn!(effects = freed, "another process died while it was at work; taking over");
        store.bells().ring(true);
    }
    Ok(())
}

async fn is_alive(held: &mut Transaction) -> bool {
    held.all::<(i64,)>(STILL_THERE, &[]).await.is_ok()
}

/// Does something with the lock's file that may have to wait.
async fn on_a_thread(
    path: &Path,
    act: impl FnOnce(&Path) -> std::io::Result<File> + Send + 'static,
) -> Result<File, StoreError> {
    let own: PathBuf = path.to_owned();
    let done = tokio::task::spawn_blocking(move || act(&own)).await;
    done.map_err(|_| StoreError::Closed)?.map_err(|error| no_lock(path, &error))
}

fn no_lock(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unreachable(format!("{}: {error}", path.display()))
}
