//! People and user groups, and how Slack describes them.

use serde::Serialize;
use serde_json::{Value, json};

use crate::cast;

/// A member of the workspace.
#[derive(Clone, Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "these are the vendor's own flags")]
pub struct Person {
    /// User id, `U…`.
    pub id: String,
    /// Short name, as typed after `@`.
    pub name: String,
    /// Name in full.
    pub real_name: String,
    /// Job title.
    pub title: String,
    /// E-mail address, if any.
    pub email: Option<String>,
    /// IANA time zone.
    pub tz: String,
    /// Seconds east of UTC.
    pub tz_offset: i32,
    /// Deactivated.
    pub deleted: bool,
    /// A bot.
    pub is_bot: bool,
    /// Workspace admin.
    pub is_admin: bool,
    /// Guest of any kind.
    pub is_restricted: bool,
    /// Guest of a single channel.
    pub is_ultra_restricted: bool,
    /// Two letters for the avatar.
    pub initials: String,
    /// Colour of the avatar, `#rrggbb`.
    pub color: String,
}

impl Person {
    pub(crate) fn new(id: &str, name: &str, real_name: &str, title: &str) -> Self {
        const COLORS: &[&str] = &[
            "#7c3aed", "#0f766e", "#b45309", "#be185d", "#1d4ed8", "#15803d", "#6b7280", "#a16207",
        ];
        let turn: usize = id.bytes().map(usize::from).sum();
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            real_name: real_name.to_owned(),
            title: title.to_owned(),
            email: Some(format!("{name}@example.com")),
            tz: "Europe/Paris".to_owned(),
            tz_offset: 7200,
            deleted: false,
            is_bot: false,
            is_admin: false,
            is_restricted: false,
            is_ultra_restricted: false,
            initials: real_name.split(' ').filter_map(|word| word.chars().next()).take(2).collect(),
            color: COLORS[turn % COLORS.len()].to_owned(),
        }
    }

    /// The user object of the Web API and of `team_join`.
    pub(crate) fn describe(&self, with_email: bool) -> Value {
        let mut profile = json!({
            "title": self.title,
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            // Most people set none, and are called by their real name.
            "display_name": "",
            "display_name_normalized": "",
            "status_text": "",
            "status_emoji": "",
            "team": cast::TEAM,
        });
        if let (true, Some(email)) = (with_email, &self.email) {
            profile["email"] = json!(email);
        }
        let mut user = json!({
            "id": self.id,
            "team_id": cast::TEAM,
            "name": self.name,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": false,
            "updated": 1_700_000_000,
        });
        // A deactivated person comes without these, as in Slack.
        if !self.deleted {
            user["real_name"] = json!(self.real_name);
            user["tz"] = json!(self.tz);
            user["tz_label"] = json!(self.tz);
            user["tz_offset"] = json!(self.tz_offset);
            user["is_admin"] = json!(self.is_admin);
            user["is_owner"] = json!(false);
            user["is_primary_owner"] = json!(false);
            user["is_restricted"] = json!(self.is_restricted);
            user["is_ultra_restricted"] = json!(self.is_ultra_restricted);
        }
        user
    }

    /// The short user object of interaction payloads.
    pub(crate) fn in_payload(&self) -> Value {
        json!({"id": self.id, "username": self.name, "name": self.name, "team_id": cast::TEAM})
    }
}

/// A user group.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// Group id, `S…`.
    pub id: String,
    /// Name in full.
    pub name: String,
    /// What is typed after `@`.
    pub handle: String,
    /// What it is for.
    pub description: String,
    /// User ids of its members.
    pub users: Vec<String>,
    /// Switched off by an admin.
    pub disabled: bool,
}
