//! Reminds a person of a promised update: one message to them alone, which takes the place of the last.

use sima_incident::{Attempt, MessageRef, PersonId, Receipt, Setback};

use super::{
    channel,
    post::{Once, Post},
    setback,
};
use crate::{CallError, Slack, messages, wire::DeleteMessage};

impl Slack {
    /// Reminds somebody, at most once at a time: a reminder is said again anyway.
    pub(super) async fn remind(
        &self,
        attempt: &Attempt<'_>,
        update: u32,
        person: &PersonId,
    ) -> Result<Receipt, Setback> {
        if attempt.unsure {
            return Ok(Receipt::Done);
        }
        let incident = attempt.incident;
        let message = messages::reminder(incident, attempt.now);
        let once = Once { key: attempt.key, unsure: false, since: incident.times.opened_at };
        let post =
            Post { channel: &person.0, thread: None, message: &message, twice_is_worse: true };
        let posted = match self.post_once(once, post).await {
            Ok(posted) => Some(posted),
            // The app may not write to people: then where the work is, for them alone.
            Err(Setback::Refused { why }) => {
                tracing::warn!(why, "a person cannot be written to; reminding them in the channel");
                let channel = channel(incident)?;
                match self.post_ephemeral(&channel.id, person, &message).await {
                    Ok(()) => None,
                    Err(error @ CallError::Refused(_)) => {
                        let code = error.code().unwrap_or_default();
                        tracing::warn!(code, "nor are they in the channel: nobody was reminded");
                        return Ok(Receipt::Done);
                    }
                    Err(error) => return Err(setback::read(error)),
                }
            }
            Err(later @ Setback::Retry { .. }) => return Err(later),
        };
        let before = incident.promises.reminders.iter().find(|one| one.person == *person);
        if let Some(message) = before.and_then(|before| before.message.as_ref())
            && let Err(setback) = self.withdraw(message).await
        {
            tracing::warn!(?setback, "the reminder before could not be taken back");
        }
        Ok(Receipt::Reminder { update, person: person.clone(), message: posted })
    }

    /// Takes a reminder back. One that is gone is taken back already.
    pub(super) async fn withdraw(&self, posted: &MessageRef) -> Result<Receipt, Setback> {
        match self.call(&DeleteMessage { channel: &posted.channel, ts: &posted.ts }).await {
            Ok(_) => Ok(Receipt::Done),
            Err(error)
                if matches!(error.code(), Some("message_not_found" | "channel_not_found")) =>
            {
                Ok(Receipt::Done)
            }
            Err(error) => Err(setback::read(error)),
        }
    }
}
