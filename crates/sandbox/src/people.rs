//! What people do in a running sandbox, as a test says it.

use serde_json::Value;

use crate::acts::{self, Source};
use crate::delivery::Answer;
use crate::pagerduty;
use crate::sandbox::Sandbox;

/// What people do. Persons and channels are given by name or id.
impl Sandbox {
    /// Types a command (`/incident`) with its text into a channel.
    pub async fn slash(&self, person: &str, channel: &str, command: &str, text: &str) -> Answer {
        acts::slash(&self.core, person, channel, command, text).await
    }

    /// Acts on an element: clicks a button (`given` is null) or chooses a value (in short, or as Slack writes it).
    pub async fn act(
        &self,
        person: &str,
        source: &Source,
        action_id: &str,
        given: &Value,
    ) -> Answer {
        acts::act(&self.core, person, source, None, action_id, given, &Value::Null).await
    }

    /// Clicks a button of a message in a channel.
    pub async fn click(&self, person: &str, channel: &str, ts: &str, action_id: &str) -> Answer {
        let source = Source::Message { channel: channel.to_owned(), ts: ts.to_owned() };
        self.act(person, &source, action_id, &Value::Null).await
    }

    /// Clicks a button of a message that only this person sees.
    pub async fn click_ephemeral(&self, person: &str, id: &str, action_id: &str) -> Answer {
        let source = Source::Ephemeral { id: id.to_owned() };
        self.act(person, &source, action_id, &Value::Null).await
    }

    /// Clicks a button of the modal that is open.
    pub async fn click_modal(&self, person: &str, action_id: &str) -> Answer {
        let source = Source::View { id: String::new() };
        self.act(person, &source, action_id, &Value::Null).await
    }

    /// Clicks a button of App Home.
    pub async fn click_home(&self, person: &str, action_id: &str) -> Answer {
        self.act(person, &Source::Home, action_id, &Value::Null).await
    }

    /// Fills in the open modal (the top one when `view_id` is empty) and submits it.
    ///
    /// `values` is `{block_id: value}` in short, or `{block_id: {action_id: value}}`.
    pub async fn submit(&self, person: &str, view_id: &str, values: &Value) -> Answer {
        acts::submit(&self.core, person, view_id, values).await
    }

    /// Closes the top modal, or the whole stack.
    pub async fn close_modal(&self, person: &str, whole_stack: bool) -> Answer {
        acts::close(&self.core, person, "", whole_stack).await
    }

    /// Types into a select whose options the app suggests.
    ///
    /// # Errors
    /// Why the person sees *No result*.
    pub async fn suggest(
        &self,
        person: &str,
        source: &Source,
        action_id: &str,
        typed: &str,
    ) -> Result<Value, String> {
        acts::suggest(&self.core, person, source, None, action_id, typed).await
    }

    /// Picks a global shortcut.
    pub async fn shortcut(&self, person: &str, callback_id: &str) -> Answer {
        acts::shortcut(&self.core, person, callback_id).await
    }

    /// Picks a shortcut from a message's menu.
    pub async fn message_shortcut(
        &self,
        person: &str,
        callback_id: &str,
        channel: &str,
        ts: &str,
    ) -> Answer {
        acts::message_shortcut(&self.core, person, callback_id, channel, ts).await
    }

    /// Opens App Home.
    ///
    /// # Errors
    /// When there is nobody of that name.
    pub fn open_home(&self, person: &str) -> Result<(), String> {
        acts::open_home(&self.core, person)
    }

    /// Says something in a channel; answers the message's id.
    ///
    /// # Errors
    /// What the client would say: archived, not a member.
    pub fn say(&self, person: &str, channel: &str, text: &str) -> Result<String, String> {
        acts::say(&self.core, person, channel, text, None)
    }

    /// Says something in a thread; answers the message's id.
    ///
    /// # Errors
    /// What the client would say: archived, not a member, no such message.
    pub fn reply(
        &self,
        person: &str,
        channel: &str,
        ts: &str,
        text: &str,
    ) -> Result<String, String> {
        acts::say(&self.core, person, channel, text, Some(ts))
    }

    /// Shares a file with some words; answers the message's id.
    ///
    /// # Errors
    /// What the client would say: archived, not a member.
    pub fn share(
        &self,
        person: &str,
        channel: &str,
        name: &str,
        text: &str,
    ) -> Result<String, String> {
        acts::share(&self.core, person, channel, name, text)
    }

    /// Edits one's own message.
    ///
    /// # Errors
    /// When it is not one's own.
    pub fn edit(&self, person: &str, channel: &str, ts: &str, text: &str) -> Result<(), String> {
        acts::edit(&self.core, person, channel, ts, text)
    }

    /// Deletes one's own message.
    ///
    /// # Errors
    /// When it is not one's own.
    pub fn delete(&self, person: &str, channel: &str, ts: &str) -> Result<(), String> {
        acts::erase(&self.core, person, channel, ts)
    }

    /// Joins a public channel.
    ///
    /// # Errors
    /// When it cannot be seen or is archived.
    pub fn join(&self, person: &str, channel: &str) -> Result<(), String> {
        acts::join(&self.core, person, channel)
    }

    /// Leaves a channel.
    ///
    /// # Errors
    /// When one is not in it.
    pub fn leave(&self, person: &str, channel: &str) -> Result<(), String> {
        acts::leave(&self.core, person, channel)
    }

    /// Pins a message.
    ///
    /// # Errors
    /// When it is gone or pinned already.
    pub fn pin(&self, person: &str, channel: &str, ts: &str) -> Result<(), String> {
        acts::pin(&self.core, person, channel, ts)
    }

    /// Takes a pin away.
    ///
    /// # Errors
    /// When one is not in the channel.
    pub fn unpin(&self, person: &str, channel: &str, ts: &str) -> Result<(), String> {
        acts::unpin(&self.core, person, channel, ts)
    }

    /// Reacts to a message.
    ///
    /// # Errors
    /// When it is gone or one is not in the channel.
    pub fn react(&self, person: &str, channel: &str, ts: &str, name: &str) -> Result<(), String> {
        acts::react(&self.core, person, channel, ts, name)
    }

    /// Takes a reaction away.
    ///
    /// # Errors
    /// When one is not in the channel.
    pub fn unreact(&self, person: &str, channel: &str, ts: &str, name: &str) -> Result<(), String> {
        acts::unreact(&self.core, person, channel, ts, name)
    }

    /// Archives a channel.
    ///
    /// # Errors
    /// When one is not in it.
    pub fn archive(&self, person: &str, channel: &str) -> Result<(), String> {
        acts::archive(&self.core, person, channel)
    }

    /// Brings an archived channel back; the app stays outside.
    ///
    /// # Errors
    /// When it cannot be seen.
    pub fn unarchive(&self, person: &str, channel: &str) -> Result<(), String> {
        acts::unarchive(&self.core, person, channel)
    }

    /// Renames a channel.
    ///
    /// # Errors
    /// When the name is taken or one is not in the channel.
    pub fn rename(&self, person: &str, channel: &str, name: &str) -> Result<(), String> {
        acts::rename(&self.core, person, channel, name)
    }

    /// Malik acknowledges a page in PagerDuty; the app's webhook is told.
    ///
    /// # Errors
    /// When there is no such open page.
    pub fn acknowledge_page(&self, incident: &str) -> Result<(), String> {
        pagerduty::tell(&self.core, incident, "acknowledge", "malik")
    }

    /// Somebody acknowledges a page in PagerDuty; the app's webhook is told.
    ///
    /// # Errors
    /// When there is no such open page, or nobody of that name.
    pub fn acknowledge_page_as(&self, person: &str, incident: &str) -> Result<(), String> {
        pagerduty::tell(&self.core, incident, "acknowledge", person)
    }

    /// Malik resolves a page in PagerDuty; the app's webhook is told.
    ///
    /// # Errors
    /// When there is no such open page.
    pub fn resolve_page(&self, incident: &str) -> Result<(), String> {
        pagerduty::tell(&self.core, incident, "resolve", "malik")
    }
}
