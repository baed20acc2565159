//! The outbox: what is to be done in the world, who is at it, and what came of it.
//!
//! An effect is *ready* from the commit that planned it, *leased* while a worker is at it, and then
//! settled: *done*, *given up* or *moot*. A lease ends by itself, so that the effects of a worker
//! that died are taken by another, which is told that it may have been done ([`Leased::unsure`]). If
//! nobody else is at work, the next to come takes them at once ([`crate::Presence`]).
//!
//! Effects of one incident in one lane run one after the other, in the order they were planned. The
//! database keeps it so: an index allows one lease a lane.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde_json::{Value, json};
use sima_incident::{Destination, Effect, IncidentId, IncidentNumber};

use crate::{
    Settled, Settlement, Store, StoreError,
    dialect::{Statement, statement},
    instant::{micros, timestamp},
    ledger::{Arg, Transaction},
    record::{SETTLE, settlement_row},
    rows::{from_json, incident_id, plain},
};

/// A worker's wish for something to do.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Who asks: a name no other process has, kept for this process' life.
    pub owner: &'a str,
    /// The time.
    pub now: Timestamp,
    /// Until when the worker has it to itself.
    pub lease_until: Timestamp,
    /// The most effects to give.
    pub limit: u32,
}

/// An effect on loan to a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// Its own number, the same at every try.
    pub id: i64,
    /// Whose effect it is.
    pub incident_id: IncidentId,
    /// What is to be done.
    pub effect: Effect,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// Whether an earlier try may have done it: its lease ended without a word, was given back, or
    /// the worker said so.
    pub unsure: bool,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When it became due.
    pub run_at: Timestamp,
    /// Who has it.
    pub owner: String,
}

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

/// Takes what is due and first in its lane. After an operator put a given-up effect back there may
/// be one at work behind it: then the earlier waits, and if that lease ends, the later is taken
/// again first, because it may have been half done.
const CLAIM: Statement = statement!(
    "WITH due AS (
       SELECT due.id
       FROM outbox AS due
       WHERE ((due.state = 'ready' AND due.run_at <= $2)
           OR (due.state = 'leased' AND due.lease_until < $2))
         AND NOT EXISTS (
           SELECT 1
           FROM outbox AS other
           WHERE other.incident_id = due.incident_id
             AND other.lane = due.lane
             AND other.id <> due.id
             AND other.state IN ('ready', 'leased')
             AND (other.state = 'leased'
               OR (other.state = 'ready' AND due.state = 'ready' AND other.id < due.id)))
         AND NOT EXISTS (
           SELECT 1
           FROM pauses
           WHERE pauses.bucket = due.bucket
             AND pauses.until > $2)
         AND due.destination NOT IN (SELECT value->>'destination' FROM " rows ")
       ORDER BY due.run_at, due.id
       LIMIT $5
       " skip_locked "
     )
     UPDATE outbox
     SET unsure = (unsure OR state = 'leased'),
       state = 'leased',
       attempts = attempts + 1,
       lease_owner = $3,
       lease_until = $4
     WHERE id IN (SELECT id FROM due)
     RETURNING id, incident_id, body, attempts, unsure, planned_at, run_at"
);
const TRY_AGAIN: Statement = statement!(
    "UPDATE outbox
     SET state = 'ready',
       run_at = $4,
       unsure = (unsure OR $5),
       last_setback = $6,
       lease_owner = NULL,
       lease_until = NULL
     WHERE id = $1
       AND state = 'leased'
       AND lease_owner = $2
       AND attempts = $3"
);
const PAUSE: Statement = statement!(
    "INSERT INTO pauses (bucket, until)
     VALUES ($1, $2)
     ON CONFLICT (bucket) DO UPDATE SET until = excluded.until
     WHERE excluded.until > pauses.until"
);
const RELEASE: Statement = statement!(
    "UPDATE outbox
     SET state = 'ready',
       unsure = TRUE,
       lease_owner = NULL,
       lease_until = NULL
     WHERE state = 'leased'
       AND lease_owner = $1"
);
/// The same rules as [`CLAIM`], without the time: of each lane what is leased, or else the first. In
/// one pass over what is unsettled, since here no time narrows it down.
const NEXT_DUE: Statement = statement!(
    "WITH heads AS (
       SELECT COALESCE(MIN(CASE WHEN state = 'leased' THEN id END), MIN(id)) AS id
       FROM outbox
       WHERE state IN ('ready', 'leased')
       GROUP BY incident_id, lane
     ),
     due AS (
       SELECT outbox.bucket,
         CASE outbox.state WHEN 'leased' THEN outbox.lease_until ELSE outbox.run_at END AS at
       FROM heads
       JOIN outbox ON outbox.id = heads.id
     )
     SELECT MIN(CASE WHEN pauses.until > due.at THEN pauses.until ELSE due.at END)
     FROM due
     LEFT JOIN pauses ON pauses.bucket = due.bucket"
);
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
    /// Takes effects that are due, each first in its lane and none of a paused bucket; nobody else
    /// gets them until they are settled, given back or their lease ends.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; nothing was taken.
    pub async fn claim(&self, claim: Claim<'_>) -> Result<Vec<Leased>, StoreError> {
        self.claim_passing_over(&[], claim).await
    }

    /// [`Self::claim`], leaving alone what goes to some destinations: a worker that is at all it can
    /// be at there.
    ///
    /// # Errors
    /// As [`Self::claim`].
    pub async fn claim_passing_over(
        &self,
        destinations: &[Destination],
        claim: Claim<'_>,
    ) -> Result<Vec<Leased>, StoreError> {
        let passed_over = objects_of(destinations);
        let owner = plain(claim.owner);
        let args = claim_args(&passed_over, &owner, claim);
        let mut taken = self.take(&args).await;
        if matches!(&taken, Err(StoreError::Fault(error)) if is_lane_race(error)) {
            // Somebody put a given-up effect back just now; seen again, its lane is in order.
            taken = self.take(&args).await;
        }
        let mut leased = Vec::new();
        for row in taken? {
            let id = row.id;
            match row.leased(claim.owner) {
                Ok(effect) => leased.push(effect),
                Err(error) => self.give_up_unreadable(id, claim, &error).await?,
            }
        }
        leased.sort_by_key(|effect| (effect.run_at, effect.id));
        Ok(leased)
    }

    async fn take(&self, args: &[Arg<'_>]) -> Result<Vec<TakenRow>, StoreError> {
        self.ledger().writer().await?.all(CLAIM, args).await
    }

    /// An effect this version cannot read would block its lane for ever: a newer version planned
    /// it before somebody went back to this one.
    async fn give_up_unreadable(
        &self,
        effect_id: i64,
        claim: Claim<'_>,
        error: &StoreError,
    ) -> Result<(), StoreError> {
        tracing::warn!(effect.id = effect_id, %error, "gave up an effect that cannot be read");
        let why = "this version of SIMA cannot read what was planned".to_owned();
        let owner = claim.owner.to_owned();
        let settlement = Settlement { effect_id, owner, result: Settled::GivenUp { why } };
        self.settle(settlement, claim.now).await.map(|_| ())
    }

    /// Ends an effect that leaves nothing to be recorded; one that does is settled by the
    /// [`crate::Commit`] that records it. `false`: the lease was not the settler's any more.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; the effect is not settled.
    pub async fn settle(&self, settlement: Settlement, now: Timestamp) -> Result<bool, StoreError> {
        let rows = Value::Array(vec![settlement_row(&settlement, micros(now))]).to_string();
        let settled = self.ledger().writer().await?.run(SETTLE, &[Arg::Text(&rows)]).await?;
        Ok(self.moved_outbox(settled))
    }

    /// Puts an effect back to be tried again at `run_at`. Once it may have been done (`unsure`),
    /// that stays so. `false`: the lease was not the worker's any more.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; the lease stands until it ends.
    pub async fn try_again(
        &self,
        leased: &Leased,
        run_at: Timestamp,
        why: &str,
        unsure: bool,
    ) -> Result<bool, StoreError> {
        let (owner, why) = (plain(&leased.owner), plain(why));
        let args = [
            Arg::Int(leased.id),
            Arg::Text(&owner),
            Arg::Int(leased.attempts.into()),
            Arg::Int(micros(run_at)),
            Arg::Flag(unsure),
            Arg::Text(&why),
        ];
        let changed = self.ledger().writer().await?.run(TRY_AGAIN, &args).await?;
        Ok(self.moved_outbox(changed))
    }

    /// Lets nobody claim effects of a bucket ([`Effect::kind`]) before `until`. A longer pause
    /// stands.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn pause(&self, bucket: &str, until: Timestamp) -> Result<(), StoreError> {
        let bucket = plain(bucket);
        let args = [Arg::Text(&bucket), Arg::Int(micros(until))];
        self.ledger().writer().await?.run(PAUSE, &args).await?;
        Ok(())
    }

    /// Gives all leases of a worker back at once, for one that stops. What it was at may have been
    /// done, so the next to try is unsure.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; the leases stand until they end.
    pub async fn release(&self, owner: &str) -> Result<(), StoreError> {
        let owner = plain(owner);
        let changed = self.ledger().writer().await?.run(RELEASE, &[Arg::Text(&owner)]).await?;
        self.moved_outbox(changed);
        Ok(())
    }

    /// When the next effect can be claimed: due, first in its lane and not paused, or left by a
    /// worker whose lease ends. A time in the past means now.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let next = reader.first::<(Option<i64>,)>(NEXT_DUE, &[]).await?;
        next.and_then(|(due,)| due).map(timestamp).transpose()
    }

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

    /// Rings if rows changed, and tells whether they did.
    fn moved_outbox(&self, changed: u64) -> bool {
        if changed > 0 {
            self.bells().ring(true);
        }
        changed > 0
    }
}

/// Claims what is due within a transaction that may have made it so. What cannot be read is left to
/// [`Store::claim`], once its lease has ended.
pub async fn claim_within(
    transaction: &mut Transaction,
    claim: Claim<'_>,
) -> Result<Vec<Leased>, StoreError> {
    let owner = plain(claim.owner);
    let rows = transaction.all::<TakenRow>(CLAIM, &claim_args("[]", &owner, claim)).await?;
    let mut leased: Vec<Leased> =
        rows.into_iter().filter_map(|row| row.leased(claim.owner).ok()).collect();
    leased.sort_by_key(|effect| (effect.run_at, effect.id));
    Ok(leased)
}

/// What [`CLAIM`] is given.
fn claim_args<'a>(passed_over: &'a str, owner: &'a str, claim: Claim<'_>) -> [Arg<'a>; 5] {
    [
        Arg::Text(passed_over),
        Arg::Int(micros(claim.now)),
        Arg::Text(owner),
        Arg::Int(micros(claim.lease_until)),
        Arg::Int(claim.limit.into()),
    ]
}

/// Destinations as [`CLAIM`] reads them.
fn objects_of(destinations: &[Destination]) -> String {
    let objects = destinations
        .iter()
        .map(|destination| json!({ "destination": destination.to_string() }))
        .collect::<Value>();
    objects.to_string()
}

/// Two effects of one lane were about to be claimed.
fn is_lane_race(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// A row as [`CLAIM`] returns it.
#[derive(sqlx::FromRow)]
struct TakenRow {
    id: i64,
    incident_id: String,
    body: String,
    attempts: i64,
    unsure: bool,
    planned_at: i64,
    run_at: i64,
}

impl TakenRow {
    fn leased(self, owner: &str) -> Result<Leased, StoreError> {
        Ok(Leased {
            id: self.id,
            incident_id: incident_id(&self.incident_id)?,
            effect: from_json(&self.body, "effect")?,
            attempts: self.attempts as u32,
            unsure: self.unsure,
            planned_at: timestamp(self.planned_at)?,
            run_at: timestamp(self.run_at)?,
            owner: owner.to_owned(),
        })
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
