//! Forgets what was done long ago, a little at a time.

use std::time::Duration;

use jiff::SignedDuration;
use sima_desk::Desk;
use tokio_util::sync::CancellationToken;

/// How much is forgotten at a time, and how often.
const BITE: u32 = 500;
const FORGET_EVERY: Duration = Duration::from_mins(1);

/// The doors whose senders try again for a few days at most. A program may use the key of its request
/// again whenever it likes, and a proposal is answered once.
const DOORS: [&str; 2] = ["slack", "pagerduty"];

/// Forgets effects and deliveries that were done with for long enough, until told to stop.
pub async fn forget_done(desk: Desk, keep: SignedDuration, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let moved = desk.clock().moved();
        let now = desk.clock().now();
        let before = now.saturating_sub(keep).unwrap_or(now);
        match desk.store().forget_done(before, &DOORS, BITE).await {
            Ok(forgotten) if forgotten >= u64::from(BITE) => {
                tokio::task::yield_now().await;
                continue;
            }
            Ok(_) => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "what was done long ago could not be forgotten");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(FORGET_EVERY) => {}
            () = moved => {}
            () = stop.cancelled() => {}
        }
    }
}
