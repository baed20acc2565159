//! Says under the message an incident was opened from where it is being worked on.

use sima_incident::{Attempt, MessageRef, Receipt, Setback};

use super::{channel, no_channel, post::Post};
use crate::{Place, RespondError, Slack, messages, perform::setback};

impl Slack {
    /// Replies under the message. Where SIMA may not write, whoever opened it is told privately: it
    /// was their wish, and nothing of the incident depends on it.
    pub(super) async fn link_back(
        &self,
        attempt: &Attempt<'_>,
        under: &MessageRef,
        response_url: Option<&str>,
    ) -> Result<Receipt, Setback> {
        let incident = attempt.incident;
        // It may have become private since; and without a channel there is nowhere to lead to.
        if incident.is_private() || no_channel(incident).is_some() {
            return Ok(Receipt::Done);
        }
        channel(incident)?;
        let message = messages::link_back(incident, attempt.policy);
        let post = Post {
            channel: &under.channel,
            thread: Some(&under.ts),
            message: &message,
            twice_is_worse: false,
        };
        match self.post(attempt, post).await {
            Err(Setback::Refused { .. }) => {}
            posted => return posted.map(|_| Receipt::Done),
        }
        let Some(response_url) = response_url else { return Ok(Receipt::Done) };
        let told = messages::not_linked_back(incident);
        match self.respond(response_url, &told, Place::Below).await {
            Ok(()) | Err(RespondError::Refused(_) | RespondError::Foreign) => Ok(Receipt::Done),
            Err(RespondError::Failed(error)) => Err(setback::read(error)),
        }
    }
}
