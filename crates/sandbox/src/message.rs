//! Messages: those everybody in a channel sees, and those one person sees.

use serde::Serialize;
use serde_json::{Value, json};

use crate::cast;

/// A message in a channel.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Message {
    /// Its id, `seconds.micros`, unique in the channel.
    pub ts: String,
    /// User id of the author.
    pub user: String,
    /// Whether the app under test wrote it.
    pub bot: bool,
    /// Text; with blocks, what a notification says.
    pub text: String,
    /// Blocks with the ids and defaults that Slack adds.
    pub blocks: Vec<Value>,
    /// Legacy attachments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Value>,
    /// Metadata given with it; only its app reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// The parent's id, on replies (and on the parent once it has replies).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_ts: Option<String>,
    /// A reply that is shown in the channel as well.
    pub broadcast: bool,
    /// Who edited it last, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<Edit>,
    /// Kind of a message Slack wrote itself, such as `channel_join`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype: Option<String>,
    /// Reactions in order of appearance.
    pub reactions: Vec<Reaction>,
    /// Files that came with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
}

/// A file in the workspace.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// File id, `F…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where the workspace shows it.
    pub permalink: String,
}

/// The last edit of a message.
#[derive(Clone, Debug, Serialize)]
pub struct Edit {
    /// Who.
    pub user: String,
    /// When, as a message id.
    pub ts: String,
}

/// One emoji on a message.
#[derive(Clone, Debug, Serialize)]
pub struct Reaction {
    /// Name without colons.
    pub name: String,
    /// Who gave it.
    pub users: Vec<String>,
}

impl Message {
    /// Whether it is a reply, rather than a message of the channel itself.
    pub fn is_reply(&self) -> bool {
        self.thread_ts.as_deref().is_some_and(|parent| parent != self.ts)
    }

    /// The message object of the Web API and of events.
    pub(crate) fn describe(&self) -> Value {
        let mut message = json!({
            "type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": cast::TEAM,
        });
        if self.bot {
            message["bot_id"] = json!(cast::BOT);
            message["app_id"] = json!(cast::APP);
            message["bot_profile"] = json!({
                "id": cast::BOT, "deleted": false, "name": "SIMA", "updated": 1_700_000_000,
                "app_id": cast::APP, "team_id": cast::TEAM,
            });
        } else if self.subtype.is_none() {
            message["client_msg_id"] = json!(crate::random::uuid());
        }
        if !self.blocks.is_empty() {
            message["blocks"] = json!(self.blocks);
        }
        if !self.attachments.is_empty() {
            message["attachments"] = json!(self.attachments);
        }
        if !self.files.is_empty() {
            message["files"] = self.files.iter().map(File::describe).collect();
        }
        if let Some(thread_ts) = &self.thread_ts {
            message["thread_ts"] = json!(thread_ts);
        }
        if let Some(subtype) = &self.subtype {
            message["subtype"] = json!(subtype);
        }
        if let Some(edited) = &self.edited {
            message["edited"] = json!(edited);
        }
        if !self.reactions.is_empty() {
            message["reactions"] = self.reactions.iter().map(Reaction::describe).collect();
        }
        message
    }
}

impl File {
    /// The file object, as far as anybody reads it.
    fn describe(&self) -> Value {
        json!({"id": self.id, "name": self.name, "title": self.name, "permalink": self.permalink})
    }
}

impl Reaction {
    /// The reaction object of the Web API.
    pub(crate) fn describe(&self) -> Value {
        json!({"name": self.name, "users": self.users, "count": self.users.len()})
    }
}

/// A message that one person sees, until they reload.
#[derive(Clone, Debug, Serialize)]
pub struct Ephemeral {
    /// Its id, in the form of a message id; no Web API method takes it.
    pub id: String,
    /// Who sees it.
    pub user: String,
    /// Where.
    pub channel: String,
    /// In which thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_ts: Option<String>,
    /// Text.
    pub text: String,
    /// Blocks.
    pub blocks: Vec<Value>,
    /// When, RFC 3339.
    pub at: String,
}

/// A line in Slack's own voice, for one person.
#[derive(Clone, Debug, Serialize)]
pub struct Notice {
    /// Its id.
    pub id: String,
    /// Who is told.
    #[serde(skip)]
    pub user: String,
    /// `operation_timed_out`, `trouble_connecting`, `dispatch_failed`, …
    pub kind: String,
    /// What it says.
    pub text: String,
    /// When, RFC 3339.
    pub at: String,
}
