//! Somebody looks at an incident: what happens after that is new to them.

use sima_incident::{Incident, PersonId, Recorded, told};
use sima_store::Look;

use crate::{Desk, DeskError};

/// What one person sees of an incident when they look again.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The events as people read them, in the order they were true.
    pub timeline: Vec<Recorded>,
    /// When this person last looked, if they ever did.
    pub last: Option<Look>,
}

impl Seen {
    /// What is new since they last looked; nothing of it for somebody who never did.
    pub fn news(&self) -> Option<(Look, Vec<Recorded>)> {
        let last = self.last?;
        let is_new = |recorded: &&Recorded| recorded.version >= last.version;
        Some((last, self.timeline.iter().filter(is_new).cloned().collect()))
    }
}

impl Desk {
    /// Reads an incident's timeline for a person, as it was when the incident was read.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not be read.
    pub async fn seen_by(&self, incident: &Incident, person: &PersonId) -> Result<Seen, DeskError> {
        let last = self.store().last_look(incident.id, person).await?;
        let events = self.store().events(incident.id).await?;
        Ok(Seen { timeline: told(&events), last })
    }

    /// Remembers that a person saw an incident as it is. It is a convenience: that it could not be
    /// remembered is logged and keeps nobody from seeing anything.
    pub async fn looked(&self, incident: &Incident, person: &PersonId) {
        let look = Look { version: incident.version, at: self.clock().now() };
        if let Err(error) = self.store().remember_look(incident.id, person, look).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "it is not remembered what somebody has seen");
        }
    }

    /// Somebody left a channel: until now they could see all that happened there.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not be read (the event should come again).
    pub async fn person_left(
        &self,
        channel_id: &str,
        person: &PersonId,
    ) -> Result<Option<Incident>, DeskError> {
        let incident = self.store().incident_in_channel(channel_id).await?;
        if let Some(incident) = &incident {
            self.looked(incident, person).await;
        }
        Ok(incident)
    }
}
