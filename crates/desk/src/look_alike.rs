//! What looks like what is about to be opened: somebody may have opened it already.

use jiff::SignedDuration;
use sima_incident::{Incident, Sketch, Stage, look_alikes};
use sima_store::Page;

use crate::{Desk, DeskError};

/// How long an incident that is over may still be the one that is meant.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(6);

/// How many of the newest incidents are looked at beside those that people are at work on.
const NEWEST: u32 = 50;

impl Desk {
    /// The incidents that a sketch looks like: open ones, and those of the last hours. Private ones
    /// are never among them, for who looks may be anybody; nor is practice among what is real.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not be read.
    pub async fn look_alikes(
        &self,
        sketch: Sketch<'_>,
        drill: bool,
    ) -> Result<Vec<Incident>, DeskError> {
        let mut among = self.store.live_incidents().await?;
        let since = self.clock.now().saturating_sub(LOOK_BACK).unwrap_or(self.clock.now());
        for newest in self.store.incidents(Page { limit: NEWEST, before: None }).await? {
            let is_recent = newest.times.opened_at >= since;
            if is_recent && !among.iter().any(|known| known.id == newest.id) {
                among.push(newest);
            }
        }
        among.retain(|incident| {
            !incident.is_private()
                && incident.is_drill() == drill
                && !matches!(incident.stage, Stage::Dismissed { .. })
        });
        Ok(look_alikes(sketch, &among).into_iter().cloned().collect())
    }
}
