//! A standing claim: the worker's word that it takes what a commit makes due, in that same commit.
//!
//! What a commit makes due would otherwise be claimed by a write of its own, one more journey to the
//! disk between two steps of an opening. The offer is only ever a hint of how much the worker can
//! be at: whatever is not taken by it is claimed as everything else is ([`Store::claim`]).

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;

use crate::{Bounds, Claim, Leased, Store, StoreError, ledger::Transaction, outbox};

/// Who takes what commits make due; nobody, most of a store's life in tests.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    taker: Arc<Mutex<Option<Taker>>>,
}

/// The one worker of this process.
#[derive(Clone, Debug)]
struct Taker {
    owner: String,
    lease: SignedDuration,
    places: Places,
    hands_over: mpsc::UnboundedSender<Handed>,
}

/// Effects that were claimed by the commit that made them due.
#[derive(Debug)]
pub struct Handed {
    /// What is to be done.
    pub effects: Vec<Leased>,
    /// Until when the worker has them to itself.
    pub lease_until: Timestamp,
}

/// A worker that takes what commits make due, until it is dropped.
#[derive(Debug)]
pub struct StandingClaim {
    standing: Standing,
    places: Places,
    handed: mpsc::UnboundedReceiver<Handed>,
}

/// How many effects a standing claim would take, and within what bounds.
#[derive(Clone, Debug, Default)]
pub struct Places(Arc<Mutex<(u32, Bounds)>>);

impl Store {
    /// Has what commits of this process make due claimed for `owner`, for as long as `lease`. One
    /// worker a process: a second takes the place of the first. It takes nothing before the first
    /// [`Places::offer`].
    pub fn claim_with_commits(&self, owner: &str, lease: SignedDuration) -> StandingClaim {
        let (hands_over, handed) = mpsc::unbounded_channel();
        let places = Places::default();
        let standing = self.standing().clone();
        let taker = Taker { owner: owner.to_owned(), lease, places: places.clone(), hands_over };
        standing.enter(taker);
        StandingClaim { standing, places, handed }
    }
}

impl StandingClaim {
    /// Where to say how much can be taken.
    pub fn places(&self) -> Places {
        self.places.clone()
    }

    /// Waits for what the next commit hands over; nothing once the store is closed.
    pub async fn handed(&mut self) -> Option<Handed> {
        self.handed.recv().await
    }
}

impl Drop for StandingClaim {
    fn drop(&mut self) {
        self.standing.leave(&self.places);
    }
}

impl Places {
    /// Says that so many effects can be taken from here on, within bounds; none is a pause.
    pub fn offer(&self, count: u32, bounds: Bounds) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (count, bounds);
    }

    /// Says that these have been taken.
    fn spend(&self, effects: &[Leased]) {
        let mut offered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, bounds) = &mut *offered;
        *count = count.saturating_sub(effects.len() as u32);
        for leased in effects {
            let bucket = leased.effect.budget();
            for budget in bounds.budgets.iter_mut().filter(|budget| budget.bucket == bucket) {
                budget.left = budget.left.saturating_sub(1);
                budget.left_for_calm = budget.left_for_calm.saturating_sub(1);
            }
        }
    }

    fn offered(&self) -> (u32, Bounds) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Standing {
    fn enter(&self, taker: Taker) {
        *self.taker.lock().unwrap_or_else(PoisonError::into_inner) = Some(taker);
    }

    /// Takes nothing more, unless another has come since.
    fn leave(&self, places: &Places) {
        let mut taker = self.taker.lock().unwrap_or_else(PoisonError::into_inner);
        taker.take_if(|taker| Arc::ptr_eq(&taker.places.0, &places.0));
    }

    /// Claims within a transaction what it has made due by `now`. To be handed over by
    /// [`Take::hand_over`] once the transaction is committed.
    pub async fn take(
        &self,
        transaction: &mut Transaction,
        now: Timestamp,
    ) -> Result<Option<Take>, StoreError> {
        let taker = self.taker.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(taker) = taker else { return Ok(None) };
        let (limit, bounds) = taker.places.offered();
        if limit == 0 {
            return Ok(None);
        }
        let lease_until = now.saturating_add(taker.lease).unwrap_or(now);
        let claim = Claim { owner: &taker.owner, now, lease_until, limit };
        let effects = outbox::claim_with(transaction, &bounds, claim).await?;
        taker.places.spend(&effects);
        Ok(Some(Take { hands_over: taker.hands_over, handed: Handed { effects, lease_until } }))
    }
}

/// What a transaction claimed.
pub struct Take {
    hands_over: mpsc::UnboundedSender<Handed>,
    handed: Handed,
}

impl Take {
    /// Gives it to the worker. One that has gone gave its leases back, or they end by themselves.
    pub fn hand_over(self) {
        if !self.handed.effects.is_empty() {
            let _ = self.hands_over.send(self.handed);
        }
    }
}
