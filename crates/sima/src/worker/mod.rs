//! The outbox worker: claims what is due, has it carried out, and settles it.
//!
//! Doing an effect twice must look like once, so a lost answer or a crash costs nothing but a
//! repetition: the effect is tried again, marked unsure, as soon as its lease runs out or a worker
//! comes that knows itself alone.

mod backoff;
mod directory;
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
use sima_desk::{Desk, DeskError};
use sima_incident::{
    Attempt, Destination, Effect, Incident, PersonId, Receipt, Recorded, Setback, postmortem,
};
use sima_notion::Notion;
use sima_pagerduty::PagerDuty;
use sima_pagers::Pagers;
use sima_slack::{Slack, messages::News};
use sima_statuspage::StatusPage;
use sima_store::{Claim, Handed, Leased, Presence, StandingClaim, Store, StoreError};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

pub use directory::keep_directory;
pub use hooks::StepHooks;
pub use intake::{Intake, forget_alerts};
use pace::Pace;
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

/// How often an effect is tried before it is given up, however long ago it was planned: one that
/// somebody has put back counts its tries anew, and must outlive a hiccup.
const TRIES_AT_LEAST: u32 = 6;

/// How often the outbox is looked at for what other replicas left behind.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

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
    pace: Pace,
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
            pace: Pace::new(),
            present: watch::Sender::new(false),
            places,
        }
    }

    /// Whether others can see that this process is at work, for others in it that take leases.
    pub fn present(&self) -> watch::Receiver<bool> {
        self.present.subscribe()
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
            let full = worker.full();
            places.offer(if confirmed_at.is_some() { worker.room() } else { 0 });
            let claimed = match confirmed_at {
                Some(_) => worker.claim(&store, &full).await,
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
                Some(_) if full.is_empty() => worker.until_next_due(&store).await,
                Some(_) => worker.until_next_due(&store).await.max(LOOK_AGAIN_WHEN_FULL),
                None => LOOK_AGAIN,
            };
            tokio::select! {
                () = woken => {}
                () = moved => {}
                // Whatever else ends has rung already, when its outcome was recorded.
                Some(_) = under_way.join_next(), if !full.is_empty() => {}
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
        under_way.spawn(async move {
            self.carry_out(leased).await;
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

    /// Takes what is due, no more than there is a place for wherever it goes.
    async fn claim(&self, store: &Store, full: &[Destination]) -> Result<Vec<Leased>, StoreError> {
        let free = self.places.iter().map(|(_, places)| places.available_permits());
        let Some(limit) = free.filter(|free| *free > 0).min() else { return Ok(Vec::new()) };
        let now = self.desk.clock().now();
        let lease_until = later(now, LEASE);
        let claim = Claim { owner: &self.owner, now, lease_until, limit: limit as u32 };
        store.claim_passing_over(full, claim).await
    }

    /// How many effects can be taken wherever they go; none while a destination is full.
    fn room(&self) -> u32 {
        let free = self.places.iter().map(|(_, places)| places.available_permits());
        free.min().unwrap_or(0) as u32
    }

    /// The destinations with no place left.
    fn full(&self) -> Vec<Destination> {
        let full = self.places.iter().filter(|(_, places)| places.available_permits() == 0);
        full.map(|(destination, _)| *destination).collect()
    }

    /// A place at a destination, held until it is dropped. There is one: no more is claimed.
    fn place_at(&self, destination: Destination) -> Option<OwnedSemaphorePermit> {
        let (_, places) = self.places.iter().find(|(of, _)| *of == destination)?;
        places.clone().try_acquire_owned().ok()
    }

    async fn until_next_due(&self, store: &Store) -> Duration {
        let Ok(Some(due_at)) = store.next_due().await else { return LOOK_AGAIN };
        let wait = due_at.duration_since(self.desk.clock().now());
        Duration::try_from(wait).unwrap_or(Duration::from_millis(5)).min(LOOK_AGAIN)
    }

    /// Carries out one leased effect and settles it.
    async fn carry_out(self: Arc<Self>, leased: Leased) {
        let span = tracing::info_span!(
            "outbox.carry_out",
            effect.kind = leased.effect.kind(),
            effect.id = leased.id,
            effect.attempts = leased.attempts,
            incident.id = %leased.incident_id,
        );
        let settled = self.attempt_and_settle(&leased).instrument(span.clone()).await;
        if let Err(error) = settled {
            let _entered = span.enter();
            let error = &error as &dyn std::error::Error;
            tracing::error!(
                error,
                "an outcome could not be recorded; the effect will be tried again"
            );
        }
    }

    async fn attempt_and_settle(&self, leased: &Leased) -> Result<(), DeskError> {
        let Some(incident) = self.desk.store().incident(leased.incident_id).await? else {
            return self.desk.note_moot(leased).await;
        };
        if leased.effect.is_moot(&incident) || leased.effect.is_gone(&incident, self.desk.policy())
        {
            return self.desk.note_moot(leased).await;
        }
        if leased.effect.destination() == Destination::Desk {
            return self.desk.come_due(leased).await;
        }
        if let Some(wait) = self.pace.take(&leased.effect, leased.incident_id) {
            let run_at = later(self.desk.clock().now(), wait);
            let why = "keeping to the vendor's pace";
            self.desk.store().try_again(leased, run_at, why, leased.unsure).await?;
            return Ok(());
        }
        match self.attempt(leased, &incident).await {
            Ok(receipt) => {
                tracing::info!("done");
                self.desk.note_receipt(leased, receipt).await
            }
            Err(Setback::Refused { why }) => {
                tracing::error!(why, "given up: it cannot work until somebody mends something");
                self.desk.note_given_up(leased, &why).await
            }
            Err(Setback::Retry { why, after, unsure }) => {
                self.try_again(leased, &why, after, unsure).await
            }
        }
    }

    async fn attempt(&self, leased: &Leased, incident: &Incident) -> Result<Receipt, Setback> {
        let key = format!("{}:{}", leased.incident_id, leased.id);
        let reporter = self.reporter_of_page(leased, incident).await;
        let attempt = Attempt {
            effect: &leased.effect,
            incident,
            policy: self.desk.policy(),
            reporter: reporter.as_deref(),
            key: &key,
            unsure: leased.unsure,
            now: self.desk.clock().now(),
        };
        let performed = tokio::time::timeout(PATIENCE, self.perform(&attempt)).await;
        performed.unwrap_or_else(|_| Err(Setback::unsure("it took too long")))
    }

    async fn perform(&self, attempt: &Attempt<'_>) -> Result<Receipt, Setback> {
        let destination = attempt.effect.destination();
        match (destination, &self.adapters) {
            (Destination::Slack, Adapters { slack: Some(slack), .. }) => match attempt.effect {
                Effect::InviteResponder { user } => {
                    self.invite_responder(attempt, user, slack).await
                }
                Effect::Greet { person } => self.greet(attempt, person, slack).await,
                _ => slack.perform(attempt).await,
            },
            (Destination::PagerDuty, _) => self.page(attempt).await,
            (Destination::Notion, Adapters { notion: Some(notion), .. }) => {
                let document = self.document(attempt.incident).await?;
                notion.create(attempt, &document).await
            }
            (Destination::Hooks, Adapters { hooks: Some(hooks), .. }) => {
                hooks.perform(attempt).await
            }
            (Destination::StatusPage, Adapters { status_page: Some(status_page), .. }) => {
                status_page.perform(attempt).await
            }
            // It was planned while the adapter was configured, and no longer is.
            _ => Err(Setback::refused(format!("{destination} is not configured any more"))),
        }
    }

    /// Greets somebody who came into the channel, with what is new to them, and remembers what they
    /// have seen.
    async fn greet(
        &self,
        attempt: &Attempt<'_>,
        person: &PersonId,
        slack: &Slack,
    ) -> Result<Receipt, Setback> {
        let unread = |_: DeskError| Setback::later("the timeline could not be read");
        let seen = self.desk.seen_by(attempt.incident, person).await.map_err(unread)?;
        // That they came is no news to them.
        let is_other = |event: &Recorded| event.by.person() != Some(person);
        let news = seen.news().map(|(last, mut events)| {
            events.retain(is_other);
            News { since: last.at, events }
        });
        let greeted = slack.greet(attempt, person, news.as_ref()).await?;
        self.desk.looked(attempt.incident, person).await;
        Ok(greeted)
    }

    /// The name of who opened it, for a page: elsewhere the chat shows names itself. A page never
    /// waits for a name that cannot be read.
    async fn reporter_of_page(&self, leased: &Leased, incident: &Incident) -> Option<String> {
        let person = incident.reporter.person()?;
        if !matches!(leased.effect, Effect::PageOnCall | Effect::PageAgain { .. }) {
            return None;
        }
        let found = self.desk.store().person(person).await.ok().flatten();
        found.map(|person| person.name)
    }

    /// Drafts the post-mortem from the events, with people by name.
    async fn document(&self, incident: &Incident) -> Result<postmortem::Document, Setback> {
        let store = self.desk.store();
        let unread = |_: StoreError| Setback::later("the timeline could not be read");
        let events = store.events(incident.id).await.map_err(unread)?;
        let people: Vec<PersonId> = postmortem::people(incident, &events);
        let names = store.people(&people).await.map_err(unread)?;
        let name_of = |id: &PersonId| {
            names
                .iter()
                .find(|person| person.id == *id)
                .map_or(id.0.clone(), |person| person.name.clone())
        };
        Ok(postmortem::draft(incident, &events, self.desk.policy(), &name_of))
    }

    /// Puts an effect off, or gives it up when it has been tried for long enough.
    async fn try_again(
        &self,
        leased: &Leased,
        why: &str,
        after: Option<Duration>,
        unsure: bool,
    ) -> Result<(), DeskError> {
        let now = self.desk.clock().now();
        let is_old = now.duration_since(leased.planned_at) > give_up_after(&leased.effect);
        if is_old && leased.attempts >= TRIES_AT_LEAST {
            tracing::error!(why, "given up: it was tried for too long");
            return self.desk.note_given_up(leased, why).await;
        }
        let wait = match after {
            Some(asked) => {
                let asked =
                    SignedDuration::try_from(asked).unwrap_or(SignedDuration::from_secs(60));
                self.desk.store().pause(leased.effect.kind(), later(now, asked)).await?;
                asked
            }
            None => backoff::after(leased.attempts, leased.id),
        };
        tracing::warn!(why, wait_ms = wait.as_millis(), "it did not work; trying again");
        self.desk.store().try_again(leased, later(now, wait), why, unsure).await?;
        Ok(())
    }
}

/// How long an effect is tried before people are told that it cannot be done.
fn give_up_after(effect: &Effect) -> SignedDuration {
    match effect {
        // Somebody must know soon that nobody was called.
        Effect::PageOnCall | Effect::PageAgain { .. } | Effect::Escalate { .. } => {
            SignedDuration::from_mins(15)
        }
        // Private words lose their sense quickly.
        Effect::Greet { .. }
        | Effect::Remind { .. }
        | Effect::TellReporter { .. }
        | Effect::LinkBack { .. } => SignedDuration::from_mins(10),
        _ => SignedDuration::from_hours(24),
    }
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.saturating_add(wait).unwrap_or(now)
}
