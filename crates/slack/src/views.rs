//! Modals and App Home: opened while the trigger lives, brought up to date later.

use serde_json::Value;
use sima_incident::PersonId;

use crate::{
    CallError, Slack,
    messages::Message,
    wire::{OpenViewCall, PostEphemeral, PostMessage, PublishView, UpdateViewCall},
};

/// A view that people see now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenView {
    /// Its id.
    pub id: String,
    /// Changes with each update; sending it back loses races safely.
    pub hash: String,
}

impl Slack {
    /// Opens a modal. The trigger lives three seconds and works once.
    ///
    /// # Errors
    /// [`CallError`]; its code is `expired_trigger_id` when we were too slow.
    pub async fn open_view(&self, trigger_id: &str, view: &Value) -> Result<OpenView, CallError> {
        let answer = self.call(&OpenViewCall { trigger_id, view }).await?.view;
        Ok(OpenView { id: answer.id, hash: answer.hash })
    }

    /// Brings an open modal up to date. With `hash`, only if it is still as last seen.
    ///
    /// # Errors
    /// [`CallError`]; its code is `hash_conflict` or, if the person closed it, `not_found`.
    pub async fn update_view(
        &self,
        view_id: &str,
        hash: Option<&str>,
        view: &Value,
    ) -> Result<OpenView, CallError> {
        let answer = self.call(&UpdateViewCall { view_id, hash, view }).await?.view;
        Ok(OpenView { id: answer.id, hash: answer.hash })
    }

    /// Shows a person their App Home.
    ///
    /// # Errors
    /// [`CallError`]; its code is `not_enabled` when the app has no Home tab.
    pub async fn publish_home(&self, person: &PersonId, view: &Value) -> Result<(), CallError> {
        self.call(&PublishView { user_id: &person.0, view }).await?;
        Ok(())
    }

    /// Writes to one person, in their conversation with SIMA. For an answer that has no other place.
    ///
    /// # Errors
    /// [`CallError`] when it was not written.
    pub async fn tell(&self, person: &PersonId, message: &Message) -> Result<(), CallError> {
        self.call(&PostMessage {
            channel: &person.0,
            text: &message.text,
            blocks: &message.blocks,
            thread_ts: None,
            metadata: None,
            unfurl_links: false,
            unfurl_media: false,
        })
        .await?;
        Ok(())
    }

    /// Shows one person a message in a channel. Slack promises no delivery, and forgets it when
    /// they reload.
    ///
    /// # Errors
    /// [`CallError`]; its code is `user_not_in_channel` when they are not there to see it.
    pub async fn post_ephemeral(
        &self,
        channel: &str,
        person: &PersonId,
        message: &Message,
    ) -> Result<(), CallError> {
        self.call(&PostEphemeral {
            channel,
            user: &person.0,
            text: &message.text,
            blocks: &message.blocks,
        })
        .await?;
        Ok(())
    }
}
