//! The outbox worker: claims what is due, has it carried out, and settles it.
//!
//! Doing an effect twice must look like once, so a lost answer or a crash costs nothing but a
//! repetition: the effect is tried again, marked unsure, as soon as its lease runs out or a worker
//! comes that knows itself alone.

mod backoff;
mod carry_out;
mod directory;
mod forget;
mod hooks;
mod intake;
mod pace;
mod paging;
mod proposals;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use sima_desk::Desk;
use sima_incident::Destination;
use sima_notion::Notion;
use sima_pagerduty::PagerDuty;
use sima_pagers::Pagers;
use sima_slack::Slack;
use sima_statuspage::StatusPage;
use sima_store::{
    Bounds, Budget, Claim, Handed, Leased, Presence, StandingClaim, Store, StoreError,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

pub use directory::keep_directory;
pub use forget::forget_done;
pub use hooks::StepHooks;
pub use intake::{Intake, forget_alerts};
pub use pace::Pace;
pub use proposals::show_proposals;

/// How many effects are under way at once at each destination. One that hangs fills its own places:
/// a page never waits for those that wait for Slack.
const AT_ONCE: usize = 64;

/// How soon to look again while a destination is full. What is due there cannot be taken until one
/// of its effects ends, which wakes the worker by itself.
const LOOK_AGAIN_WHEN_FULL: Duration = Duration::from_millis(100);

/// How long a lease lasts: longer than any attempt, so that two workers never hold one effect.
const LEASE: SignedDuration = SignedDuration::from_mins(1);

/// How long one attempt may take.
const PATIENCE: Duration = Duration::from_secs(45);

/// How often the outbox is looked at for what other replicas left behind.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How soon it is looked at again for what was due already and could not be taken.
const AT_LEAST: Duration = Duration::from_millis(5);

/// How long what was left by the dead waits: calls that they had sent may still arrive.
const STILL_ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(2);

/// Those who carry effects out. Absent ones have nothing planned for them.
pub struct Adapters {
    /// The chat.
    pub slack: Option<Arc<Slack>>,
    /// The pager of every domain that has no other.
    pub pagerduty: Option<Arc<PagerDuty>>,
    /// The pagers beside it; none for a domain they do not page for.
    pub pagers: Pagers,
    /// The post-mortem pages.
    pub notion: Option<Notion>,
    /// The webhooks of steps.
    pub hooks: Option<StepHooks>,
    /// The public status page.
    pub status_page: Option<StatusPage>,
}

/// The worker.
pub struct Worker {
    desk: Desk,
    adapters: Adapters,
    owner: String,
    pace: Arc<Pace>,
    present: watch::Sender<bool>,
    places: [(Destination, Arc<Semaphore>); Destination::ALL.len()],
}

impl Worker {
    /// Makes a worker; `owner` tells its leases from those of other processes.
    pub fn new(desk: Desk, adapters: Adapters, owner: String) -> Self {
        let places =
            Destination::ALL.map(|destination| (destination, Arc::new(Semaphore::new(AT_ONCE))));
        Self {
            desk,
            adapters,
            owner,
            pace: Arc::default(),
            present: watch::Sender::new(false),
            places,
        }
    }

    /// Whether others can see that this process is at work, for others in it that take leases.
    pub fn present(&self) -> watch::Receiver<bool> {
        self.present.subscribe()
    }

    /// What vendors still grant.
    pub fn pace(&self) -> Arc<Pace> {
        self.pace.clone()
    }

    /// Works until told to stop; then finishes what is under way.
    pub async fn run(self, stop: CancellationToken) {
        let worker = Arc::new(self);
        let store = worker.desk.store().clone();
        let wakes = store.outbox_wakes();
        let mut under_way = JoinSet::new();
        let claim = store.claim_with_commits(&worker.owner, LEASE);
        let places = claim.places();
        let handed = tokio::spawn(worker.clone().take_handed(claim, stop.clone()));
        let mut presence = store.presence();
        let mut confirmed_at: Option<Instant> = None;
        while !stop.is_cancelled() {
            // Listened for before looking, so that nothing planned in between is missed.
            let woken = wakes.notified();
            let moved = worker.desk.clock().moved();
            if confirmed_at.is_none_or(|at| at.elapsed() >= LOOK_AGAIN) {
                confirmed_at = worker.is_present(&mut presence).await.then(Instant::now);
                worker.present.send_replace(confirmed_at.is_some());
            }
            while under_way.try_join_next().is_some() {}
            let bounds = worker.bounds();
            let room = if confirmed_at.is_some() { worker.room() } else { 0 };
            // The other part is for what is claimed here: no call is promised twice.
            places.offer(room, part_of(&bounds, |left| left / 2));
            let bounds = part_of(&bounds, |left| left - left / 2);
            let claimed = match confirmed_at {
                Some(_) => worker.claim(&store, &bounds).await,
                None => Ok(Vec::new()),
            };
            let claimed = match claimed {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the outbox cannot be read"
                    );
                    Vec::new()
                }
            };
            let more = !claimed.is_empty();
            for leased in claimed {
                worker.clone().begin(leased, &mut under_way);
            }
            if more {
                continue;
            }
            let pause = match confirmed_at {
                Some(_) if bounds.full.is_empty() => worker.until_next_due(&store, &bounds).await,
                Some(_) => worker.until_next_due(&store, &bounds).await.max(LOOK_AGAIN_WHEN_FULL),
                None => LOOK_AGAIN,
            };
            tokio::select! {
                () = woken => {}
                () = moved => {}
                // Whatever else ends has rung already, when its outcome was recorded.
                Some(_) = under_way.join_next(), if !bounds.full.is_empty() => {}
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
        while under_way.join_next().await.is_some() {}
        if let Err(error) = handed.await {
            tracing::error!(%error, "what commits handed over did not end well");
        }
        if let Err(error) = store.release(&worker.owner).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "leases could not be given back"
            );
        }
        presence.leave().await;
    }

    /// Carries out what commits hand over, until told to stop; then finishes what is under way.
    async fn take_handed(self: Arc<Self>, mut claim: StandingClaim, stop: CancellationToken) {
        let mut under_way = JoinSet::new();
        loop {
            let handed = tokio::select! {
                handed = claim.handed() => handed,
                () = stop.cancelled() => None,
            };
            let Some(handed) = handed else { break };
            while under_way.try_join_next().is_some() {}
            let lasts = self.lasts(&handed);
            for leased in handed.effects {
                if lasts {
                    self.clone().begin(leased, &mut under_way);
                } else {
                    self.put_back(&leased).await;
                }
            }
        }
        // Not begun: given back with all other leases.
        drop(claim);
        while under_way.join_next().await.is_some() {}
    }

    /// Whether there is time for an attempt before the lease ends.
    fn lasts(&self, handed: &Handed) -> bool {
        let left = handed.lease_until.duration_since(self.desk.clock().now());
        Duration::try_from(left).is_ok_and(|left| left > PATIENCE)
    }

    /// Puts back what was handed over too late for an attempt within its lease.
    async fn put_back(&self, leased: &Leased) {
        let now = self.desk.clock().now();
        let why = "it was handed over too late";
        if let Err(error) = self.desk.store().try_again(leased, now, why, leased.unsure).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                error,
                "an effect could not be put back; it is taken when its lease ends"
            );
        }
    }

    /// Begins to carry out one leased effect.
    fn begin(self: Arc<Self>, leased: Leased, under_way: &mut JoinSet<()>) {
        let place = self.place_at(leased.effect.destination());
        let expected = self.pace.expect(&leased);
        under_way.spawn(async move {
            self.carry_out(leased, expected).await;
            drop(place);
        });
    }

    /// Whether others can see that we are at work: without that nothing may be claimed.
    async fn is_present(&self, presence: &mut Presence) -> bool {
        let retry_at = later(self.desk.clock().now(), STILL_ON_ITS_WAY);
        match presence.confirm(retry_at).await {
            Ok(()) => true,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "nothing is carried out: others cannot see us at work");
                false
            }
        }
    }

    /// Takes what is due, no more than there is a place for wherever it goes and than vendors grant.
    async fn claim(&self, store: &Store, bounds: &Bounds) -> Result<Vec<Leased>, StoreError> {
        let free = self.places.iter().map(|(_, places)| places.available_permits());
        let Some(limit) = free.filter(|free| *free > 0).min() else { return Ok(Vec::new()) };
        let now = self.desk.clock().now();
        let lease_until = later(now, LEASE);
        let claim = Claim { owner: &self.owner, now, lease_until, limit: limit as u32 };
        store.claim_within(bounds, claim).await
    }

    /// How many effects can be taken wherever they go; none while a destination is full.
    fn room(&self) -> u32 {
        let free = self.places.iter().map(|(_, places)| places.available_permits());
        free.min().unwrap_or(0) as u32
    }

    /// The destinations with no place left, and the budgets that may be used up by one claim.
    fn bounds(&self) -> Bounds {
        let full = self.places.iter().filter(|(_, places)| places.available_permits() == 0);
        Bounds {
            full: full.map(|(destination, _)| *destination).collect(),
            budgets: self.pace.fewer_than(AT_ONCE as u32, self.desk.clock().now()),
        }
    }

    /// A place at a destination, held until it is dropped. There is one: no more is claimed.
    fn place_at(&self, destination: Destination) -> Option<OwnedSemaphorePermit> {
        let (_, places) = self.places.iter().find(|(of, _)| *of == destination)?;
        places.clone().try_acquire_owned().ok()
    }

    async fn until_next_due(&self, store: &Store, bounds: &Bounds) -> Duration {
        let Ok(due_at) = store.next_due_within(bounds).await else { return LOOK_AGAIN };
        let now = self.desk.clock().now();
        let waits = [due_at.map(|due_at| due_at.duration_since(now)), self.pace.until_room(now)];
        let Some(wait) = waits.into_iter().flatten().min() else { return LOOK_AGAIN };
        Duration::try_from(wait).unwrap_or_default().clamp(AT_LEAST, LOOK_AGAIN)
    }
}

/// Bounds with a part of each budget.
fn part_of(bounds: &Bounds, part: impl Fn(u32) -> u32) -> Bounds {
    let budgets = bounds.budgets.iter().map(|budget| Budget {
        left: part(budget.left),
        left_for_calm: part(budget.left_for_calm),
        ..*budget
    });
    Bounds { full: bounds.full.clone(), budgets: budgets.collect() }
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.saturating_add(wait).unwrap_or(now)
}
