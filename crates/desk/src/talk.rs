//! Somebody wrote in a channel.

use jiff::Timestamp;

use crate::{Desk, DeskError};

impl Desk {
    /// Hears that somebody wrote in a channel. If it is that of an incident that owes an update, when
    /// is kept, for nobody is reminded while people write; who and what is not.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not do its part.
    pub async fn hear_talk(&self, channel_id: &str, at: Timestamp) -> Result<(), DeskError> {
        let found = self.store.incident_in_channel(channel_id).await?;
        if let Some(incident) = found.filter(|incident| incident.next_update_due().is_some()) {
            self.store.note_talk(incident.id, at.min(self.clock.now())).await?;
        }
        Ok(())
    }
}
