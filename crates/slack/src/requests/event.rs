//! What happened in the workspace.
//!
//! Source: docs.slack.dev, "Events API" and the pages of the events, 2026-01.

use jiff::Timestamp;
use serde_json::Value;
use sima_incident::{MessageChange, MessageRef, PersonId};

use super::{Unreadable, needed, some_text, text};
use crate::said;

/// An event with its envelope. Delivered at least once, in no order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Its id, the same when it is delivered again.
    pub event_id: String,
    /// In which workspace.
    pub team: String,
    /// Our bot there, by which our own doings are told apart.
    pub bot_user: Option<PersonId>,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody, or our bot itself, came into a channel.
    MemberJoined {
        /// Who.
        person: PersonId,
        /// Which channel.
        channel: String,
        /// Who invited them, if they did not come by themselves.
        inviter: Option<PersonId>,
    },
    /// Somebody, or our bot itself, left a channel.
    MemberLeft {
        /// Who.
        person: PersonId,
        /// Which channel.
        channel: String,
    },
    /// A person wrote in a channel. What they wrote is not looked at.
    Talk {
        /// Which channel.
        channel: String,
        /// When, if Slack said so in a way that can be read.
        at: Option<Timestamp>,
    },
    /// Somebody looks at their App Home.
    AppHomeOpened {
        /// Who.
        person: PersonId,
        /// Which tab: `home` or `messages`.
        tab: String,
    },
    /// Somebody reacted to a message, or took a reaction back.
    Reaction {
        /// Who.
        person: PersonId,
        /// With which emoji, without colons.
        name: String,
        /// To which message.
        message: MessageRef,
        /// Who wrote that, if Slack says so.
        author: Option<PersonId>,
        /// Whether it was given rather than taken back.
        given: bool,
    },
    /// Somebody pinned a message, or took the pin away.
    Pin {
        /// Who.
        person: PersonId,
        /// Which message.
        message: MessageRef,
        /// Who wrote that, if Slack says so.
        author: Option<PersonId>,
        /// Whether it was pinned rather than unpinned.
        given: bool,
    },
    /// Somebody wrote to SIMA itself: in their conversation with it, or with its name in a channel.
    WroteToUs {
        /// Who.
        person: PersonId,
        /// In which channel; nothing in their own conversation with SIMA.
        channel: Option<String>,
        /// What they wrote, as Slack escaped it, without our name.
        text: String,
    },
    /// A message says something else now, or is gone.
    MessageChanged {
        /// Which.
        message: MessageRef,
        /// Who wrote it, if a user did.
        author: Option<PersonId>,
        /// What happened to it.
        change: MessageChange,
    },
    /// The app was uninstalled, or its token revoked: from now on Slack takes no call.
    TurnedAway,
    /// Something else.
    Other {
        /// What Slack calls it.
        kind: String,
    },
}

/// Reads an envelope of `type: event_callback`.
pub(super) fn read(envelope: &Value) -> Result<Envelope, Unreadable> {
    let team = text(envelope, "/context_team_id").or_else(|| text(envelope, "/team_id"));
    let bot_user = envelope
        .get("authorizations")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find_map(|authorization| some_text(authorization, "/user_id"));
    Ok(Envelope {
        event_id: needed(envelope, "/event_id", "event", "event_id")?,
        team: team.unwrap_or_default(),
        bot_user: bot_user.map(PersonId),
        event: event(envelope)?,
    })
}

/// One kind of event that SIMA reads.
pub struct EventKind {
    /// What Slack calls it in the event itself.
    pub name: &'static str,
    /// What the app subscribes to for it, each with the scope that needs, if any.
    pub subscriptions: &'static [(&'static str, Option<&'static str>)],
    read: fn(&Value) -> Result<Event, Unreadable>,
}

/// Every kind of event that SIMA reads: the app's manifest grows from here. To read another, add it.
pub static EVENT_KINDS: &[EventKind] = &[
    EventKind {
        name: "member_joined_channel",
        subscriptions: &[("member_joined_channel", Some("channels:read"))],
        read: |envelope| {
            Ok(Event::MemberJoined {
                person: PersonId(needed(envelope, "/event/user", "event", "user")?),
                channel: needed(envelope, "/event/channel", "event", "channel")?,
                inviter: some_text(envelope, "/event/inviter").map(PersonId),
            })
        },
    },
    EventKind {
        name: "member_left_channel",
        subscriptions: &[("member_left_channel", Some("channels:read"))],
        read: |envelope| {
            Ok(Event::MemberLeft {
                person: PersonId(needed(envelope, "/event/user", "event", "user")?),
                channel: needed(envelope, "/event/channel", "event", "channel")?,
            })
        },
    },
    EventKind {
        name: "app_home_opened",
        subscriptions: &[("app_home_opened", None)],
        read: |envelope| {
            Ok(Event::AppHomeOpened {
                person: PersonId(needed(envelope, "/event/user", "event", "user")?),
                tab: text(envelope, "/event/tab").unwrap_or_default(),
            })
        },
    },
    EventKind {
        name: "reaction_added",
        subscriptions: &[("reaction_added", Some("reactions:read"))],
        read: |envelope| reaction(envelope, true),
    },
    EventKind {
        name: "reaction_removed",
        subscriptions: &[("reaction_removed", Some("reactions:read"))],
        read: |envelope| reaction(envelope, false),
    },
    EventKind {
        name: "pin_added",
        subscriptions: &[("pin_added", Some("pins:read"))],
        read: |envelope| pin(envelope, true),
    },
    EventKind {
        name: "pin_removed",
        subscriptions: &[("pin_removed", Some("pins:read"))],
        read: |envelope| pin(envelope, false),
    },
    EventKind {
        name: "app_uninstalled",
        subscriptions: &[("app_uninstalled", None)],
        read: |_| Ok(Event::TurnedAway),
    },
    EventKind {
        name: "tokens_revoked",
        subscriptions: &[("tokens_revoked", None)],
        // One that is a person's, with which they signed in, is nothing to us.
        read: |envelope| {
            let bots = envelope.pointer("/event/tokens/bot").and_then(Value::as_array);
            Ok(match bots {
                Some(bots) if !bots.is_empty() => Event::TurnedAway,
                _ => Event::Other { kind: "tokens_revoked".to_owned() },
            })
        },
    },
    EventKind {
        name: "message",
        subscriptions: &[
            ("message.channels", Some("channels:history")),
            ("message.groups", Some("groups:history")),
            ("message.im", Some("im:history")),
        ],
        read: message,
    },
    EventKind {
        name: "app_mention",
        subscriptions: &[("app_mention", Some("app_mentions:read"))],
        read: |envelope| {
            Ok(wrote_to_us(envelope).unwrap_or(Event::Other { kind: "app_mention".to_owned() }))
        },
    },
];

/// Reads a reaction. One to a file is nothing to us.
fn reaction(envelope: &Value, given: bool) -> Result<Event, Unreadable> {
    let item = |name| some_text(envelope, &format!("/event/item/{name}"));
    let (Some(channel), Some(ts)) = (item("channel"), item("ts")) else {
        return Ok(Event::Other { kind: "reaction".to_owned() });
    };
    Ok(Event::Reaction {
        person: PersonId(needed(envelope, "/event/user", "event", "user")?),
        name: needed(envelope, "/event/reaction", "event", "reaction")?,
        message: MessageRef { channel, ts },
        author: some_text(envelope, "/event/item_user").map(PersonId),
        given,
    })
}

/// Reads a pin. One of a file is nothing to us.
fn pin(envelope: &Value, given: bool) -> Result<Event, Unreadable> {
    let channel = some_text(envelope, "/event/item/channel")
        .or_else(|| some_text(envelope, "/event/channel_id"));
    let (Some(channel), Some(ts)) = (channel, some_text(envelope, "/event/item/message/ts")) else {
        return Ok(Event::Other { kind: "pin".to_owned() });
    };
    let author = some_text(envelope, "/event/item/message/user")
        .or_else(|| some_text(envelope, "/event/item_user"));
    Ok(Event::Pin {
        person: PersonId(needed(envelope, "/event/user", "event", "user")?),
        message: MessageRef { channel, ts },
        author: author.map(PersonId),
        given,
    })
}

/// Reads a message event: edits and deletions, and that people write. One that shows a link's
/// preview changes no words and is no edit.
fn message(envelope: &Value) -> Result<Event, Unreadable> {
    let other = Event::Other { kind: "message".to_owned() };
    let at = |ts: Option<String>| {
        let channel = some_text(envelope, "/event/channel")?;
        Some(MessageRef { channel, ts: ts? })
    };
    let author = |of: &str| some_text(envelope, &format!("/event/{of}/user")).map(PersonId);
    let gone = |ts, author| match at(ts) {
        Some(message) => Event::MessageChanged { message, author, change: MessageChange::Deleted },
        None => Event::Other { kind: "message".to_owned() },
    };
    Ok(match text(envelope, "/event/subtype").as_deref() {
        Some("message_deleted") => {
            gone(some_text(envelope, "/event/deleted_ts"), author("previous_message"))
        }
        Some("message_changed") => {
            let Some(now) = envelope.pointer("/event/message").and_then(said::message) else {
                return Ok(other);
            };
            // What is left of one that was deleted and has replies.
            if now.subtype.as_deref() == Some("tombstone") {
                return Ok(gone(Some(now.ts), author("previous_message")));
            }
            let said = said::said(&now);
            let before = envelope.pointer("/event/previous_message").and_then(said::message);
            let is_same = before.is_some_and(|before| {
                let before = said::said(&before);
                (&before.text, &before.files) == (&said.text, &said.files)
            });
            match at(Some(now.ts)) {
                Some(message) if !is_same && said.edited.is_some() => Event::MessageChanged {
                    message,
                    author: author("message"),
                    change: MessageChange::Edited(said),
                },
                _ => other,
            }
        }
        None if text(envelope, "/event/channel_type").as_deref() == Some("im") => {
            wrote_to_us(envelope).unwrap_or(other)
        }
        // What a program posts has a bot; joins and the like are of other kinds.
        None | Some("file_share" | "thread_broadcast" | "me_message")
            if some_text(envelope, "/event/user").is_some()
                && some_text(envelope, "/event/bot_id").is_none() =>
        {
            Event::Talk {
                channel: needed(envelope, "/event/channel", "event", "channel")?,
                at: some_text(envelope, "/event/ts").and_then(|ts| moment(&ts)),
            }
        }
        _ => other,
    })
}

/// When a message was written: its `ts` is seconds since 1970 with six decimals, as text.
fn moment(ts: &str) -> Option<Timestamp> {
    let (seconds, micros) = ts.split_once('.')?;
    let (seconds, micros) = (seconds.parse::<i64>().ok()?, micros.parse::<i32>().ok()?);
    Timestamp::new(seconds, micros.checked_mul(1000)?).ok()
}

/// Reads what a person wrote to us. What a program writes, ourselves above all, is nothing to answer.
fn wrote_to_us(envelope: &Value) -> Option<Event> {
    if envelope.pointer("/event/bot_id").is_some() || envelope.pointer("/event/subtype").is_some() {
        return None;
    }
    let directly = text(envelope, "/event/channel_type").as_deref() == Some("im");
    let written = text(envelope, "/event/text").unwrap_or_default();
    Some(Event::WroteToUs {
        person: PersonId(some_text(envelope, "/event/user")?),
        channel: some_text(envelope, "/event/channel").filter(|_| !directly),
        text: without_our_name(&written),
    })
}

/// A text without the mention it begins with, which is our name.
fn without_our_name(text: &str) -> String {
    let text = text.trim();
    let after = text.strip_prefix("<@").and_then(|rest| Some(rest.split_once('>')?.1));
    after.unwrap_or(text).trim_start_matches([' ', ',', ':']).trim().to_owned()
}

/// Reads the event itself.
fn event(envelope: &Value) -> Result<Event, Unreadable> {
    let kind = needed(envelope, "/event/type", "event", "type")?;
    match EVENT_KINDS.iter().find(|known| known.name == kind) {
        Some(known) => (known.read)(envelope),
        None => Ok(Event::Other { kind }),
    }
}
