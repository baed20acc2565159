//! `chat.*`: saying, changing and taking back.

use serde_json::{Value, json};

use super::Outcome;
use super::access::{self, Doing};
use crate::cast;
use crate::message::{Edit, Ephemeral, Message};
use crate::slack::arguments::Arguments;
use crate::slack::blockkit::{self, Surface};
use crate::slack::refusal::Refusal;
use crate::slack::room;
use crate::state::State;

/// What a message is to say, checked.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) text: Option<String>,
    pub(crate) blocks: Option<Vec<Value>>,
    pub(crate) attachments: Option<Vec<Value>>,
    pub(crate) metadata: Option<Value>,
}

impl Content {
    /// Reads and checks the arguments that make up a message.
    pub(crate) fn read(args: &Arguments) -> Result<Self, Refusal> {
        let mut text = args.text("text");
        let mut blocks = match args.structure("blocks", "invalid_blocks_format")? {
            None => None,
            Some(Value::Array(blocks)) => Some(blocks),
            Some(_) => return Err(Refusal::new("invalid_blocks_format")),
        };
        if let Some(markdown) = args.filled("markdown_text") {
            if text.as_ref().is_some_and(|text| !text.is_empty()) || blocks.is_some() {
                return Err(Refusal::new("markdown_text_conflict"));
            }
            if markdown.chars().count() > 12_000 {
                return Err(Refusal::new("msg_too_long"));
            }
            blocks = Some(vec![json!({"type": "markdown", "text": markdown})]);
            text = Some(markdown);
        }
        let attachments = match args.structure("attachments", "invalid_attachments")? {
            None => None,
            Some(Value::Array(attachments)) => Some(attachments),
            Some(_) => return Err(Refusal::new("invalid_attachments")),
        };
        if attachments.as_ref().is_some_and(|list| list.len() > 100) {
            return Err(Refusal::new("too_many_attachments"));
        }
        if let Some(attachments) = &attachments {
            let complaints = blockkit::check_attachments(attachments);
            if !complaints.is_empty() {
                return Err(Refusal::complaints("invalid_attachments", &complaints));
            }
        }
        if let Some(given) = &blocks {
            let complaints = blockkit::check_blocks(given, Surface::Message);
            if !complaints.is_empty() {
                return Err(Refusal::complaints("invalid_blocks", &complaints));
            }
            if blockkit::text_length(given) > blockkit::MESSAGE_TEXT_MAX {
                return Err(Refusal::new("msg_blocks_too_long"));
            }
        }
        let metadata = args.structure("metadata", "invalid_metadata_format")?;
        if let Some(metadata) = &metadata {
            check_metadata(metadata)?;
        }
        Ok(Self { text, blocks: blocks.map(blockkit::complete), attachments, metadata })
    }

    fn is_empty(&self) -> bool {
        self.text.as_ref().is_none_or(|text| text.trim().is_empty())
            && self.blocks.as_ref().is_none_or(Vec::is_empty)
            && self.attachments.as_ref().is_none_or(Vec::is_empty)
    }
}

fn check_metadata(metadata: &Value) -> Result<(), Refusal> {
    if metadata.as_object().is_some_and(serde_json::Map::is_empty) {
        return Ok(());
    }
    if !metadata["event_type"].is_string() || !metadata["event_payload"].is_object() {
        return Err(Refusal::new("invalid_metadata_format"));
    }
    // The real number is not published; this one is far above what a marker needs.
    if metadata.to_string().len() > 16_000 {
        return Err(Refusal::new("metadata_too_large"));
    }
    Ok(())
}

/// The channel a message is meant for: an id, a person's id (their direct messages), or `#name`.
fn destination(state: &mut State, args: &Arguments) -> Result<String, Refusal> {
    let given = args.need("channel")?;
    if given.starts_with('U') {
        let person = state.people.iter().find(|person| person.id == given);
        if person.is_none_or(|person| person.deleted) {
            return Err(Refusal::new("channel_not_found"));
        }
        return Ok(state.direct(&given));
    }
    let name = given.strip_prefix('#').unwrap_or(&given);
    let channel = state
        .channels
        .iter()
        .find(|channel| channel.id == given || (!channel.is_im && channel.name == name))
        .filter(|channel| channel.visible_to(cast::BOT_USER))
        .ok_or_else(|| Refusal::new("channel_not_found"))?;
    if channel.is_archived {
        return Err(Refusal::new("is_archived"));
    }
    let public_scope = state.scopes.iter().any(|scope| scope == "chat:write.public");
    if !channel.has(cast::BOT_USER) && !public_scope {
        return Err(Refusal::new("not_in_channel"));
    }
    Ok(channel.id.clone())
}

/// The parent of a thread; a reply is no parent, and a ts of elsewhere is none either.
fn thread(state: &State, args: &Arguments, channel: &str) -> Result<Option<String>, Refusal> {
    let Some(ts) = args.filled("thread_ts") else { return Ok(None) };
    let parent = state.channel(channel).and_then(|channel| channel.message(&ts));
    match parent {
        Some(parent) if !parent.is_reply() => Ok(Some(ts)),
        _ => Err(Refusal::new("cannot_reply_to_message")),
    }
}

pub(crate) fn post_message(state: &mut State, args: &Arguments) -> Outcome {
    let content = Content::read(args)?;
    let channel = destination(state, args)?;
    if content.is_empty() {
        return Err(Refusal::new("no_text"));
    }
    let thread_ts = thread(state, args, &channel)?;
    let text = content.text.unwrap_or_default();
    let message = Message {
        user: cast::BOT_USER.to_owned(),
        bot: true,
        // Slack cuts what is too long without a word.
        text: text.chars().take(40_000).collect(),
        blocks: content.blocks.unwrap_or_default(),
        attachments: content.attachments.unwrap_or_default(),
        metadata: content.metadata.filter(|metadata| metadata["event_type"].is_string()),
        broadcast: thread_ts.is_some() && args.flag("reply_broadcast"),
        thread_ts,
        ..Message::default()
    };
    let ts = room::post(state, &channel, message);
    Ok(json!({"channel": channel, "ts": ts, "message": own(state, &channel, &ts)}))
}

/// The message as its own app sees it, metadata included.
fn own(state: &State, channel: &str, ts: &str) -> Value {
    let Some(message) = state.channel(channel).and_then(|channel| channel.message(ts)) else {
        return Value::Null;
    };
    let mut described = message.describe();
    if let Some(metadata) = &message.metadata {
        described["metadata"] = metadata.clone();
    }
    described
}

/// The bot's own message that an update or a deletion is about.
fn own_message(
    state: &State,
    args: &Arguments,
    archived: &str,
    foreign: &str,
) -> Result<(String, Message), Refusal> {
    let channel = access::seen(state, args, "channel", Doing::Anything)?;
    if channel.is_archived {
        return Err(Refusal::new(archived));
    }
    let ts = args.need("ts")?;
    let message = channel
        .message(&ts)
        .filter(|message| message.subtype.as_deref() != Some("tombstone"))
        .ok_or_else(|| Refusal::new("message_not_found"))?;
    if !message.bot {
        return Err(Refusal::new(foreign));
    }
    Ok((channel.id.clone(), message.clone()))
}

pub(crate) fn update(state: &mut State, args: &Arguments) -> Outcome {
    let content = Content::read(args)?;
    let (channel, before) = own_message(state, args, "is_inactive", "cant_update_message")?;
    if content.text.as_ref().is_some_and(|text| text.chars().count() > 4_000) {
        return Err(Refusal::new("msg_too_long"));
    }
    if content.is_empty() && !args.flag("reply_broadcast") {
        return Err(Refusal::new("no_text"));
    }
    let edited = Edit { user: cast::BOT_USER.to_owned(), ts: state.next_ts() };
    let Some(message) = state.channel_mut(&channel).and_then(|room| room.message_mut(&before.ts))
    else {
        return Err(Refusal::new("message_not_found"));
    };
    if let Some(text) = content.text {
        message.text = text;
        // Text alone takes the old blocks away.
        message.blocks = content.blocks.unwrap_or_default();
    } else if let Some(blocks) = content.blocks {
        message.blocks = blocks;
    }
    if let Some(attachments) = content.attachments {
        message.attachments = attachments;
    }
    match content.metadata {
        Some(metadata) if metadata["event_type"].is_string() => message.metadata = Some(metadata),
        Some(_) => message.metadata = None,
        None => {}
    }
    if args.flag("reply_broadcast") {
        message.broadcast = true;
    }
    // A message with blocks shows no mark of its edits.
    if message.blocks.is_empty() {
        message.edited = Some(edited);
    }
    room::changed(state, &channel, &before);
    let message = own(state, &channel, &before.ts);
    Ok(json!({"channel": channel, "ts": before.ts, "text": message["text"], "message": message}))
}

pub(crate) fn delete(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::seen(state, args, "channel", Doing::Anything)?;
    let ts = args.need("ts")?;
    // The bot may take back its own words and the lines Slack wrote in its name.
    let message = channel.message(&ts).ok_or_else(|| Refusal::new("message_not_found"))?;
    if !message.bot && message.user != cast::BOT_USER {
        return Err(Refusal::new("cant_delete_message"));
    }
    let channel = channel.id.clone();
    room::delete(state, &channel, &ts);
    Ok(json!({"channel": channel, "ts": ts}))
}

pub(crate) fn post_ephemeral(state: &mut State, args: &Arguments) -> Outcome {
    let content = Content::read(args)?;
    let user = args.need("user")?;
    let channel = access::seen(state, args, "channel", Doing::Anything)?;
    if channel.is_archived {
        return Err(Refusal::new("is_archived"));
    }
    if !channel.has(cast::BOT_USER) {
        return Err(Refusal::new("not_in_channel"));
    }
    if !channel.has(&user) {
        return Err(Refusal::new("user_not_in_channel"));
    }
    if content.text.as_ref().is_some_and(|text| text.len() > 4_000) {
        return Err(Refusal::new("msg_too_long"));
    }
    if content.is_empty() {
        return Err(Refusal::new("no_text"));
    }
    let channel = channel.id.clone();
    let thread_ts = thread(state, args, &channel)?;
    let id = state.next_ts();
    state.ephemerals.push(Ephemeral {
        id: id.clone(),
        user,
        channel,
        thread_ts,
        text: content.text.unwrap_or_default(),
        blocks: content.blocks.unwrap_or_default(),
        at: state.clock.text(),
    });
    Ok(json!({"message_ts": id}))
}

pub(crate) fn get_permalink(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::seen(state, args, "channel", Doing::Anything)?;
    let ts = args.need("message_ts")?;
    if channel.message(&ts).is_none() {
        return Err(Refusal::new("message_not_found"));
    }
    Ok(json!({"channel": channel.id, "permalink": room::permalink(state, &channel.id, &ts)}))
}
