//! Somebody marked a message, or something happened to one that is marked.

use sima_incident::{Actor, Command, Incident, MessageChange, MessageRef, PersonId};
use sima_store::Delivery;

use crate::{Desk, DeskError};

impl Desk {
    /// Puts a message on the timeline, if it is in the channel of an incident; or, when the mark was
    /// taken off, sees whether another is left.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not do its part (the event should come again).
    pub async fn message_marked(
        &self,
        message: &MessageRef,
        person: PersonId,
        is_marked: bool,
        delivery: Delivery,
    ) -> Result<Option<Incident>, DeskError> {
        let ts = message.ts.clone();
        let command =
            if is_marked { Command::MarkMessage { ts } } else { Command::UnmarkMessage { ts } };
        self.follow(message, command, &Actor::in_slack(person), delivery).await
    }

    /// Follows what happened to a message that stands on the timeline; every other is left alone.
    ///
    /// # Errors
    /// As [`Self::message_marked`].
    pub async fn message_changed(
        &self,
        message: &MessageRef,
        change: MessageChange,
        by: &Actor,
        delivery: Delivery,
    ) -> Result<Option<Incident>, DeskError> {
        let command = Command::FollowMessage { ts: message.ts.clone(), change };
        self.follow(message, command, by, delivery).await
    }

    async fn follow(
        &self,
        message: &MessageRef,
        command: Command,
        by: &Actor,
        delivery: Delivery,
    ) -> Result<Option<Incident>, DeskError> {
        let Some(incident) = self.store().incident_in_channel(&message.channel).await? else {
            return Ok(None);
        };
        // Most messages are nobody's concern: of those not even the delivery is remembered.
        let is_asked = matches!(command, Command::MarkMessage { .. });
        if !is_asked && incident.capture(&message.ts).is_none() {
            return Ok(None);
        }
        self.carry_out(incident.id, command, by, Some(delivery)).await.map(Some)
    }
}
