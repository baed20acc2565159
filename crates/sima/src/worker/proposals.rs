//! Keeps the messages of proposals true: what people should see and were not shown is posted once, or
//! edited.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use sima_desk::Desk;
use sima_incident::{ProposalId, Setback};
use sima_slack::Slack;
use sima_store::{Claim, LeasedProposal, StoreError};
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{LEASE, LOOK_AGAIN, PATIENCE, backoff, later};

/// How many are shown at once.
const AT_ONCE: u32 = 16;

/// How soon after it was shown a message is edited for what monitors repeat. Answers do not wait.
const EDIT_AFTER: SignedDuration = SignedDuration::from_secs(3);

/// How soon to try again what cannot work until somebody mends something: as long as the answer is
/// awaited, whoever mends it wants the message to come.
const MENDED_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// How long answered proposals are kept: their buttons may still be pressed.
const KEPT: SignedDuration = SignedDuration::from_hours(35 * 24);

/// Shows proposals until told to stop. `present` says whether others can see that this process is at
/// work: without that nothing may be claimed.
pub async fn show_proposals(
    desk: Desk,
    slack: Arc<Slack>,
    owner: String,
    mut present: watch::Receiver<bool>,
    stop: CancellationToken,
) {
    let showing = Arc::new(Showing { desk, slack, owner });
    let store = showing.desk.store().clone();
    let wakes = store.proposals_wake();
    let mut forgotten_at: Option<Timestamp> = None;
    let mut held_until: Option<Timestamp> = None;
    while !stop.is_cancelled() {
        if !*present.borrow_and_update() {
            tokio::select! {
                changed = present.changed() => if changed.is_err() { return },
                () = stop.cancelled() => return,
            }
            continue;
        }
        // Listened for before looking, so that nothing that changes in between is missed.
        let woken = wakes.notified();
        let moved = showing.desk.clock().moved();
        let now = showing.desk.clock().now();
        if let Err(error) = showing.desk.tend_proposals().await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "proposals could not be tended");
        }
        if forgotten_at.is_none_or(|at| now.duration_since(at) > SignedDuration::from_hours(1)) {
            forgotten_at = Some(now);
            let before = now.saturating_sub(KEPT).unwrap_or(now);
            if let Err(error) = store.forget_proposals(before).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "old proposals could not be forgotten");
            }
        }
        if held_until.is_none_or(|until| until <= now) {
            let (shown, asked_to_wait) = showing.show_what_is_due(now).await;
            held_until = asked_to_wait.map(|wait| later(now, wait));
            if shown > 0 && held_until.is_none() {
                continue;
            }
        }
        let pause = match store.next_proposal_due().await {
            Ok(Some(due_at)) => {
                let due_at = held_until.map_or(due_at, |until| until.max(due_at));
                let wait = due_at.duration_since(showing.desk.clock().now());
                Duration::try_from(wait).unwrap_or(Duration::from_millis(5)).min(LOOK_AGAIN)
            }
            Ok(None) | Err(_) => LOOK_AGAIN,
        };
        tokio::select! {
            () = woken => {}
            () = moved => {}
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

struct Showing {
    desk: Desk,
    slack: Arc<Slack>,
    owner: String,
}

impl Showing {
    /// Shows what is due; how many that were, and how long Slack asked to wait.
    async fn show_what_is_due(self: &Arc<Self>, now: Timestamp) -> (usize, Option<SignedDuration>) {
        let claim =
            Claim { owner: &self.owner, now, lease_until: later(now, LEASE), limit: AT_ONCE };
        let claimed = match self.desk.store().claim_proposals(claim).await {
            Ok(claimed) => claimed,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "proposals cannot be read");
                Vec::new()
            }
        };
        let count = claimed.len();
        let mut under_way = JoinSet::new();
        for leased in claimed {
            let span = tracing::info_span!("proposal.show", proposal.id = %leased.proposal.id);
            let this = Arc::clone(self);
            under_way.spawn(async move { this.show(&leased).await }.instrument(span));
        }
        let waits = under_way.join_all().await.into_iter().filter_map(|noted| match noted {
            Ok(wait) => wait,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "what was shown could not be recorded; it is tried again");
                None
            }
        });
        (count, waits.max())
    }

    /// Shows one and notes what came of it; how long Slack asked to wait, if it did.
    async fn show(&self, leased: &LeasedProposal) -> Result<Option<SignedDuration>, StoreError> {
        let (store, proposal) = (self.desk.store(), &leased.proposal);
        // Answered or over before it was ever posted: there is nobody left to ask.
        if !proposal.is_awaited() && proposal.message.is_none() && !leased.unsure {
            store.proposal_shown(leased, None, self.desk.clock().now()).await?;
            return Ok(None);
        }
        let shown = self.slack.show_proposal(proposal, self.desk.policy(), leased.unsure);
        let shown = tokio::time::timeout(PATIENCE, shown).await;
        let now = self.desk.clock().now();
        match shown.unwrap_or_else(|_| Err(Setback::unsure("it took too long"))) {
            Ok(message) => {
                tracing::info!("shown");
                store.proposal_shown(leased, Some(&message), later(now, EDIT_AFTER)).await?;
                Ok(None)
            }
            Err(Setback::Refused { why }) => {
                if let Some(message) = &proposal.message {
                    tracing::error!(why, "a proposal could not be brought up to date");
                    store.proposal_shown(leased, Some(message), later(now, EDIT_AFTER)).await?;
                } else {
                    tracing::error!(why, "people could not be asked about an alert");
                    let again_at = later(now, MENDED_AFTER);
                    store.proposal_not_shown(leased, again_at, &why, leased.unsure).await?;
                    // What may have been posted is looked for where that was.
                    if !leased.unsure {
                        self.ask_elsewhere(proposal.id).await;
                    }
                }
                Ok(None)
            }
            Err(Setback::Retry { why, after, unsure }) => {
                let asked = after.and_then(|after| SignedDuration::try_from(after).ok());
                let spread = proposal.id.0.as_u128() as i64;
                let wait = asked.unwrap_or_else(|| backoff::after(leased.attempts, spread));
                tracing::warn!(why, wait_ms = wait.as_millis(), "not shown; trying again");
                // An edit may be done twice; a message may not be posted twice.
                let unsure = unsure && proposal.message.is_none();
                store.proposal_not_shown(leased, later(now, wait), &why, unsure).await?;
                Ok(asked)
            }
        }
    }

    /// Asks in the company's channel what the domain's does not take: a proposal is never about
    /// anything private.
    async fn ask_elsewhere(&self, id: ProposalId) {
        if let Err(error) = self.desk.ask_elsewhere(id, self.slack.broadcast_channel()).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "people could not be asked elsewhere");
        }
    }
}
