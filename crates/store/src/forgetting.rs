//! Forgetting what was done long ago, without letting any of it be done again.
//!
//! What there is once in an incident's life is kept for ever, and so is what was given up, until
//! somebody has looked at it. Deliveries are kept for longer than their senders try again; those of
//! doors whose senders choose when to repeat are never forgotten.

use jiff::Timestamp;
use serde_json::{Value, json};
use sima_incident::Effect;

use crate::{
    Store, StoreError,
    dialect::{Statement, statement},
    instant::micros,
    ledger::Arg,
};

const FORGET_DONE: Statement = statement!(
    "DELETE FROM outbox
     WHERE id IN (
       SELECT id
       FROM outbox
       WHERE settled_at < $2
         AND state IN ('done', 'moot')
         AND NOT EXISTS (SELECT 1 FROM " rows " WHERE value->>'kind' = outbox.kind)
       ORDER BY settled_at
       LIMIT $3)"
);
const FORGET_DELIVERIES: Statement = statement!(
    "DELETE FROM deliveries
     WHERE (door, id) IN (
       SELECT door, id
       FROM deliveries
       WHERE recorded_at < $2
         AND EXISTS (SELECT 1 FROM " rows " WHERE value->>'door' = deliveries.door)
       ORDER BY recorded_at
       LIMIT $3)"
);

impl Store {
    /// Forgets some of the effects that were done before a time, and of the deliveries through some
    /// doors that were recorded before it. Tells how much; less than `limit` means that nothing is
    /// left.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; some may be forgotten.
    pub async fn forget_done(
        &self,
        before: Timestamp,
        doors: &[&str],
        limit: u32,
    ) -> Result<u64, StoreError> {
        let kinds = Effect::kinds_done_once().map(|kind| json!({ "kind": kind }));
        let doors = doors.iter().map(|door| json!({ "door": door })).collect::<Value>();
        let mut most = 0;
        for (statement, rows) in [(FORGET_DONE, json!(kinds)), (FORGET_DELIVERIES, doors)] {
            let rows = rows.to_string();
            let args = [Arg::Text(&rows), Arg::Int(micros(before)), Arg::Int(limit.into())];
            most = most.max(self.ledger().writer().await?.run(statement, &args).await?);
        }
        Ok(most)
    }
}
