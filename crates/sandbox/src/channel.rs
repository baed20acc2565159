//! Channels: who is in them, what was said, what is pinned and bookmarked.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::cast;
use crate::message::Message;

/// A public or private channel, or a direct message.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "these are the vendor's own flags")]
pub struct Channel {
    /// Channel id, `C…` or `D…`.
    pub id: String,
    /// Name without `#`; empty for a direct message.
    pub name: String,
    /// Private channel.
    pub is_private: bool,
    /// Direct message.
    pub is_im: bool,
    /// Archived.
    pub is_archived: bool,
    /// The one channel nobody can leave.
    pub is_general: bool,
    /// User id of whoever created it.
    pub creator: String,
    /// Unix seconds of its creation.
    pub created: i64,
    /// Topic.
    pub topic: String,
    /// Purpose, shown as *Description*.
    pub purpose: String,
    /// Names it had before.
    pub previous_names: Vec<String>,
    /// User ids of the members.
    pub members: Vec<String>,
    /// Messages, oldest first, replies included.
    pub messages: Vec<Message>,
    /// Pins, oldest first.
    pub pins: Vec<Pin>,
    /// Bookmarks in order.
    pub bookmarks: Vec<Bookmark>,
    pub(crate) last_read: BTreeMap<String, String>,
}

/// A pinned message.
#[derive(Clone, Debug, Serialize)]
pub struct Pin {
    /// The message's id.
    pub ts: String,
    /// User id of whoever pinned it.
    pub by: String,
    /// Unix seconds.
    pub at: i64,
}

/// A link in the bar below the channel's name.
#[derive(Clone, Debug, Serialize)]
pub struct Bookmark {
    /// Bookmark id, `Bk…`.
    pub id: String,
    /// What the link says.
    pub title: String,
    /// Where it leads.
    pub link: String,
    /// Emoji with colons, or empty.
    pub emoji: String,
    /// Unix seconds of its making.
    pub created: i64,
}

impl Channel {
    pub(crate) fn new(id: &str, name: &str, is_private: bool, creator: &str, created: i64) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            is_private,
            is_im: false,
            is_archived: false,
            is_general: false,
            creator: creator.to_owned(),
            created,
            topic: String::new(),
            purpose: String::new(),
            previous_names: Vec::new(),
            members: Vec::new(),
            messages: Vec::new(),
            pins: Vec::new(),
            bookmarks: Vec::new(),
            last_read: BTreeMap::new(),
        }
    }

    /// Whether this user is a member.
    pub fn has(&self, user: &str) -> bool {
        self.members.iter().any(|member| member == user)
    }

    /// The message with this id.
    pub fn message(&self, ts: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.ts == ts)
    }

    pub(crate) fn message_mut(&mut self, ts: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.ts == ts)
    }

    /// The replies of a thread, oldest first, without the parent.
    pub fn replies<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a Message> {
        self.messages.iter().filter(move |message| {
            message.thread_ts.as_deref() == Some(parent) && message.ts != parent
        })
    }

    /// Whether this user may know of the channel at all.
    pub fn visible_to(&self, user: &str) -> bool {
        self.has(user) || !self.is_private
    }

    /// `channel`, `group` or `im`, as events say it.
    pub(crate) fn kind(&self) -> &'static str {
        match (self.is_im, self.is_private) {
            (true, _) => "im",
            (_, true) => "group",
            _ => "channel",
        }
    }

    /// `C`, `G` or `D`, as the member events say it.
    pub(crate) fn letter(&self) -> &'static str {
        match self.kind() {
            "im" => "D",
            "group" => "G",
            _ => "C",
        }
    }

    /// What a payload calls it: only public names are told.
    pub(crate) fn payload_name(&self) -> &str {
        match self.kind() {
            "im" => "directmessage",
            "group" => "privategroup",
            _ => &self.name,
        }
    }

    /// The conversation object of the Web API, as the bot sees it.
    pub(crate) fn describe(&self) -> Value {
        if self.is_im {
            let user = self.members.iter().find(|member| *member != cast::BOT_USER);
            return json!({
                "id": self.id, "created": self.created, "is_im": true, "is_archived": false,
                "is_org_shared": false, "context_team_id": cast::TEAM, "user": user,
                "is_user_deleted": false,
            });
        }
        json!({
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "created": self.created,
            "creator": self.creator,
            "is_channel": !self.is_private,
            "is_group": false,
            "is_im": false,
            "is_mpim": false,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_general": self.is_general,
            "is_member": self.has(cast::BOT_USER),
            "is_shared": false,
            "is_ext_shared": false,
            "is_org_shared": false,
            "is_pending_ext_shared": false,
            "context_team_id": cast::TEAM,
            "shared_team_ids": [cast::TEAM],
            "topic": {"value": self.topic, "creator": self.creator, "last_set": self.created},
            "purpose": {"value": self.purpose, "creator": self.creator, "last_set": self.created},
            "previous_names": self.previous_names,
            "updated": self.created * 1000,
        })
    }
}

impl Bookmark {
    /// The bookmark object of the Web API.
    pub(crate) fn describe(&self, channel: &str, rank: usize) -> Value {
        json!({
            "id": self.id, "channel_id": channel, "title": self.title, "link": self.link,
            "emoji": self.emoji, "icon_url": null, "type": "link", "entity_id": null,
            "date_created": self.created, "date_updated": 0, "rank": rank.to_string(),
            "last_updated_by_user_id": cast::BOT_USER, "last_updated_by_team_id": cast::TEAM,
            "shortcut_id": null, "app_id": cast::APP,
        })
    }
}
