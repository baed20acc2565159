//! The outbox as people see it: what waits, what was done, what was given up and can be tried again.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use sima_incident::{IncidentId, IncidentNumber};

use crate::{
    Store, StoreError,
    dialect::{Statement, statement},
    instant::timestamp,
    ledger::Arg,
    rows::incident_id,
};

/// Where an effect is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutboxState {
    /// It waits for its time or its turn.
    Ready,
    /// A worker is at it.
    Leased,
    /// It was done.
    Done,
    /// It could not be done; a person must look at it.
    GivenUp,
    /// The incident had moved on before it was done.
    Moot,
}

/// Which effects to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxView {
    /// Those that were given up.
    GivenUp,
    /// Those still to be done.
    Unsettled,
    /// All there ever were.
    All,
}

/// An effect as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its number.
    pub id: i64,
    /// Whose effect it is.
    pub incident_id: IncidentId,
    /// The number of that incident.
    pub number: IncidentNumber,
    /// Who carries it out, as stored: `slack`.
    pub destination: String,
    /// Its lane, as stored.
    pub lane: String,
    /// Its kind, as stored: `post_brief`.
    pub kind: String,
    /// Where it is in its life.
    pub state: OutboxState,
    /// When it is or was due.
    pub run_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether it may have been done without our knowing.
    pub unsure: bool,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// Why it last failed.
    pub last_setback: Option<String>,
}

/// Lists effects; the condition is part of the text, so that its index serves it.
macro_rules! list {
    ($($condition:literal)?) => {
        statement!(
            "SELECT outbox.id, outbox.incident_id, incidents.number, outbox.destination,
               outbox.lane, outbox.kind, outbox.state, outbox.run_at, outbox.attempts,
               outbox.unsure, outbox.planned_at, outbox.settled_at, outbox.last_setback
             FROM outbox
             JOIN incidents ON incidents.id = outbox.incident_id
             " $($condition)? "
             ORDER BY outbox.id DESC
             LIMIT $1"
        )
    };
}
const LIST_GIVEN_UP: Statement = list!("WHERE outbox.state = 'given_up'");
const LIST_UNSETTLED: Statement = list!("WHERE outbox.state IN ('ready', 'leased')");
const LIST_ALL: Statement = list!();
const RETRY_GIVEN_UP: Statement = statement!(
    "UPDATE outbox
     SET state = 'ready',
       attempts = 0,
       settled_at = NULL
     WHERE id = $1
       AND state = 'given_up'"
);
const COUNTS: Statement = statement!(
    "SELECT destination, state, COUNT(*)
     FROM outbox
     GROUP BY destination, state
     ORDER BY destination, state"
);

impl Store {
    /// Lists effects for people, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn outbox(&self, view: OutboxView, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
        let statement = match view {
            OutboxView::GivenUp => LIST_GIVEN_UP,
            OutboxView::Unsettled => LIST_UNSETTLED,
            OutboxView::All => LIST_ALL,
        };
        let mut reader = self.ledger().reader().await?;
        let rows = reader.all::<ListedRow>(statement, &[Arg::Int(limit.into())]).await?;
        rows.into_iter().map(OutboxRow::try_from).collect()
    }

    /// Puts an effect that was given up back to be tried at once. `false`: it was not given up.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn retry_given_up(&self, id: i64) -> Result<bool, StoreError> {
        let changed = self.ledger().writer().await?.run(RETRY_GIVEN_UP, &[Arg::Int(id)]).await?;
        Ok(self.moved_outbox(changed))
    }

    /// Counts effects by destination and state, for telemetry.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn outbox_counts(&self) -> Result<Vec<(String, OutboxState, u64)>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        reader
            .all::<(String, String, i64)>(COUNTS, &[])
            .await?
            .into_iter()
            .map(|(destination, state, count)| Ok((destination, state.parse()?, count as u64)))
            .collect()
    }
}

/// A row as [`list!`] returns it.
#[derive(sqlx::FromRow)]
struct ListedRow {
    id: i64,
    incident_id: String,
    number: i64,
    destination: String,
    lane: String,
    kind: String,
    state: String,
    run_at: i64,
    attempts: i64,
    unsure: bool,
    planned_at: i64,
    settled_at: Option<i64>,
    last_setback: Option<String>,
}

impl TryFrom<ListedRow> for OutboxRow {
    type Error = StoreError;

    fn try_from(row: ListedRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            incident_id: incident_id(&row.incident_id)?,
            number: IncidentNumber(row.number as u32),
            destination: row.destination,
            lane: row.lane,
            kind: row.kind,
            state: row.state.parse()?,
            run_at: timestamp(row.run_at)?,
            attempts: row.attempts as u32,
            unsure: row.unsure,
            planned_at: timestamp(row.planned_at)?,
            settled_at: row.settled_at.map(timestamp).transpose()?,
            last_setback: row.last_setback,
        })
    }
}

impl OutboxState {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 5] = [Self::Ready, Self::Leased, Self::Done, Self::GivenUp, Self::Moot];

    /// The state as stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Leased => "leased",
            Self::Done => "done",
            Self::GivenUp => "given_up",
            Self::Moot => "moot",
        }
    }
}

impl fmt::Display for OutboxState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for OutboxState {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::ALL.into_iter().find(|state| state.key() == text).ok_or_else(|| {
            StoreError::Fault(sqlx::Error::Decode(format!("unknown state {text:?}").into()))
        })
    }
}
