//! What Slack sends: bytes in, one [`Request`] out. Any of our URLs takes all kinds.
//!
//! Reading is tolerant: what is not known is ignored, what is not needed may be absent. To read
//! another kind: a variant of [`Request`], a type in a file of its own, an arm in [`read`].

mod command;
mod event;
mod form;
mod interaction;
mod view;

use serde_json::Value;

pub use command::SlashCommand;
pub use event::{EVENT_KINDS, Envelope, Event, EventKind};
pub use interaction::{
    BlockActions, MessageShortcut, Pressed, Shortcut, Suggestion, ViewClosed, ViewSubmission,
};
pub use view::{State, View, ViewKind};

/// One request of Slack's.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Slack checks the certificate. Answer 200 and nothing else, whatever else the body says.
    SslCheck,
    /// Slack checks that the URL is ours: answer with the challenge.
    UrlVerification {
        /// What to answer.
        challenge: String,
    },
    /// Somebody typed the slash command.
    Command(SlashCommand),
    /// Somebody pressed a button or chose from a list.
    Actions(BlockActions),
    /// Somebody submitted a modal.
    Submission(ViewSubmission),
    /// Somebody closed a modal.
    Closed(ViewClosed),
    /// Somebody used a shortcut from anywhere.
    Shortcut(Shortcut),
    /// Somebody used a shortcut on a message.
    MessageShortcut(MessageShortcut),
    /// Slack wants the options of a list that fit what was typed.
    Suggestion(Suggestion),
    /// Something happened in the workspace.
    Event(Envelope),
    /// Slack has stopped sending events for a minute: there were too many.
    RateLimited,
    /// Something we do not know. Answer 200: Slack adds kinds without notice.
    Unknown {
        /// What Slack calls it.
        kind: String,
    },
}

impl Request {
    /// What makes the same delivery recognisable when it comes again, if it can.
    ///
    /// Events are delivered at least once and keep their id. A trigger is made for one act of one
    /// person. A form submitted again after a lost answer has the id it had.
    pub fn delivery_id(&self) -> Option<String> {
        let id = match self {
            Self::Command(command) => format!("trigger:{}", command.trigger_id),
            Self::Actions(actions) => format!("trigger:{}", actions.trigger_id),
            Self::Shortcut(shortcut) => format!("trigger:{}", shortcut.trigger_id),
            Self::MessageShortcut(shortcut) => format!("trigger:{}", shortcut.trigger_id),
            Self::Submission(submission) => format!("view:{}", submission.view.id),
            Self::Event(envelope) => format!("event:{}", envelope.event_id),
            Self::SslCheck
            | Self::UrlVerification { .. }
            | Self::Closed(_)
            | Self::Suggestion(_)
            | Self::RateLimited
            | Self::Unknown { .. } => return None,
        };
        (!id.ends_with(':')).then_some(id)
    }
}

/// The body is not a request of Slack's; says in one line what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The body is not the JSON it should be.
    #[error("the {0} is not JSON")]
    NotJson(&'static str),
    /// The content type is neither a form nor JSON.
    #[error("the content type {0:?} is neither a form nor JSON")]
    ContentType(String),
    /// A form that carries neither a command nor a payload.
    #[error("the form carries neither a command nor a payload")]
    EmptyForm,
    /// Something without which the request means nothing is missing.
    #[error("the {kind} carries no {field}")]
    Missing {
        /// What kind of request.
        kind: &'static str,
        /// Which field.
        field: &'static str,
    },
}

/// Reads one request. The signature was checked before.
///
/// # Errors
/// [`Unreadable`] when the body is not a request of Slack's.
pub fn read(content_type: Option<&str>, body: &[u8]) -> Result<Request, Unreadable> {
    match shape(content_type, body)? {
        Shape::Form => read_form(body),
        Shape::Json => {
            let json = serde_json::from_slice(body).map_err(|_| Unreadable::NotJson("body"))?;
            read_json(&json)
        }
    }
}

/// Reads the payload of an envelope of Socket Mode: what the body over HTTP would be, as JSON.
pub(crate) fn read_enveloped(kind: &str, payload: &Value) -> Result<Request, Unreadable> {
    match kind {
        "slash_commands" => {
            let fields = payload.as_object().into_iter().flatten();
            let fields: Vec<(String, String)> = fields
                .filter_map(|(name, _)| Some((name.clone(), text(payload, &format!("/{name}"))?)))
                .collect();
            command::read(&fields).map(Request::Command)
        }
        "interactive" => interaction::read(payload),
        "events_api" => read_json(payload),
        _ => Ok(Request::Unknown { kind: kind.to_owned() }),
    }
}

/// How a body is written.
enum Shape {
    Form,
    Json,
}

/// Tells how the body is written, by its content type, or by its looks if it has none.
fn shape(content_type: Option<&str>, body: &[u8]) -> Result<Shape, Unreadable> {
    let media_type = content_type
        .map(|content_type| content_type.split(';').next().unwrap_or_default().trim())
        .map(str::to_ascii_lowercase)
        .unwrap_or_default();
    match media_type.as_str() {
        "application/json" => Ok(Shape::Json),
        "application/x-www-form-urlencoded" => Ok(Shape::Form),
        "" => Ok(match body.trim_ascii_start().first() {
            Some(b'{') => Shape::Json,
            _ => Shape::Form,
        }),
        _ => Err(Unreadable::ContentType(media_type)),
    }
}

/// Reads a form: a certificate check, a command, or an interaction in `payload`.
fn read_form(body: &[u8]) -> Result<Request, Unreadable> {
    let fields = form::read(body);
    // Slack leaves certificate checks unsigned, so such a body must not do anything else.
    if form::field(&fields, "ssl_check") == Some("1") {
        return Ok(Request::SslCheck);
    }
    if let Some(payload) = form::field(&fields, "payload") {
        let payload = serde_json::from_str(payload).map_err(|_| Unreadable::NotJson("payload"))?;
        return interaction::read(&payload);
    }
    if form::field(&fields, "command").is_some() {
        return command::read(&fields).map(Request::Command);
    }
    Err(Unreadable::EmptyForm)
}

/// Reads a JSON body: an event, a check of the URL, a notice about too many events.
fn read_json(json: &Value) -> Result<Request, Unreadable> {
    match text(json, "/type").as_deref() {
        Some("url_verification") => {
            let challenge = needed(json, "/challenge", "check of the URL", "challenge")?;
            Ok(Request::UrlVerification { challenge })
        }
        Some("event_callback") => event::read(json).map(Request::Event),
        Some("app_rate_limited") => Ok(Request::RateLimited),
        Some(_) => interaction::read(json),
        None => Err(Unreadable::Missing { kind: "body", field: "type" }),
    }
}

/// A text in JSON; a number or a truth value counts as its text, for Slack mixes them.
fn text(json: &Value, pointer: &str) -> Option<String> {
    match json.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A text that says something.
fn some_text(json: &Value, pointer: &str) -> Option<String> {
    text(json, pointer).filter(|text| !text.is_empty())
}

/// A text without which the request means nothing.
fn needed(
    json: &Value,
    pointer: &str,
    kind: &'static str,
    field: &'static str,
) -> Result<String, Unreadable> {
    some_text(json, pointer).ok_or(Unreadable::Missing { kind, field })
}

/// Whether something is said to be true.
pub(crate) fn truth(json: &Value, pointer: &str) -> bool {
    text(json, pointer).is_some_and(|text| matches!(text.as_str(), "true" | "1"))
}
