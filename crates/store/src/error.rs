//! Why the store could not do its part.

use sqlx::migrate::MigrateError;

/// The store could not do its part. Unless it says otherwise, nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database's address cannot be used. Says what to write instead.
    #[error("{0}")]
    Address(String),
    /// The database cannot be reached or opened. Without its password.
    #[error("cannot open the database: {0}")]
    Unreachable(String),
    /// The tables in the database are not ones this version can work with. Says what to do.
    #[error("{0}")]
    Schema(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// A commit contradicts itself: a mistake in the program, never in what somebody asked.
    #[error("a commit contradicts itself: {0}")]
    Contradiction(&'static str),
    /// The database failed. Trying again may help.
    #[error("the database failed")]
    Fault(#[from] sqlx::Error),
    /// Something stored cannot be read, or something to be stored cannot be written.
    #[error("{what} cannot be read")]
    Unreadable {
        /// What.
        what: String,
        /// How it failed.
        source: serde_json::Error,
    },
}

impl StoreError {
    /// Says what to do about a migration that cannot be applied.
    pub(crate) fn migrating(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
                Self::Schema(format!(
                    "the database was written by a newer SIMA (it has migration {version}): \
                     run that version, or restore a copy made before it"
                ))
            }
            MigrateError::VersionMismatch(version) => Self::Schema(format!(
                "migration {version} in the database is not the one of this SIMA: \
                 was it made by a build between two releases?"
            )),
            MigrateError::Dirty(version) => Self::Schema(format!(
                "migration {version} was begun and not finished: restore the last copy"
            )),
            MigrateError::Execute(error) => Self::Fault(error),
            other => Self::Schema(format!("the tables cannot be brought up to date: {other}")),
        }
    }
}
