//! Somebody came into a channel, or asks to be let in.

use sima_incident::{
    Actor, Command, Effect, Incident, IncidentId, PersonId, Planned, Refusal, Stage,
};
use sima_store::{Commit, Delivery, Outcome};

use crate::{Desk, DeskError, carry_out::TRIES};

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

    /// Has a person invited who would rather join an incident than open another. Nothing becomes
    /// true of it by that: the chat tells when they have come.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when it is private, so that only its members let anybody in, or is
    /// none; [`DeskError::Fault`] when the store could not do its part.
    pub async fn let_in(
        &self,
        id: IncidentId,
        person: PersonId,
        delivery: Option<Delivery>,
    ) -> Result<Incident, DeskError> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let incident = self.store.incident(id).await?.filter(|incident| !incident.is_private());
            let incident = incident.ok_or(Refusal::NoSuchIncident)?;
            if matches!(incident.stage, Stage::Dismissed { .. }) {
                return Err(Refusal::Dismissed.into());
            }
            let effect = Effect::Invite { people: vec![person.0.clone()] };
            let commit = Commit {
                incident: incident.clone(),
                events: Vec::new(),
                planned: vec![Planned { effect, due_at: now }],
                settles: None,
                delivery: delivery.clone(),
                alerts: Vec::new(),
                groups: Vec::new(),
                judged: Vec::new(),
                now,
            };
            match self.store.record(commit).await? {
                Outcome::Recorded | Outcome::Repeated(_) => return Ok(incident),
                Outcome::Stale
                | Outcome::Held(_)
                | Outcome::Judged
                | Outcome::NameTaken
                | Outcome::NumberTaken
                | Outcome::LeaseLost => {}
            }
        }
        Err(DeskError::Contended)
    }
}
