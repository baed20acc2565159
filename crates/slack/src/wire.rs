//! Slack's shapes, as far as we use them: what each method is sent and what we read of its answer.
//!
//! Every page is under <https://docs.slack.dev/reference/methods/>, named like the method, as of
//! 2026-08-20. To add a method: a struct of its arguments, its `NAME`, and of its answer only what
//! is read, all of it optional.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A method of the Web API: its arguments are the type's fields.
pub(crate) trait Method: Serialize {
    /// Its name, which ends the URL.
    const NAME: &'static str;
    /// What is read of its answer. The default stands for an answer of another shape.
    type Answer: DeserializeOwned + Default;
}

/// Binds arguments, name and answer.
macro_rules! method {
    ($arguments:ty, $name:literal, $answer:ty) => {
        impl Method for $arguments {
            const NAME: &'static str = $name;
            type Answer = $answer;
        }
    };
}

/// `auth.test`: who are we?
#[derive(Serialize)]
pub(crate) struct AuthTest {}
method!(AuthTest, "auth.test", AuthTested);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct AuthTested {
    pub url: Option<String>,
    pub team_id: Option<String>,
    pub user_id: Option<String>,
    pub bot_id: Option<String>,
}

/// `apps.connections.open`, with the app-level token.
#[derive(Serialize)]
pub(crate) struct OpenConnection {}
method!(OpenConnection, "apps.connections.open", OpenedConnection);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct OpenedConnection {
    pub url: Option<String>,
}

/// `conversations.create`
#[derive(Serialize)]
pub(crate) struct CreateChannel<'a> {
    pub name: &'a str,
    pub is_private: bool,
}
method!(CreateChannel<'_>, "conversations.create", OneChannel);

/// `conversations.info`
#[derive(Serialize)]
pub(crate) struct ChannelInfo<'a> {
    pub channel: &'a str,
}
method!(ChannelInfo<'_>, "conversations.info", OneChannel);

/// `conversations.join`
#[derive(Serialize)]
pub(crate) struct JoinChannel<'a> {
    pub channel: &'a str,
}
method!(JoinChannel<'_>, "conversations.join", OneChannel);

/// `conversations.setTopic`
#[derive(Serialize)]
pub(crate) struct SetTopic<'a> {
    pub channel: &'a str,
    pub topic: &'a str,
}
method!(SetTopic<'_>, "conversations.setTopic", Nothing);

/// `conversations.invite`; `users` is a list joined by commas.
#[derive(Serialize)]
pub(crate) struct Invite<'a> {
    pub channel: &'a str,
    pub users: &'a str,
    pub force: bool,
}
method!(Invite<'_>, "conversations.invite", Nothing);

/// `usergroups.list`; with its users, each group needs no call of its own.
#[derive(Serialize)]
pub(crate) struct ListGroups {
    pub include_users: bool,
}
method!(ListGroups, "usergroups.list", Groups);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Groups {
    pub usergroups: Vec<Group>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Group {
    pub handle: String,
    pub users: Vec<String>,
}

/// `bookmarks.list`
#[derive(Serialize)]
pub(crate) struct ListBookmarks<'a> {
    pub channel_id: &'a str,
}
method!(ListBookmarks<'_>, "bookmarks.list", Bookmarks);

/// `bookmarks.add`; `type` is `link`.
#[derive(Serialize)]
pub(crate) struct AddBookmark<'a> {
    pub channel_id: &'a str,
    pub title: &'a str,
    pub link: &'a str,
    pub r#type: &'a str,
    pub emoji: Option<&'a str>,
}
method!(AddBookmark<'_>, "bookmarks.add", OneBookmark);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Bookmarks {
    pub bookmarks: Vec<Bookmark>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct OneBookmark {
    pub bookmark: Bookmark,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Bookmark {
    pub id: String,
    pub link: String,
}

/// `conversations.list`: every channel we can see.
#[derive(Serialize)]
pub(crate) struct ListChannels<'a> {
    pub types: &'a str,
    pub exclude_archived: bool,
    pub limit: u32,
    pub cursor: Option<String>,
}
method!(ListChannels<'_>, "conversations.list", Channels);

/// `users.conversations`: every channel we are in.
#[derive(Serialize)]
pub(crate) struct OwnChannels<'a> {
    pub types: &'a str,
    pub exclude_archived: bool,
    pub limit: u32,
    pub cursor: Option<String>,
}
method!(OwnChannels<'_>, "users.conversations", Channels);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct OneChannel {
    pub channel: Channel,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Channels {
    pub channels: Vec<Channel>,
    pub response_metadata: Option<Paging>,
}

/// A conversation object.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Channel {
    pub id: String,
    pub name: String,
    pub name_normalized: String,
    pub creator: String,
    /// Unix seconds.
    pub created: i64,
    pub is_private: bool,
    pub is_archived: bool,
    pub is_member: bool,
    pub previous_names: Vec<String>,
    pub topic: Option<Topic>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Topic {
    pub value: String,
}

/// `response_metadata` of a paged answer; an empty cursor ends the pages.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Paging {
    pub next_cursor: Option<String>,
}

/// The cursor of the page that follows, if one does.
pub(crate) fn next(paging: Option<Paging>) -> Option<String> {
    paging.and_then(|paging| paging.next_cursor).filter(|cursor| !cursor.is_empty())
}

/// `conversations.history`: newest first.
#[derive(Serialize)]
pub(crate) struct History<'a> {
    pub channel: &'a str,
    pub oldest: &'a str,
    pub inclusive: bool,
    pub include_all_metadata: bool,
    pub limit: u32,
    pub cursor: Option<String>,
}
method!(History<'_>, "conversations.history", Messages);

/// `conversations.replies`: the thread of `ts`, oldest first.
#[derive(Serialize)]
pub(crate) struct Replies<'a> {
    pub channel: &'a str,
    pub ts: &'a str,
    pub oldest: &'a str,
    pub inclusive: bool,
    pub include_all_metadata: bool,
    pub limit: u32,
    pub cursor: Option<String>,
}
method!(Replies<'_>, "conversations.replies", Messages);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Messages {
    pub messages: Vec<Posted>,
    pub response_metadata: Option<Paging>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Posted {
    pub ts: String,
    pub user: Option<String>,
    pub bot_id: Option<String>,
    pub metadata: Option<Value>,
    pub subtype: Option<String>,
    pub text: Option<String>,
    /// The name of a program that is no user.
    pub username: Option<String>,
    pub thread_ts: Option<String>,
    pub edited: Option<Edited>,
    pub files: Vec<File>,
    pub attachments: Vec<Attachment>,
    pub reactions: Vec<Reaction>,
    /// The channels it is pinned to.
    pub pinned_to: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Edited {
    pub ts: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct File {
    pub name: Option<String>,
    pub title: Option<String>,
    pub permalink: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Attachment {
    pub fallback: Option<String>,
    pub text: Option<String>,
}

/// `users` may be shorter than `count`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reaction {
    pub name: String,
    pub users: Vec<String>,
    pub count: u64,
}

/// `chat.postMessage`
#[derive(Serialize)]
pub(crate) struct PostMessage<'a> {
    pub channel: &'a str,
    pub text: &'a str,
    pub blocks: &'a [Value],
    pub thread_ts: Option<&'a str>,
    pub metadata: Option<Value>,
    pub unfurl_links: bool,
    pub unfurl_media: bool,
}
method!(PostMessage<'_>, "chat.postMessage", PostedMessage);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct PostedMessage {
    pub channel: String,
    pub ts: String,
}

/// `chat.update`; the metadata stays as it is when left out.
#[derive(Serialize)]
pub(crate) struct UpdateMessage<'a> {
    pub channel: &'a str,
    pub ts: &'a str,
    pub text: &'a str,
    pub blocks: &'a [Value],
}
method!(UpdateMessage<'_>, "chat.update", Nothing);

/// `chat.delete`
#[derive(Serialize)]
pub(crate) struct DeleteMessage<'a> {
    pub channel: &'a str,
    pub ts: &'a str,
}
method!(DeleteMessage<'_>, "chat.delete", Nothing);

/// `chat.postEphemeral`
#[derive(Serialize)]
pub(crate) struct PostEphemeral<'a> {
    pub channel: &'a str,
    pub user: &'a str,
    pub text: &'a str,
    pub blocks: &'a [Value],
}
method!(PostEphemeral<'_>, "chat.postEphemeral", Nothing);

/// `pins.add`
#[derive(Serialize)]
pub(crate) struct PinMessage<'a> {
    pub channel: &'a str,
    pub timestamp: &'a str,
}
method!(PinMessage<'_>, "pins.add", Nothing);

/// `reactions.add`
#[derive(Serialize)]
pub(crate) struct AddReaction<'a> {
    pub channel: &'a str,
    pub name: &'a str,
    pub timestamp: &'a str,
}
method!(AddReaction<'_>, "reactions.add", Nothing);

/// `reactions.remove`
#[derive(Serialize)]
pub(crate) struct RemoveReaction<'a> {
    pub channel: &'a str,
    pub name: &'a str,
    pub timestamp: &'a str,
}
method!(RemoveReaction<'_>, "reactions.remove", Nothing);

/// `users.lookupByEmail`
#[derive(Serialize)]
pub(crate) struct LookUpByEmail<'a> {
    pub email: &'a str,
}
method!(LookUpByEmail<'_>, "users.lookupByEmail", OneUser);

/// `users.info`
#[derive(Serialize)]
pub(crate) struct UserInfo<'a> {
    pub user: &'a str,
}
method!(UserInfo<'_>, "users.info", OneUser);

/// `usergroups.users.list`
#[derive(Serialize)]
pub(crate) struct ListGroup<'a> {
    pub usergroup: &'a str,
}
method!(ListGroup<'_>, "usergroups.users.list", GroupMembers);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct GroupMembers {
    pub users: Vec<String>,
}

/// `users.list`
#[derive(Serialize)]
pub(crate) struct ListUsers {
    pub limit: u32,
    pub cursor: Option<String>,
}
method!(ListUsers, "users.list", Users);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct OneUser {
    pub user: User,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Users {
    pub members: Vec<User>,
    pub response_metadata: Option<Paging>,
}

/// A user object.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    pub id: String,
    pub name: Option<String>,
    pub real_name: Option<String>,
    pub deleted: bool,
    pub is_bot: bool,
    pub tz: Option<String>,
    pub profile: Option<Profile>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Profile {
    pub display_name: Option<String>,
    pub real_name: Option<String>,
    pub email: Option<String>,
}

/// `views.open`
#[derive(Serialize)]
pub(crate) struct OpenViewCall<'a> {
    pub trigger_id: &'a str,
    pub view: &'a Value,
}
method!(OpenViewCall<'_>, "views.open", OneView);

/// `views.update`
#[derive(Serialize)]
pub(crate) struct UpdateViewCall<'a> {
    pub view_id: &'a str,
    pub hash: Option<&'a str>,
    pub view: &'a Value,
}
method!(UpdateViewCall<'_>, "views.update", OneView);

/// `views.publish`
#[derive(Serialize)]
pub(crate) struct PublishView<'a> {
    pub user_id: &'a str,
    pub view: &'a Value,
}
method!(PublishView<'_>, "views.publish", OneView);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct OneView {
    pub view: ViewAnswer,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ViewAnswer {
    pub id: String,
    pub hash: String,
}

/// An answer of which only the `ok` counts.
#[derive(Default, Deserialize)]
pub(crate) struct Nothing {}
