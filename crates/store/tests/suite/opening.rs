//! Opening and closing, and what the schema keeps by itself.

use sima_store::{Store, StoreError};

use super::{Place, cast};

/// Somebody went back to an older SIMA.
pub async fn a_newer_schema_is_refused(place: Place) {
    place.open().await.close().await;
    place
        .sql(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 9999, 'the future', success, checksum, 0 FROM _sqlx_migrations
             WHERE version = 1",
        )
        .await
        .unwrap();
    match Store::open(&place.url).await {
        Err(StoreError::Schema(why)) => {
            assert!(why.contains("newer SIMA") && why.contains("9999"), "{why}");
        }
        other => panic!("{other:?}"),
    }
}

pub async fn a_closed_store_says_so(place: Place) {
    let store = place.open().await;
    cast::opened(&store, 1).await;
    let other = store.clone();
    store.close().await;
    assert!(matches!(other.record(cast::opening(2)).await, Err(StoreError::Closed)));
    assert!(other.ping().await.is_err());
    // A second stop signal closes what is closed.
    other.close().await;
}

pub async fn an_unknown_address_is_refused_with_what_to_write(place: Place) {
    let mistyped = place.url.replacen(':', "x:", 1);
    match Store::open(&mistyped).await {
        Err(StoreError::Address(why)) => assert!(why.contains("write sqlite:"), "{why}"),
        other => panic!("{other:?}"),
    }
}

/// Whoever repairs a database by hand cannot leave a state that has no meaning.
pub async fn the_schema_guards_the_states(place: Place) {
    let store = place.open().await;
    cast::opened(&store, 1).await;
    for (statement, guard) in [
        ("UPDATE outbox SET state = 'done'", "outbox_settled_has_time"),
        ("UPDATE outbox SET settled_at = 1", "outbox_settled_has_time"),
        ("UPDATE outbox SET state = 'leased', lease_owner = 'x'", "outbox_leased_has_end"),
        ("UPDATE outbox SET state = 'leased', lease_until = 1", "outbox_leased_has_owner"),
        ("UPDATE outbox SET state = 'given_up', settled_at = 1", "outbox_given_up_says_why"),
        ("UPDATE outbox SET state = 'lost'", "outbox_state_known"),
        ("UPDATE incidents SET stage = 'resolved'", "incidents_stage_known"),
        ("UPDATE incidents SET visibility = 'public'", "incidents_visibility_known"),
    ] {
        let error = place.sql(statement).await.expect_err(statement).to_string();
        assert!(error.contains(guard), "{statement}: {error}");
    }
}
