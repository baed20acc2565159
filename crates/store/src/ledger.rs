//! The database behind the store: its connections, and running one statement on either kind.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    Connection as _, FromRow, Postgres, Sqlite, SqlitePool,
    migrate::Migrator,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow},
    sqlite::{
        SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteRow,
        SqliteSynchronous,
    },
};

use crate::{
    StoreError,
    address::Address,
    dialect::{self, Statement},
};

pub(crate) static ON_SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
pub(crate) static ON_POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a statement waits for another process that writes to the same file.
const BUSY_FOR: Duration = Duration::from_secs(5);
/// How long a caller waits for a connection.
const ACQUIRE_WITHIN: Duration = Duration::from_secs(10);
/// How long a connection that nobody uses is kept: each holds pages in memory.
const KEEP_IDLE: Duration = Duration::from_mins(1);

/// The connections to one database.
#[derive(Clone, Debug)]
pub enum Ledger {
    /// One connection that writes and some that read; WAL lets them work at the same time. Beside
    /// the file lies another whose lock tells who is at work.
    Sqlite { writer: SqlitePool, readers: SqlitePool, lock_file: PathBuf },
    /// Connections to a server.
    Postgres(PgPool),
}

/// One bound value.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    Text(&'a str),
    Int(i64),
    Flag(bool),
}

/// Whatever a row of both databases can be read as.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

/// A connection on loan, each statement by itself.
pub enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A transaction that records; rolled back unless committed.
pub enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// Runs one expression against whichever database is behind the ledger.
macro_rules! on {
    ($kind:ident, $ledger:expr, $conn:ident => $run:expr) => {
        match $ledger {
            $kind::Sqlite($conn) => $run,
            $kind::Postgres($conn) => $run,
        }
    };
}

impl Ledger {
    /// Opens the database and brings its tables up to date.
    pub async fn open(address: &Address) -> Result<Self, StoreError> {
        match address {
            Address::Sqlite(path) => Self::open_file(path).await,
            Address::Postgres(options) => Self::open_server(options).await,
        }
    }

    async fn open_file(path: &Path) -> Result<Self, StoreError> {
        let unreachable = |why: &dyn std::fmt::Display| {
            StoreError::Unreachable(format!("{}: {why}", path.display()))
        };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            tokio::fs::create_dir_all(folder).await.map_err(|error| unreachable(&error))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(BUSY_FOR)
            .pragma("cache_size", "-1024");
        // What a caller was told is recorded must outlive a power cut, hence FULL.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .acquire_timeout(ACQUIRE_WITHIN)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(
                options
                    .clone()
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full),
            )
            .await
            .map_err(|error| unreachable(&error))?;
        // Two processes may open a new file at once; the second finds all migrations applied.
        let mut connection = writer.acquire().await?;
        let mut all = connection.begin_with(dialect::BEGIN_ON_SQLITE).await?;
        ON_SQLITE.run(&mut all).await.map_err(StoreError::migrating)?;
        all.commit().await?;
        drop(connection);
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(ACQUIRE_WITHIN)
            .idle_timeout(KEEP_IDLE)
            .test_before_acquire(false)
            .connect_lazy_with(options.read_only(true));
        let mut lock_file = path.as_os_str().to_owned();
        lock_file.push("-lock");
        Ok(Self::Sqlite { writer, readers, lock_file: lock_file.into() })
    }

    async fn open_server(options: &PgConnectOptions) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            // One of them stays with the worker's presence.
            .max_connections(9)
            .acquire_timeout(ACQUIRE_WITHIN)
            .idle_timeout(KEEP_IDLE)
            .connect_with(options.clone())
            .await
            .map_err(|error| {
                let place = format!("{}:{}", options.get_host(), options.get_port());
                StoreError::Unreachable(format!("{place}: {error}"))
            })?;
        ON_POSTGRES.run(&pool).await.map_err(StoreError::migrating)?;
        Ok(Self::Postgres(pool))
    }

    /// Waits for connections on loan, then closes all.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// A connection to read by.
    pub async fn reader(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Connection::Sqlite(readers.acquire().await?),
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        })
    }

    /// A connection to write one statement by.
    pub async fn writer(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Connection::Sqlite(writer.acquire().await?),
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction that records: from here on nobody else records until it ends.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        match self {
            Self::Sqlite { writer, .. } => {
                Ok(Transaction::Sqlite(writer.begin_with(dialect::BEGIN_ON_SQLITE).await?))
            }
            Self::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                sqlx::query(dialect::LOCK_ON_POSTGRES).execute(&mut *transaction).await?;
                Ok(Transaction::Postgres(transaction))
            }
        }
    }
}

impl Connection {
    /// Runs a statement and reads its rows.
    pub async fn all<T: Row>(
        &mut self,
        statement: Statement,
        args: &[Arg<'_>],
    ) -> Result<Vec<T>, StoreError> {
        on!(Self, self, connection => connection.all(statement, args).await)
    }

    /// Runs a statement and reads its first row.
    pub async fn first<T: Row>(
        &mut self,
        statement: Statement,
        args: &[Arg<'_>],
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(statement, args).await?.into_iter().next())
    }

    /// Runs a statement and tells how many rows it changed.
    pub async fn run(&mut self, statement: Statement, args: &[Arg<'_>]) -> Result<u64, StoreError> {
        on!(Self, self, connection => connection.run(statement, args).await)
    }
}

impl Transaction {
    /// Runs a statement and reads its rows.
    pub async fn all<T: Row>(
        &mut self,
        statement: Statement,
        args: &[Arg<'_>],
    ) -> Result<Vec<T>, StoreError> {
        on!(Self, self, transaction => transaction.all(statement, args).await)
    }

    /// Runs a statement and tells how many rows it changed.
    pub async fn run(&mut self, statement: Statement, args: &[Arg<'_>]) -> Result<u64, StoreError> {
        on!(Self, self, transaction => transaction.run(statement, args).await)
    }

    /// Makes it last.
    pub async fn commit(self) -> Result<(), StoreError> {
        on!(Self, self, transaction => transaction.commit().await)?;
        Ok(())
    }
}

/// Running a statement on one kind of connection. Two implementations because sqlx's own
/// generic bounds for "any database" would be longer than both.
trait Runs {
    async fn all<T: Row>(
        &mut self,
        text: Statement,
        args: &[Arg<'_>],
    ) -> Result<Vec<T>, StoreError>;
    async fn run(&mut self, text: Statement, args: &[Arg<'_>]) -> Result<u64, StoreError>;
}

/// Binds the values in their order.
macro_rules! bound {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match *arg {
                Arg::Text(text) => query.bind(text),
                Arg::Int(number) => query.bind(number),
                Arg::Flag(flag) => query.bind(flag),
            };
        }
        query
    }};
}

impl Runs for SqliteConnection {
    async fn all<T: Row>(
        &mut self,
        text: Statement,
        args: &[Arg<'_>],
    ) -> Result<Vec<T>, StoreError> {
        Ok(bound!(sqlx::query_as(text.sqlite), args).fetch_all(self).await?)
    }

    async fn run(&mut self, text: Statement, args: &[Arg<'_>]) -> Result<u64, StoreError> {
        Ok(bound!(sqlx::query(text.sqlite), args).execute(self).await?.rows_affected())
    }
}

impl Runs for PgConnection {
    async fn all<T: Row>(
        &mut self,
        text: Statement,
        args: &[Arg<'_>],
    ) -> Result<Vec<T>, StoreError> {
        Ok(bound!(sqlx::query_as(text.postgres), args).fetch_all(self).await?)
    }

    async fn run(&mut self, text: Statement, args: &[Arg<'_>]) -> Result<u64, StoreError> {
        Ok(bound!(sqlx::query(text.postgres), args).execute(self).await?.rows_affected())
    }
}
