//! The store's promises, kept on PostgreSQL, where its programs are installed.

#[cfg(postgres_here)]
mod server;
#[cfg(postgres_here)]
mod suite;

#[cfg(postgres_here)]
mod here {
    use sima_store::{Store, StoreError};
    use sqlx::{Connection, PgConnection, SqliteConnection};

    use crate::{
        server::Server,
        suite::{self, Place},
    };

    /// A server of its own.
    async fn place() -> Place {
        let server = Server::start();
        Place::new(server.url(), server)
    }

    suite::stories!(place);

    /// The tables and columns of both databases have the same names and may be empty alike, and
    /// so have their indexes and migrations.
    #[tokio::test]
    async fn both_databases_have_the_same_tables() {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite:{}/sima.db", folder.path().display());
        let server = place().await;
        Store::open(&file).await.unwrap().close().await;
        server.open().await.close().await;
        let mut sqlite = SqliteConnection::connect(&file).await.unwrap();
        let mut postgres = PgConnection::connect(&server.url).await.unwrap();

        let on_sqlite: Vec<(String, String, bool)> = sqlx::query_as(
            "SELECT tables.name, columns.name, columns.\"notnull\"
             FROM sqlite_schema AS tables
             JOIN pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' AND tables.name NOT LIKE '%sqlx%'
             ORDER BY tables.name, columns.cid",
        )
        .fetch_all(&mut sqlite)
        .await
        .unwrap();
        let on_postgres: Vec<(String, String, bool)> = sqlx::query_as(
            "SELECT table_name::text, column_name::text, is_nullable = 'NO'
             FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name NOT LIKE '%sqlx%'
             ORDER BY table_name, ordinal_position",
        )
        .fetch_all(&mut postgres)
        .await
        .unwrap();
        assert!(on_sqlite.len() > 50, "{on_sqlite:?}");
        assert_eq!(on_sqlite, on_postgres);

        let on_sqlite: Vec<(String,)> = sqlx::query_as(
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
        )
        .fetch_all(&mut sqlite)
        .await
        .unwrap();
        let on_postgres: Vec<(String,)> = sqlx::query_as(
            "SELECT indexname::text
             FROM pg_indexes
             WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey'
               AND indexname NOT LIKE '%_once'
             ORDER BY indexname COLLATE \"C\"",
        )
        .fetch_all(&mut postgres)
        .await
        .unwrap();
        assert_eq!(on_sqlite, on_postgres);
    }

    #[tokio::test]
    async fn an_unreachable_server_is_told_without_the_password() {
        let nobody_there = "postgres://nour:hunter2@127.0.0.1:1/sima";
        match Store::open(nobody_there).await {
            Err(StoreError::Unreachable(why)) => {
                assert!(why.contains("127.0.0.1:1") && !why.contains("hunter2"), "{why}");
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Printed instead of the suite; where everything must be tested it is a failure.
#[cfg(not(postgres_here))]
#[test]
fn skipped_the_store_suite_on_postgresql() {
    let advice = "initdb is neither in PATH nor in /usr/lib/postgresql/*/bin: \
                  install postgresql to run the store suite on PostgreSQL";
    assert!(std::env::var_os("CI").is_none(), "{advice}");
    // Not by `eprintln!`, which the test runner keeps to itself when a test passes.
    let mut stderr = std::io::stderr().lock();
    std::io::Write::write_fmt(&mut stderr, format_args!("skipped: {advice}\n")).unwrap();
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| {
        let folder = format!("{}/migrations/{database}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}
