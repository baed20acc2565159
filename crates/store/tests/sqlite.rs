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
