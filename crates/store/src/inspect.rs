//! Looking at a database without changing it: is it there, whose tables has it, can it be written?

use std::{collections::BTreeSet, path::Path, time::Duration};

use sqlx::{
    Connection as _,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgConnection},
    sqlite::{SqliteConnectOptions, SqliteConnection},
};

use crate::{
    StoreError,
    address::Address,
    dialect,
    ledger::{ON_POSTGRES, ON_SQLITE},
};

/// How long to wait for another process that writes.
const BUSY_FOR: Duration = Duration::from_secs(1);

/// A database as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// The migrations it lacks, which the next start applies.
    pub pending: Vec<i64>,
    /// The migrations it has that this version does not know.
    pub unknown: Vec<i64>,
    /// Why it cannot be written, if it cannot.
    pub unwritable: Option<String>,
}

/// Looks at the database of an address; nothing if there is none yet.
///
/// # Errors
/// [`StoreError::Address`] or [`StoreError::Unreachable`].
pub async fn inspect(url: &str) -> Result<Option<Inspection>, StoreError> {
    match url.parse()? {
        Address::Sqlite(path) => file(&path).await,
        Address::Postgres(options) => server(&options).await.map(Some),
    }
}

async fn file(path: &Path) -> Result<Option<Inspection>, StoreError> {
    let unreachable =
        |why: &dyn std::fmt::Display| StoreError::Unreachable(format!("{}: {why}", path.display()));
    if !tokio::fs::try_exists(path).await.map_err(|error| unreachable(&error))? {
        return Ok(None);
    }
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_FOR);
    let mut connection =
        SqliteConnection::connect_with(&options).await.map_err(|error| unreachable(&error))?;
    let tables: (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
    )
    .fetch_one(&mut connection)
    .await
    .map_err(|error| unreachable(&error))?;
    let applied: Vec<(i64,)> = if tables.0 == 0 {
        Vec::new()
    } else {
        sqlx::query_as("SELECT version FROM _sqlx_migrations WHERE success")
            .fetch_all(&mut connection)
            .await?
    };
    let unwritable = match connection.begin_with(dialect::BEGIN_ON_SQLITE).await {
        Ok(transaction) => transaction.rollback().await.err(),
        Err(error) => Some(error),
    };
    let unwritable = unwritable.map(|error| error.to_string());
    connection.close().await?;
    Ok(Some(inspection(&ON_SQLITE, applied, unwritable)))
}

async fn server(options: &PgConnectOptions) -> Result<Inspection, StoreError> {
    let mut connection = PgConnection::connect_with(options).await.map_err(|error| {
        let place = format!("{}:{}", options.get_host(), options.get_port());
        StoreError::Unreachable(format!("{place}: {error}"))
    })?;
    let (has_tables, follows): (bool, bool) =
        sqlx::query_as("SELECT to_regclass('_sqlx_migrations') IS NOT NULL, pg_is_in_recovery()")
            .fetch_one(&mut connection)
            .await?;
    let mut unwritable = follows.then(|| "it is a standby server".to_owned());
    let mut applied = Vec::new();
    if has_tables {
        applied = sqlx::query_as("SELECT version FROM _sqlx_migrations WHERE success")
            .fetch_all(&mut connection)
            .await?;
        let (may_write,): (bool,) =
            sqlx::query_as("SELECT has_table_privilege('_sqlx_migrations', 'INSERT')")
                .fetch_one(&mut connection)
                .await?;
        if !may_write {
            unwritable = Some("its user may not write to the tables".to_owned());
        }
    }
    connection.close().await?;
    Ok(inspection(&ON_POSTGRES, applied, unwritable))
}

fn inspection(known: &Migrator, applied: Vec<(i64,)>, unwritable: Option<String>) -> Inspection {
    let applied: BTreeSet<i64> = applied.into_iter().map(|(version,)| version).collect();
    let known: BTreeSet<i64> = known.iter().map(|migration| migration.version).collect();
    Inspection {
        pending: known.difference(&applied).copied().collect(),
        unknown: applied.difference(&known).copied().collect(),
        unwritable,
    }
}
