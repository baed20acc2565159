//! Alerts as they are delivered: durable before their sender is answered.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    ops::Range,
};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use sima_incident::AlertState;
use tokio::sync::oneshot;

use crate::{
    Store, StoreError,
    alert_log::state_columns,
    dialect::{Statement, statement},
    instant::micros,
    ledger::{Arg, Transaction},
    record::{put, rows},
    rows::{json_text, plain},
    writer::Job,
};

/// How long a delivery is remembered by its sender's id: senders that repeat do so for three days at
/// most.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(72);

/// The alerts of one delivery, to be taken in together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertDelivery {
    /// The integration it came through.
    pub integration: String,
    /// The sender's own id of the delivery, if it gives one.
    pub id: Option<String>,
    /// The alerts in it.
    pub alerts: Vec<NewAlert>,
    /// When it came.
    pub now: Timestamp,
}

/// An alert to be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAlert {
    /// The source that spoke, such as `alertmanager`.
    pub source: String,
    /// The key under which it repeats the alert.
    pub key: String,
    /// Whether it still sees it.
    pub state: AlertState,
    /// All of it, as JSON.
    pub alert: String,
}

/// What became of a delivery.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Took {
    /// Its alerts are recorded, under these numbers, and will outlive a crash.
    Recorded(Range<i64>),
    /// It was taken in before, and its first alert has this number; nothing was added.
    Before(i64),
}

const COUNT_UP: Statement = statement!(
    "UPDATE counters
     SET value = value + CAST($1 AS BIGINT)
     WHERE name = 'alert'
     RETURNING value"
);
const PUT: Statement = statement!(
    "INSERT INTO alert_log (id, integration, source, delivery_id, key, state, since, received_at,
       alert)
     SELECT CAST(value->>'id' AS BIGINT), value->>'integration', value->>'source',
       value->>'delivery_id', value->>'key', value->>'state', CAST(value->>'since' AS BIGINT),
       CAST(value->>'received_at' AS BIGINT), value->>'alert'
     FROM " rows
);
const DELIVERIES: Statement = statement!(
    "SELECT alert_deliveries.integration, alert_deliveries.id, alert_deliveries.first_alert,
       alert_deliveries.received_at
     FROM " rows "
     JOIN alert_deliveries ON alert_deliveries.integration = value->>'integration'
       AND alert_deliveries.id = value->>'id'"
);
const PUT_DELIVERIES: Statement = statement!(
    "INSERT INTO alert_deliveries (integration, id, first_alert, received_at)
     SELECT value->>'integration', value->>'id', CAST(value->>'first_alert' AS BIGINT),
       CAST(value->>'received_at' AS BIGINT)
     FROM " rows "
     WHERE TRUE
     ON CONFLICT (integration, id) DO UPDATE SET
       first_alert = excluded.first_alert,
       received_at = excluded.received_at"
);
impl Store {
    /// Takes a delivery in, together with all else that waits to be recorded. When this returns, it
    /// is durable.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; nothing of it is stored, unless the connection broke
    /// while the answer was on its way.
    pub async fn take_alerts(&self, delivery: AlertDelivery) -> Result<Took, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.ask_writer(Job::Take { delivery: Box::new(delivery), answer }).await?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

/// One row of [`PUT`].
#[derive(Serialize)]
struct NewRow<'a> {
    id: i64,
    integration: &'a str,
    source: &'a str,
    delivery_id: Option<&'a str>,
    key: &'a str,
    state: &'static str,
    since: i64,
    received_at: i64,
    alert: &'a str,
}

/// Takes deliveries in, in a transaction that records; what became of each, in their order.
pub async fn take(
    transaction: &mut Transaction,
    deliveries: &[&AlertDelivery],
) -> Result<Vec<Took>, StoreError> {
    if deliveries.is_empty() {
        return Ok(Vec::new());
    }
    let mut seen = before(transaction, deliveries).await?;
    let count = new_alerts(deliveries, &seen);
    let mut next = 0;
    if count > 0 {
        let last = transaction.all::<(i64,)>(COUNT_UP, &[Arg::Int(count as i64)]).await?;
        let (last,) = last.into_iter().next().ok_or(sqlx::Error::RowNotFound)?;
        next = last - count as i64 + 1;
    }
    let (mut took, mut rows) = (Vec::with_capacity(deliveries.len()), Rows::with_capacity(count));
    let mut remembered = Vec::new();
    for delivery in deliveries {
        if let Some(id) = &delivery.id {
            match seen.entry(pair(&delivery.integration, id)) {
                Entry::Occupied(first) => {
                    took.push(Took::Before(*first.get()));
                    continue;
                }
                // The same delivery may be twice in one batch: the first counts.
                Entry::Vacant(unseen) => drop(unseen.insert(next)),
            }
            remembered.push(json!({
                "integration": plain(&delivery.integration),
                "id": plain(id),
                "first_alert": next,
                "received_at": micros(delivery.now),
            }));
        }
        let first = next;
        next += delivery.alerts.len() as i64;
        rows.add(delivery, first)?;
        took.push(Took::Recorded(first..next));
    }
    if count > 0 {
        transaction.run(PUT, &[Arg::Text(&rows.done())]).await?;
    }
    put(transaction, PUT_DELIVERIES, remembered).await?;
    Ok(took)
}

/// How many alerts there are in deliveries that were not taken in before.
fn new_alerts(deliveries: &[&AlertDelivery], seen: &HashMap<Pair, i64>) -> usize {
    let mut twice = HashSet::new();
    let is_new = |delivery: &&&AlertDelivery| match &delivery.id {
        Some(id) => {
            let pair = pair(&delivery.integration, id);
            !seen.contains_key(&pair) && twice.insert(pair)
        }
        None => true,
    };
    deliveries.iter().filter(is_new).map(|delivery| delivery.alerts.len()).sum()
}

/// Those deliveries that were taken in before and are still remembered.
async fn before(
    transaction: &mut Transaction,
    deliveries: &[&AlertDelivery],
) -> Result<HashMap<Pair, i64>, StoreError> {
    let named: Vec<Value> = deliveries
        .iter()
        .filter_map(|delivery| {
            let id = delivery.id.as_deref()?;
            Some(json!({ "integration": plain(&delivery.integration), "id": plain(id) }))
        })
        .collect();
    let Some(earliest) = deliveries.iter().map(|delivery| delivery.now).min() else {
        return Ok(HashMap::new());
    };
    let forgotten = micros(earliest.saturating_sub(REMEMBERED).unwrap_or(earliest));
    let known = rows::<(String, String, i64, i64)>(transaction, DELIVERIES, named).await?;
    Ok(known
        .into_iter()
        .filter(|(_, _, _, received_at)| *received_at > forgotten)
        .map(|(integration, id, first, _)| ((integration, id), first))
        .collect())
}

/// The rows of [`PUT`], written as they come: in a storm this is what the writer does most.
struct Rows(String);

impl Rows {
    fn with_capacity(count: usize) -> Self {
        let mut rows = String::with_capacity(count * 1024);
        rows.push('[');
        Self(rows)
    }

    fn add(&mut self, delivery: &AlertDelivery, first: i64) -> Result<(), StoreError> {
        let integration = plain(&delivery.integration);
        let delivery_id = delivery.id.as_deref().map(plain);
        for (id, alert) in (first..).zip(&delivery.alerts) {
            let (state, since) = state_columns(alert.state);
            let row = NewRow {
                id,
                integration: &integration,
                source: &plain(&alert.source),
                delivery_id: delivery_id.as_deref(),
                key: &plain(&alert.key),
                state,
                since,
                received_at: micros(delivery.now),
                alert: &alert.alert,
            };
            if self.0.len() > 1 {
                self.0.push(',');
            }
            self.0.push_str(&json_text(&row, "an alert")?);
        }
        Ok(())
    }

    fn done(mut self) -> String {
        self.0.push(']');
        self.0
    }
}

/// An integration and an id of its sender.
type Pair = (String, String);

fn pair(one: &str, two: &str) -> Pair {
    (plain(one).into_owned(), plain(two).into_owned())
}
