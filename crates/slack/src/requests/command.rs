//! The slash command as typed.
//!
//! Source: docs.slack.dev, "Implementing slash commands", 2026-01.

use sima_incident::PersonId;

use super::{Unreadable, form::field};

/// Somebody typed the slash command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlashCommand {
    /// The command itself, such as `/incident`.
    pub command: String,
    /// What followed it, as Slack escaped it: [`crate::commands::parse`] reads it.
    pub text: String,
    /// Who typed it.
    pub person: PersonId,
    /// In which channel, by id.
    pub channel: String,
    /// In which workspace.
    pub team: String,
    /// Where answers may be sent for half an hour.
    pub response_url: String,
    /// Lets us open a modal within three seconds.
    pub trigger_id: String,
}

/// Reads the fields of the form.
pub(super) fn read(fields: &[(String, String)]) -> Result<SlashCommand, Unreadable> {
    let text = |name| field(fields, name).unwrap_or_default().to_owned();
    let needed = |name| match text(name) {
        empty if empty.is_empty() => Err(Unreadable::Missing { kind: "command", field: name }),
        text => Ok(text),
    };
    Ok(SlashCommand {
        command: needed("command")?,
        text: text("text"),
        person: PersonId(needed("user_id")?),
        channel: needed("channel_id")?,
        team: text("team_id"),
        response_url: text("response_url"),
        trigger_id: text("trigger_id"),
    })
}
