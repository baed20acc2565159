//! Alerts as they were delivered: judged after that, and kept for a while for rules to be tried on.
//!
//! An alert is *waiting* from its delivery until it is judged, which is recorded in the transaction
//! that records what came of it. What is in it is not the store's business: it is kept as a document.

use jiff::Timestamp;
use sima_incident::{AlertState, IncidentId};

use crate::{
    Store, StoreError,
    dialect::{Statement, statement},
    instant::{micros, timestamp},
    ledger::Arg,
    rows::incident_id,
};

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

/// The integrations of which something waits, one look into the index each.
const SENDERS: Statement = statement!(
    "WITH RECURSIVE senders AS (
       SELECT MIN(integration) AS integration
       FROM alert_log
       WHERE judged_at IS NULL
       UNION ALL
       SELECT (
         SELECT MIN(integration)
         FROM alert_log
         WHERE judged_at IS NULL
           AND integration > senders.integration)
       FROM senders
       WHERE senders.integration IS NOT NULL
     )
     SELECT integration
     FROM senders
     WHERE integration IS NOT NULL"
);
const WAITING: Statement = statement!(
    "SELECT id, integration, source, key, state, since, received_at, alert
     FROM alert_log
     WHERE judged_at IS NULL
       AND integration = $1
     ORDER BY id
     LIMIT $2"
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
const LOGGED: Statement = statement!(
    "SELECT id, integration, source, key, state, since, received_at, alert
     FROM alert_log
     WHERE id = $1"
);
const ONE: Statement = statement!(
    "SELECT judged_at, outcome, why, group_key, incident_id
     FROM alert_log
     WHERE id = $1"
);

impl Store {
    /// The alerts that were not judged yet: of each integration so many at most, oldest first. However
    /// many of one wait, those of the others are not behind them.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn waiting_alerts(&self, limit: u32) -> Result<Vec<LoggedAlert>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let mut waiting = Vec::new();
        for (integration,) in reader.all::<(String,)>(SENDERS, &[]).await? {
            let args = [Arg::Text(&integration), Arg::Int(limit.into())];
            for row in reader.all::<Delivered>(WAITING, &args).await? {
                waiting.push(logged(row, None)?);
            }
        }
        Ok(waiting)
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

    /// The alert of that number, without what came of it.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn logged_alert(&self, id: i64) -> Result<Option<LoggedAlert>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let row = reader.first::<Delivered>(LOGGED, &[Arg::Int(id)]).await?;
        row.map(|row| logged(row, None)).transpose()
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
