//! The outbox: what is to be done in the world, who is at it, and what came of it.
//!
//! An effect is *ready* from the commit that planned it, *leased* while a worker is at it, and then
//! settled: *done*, *given up* or *moot*. A lease ends by itself, so that the effects of a worker
//! that died are taken by another, which is told that it may have been done ([`Leased::unsure`]). If
//! nobody else is at work, the next to come takes them at once ([`crate::Presence`]).
//!
//! Effects of one incident in one lane run one after the other, in the order they were planned. The
//! database keeps it so: an index allows one lease a lane.

mod bounds;
mod seen;

use jiff::Timestamp;
use serde_json::Value;
use sima_incident::{Effect, IncidentId};

use crate::{
    Settled, Settlement, Store, StoreError,
    dialect::{Statement, statement},
    instant::{micros, timestamp},
    ledger::{Arg, Transaction},
    record::{SETTLE, settlement_row},
    rows::{from_json, incident_id, plain},
};

pub use bounds::{Bounds, Budget};
pub use seen::{OutboxRow, OutboxState, OutboxView};

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
    /// Whether only a monitor asked for it, so that it lets go first what people asked for.
    pub calm: bool,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// When it became due.
    pub run_at: Timestamp,
    /// Who has it.
    pub owner: String,
}

/// Takes what is due and first in its lane. After an operator put a given-up effect back there may
/// be one at work behind it: then the earlier waits, and if that lease ends, the later is taken
/// again first, because it may have been half done.
///
/// Of what waits for the same budget the most urgent goes first: each level of severity is worth
/// half a minute of waiting, being asked for by a person a minute, and pages and channels go before
/// everything. Since waiting counts, nobody waits for ever.
const CLAIM: Statement = statement!(
    "WITH waiting AS (
       SELECT due.id, due.bucket, due.calm,
         due.run_at
           + incidents.severity * 30000000
           + CASE WHEN due.calm THEN 60000000 ELSE 0 END
           - CASE
               WHEN due.destination = 'pagerduty' OR due.kind = 'open_channel' THEN 600000000
               ELSE 0
             END AS turn
       FROM outbox AS due
       JOIN incidents ON incidents.id = due.incident_id
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
         AND NOT EXISTS (
           SELECT 1
           FROM " rows "
           WHERE value->>'destination' = due.destination)
     ),
     placed AS (
       SELECT id, bucket, calm, turn,
         ROW_NUMBER() OVER (PARTITION BY bucket ORDER BY turn, id) AS place
       FROM waiting
     ),
     due AS (
       SELECT due.id
       FROM placed
       JOIN outbox AS due ON due.id = placed.id
       WHERE ((due.state = 'ready' AND due.run_at <= $2)
           OR (due.state = 'leased' AND due.lease_until < $2))
         AND NOT EXISTS (
           SELECT 1
           FROM " rows "
           WHERE value->>'bucket' = placed.bucket
             AND placed.place > CASE
               WHEN placed.calm THEN CAST(value->>'left_for_calm' AS BIGINT)
               ELSE CAST(value->>'left' AS BIGINT)
             END)
       ORDER BY placed.turn, due.id
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
     RETURNING id, incident_id, body, attempts, unsure, calm, planned_at, run_at"
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
/// What the last of some kinds that was carried out left to be seen. What was given up may have left
/// anything; what was moot left nothing.
const SHOWN: Statement = statement!(
    "SELECT shows
     FROM outbox
     WHERE incident_id = $1
       AND kind IN ($2, $3)
       AND state IN ('done', 'given_up')
     ORDER BY settled_at DESC, id DESC
     LIMIT 1"
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
       WHERE NOT EXISTS (
         SELECT 1
         FROM " rows "
         WHERE value->>'bucket' = outbox.bucket
           AND CASE
             WHEN outbox.calm THEN CAST(value->>'left_for_calm' AS BIGINT)
             ELSE CAST(value->>'left' AS BIGINT)
           END <= 0)
     )
     SELECT MIN(CASE WHEN pauses.until > due.at THEN pauses.until ELSE due.at END)
     FROM due
     LEFT JOIN pauses ON pauses.bucket = due.bucket"
);
impl Store {
    /// Takes effects that are due, each first in its lane and none of a paused bucket; nobody else
    /// gets them until they are settled, given back or their lease ends.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; nothing was taken.
    pub async fn claim(&self, claim: Claim<'_>) -> Result<Vec<Leased>, StoreError> {
        self.claim_within(&Bounds::default(), claim).await
    }

    /// [`Self::claim`], taking no more than a worker can do something about now.
    ///
    /// # Errors
    /// As [`Self::claim`].
    pub async fn claim_within(
        &self,
        bounds: &Bounds,
        claim: Claim<'_>,
    ) -> Result<Vec<Leased>, StoreError> {
        let bounds = bounds.objects();
        let owner = plain(claim.owner);
        let args = claim_args(&bounds, &owner, claim);
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

    /// Lets nobody claim effects of a bucket ([`Effect::budget`]) before `until`. A longer pause
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
        self.next_due_within(&Bounds::default()).await
    }

    /// [`Self::next_due`] of what budgets are left for.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn next_due_within(&self, bounds: &Bounds) -> Result<Option<Timestamp>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let bounds = bounds.objects();
        let next = reader.first::<(Option<i64>,)>(NEXT_DUE, &[Arg::Text(&bounds)]).await?;
        next.and_then(|(due,)| due).map(timestamp).transpose()
    }

    /// What effects of two kinds last left to be seen ([`Settled::Shown`]); nothing if that is not
    /// known.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn shown(
        &self,
        incident: IncidentId,
        kinds: [&'static str; 2],
    ) -> Result<Option<String>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let incident = incident.to_string();
        let [posts, edits] = kinds;
        let args = [Arg::Text(&incident), Arg::Text(posts), Arg::Text(edits)];
        let shown = reader.first::<(Option<String>,)>(SHOWN, &args).await?;
        Ok(shown.and_then(|(shows,)| shows))
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
pub async fn claim_with(
    transaction: &mut Transaction,
    bounds: &Bounds,
    claim: Claim<'_>,
) -> Result<Vec<Leased>, StoreError> {
    let (owner, bounds) = (plain(claim.owner), bounds.objects());
    let rows = transaction.all::<TakenRow>(CLAIM, &claim_args(&bounds, &owner, claim)).await?;
    let mut leased: Vec<Leased> =
        rows.into_iter().filter_map(|row| row.leased(claim.owner).ok()).collect();
    leased.sort_by_key(|effect| (effect.run_at, effect.id));
    Ok(leased)
}

/// What [`CLAIM`] is given.
fn claim_args<'a>(bounds: &'a str, owner: &'a str, claim: Claim<'_>) -> [Arg<'a>; 5] {
    [
        Arg::Text(bounds),
        Arg::Int(micros(claim.now)),
        Arg::Text(owner),
        Arg::Int(micros(claim.lease_until)),
        Arg::Int(claim.limit.into()),
    ]
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
    calm: bool,
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
            calm: self.calm,
            planned_at: timestamp(self.planned_at)?,
            run_at: timestamp(self.run_at)?,
            owner: owner.to_owned(),
        })
    }
}
