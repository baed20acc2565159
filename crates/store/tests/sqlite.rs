//! The store's promises, kept on SQLite.

mod suite;

use sima_store::{Store, StoreError};
use suite::Place;

/// A file of its own in a folder that is not there yet.
async fn place() -> Place {
    let folder = tempfile::tempdir().expect("a folder for the database");
    let url = format!("sqlite:{}/new/folder/sima.db", folder.path().display());
    Place::new(url, folder)
}

suite::stories!(place);

/// Two processes started at the same time on a new machine: both find all tables.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_file_may_be_opened_by_several_at_once() {
    let place = place().await;
    let (one, two, three) = tokio::join!(place.open(), place.open(), place.open());
    for store in [one, two, three] {
        store.ping().await.unwrap();
    }
}

/// The plug is pulled: what was answered as recorded is in the files as they are at that moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_recorded_is_on_disk_before_anything_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let store = Store::open(&format!("sqlite:{}", path("sima.db").display())).await.unwrap();
    let incident = suite::cast::opened(&store, 1).await;
    for ending in ["", "-wal"] {
        let (from, to) = (format!("sima.db{ending}"), format!("after.db{ending}"));
        std::fs::copy(path(&from), path(&to)).unwrap();
    }
    let after = Store::open(&format!("sqlite:{}", path("after.db").display())).await.unwrap();
    assert_eq!(after.incident(incident.id).await.unwrap(), Some(incident));
}

#[tokio::test]
async fn a_place_that_cannot_be_is_told_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "not a folder").unwrap();
    let url = format!("sqlite:{}/file/sima.db", folder.path().display());
    match Store::open(&url).await {
        Err(StoreError::Unreachable(why)) => assert!(why.contains("file/sima.db"), "{why}"),
        other => panic!("{other:?}"),
    }
}

/// Looking changes nothing: neither is a database made, nor are its tables brought up to date.
#[tokio::test]
async fn a_database_is_looked_at_without_being_changed() {
    use sima_store::inspect;
    use sqlx::{Connection, SqliteConnection};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sima.db");
    let url = format!("sqlite:{}", path.display());
    assert_eq!(inspect(&url).await.unwrap(), None);
    assert!(!path.exists());

    std::fs::write(&path, "").unwrap();
    let empty = inspect(&url).await.unwrap().expect("a file");
    assert!(empty.pending.len() >= 4 && empty.unknown.is_empty() && empty.unwritable.is_none());
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);

    Store::open(&url).await.unwrap().close().await;
    let ready = inspect(&url).await.unwrap().expect("a file");
    assert!(ready.pending.is_empty() && ready.unknown.is_empty(), "{ready:?}");

    let mut other = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'of tomorrow', TRUE, x'00', 0)",
    )
    .execute(&mut other)
    .await
    .unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let held = inspect(&url).await.unwrap().expect("a file");
    assert_eq!(held.unknown, [9999]);
    assert!(held.unwritable.is_some_and(|why| why.contains("locked")));

    std::fs::write(&path, "this is a letter to somebody and no database at all").unwrap();
    assert!(inspect(&url).await.is_err());
}

/// The table of the outbox is made anew in between: what waits in it waits still, in its order.
#[tokio::test]
async fn what_waits_outlives_the_making_anew_of_its_table() {
    use sqlx::{Connection, SqliteConnection, migrate::Migrator};
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("sima.db").display());
    let first = folder.path().join("first");
    std::fs::create_dir(&first).unwrap();
    let ledger = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite/0001_ledger.sql");
    std::fs::copy(ledger, first.join("0001_ledger.sql")).unwrap();
    let create = format!("{url}?mode=rwc");
    let mut before = SqliteConnection::connect(&create).await.unwrap();
    Migrator::new(first).await.unwrap().run(&mut before).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO incidents VALUES ('i', 1, 1, 'open', 2, 2, 'api', 'real', 'company', 'c',
             NULL, NULL, 1, NULL, NULL, NULL, '{}');
         INSERT INTO outbox VALUES (1, 'i', 'slack', 'brief', 'post_brief', 'post_brief', '{}',
             'done', 1, 1, 0, NULL, NULL, 1, 2, NULL);
         INSERT INTO outbox VALUES (2, 'i', 'slack', 'brief', 'pin_brief', 'pin_brief', '{}',
             'ready', 5, 3, 1, NULL, NULL, 4, NULL, 'busy');",
    )
    .execute(&mut before)
    .await
    .unwrap();
    before.close().await.unwrap();

    let store = Store::open(&url).await.unwrap();

    let due = store.next_due().await.unwrap().unwrap();
    assert_eq!(due.as_microsecond(), 5, "what waited still waits for its time");
    let mut after = SqliteConnection::connect(&url).await.unwrap();
    let kept: Vec<(i64, String, i64, Option<String>)> =
        sqlx::query_as("SELECT id, state, attempts, last_setback FROM outbox ORDER BY id")
            .fetch_all(&mut after)
            .await
            .unwrap();
    assert_eq!(kept, [(1, "done".into(), 1, None), (2, "ready".into(), 3, Some("busy".into()))]);
}
