//! Somebody came into a channel.

use sima_incident::{Actor, Command, Incident, PersonId};
use sima_store::Delivery;

use crate::{Desk, DeskError};

impl Desk {
    /// Notes that a person joined the channel of an incident, if it is one. One whom SIMA `invited` is
    /// there without having done anything.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not do its part (the event should come again).
    pub async fn person_joined(
        &self,
        channel_id: &str,
        person: PersonId,
        invited: bool,
        delivery: Delivery,
    ) -> Result<Option<Incident>, DeskError> {
        let Some(incident) = self.store.incident_in_channel(channel_id).await? else {
            return Ok(None);
        };
        let by = Actor::in_slack(person.clone());
        let command =
            if invited { Command::NoteInvited(person) } else { Command::NoteJoin(person) };
        self.carry_out(incident.id, command, &by, Some(delivery)).await.map(Some)
    }
}
