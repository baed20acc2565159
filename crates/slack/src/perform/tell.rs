//! Tells one person something, wherever they are: in their own conversation with the app.

use sima_incident::{Attempt, PersonId, Receipt, Setback, Told};

use super::{post::Post, setback};
use crate::{CallError, Slack, messages};

impl Slack {
    /// Tells somebody something. Where the app may not write to people, they are told where they
    /// asked or are at work, for them alone.
    pub(super) async fn tell_privately(
        &self,
        attempt: &Attempt<'_>,
        person: &PersonId,
        told: &Told,
    ) -> Result<Receipt, Setback> {
        let incident = attempt.incident;
        let (message, place) = match told {
            Told::Questions { .. } => {
                let channel = incident.channel.as_ref().map(|channel| channel.id.as_str());
                (messages::questions(incident), channel)
            }
            Told::Answer { questions, text, by } => {
                let channel = incident.broadcast.as_ref().map(|posted| posted.channel.as_str());
                (messages::answered(incident, questions, text, by), channel)
            }
        };
        let post =
            Post { channel: &person.0, thread: None, message: &message, twice_is_worse: false };
        let why = match self.post(attempt, post).await {
            Ok(_) => return Ok(Receipt::Done),
            Err(Setback::Refused { why }) => why,
            Err(later @ Setback::Retry { .. }) => return Err(later),
        };
        let Some(place) = place else { return Err(Setback::Refused { why }) };
        tracing::warn!(why, "a person cannot be written to; telling them in a channel");
        match self.post_ephemeral(place, person, &message).await {
            Ok(()) => Ok(Receipt::Done),
            Err(CallError::Refused(_)) => Err(Setback::Refused { why }),
            Err(error) => Err(setback::read(error)),
        }
    }
}
