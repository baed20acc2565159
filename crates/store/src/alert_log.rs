//! Alerts as they were delivered: durable before their sender is answered, judged after that, and
//! kept for a while for rules to be tried on.
//!
//! An alert is *waiting* from its delivery until it is judged, which is recorded in the transaction
//! that records what came of it. What is in it is not the store's business: it is kept as a document.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    ops::Range,
};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use sima_incident::{AlertState, IncidentId};
use tokio::sync::oneshot;

use crate::{
    Store, StoreError,
    dialect::{Statement, statement},
    instant::{micros, timestamp},
    ledger::{Arg, Transaction},
    record::{put, rows},
    rows::{incident_id, json_text, plain},
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

/// An alert as it is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedAlert {
    /// Its number, in the order of recording.
    pub id: i64,
    /// The integration it came through.
    pub integration: String,
    /// The source that spoke.
    pub source: String,
    /// The key under which it repeats the alert.
    pub key: String,
    /// Whether it still saw it.
    pub state: AlertState,
    /// When it came.
    pub received_at: Timestamp,
    /// All of it, as JSON.
    pub alert: String,
    /// What came of it; absent while it waits.
    pub judged: Option<AlertJudged>,
}

/// What came of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertJudged {
    /// When it was judged.
    pub at: Timestamp,
    /// What came of it, in one word: `opened`, `attached` …
    pub outcome: String,
    /// Why, if there is more to say.
    pub why: Option<String>,
    /// What the rules would have it grouped by, if they asked.
    pub group: Option<String>,
    /// The incident it belongs to.
    pub incident: Option<IncidentId>,
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
const WAITING: Statement = statement!(
    "SELECT id, integration, source, key, state, since, received_at, alert
     FROM alert_log
     WHERE judged_at IS NULL
     ORDER BY id
     LIMIT $1"
);
const SINCE: Statement = statement!(
    "SELECT id, integration, source, key, state, since, received_at, alert, judged_at, outcome, why,
       group_key, incident_id
     FROM alert_log
     WHERE received_at >= $1
       AND id > $2
     ORDER BY id
     LIMIT $3"
);
const ONE: Statement = statement!(
    "SELECT judged_at, outcome, why, group_key, incident_id
     FROM alert_log
     WHERE id = $1"
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

    /// The alerts that were not judged yet, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn waiting_alerts(&self, limit: u32) -> Result<Vec<LoggedAlert>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let rows = reader.all::<Delivered>(WAITING, &[Arg::Int(limit.into())]).await?;
        rows.into_iter().map(|row| logged(row, None)).collect()
    }

    /// The alerts that came at or after a time, oldest first, after the one of that number: the last
    /// of the page before, or 0.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn alert_log(
        &self,
        since: Timestamp,
        after_id: i64,
        limit: u32,
    ) -> Result<Vec<LoggedAlert>, StoreError> {
        let args = [Arg::Int(micros(since)), Arg::Int(after_id), Arg::Int(limit.into())];
        let mut reader = self.ledger().reader().await?;
        let rows = reader.all::<Kept>(SINCE, &args).await?;
        rows.into_iter()
            .map(|row| {
                let (id, integration, source, key, state, since, received_at, alert) =
                    (row.0, row.1, row.2, row.3, row.4, row.5, row.6, row.7);
                let delivered = (id, integration, source, key, state, since, received_at, alert);
                logged(delivered, judged((row.8, row.9, row.10, row.11, row.12))?)
            })
            .collect()
    }

    /// What came of an alert; nothing while it waits, or if there is none of that number.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn alert_judged(&self, id: i64) -> Result<Option<AlertJudged>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let row = reader.first::<Judgement>(ONE, &[Arg::Int(id)]).await?;
        Ok(row.map(judged).transpose()?.flatten())
    }
}

type Delivered = (i64, String, String, String, String, i64, i64, String);
type Judgement = (Option<i64>, Option<String>, Option<String>, Option<String>, Option<String>);
type Kept = (
    i64,
    String,
    String,
    String,
    String,
    i64,
    i64,
    String,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

fn logged(row: Delivered, judged: Option<AlertJudged>) -> Result<LoggedAlert, StoreError> {
    let (id, integration, source, key, state, since, received_at, alert) = row;
    Ok(LoggedAlert {
        id,
        integration,
        source,
        key,
        state: state_of(&state, since)?,
        received_at: timestamp(received_at)?,
        alert,
        judged,
    })
}

fn judged(row: Judgement) -> Result<Option<AlertJudged>, StoreError> {
    let (Some(at), Some(outcome), why, group, incident) = row else { return Ok(None) };
    let incident = incident.as_deref().map(incident_id).transpose()?;
    Ok(Some(AlertJudged { at: timestamp(at)?, outcome, why, group, incident }))
}

/// A state as stored, in two columns.
pub fn state_of(state: &str, since: i64) -> Result<AlertState, StoreError> {
    let since = timestamp(since)?;
    Ok(if state == "firing" {
        AlertState::Firing { since }
    } else {
        AlertState::Resolved { since }
    })
}

/// A state as it is stored.
pub fn state_columns(state: AlertState) -> (&'static str, i64) {
    match state {
        AlertState::Firing { since } => ("firing", micros(since)),
        AlertState::Resolved { since } => ("resolved", micros(since)),
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
