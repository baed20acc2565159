//! Shows a proposal as it is: posts its message once, and edits it after that.

use sima_incident::{MessageRef, Policy, Proposal, Setback};

use super::{
    post::{Once, Post},
    setback,
};
use crate::{Slack, messages};

impl Slack {
    /// Shows a proposal in its channel; where its message is. When an earlier try may have posted it
    /// (`unsure`), it is looked for first. One that people have deleted stays deleted.
    ///
    /// # Errors
    /// [`Setback`]: later, or only after a person has mended something.
    pub async fn show_proposal(
        &self,
        proposal: &Proposal,
        policy: &Policy,
        unsure: bool,
    ) -> Result<MessageRef, Setback> {
        let message = messages::proposal(proposal, policy);
        if let Some(posted) = &proposal.message {
            return self.edit_unless_deleted(posted, &message).await;
        }
        let configured = &proposal.channel;
        let channel = if unsure {
            // To look for it takes the id; a private channel is not listed, and found by its name.
            self.resolve_channel(configured).await.map_err(setback::read)?
        } else {
            None
        };
        let channel = channel.unwrap_or_else(|| by_name(configured));
        let key = format!("proposal:{}", proposal.id);
        let once = Once { key: &key, unsure, since: proposal.made_at };
        let post =
            Post { channel: &channel, thread: None, message: &message, twice_is_worse: true };
        let posted = self.post_once(once, post).await?;
        if unsure {
            // What was found may say what was so then.
            return self.edit_unless_deleted(&posted, &message).await;
        }
        Ok(posted)
    }

    async fn edit_unless_deleted(
        &self,
        posted: &MessageRef,
        message: &messages::Message,
    ) -> Result<MessageRef, Setback> {
        match self.call(&super::edit_of(posted, message)).await {
            Ok(_) => Ok(posted.clone()),
            Err(error) if error.code() == Some("message_not_found") => Ok(posted.clone()),
            Err(error) => Err(setback::read(error)),
        }
    }
}

/// A channel as Slack takes it where no id is known.
fn by_name(configured: &str) -> String {
    if crate::channels::is_id(configured) {
        configured.to_owned()
    } else {
        format!("#{configured}")
    }
}
