//! Somebody did something about a page, at the pager itself.

use sima_incident::{Actor, Command, Incident, IncidentId, PagerTold};
use sima_store::{Delivery, StoreError};

use crate::{Desk, DeskError};

impl Desk {
    /// Takes in what the pager tells about one of its incidents, if that stands for a page of ours:
    /// by the incident the page's key names, or by the pager's own id as it was told before.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not do its part (the webhook should come again).
    pub async fn hear_pager(
        &self,
        named: Option<IncidentId>,
        told: PagerTold,
        by: &Actor,
        delivery: Option<Delivery>,
    ) -> Result<Option<Incident>, DeskError> {
        let Some(incident) = self.paged_about(named, told.pager_id.as_deref()).await? else {
            return Ok(None);
        };
        self.carry_out(incident.id, Command::NotePager(told), by, delivery).await.map(Some)
    }

    async fn paged_about(
        &self,
        named: Option<IncidentId>,
        pager_id: Option<&str>,
    ) -> Result<Option<Incident>, StoreError> {
        if let Some(id) = named {
            return self.store.incident(id).await;
        }
        let Some(pager_id) = pager_id else { return Ok(None) };
        // Of one that is over nothing follows from what the pager tells.
        let mut live = self.store.live_incidents().await?.into_iter();
        Ok(live.find(|incident| incident.pager_ids.iter().any(|known| known == pager_id)))
    }
}
