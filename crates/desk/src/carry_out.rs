//! The spine of the desk: one command, decided and recorded in one transaction.

use sima_incident::{Actor, Command, Incident, IncidentId, Recorded, Refusal, decide, runbook};
use sima_store::{Commit, Delivery, Outcome, Settlement};

use crate::{Desk, DeskError};

/// How often a decision is made again because somebody else was faster.
pub(crate) const TRIES: usize = 32;

/// What is recorded beside a command's events, in the same transaction.
#[derive(Clone, Default)]
pub(crate) struct Beside {
    /// The vendor's own id of the request, so that a second delivery is recognised.
    pub delivery: Option<Delivery>,
    /// The effect whose outcome this is.
    pub settles: Option<Settlement>,
}

impl Beside {
    fn is_nothing(&self) -> bool {
        self.delivery.is_none() && self.settles.is_none()
    }
}

impl Desk {
    /// Carries out one command: decides, and records what became true and what must follow.
    ///
    /// A delivery that was recorded before changes nothing and answers with the incident as it is.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when the incident does not allow it (shown to the person);
    /// [`DeskError::Fault`] when the store could not do its part (nothing was recorded).
    pub async fn carry_out(
        &self,
        id: IncidentId,
        command: Command,
        by: &Actor,
        delivery: Option<Delivery>,
    ) -> Result<Incident, DeskError> {
        self.carry_out_beside(id, command, by, Beside { delivery, settles: None }).await
    }

    /// [`Self::carry_out`], recording more in the same transaction.
    pub(crate) async fn carry_out_beside(
        &self,
        id: IncidentId,
        command: Command,
        by: &Actor,
        beside: Beside,
    ) -> Result<Incident, DeskError> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let before = self.store.incident(id).await?.ok_or(Refusal::NoSuchIncident)?;
            let events = match decide(Some(&before), command.clone(), by, now, &self.policy) {
                Ok(events) => events,
                // What was carried out the first time is refused the second time, being so already.
                Err(refusal) => {
                    return match self.before(beside.delivery.as_ref()).await? {
                        Some(incident) => Ok(incident),
                        None => Err(refusal.into()),
                    };
                }
            };
            let after = replay(before, &events);
            if events.is_empty() && beside.is_nothing() {
                return Ok(after);
            }
            let commit = Commit {
                planned: runbook(&after, &events, &self.policy),
                incident: after.clone(),
                events,
                settles: beside.settles.clone(),
                delivery: beside.delivery.clone(),
                alerts: Vec::new(),
                groups: Vec::new(),
                judged: Vec::new(),
                now,
            };
            match self.store.record(commit).await? {
                // With the lease lost another worker has taken the effect over: its note counts.
                Outcome::Recorded | Outcome::LeaseLost => return Ok(after),
                Outcome::Repeated(id) => {
                    return Ok(self.store.incident(id).await?.ok_or(Refusal::NoSuchIncident)?);
                }
                // Somebody was faster: decide again from what they left.
                Outcome::Stale
                | Outcome::Held(_)
                | Outcome::Judged
                | Outcome::NameTaken
                | Outcome::NumberTaken => {}
            }
        }
        Err(DeskError::Contended)
    }

    /// The incident as it is for which a delivery was recorded, if it came before.
    async fn before(&self, delivery: Option<&Delivery>) -> Result<Option<Incident>, DeskError> {
        let Some(delivery) = delivery else { return Ok(None) };
        match self.store.delivered(delivery).await? {
            Some(id) => Ok(self.store.incident(id).await?),
            None => Ok(None),
        }
    }
}

/// The incident after the events; it is there already, so there is always one.
pub(crate) fn replay(before: Incident, events: &[Recorded]) -> Incident {
    let unchanged = before.clone();
    Incident::replay(Some(before), events).unwrap_or(unchanged)
}
