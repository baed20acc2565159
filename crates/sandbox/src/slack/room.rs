//! What can happen in a channel, whoever does it: joining, leaving, posting, pinning, reacting, archiving.
//!
//! Each act changes the state and emits the events that Slack sends for it.

use serde_json::{Value, json};

use super::arguments::Arguments;
use crate::cast;
use crate::channel::Pin;
use crate::message::{Message, Reaction};
use crate::state::State;

/// Sends a `message` event about a channel, if the bot is there to hear it.
fn tell(state: &mut State, channel: &str, mut event: Value) {
    let Some(room) = state.channel(channel) else { return };
    if !room.has(cast::BOT_USER) {
        return;
    }
    event["channel"] = json!(channel);
    event["channel_type"] = json!(room.kind());
    state.emit(event);
}

/// Puts a message into a channel and returns its id.
pub(crate) fn post(state: &mut State, channel: &str, mut message: Message) -> String {
    let ts = state.next_ts();
    message.ts.clone_from(&ts);
    let mut event = message.describe();
    event["event_ts"] = json!(ts);
    let Some(room) = state.channel_mut(channel) else { return ts };
    if let Some(parent) = message.thread_ts.clone() {
        if message.broadcast {
            event["subtype"] = json!("thread_broadcast");
        }
        if let Some(parent) = room.message_mut(&parent) {
            event["parent_user_id"] = json!(parent.user);
            parent.thread_ts = Some(parent.ts.clone());
        }
    }
    let by_person = !message.bot && message.subtype.is_none();
    let user = message.user.clone();
    let mentions_bot = message.text.contains(&format!("<@{}", cast::BOT_USER));
    room.last_read.insert(user, ts.clone());
    room.messages.push(message);
    let is_im = room.is_im;
    tell(state, channel, event.clone());
    if by_person && mentions_bot && !is_im {
        event["type"] = json!("app_mention");
        tell(state, channel, event);
    }
    ts
}

/// Posts one of the lines Slack itself writes, such as `channel_join`.
pub(crate) fn remark(
    state: &mut State,
    channel: &str,
    user: &str,
    subtype: &str,
    text: &str,
) -> String {
    let message = Message {
        user: user.to_owned(),
        text: text.to_owned(),
        subtype: Some(subtype.to_owned()),
        bot: false,
        ..Message::default()
    };
    post(state, channel, message)
}

/// Adds a member; nothing happens when they are one already.
pub(crate) fn join(state: &mut State, channel: &str, user: &str, inviter: Option<&str>) {
    let now = state.next_ts();
    let Some(room) = state.channel_mut(channel) else { return };
    if room.has(user) {
        return;
    }
    room.members.push(user.to_owned());
    room.last_read.insert(user.to_owned(), now.clone());
    let letter = room.letter();
    let prefix = room.kind();
    remark(
        state,
        channel,
        user,
        &format!("{prefix}_join"),
        &format!("<@{user}> has joined the {prefix}"),
    );
    let mut event = json!({
        "type": "member_joined_channel", "user": user, "channel": channel, "channel_type": letter,
        "team": cast::TEAM, "event_ts": now,
    });
    if let Some(inviter) = inviter {
        event["inviter"] = json!(inviter);
    }
    if state.channel(channel).is_some_and(|room| room.has(cast::BOT_USER)) {
        state.emit(event);
    }
}

/// Removes a member; the bot hears of its own leaving too.
pub(crate) fn leave(state: &mut State, channel: &str, user: &str) {
    let now = state.next_ts();
    let Some(room) = state.channel_mut(channel) else { return };
    if !room.has(user) {
        return;
    }
    let heard = room.has(cast::BOT_USER);
    room.members.retain(|member| member != user);
    let letter = room.letter();
    let prefix = room.kind();
    remark(
        state,
        channel,
        user,
        &format!("{prefix}_leave"),
        &format!("<@{user}> has left the {prefix}"),
    );
    if heard {
        state.emit(json!({
            "type": "member_left_channel", "user": user, "channel": channel, "channel_type": letter,
            "team": cast::TEAM, "event_ts": now,
        }));
    }
}

/// Archives a channel and puts every bot out of it, as Slack does.
pub(crate) fn archive(state: &mut State, channel: &str, user: &str) {
    life_cycle(state, channel, user, true);
    if let Some(room) = state.channel_mut(channel) {
        room.members.retain(|member| member != cast::BOT_USER);
    }
}

/// Brings an archived channel back; the bot stays outside until it joins again.
pub(crate) fn unarchive(state: &mut State, channel: &str, user: &str) {
    life_cycle(state, channel, user, false);
}

fn life_cycle(state: &mut State, channel: &str, user: &str, archived: bool) {
    let now = state.next_ts();
    let Some(room) = state.channel_mut(channel) else { return };
    room.is_archived = archived;
    let kind = room.kind();
    let (public, visible) = (!room.is_private, room.visible_to(cast::BOT_USER));
    let act = if archived { "archive" } else { "unarchive" };
    remark(state, channel, user, &format!("{kind}_{act}"), &format!("{act}d the channel"));
    let mut event = json!({"type": format!("{kind}_{act}"), "channel": channel, "event_ts": now});
    if public {
        event["user"] = json!(user);
        event["is_moved"] = json!(0);
    }
    // A private channel's return is told too: only its former members would otherwise never know.
    if visible || !archived {
        state.emit(event);
    }
}

/// Gives a channel another name.
pub(crate) fn rename(state: &mut State, channel: &str, user: &str, name: &str) {
    let now = state.next_ts();
    let Some(room) = state.channel_mut(channel) else { return };
    let old = std::mem::replace(&mut room.name, name.to_owned());
    room.previous_names.insert(0, old);
    let (kind, created, private) = (room.kind(), room.created, room.is_private);
    let visible = room.visible_to(cast::BOT_USER);
    remark(
        state,
        channel,
        user,
        &format!("{kind}_name"),
        &format!("has renamed the channel to \"{name}\""),
    );
    if visible {
        state.emit(json!({
            "type": format!("{kind}_rename"),
            "channel": {
                "id": channel, "is_channel": !private, "is_mpim": false, "name": name,
                "name_normalized": name, "created": created,
            },
            "event_ts": now,
        }));
    }
}

/// Pins a message; the caller has checked that it is not pinned yet.
pub(crate) fn pin(state: &mut State, channel: &str, ts: &str, user: &str) {
    let at = state.clock.seconds();
    let Some(room) = state.channel_mut(channel) else { return };
    room.pins.push(Pin { ts: ts.to_owned(), by: user.to_owned(), at });
    pin_event(state, "pin_added", channel, ts, user, at);
    remark(state, channel, user, "pinned_item", "pinned a message to this channel.");
}

/// Takes a pin away.
pub(crate) fn unpin(state: &mut State, channel: &str, ts: &str, user: &str) {
    let at = state.clock.seconds();
    let Some(room) = state.channel_mut(channel) else { return };
    room.pins.retain(|pin| pin.ts != ts);
    pin_event(state, "pin_removed", channel, ts, user, at);
}

fn pin_event(state: &mut State, kind: &str, channel: &str, ts: &str, user: &str, at: i64) {
    let event_ts = state.next_ts();
    let link = permalink(state, channel, ts);
    let Some(room) = state.channel(channel).filter(|room| room.has(cast::BOT_USER)) else { return };
    let Some(message) = room.message(ts) else { return };
    let mut shown = message.describe();
    shown["pinned_to"] = json!([channel]);
    shown["permalink"] = json!(link);
    let event = json!({
        "type": kind, "user": user, "channel_id": channel,
        "item": {
            "type": "message", "channel": channel, "created": at, "created_by": user, "message": shown,
        },
        "item_user": message.user,
        "pin_count": room.pins.len(),
        "pinned_info": {"channel": channel, "pinned_by": user, "pinned_ts": at},
        "event_ts": event_ts,
    });
    state.emit(event);
}

/// Adds a reaction; `false` when this person gave it already.
pub(crate) fn react(state: &mut State, channel: &str, ts: &str, user: &str, name: &str) -> bool {
    let Some(message) = state.channel_mut(channel).and_then(|room| room.message_mut(ts)) else {
        return false;
    };
    let author = message.user.clone();
    match message.reactions.iter_mut().find(|reaction| reaction.name == name) {
        Some(reaction) if reaction.users.iter().any(|other| other == user) => return false,
        Some(reaction) => reaction.users.push(user.to_owned()),
        None => {
            message
                .reactions
                .push(Reaction { name: name.to_owned(), users: vec![user.to_owned()] });
        }
    }
    reaction_event(state, "reaction_added", channel, ts, user, name, &author);
    true
}

/// Takes a reaction away; `false` when there was none of this person.
pub(crate) fn unreact(state: &mut State, channel: &str, ts: &str, user: &str, name: &str) -> bool {
    let Some(message) = state.channel_mut(channel).and_then(|room| room.message_mut(ts)) else {
        return false;
    };
    let author = message.user.clone();
    let Some(reaction) = message.reactions.iter_mut().find(|reaction| reaction.name == name) else {
        return false;
    };
    let before = reaction.users.len();
    reaction.users.retain(|other| other != user);
    let removed = reaction.users.len() < before;
    message.reactions.retain(|reaction| !reaction.users.is_empty());
    if removed {
        reaction_event(state, "reaction_removed", channel, ts, user, name, &author);
    }
    removed
}

fn reaction_event(
    state: &mut State,
    kind: &str,
    channel: &str,
    ts: &str,
    user: &str,
    name: &str,
    author: &str,
) {
    let event_ts = state.next_ts();
    if state.channel(channel).is_some_and(|room| room.has(cast::BOT_USER)) {
        state.emit(json!({
            "type": kind, "user": user, "reaction": name,
            "item": {"type": "message", "channel": channel, "ts": ts},
            "item_user": author, "event_ts": event_ts,
        }));
    }
}

/// Emits `message_changed` after an edit; `before` is the message as it was.
pub(crate) fn changed(state: &mut State, channel: &str, before: &Message) {
    let now = state.next_ts();
    let Some(after) = state.channel(channel).and_then(|room| room.message(&before.ts)) else {
        return;
    };
    let event = json!({
        "type": "message", "subtype": "message_changed", "hidden": true, "ts": now, "event_ts": now,
        "message": after.describe(), "previous_message": before.describe(),
    });
    tell(state, channel, event);
}

/// Removes a message for good and emits `message_deleted`. Replies keep a placeholder as their parent.
pub(crate) fn delete(state: &mut State, channel: &str, ts: &str) {
    let now = state.next_ts();
    let Some(room) = state.channel_mut(channel) else { return };
    let Some(at) = room.messages.iter().position(|message| message.ts == ts) else { return };
    let has_replies = room.replies(ts).next().is_some();
    let before = room.messages.remove(at);
    if has_replies {
        room.messages.insert(
            at,
            Message {
                ts: ts.to_owned(),
                user: "USLACKBOT".to_owned(),
                text: "This message was deleted.".to_owned(),
                subtype: Some("tombstone".to_owned()),
                thread_ts: Some(ts.to_owned()),
                ..Message::default()
            },
        );
    }
    room.pins.retain(|pin| pin.ts != ts);
    let event = json!({
        "type": "message", "subtype": "message_deleted", "hidden": true, "ts": now, "event_ts": now,
        "deleted_ts": ts, "previous_message": before.describe(),
    });
    tell(state, channel, event);
}

/// The link to a message.
pub(crate) fn permalink(state: &State, channel: &str, ts: &str) -> String {
    let parent = state
        .channel(channel)
        .and_then(|room| room.message(ts))
        .filter(|message| message.is_reply())
        .and_then(|message| message.thread_ts.clone());
    let link = format!("{}/archives/{channel}/p{}", state.base_url, ts.replace('.', ""));
    match parent {
        Some(parent) => format!("{link}?thread_ts={parent}&cid={channel}"),
        None => link,
    }
}

/// Plays the admin who archives the channel of a call just before it is carried out.
pub(crate) fn archive_behind_our_back(state: &mut State, args: &Arguments) {
    let channel = args.text("channel").or_else(|| args.text("channel_id")).unwrap_or_default();
    if state.channel(&channel).is_some_and(|room| !room.is_archived) {
        archive(state, &channel, "U0NOUR0001");
    }
}
