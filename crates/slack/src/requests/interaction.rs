//! What people do with what we posted: buttons, forms, shortcuts.
//!
//! Source: docs.slack.dev, "Handling user interaction" and "Interaction payloads", 2026-01.

use serde_json::Value;
use sima_incident::{MessageRef, PersonId};

use super::{Request, State, Unreadable, View, needed, some_text, text, truth, view};

/// Somebody pressed something.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockActions {
    /// Who.
    pub person: PersonId,
    /// In which channel; absent in a modal and in App Home.
    pub channel: Option<String>,
    /// In which message; absent in a modal and in App Home.
    pub message: Option<MessageRef>,
    /// Whether that message is shown to this person alone: only the response URL can change it.
    pub is_ephemeral: bool,
    /// In which modal or Home.
    pub view: Option<View>,
    /// Where answers may be sent for half an hour; absent in a modal and in App Home.
    pub response_url: Option<String>,
    /// Lets us open a modal within three seconds.
    pub trigger_id: String,
    /// What was pressed: one thing in practice.
    pub actions: Vec<Pressed>,
    /// What is filled in in that message.
    pub state: State,
}

/// One thing that was pressed or chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pressed {
    /// Which: [`crate::actions::Action::decode`] reads it.
    pub action_id: String,
    /// In which block.
    pub block_id: String,
    /// Its value: a button's, or that of what was chosen. Empty if nothing was.
    pub value: String,
}

/// Somebody submitted a modal.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewSubmission {
    /// Who.
    pub person: PersonId,
    /// The modal with what was filled in: [`crate::modals::read`] reads it.
    pub view: View,
    /// Lets us open a modal within three seconds.
    pub trigger_id: String,
}

/// Somebody closed a modal.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewClosed {
    /// Who.
    pub person: PersonId,
    /// Which.
    pub view: View,
}

/// Somebody used a shortcut from anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// Who.
    pub person: PersonId,
    /// Which shortcut.
    pub callback_id: String,
    /// Lets us open a modal within three seconds.
    pub trigger_id: String,
}

/// Somebody used a shortcut on a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageShortcut {
    /// Who.
    pub person: PersonId,
    /// Which shortcut.
    pub callback_id: String,
    /// Lets us open a modal within three seconds.
    pub trigger_id: String,
    /// Where answers may be sent for half an hour.
    pub response_url: Option<String>,
    /// The message.
    pub message: MessageRef,
    /// The message that began the thread it stands in, if it stands in one.
    pub thread: Option<String>,
    /// What it says, as Slack escaped it.
    pub text: String,
    /// Who wrote it, if a person did.
    pub author: Option<PersonId>,
}

/// Slack wants the options of a list that fit what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Who typed.
    pub person: PersonId,
    /// In which list.
    pub action_id: String,
    /// What was typed.
    pub typed: String,
}

/// Reads an interaction.
pub(super) fn read(payload: &Value) -> Result<Request, Unreadable> {
    let Some(kind) = some_text(payload, "/type") else {
        return Err(Unreadable::Missing { kind: "payload", field: "type" });
    };
    Ok(match kind.as_str() {
        "block_actions" => Request::Actions(actions(payload)?),
        "view_submission" => Request::Submission(ViewSubmission {
            person: person(payload, "form")?,
            view: the_view(payload)?,
            trigger_id: text(payload, "/trigger_id").unwrap_or_default(),
        }),
        "view_closed" => Request::Closed(ViewClosed {
            person: person(payload, "form")?,
            view: the_view(payload)?,
        }),
        "shortcut" => Request::Shortcut(Shortcut {
            person: person(payload, "shortcut")?,
            callback_id: needed(payload, "/callback_id", "shortcut", "callback_id")?,
            trigger_id: text(payload, "/trigger_id").unwrap_or_default(),
        }),
        "message_action" => Request::MessageShortcut(message_shortcut(payload)?),
        "block_suggestion" => Request::Suggestion(Suggestion {
            person: person(payload, "suggestion")?,
            action_id: needed(payload, "/action_id", "suggestion", "action_id")?,
            typed: text(payload, "/value").unwrap_or_default(),
        }),
        _ => Request::Unknown { kind },
    })
}

/// Reads pressed buttons.
fn actions(payload: &Value) -> Result<BlockActions, Unreadable> {
    let channel =
        some_text(payload, "/channel/id").or_else(|| some_text(payload, "/container/channel_id"));
    let ts =
        some_text(payload, "/container/message_ts").or_else(|| some_text(payload, "/message/ts"));
    let message = match (channel.clone(), ts) {
        (Some(channel), Some(ts)) => Some(MessageRef { channel, ts }),
        _ => None,
    };
    Ok(BlockActions {
        person: person(payload, "button")?,
        channel,
        message,
        is_ephemeral: truth(payload, "/container/is_ephemeral"),
        view: payload.get("view").filter(|view| view.is_object()).map(view::read),
        response_url: some_text(payload, "/response_url"),
        trigger_id: text(payload, "/trigger_id").unwrap_or_default(),
        actions: payload
            .get("actions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(pressed)
            .collect(),
        state: State::new(payload.pointer("/state/values")),
    })
}

/// Reads one action: where its value is depends on the kind of element.
fn pressed(action: &Value) -> Pressed {
    let places = [
        "/value",
        "/selected_option/value",
        "/selected_user",
        "/selected_channel",
        "/selected_conversation",
        "/selected_date",
        "/selected_time",
        "/selected_date_time",
    ];
    Pressed {
        action_id: text(action, "/action_id").unwrap_or_default(),
        block_id: text(action, "/block_id").unwrap_or_default(),
        value: places.iter().find_map(|place| text(action, place)).unwrap_or_default(),
    }
}

/// Reads a shortcut on a message.
fn message_shortcut(payload: &Value) -> Result<MessageShortcut, Unreadable> {
    let ts = some_text(payload, "/message_ts").or_else(|| some_text(payload, "/message/ts"));
    Ok(MessageShortcut {
        person: person(payload, "shortcut")?,
        callback_id: needed(payload, "/callback_id", "shortcut", "callback_id")?,
        trigger_id: text(payload, "/trigger_id").unwrap_or_default(),
        response_url: some_text(payload, "/response_url"),
        message: MessageRef {
            channel: needed(payload, "/channel/id", "shortcut", "channel")?,
            ts: ts.ok_or(Unreadable::Missing { kind: "shortcut", field: "message_ts" })?,
        },
        thread: some_text(payload, "/message/thread_ts"),
        text: text(payload, "/message/text").unwrap_or_default(),
        author: some_text(payload, "/message/user").map(PersonId),
    })
}

/// Who did it.
fn person(payload: &Value, kind: &'static str) -> Result<PersonId, Unreadable> {
    needed(payload, "/user/id", kind, "user").map(PersonId)
}

/// The view it happened in.
fn the_view(payload: &Value) -> Result<View, Unreadable> {
    let view = payload.get("view").filter(|view| view.is_object());
    view.map(view::read).ok_or(Unreadable::Missing { kind: "form", field: "view" })
}
