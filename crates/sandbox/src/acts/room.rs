//! What people do in channels besides acting on the app: talking, joining, pinning, reacting, archiving.

use std::sync::Arc;

use super::typed::{self, Mentions};
use crate::core::Core;
use crate::message::{Edit, File, Message};
use crate::slack::room;
use crate::state::State;
use crate::{cast, random};

/// The ids of a person and of a channel they are a member of.
fn member(state: &State, person: &str, channel: &str) -> Result<(String, String), String> {
    let user = super::person(state, person)?;
    let id = super::channel(state, channel, &user)?;
    let found = state.channel(&id).ok_or("the channel is gone")?;
    if found.is_archived {
        return Err(format!("#{} is archived", found.name));
    }
    if !found.has(&user) {
        return Err(format!("join #{} first", found.name));
    }
    Ok((user, id))
}

fn exists(state: &State, channel: &str, ts: &str) -> Result<(), String> {
    let found = state.channel(channel).and_then(|room| room.message(ts));
    found.map(|_| ()).ok_or_else(|| "the message is gone".to_owned())
}

/// Says something, in a thread if one is named; answers the message's id.
pub(crate) fn say(
    core: &Arc<Core>,
    person: &str,
    channel: &str,
    text: &str,
    thread_ts: Option<&str>,
) -> Result<String, String> {
    core.change(|state| {
        let (user, channel) = member(state, person, channel)?;
        let thread_ts = match thread_ts {
            None => None,
            Some(ts) => {
                exists(state, &channel, ts)?;
                let message = state.channel(&channel).and_then(|room| room.message(ts));
                message
                    .and_then(|message| message.thread_ts.clone())
                    .or_else(|| Some(ts.to_owned()))
            }
        };
        let text = typed::mark_up(state, text, Mentions::Bare);
        let message = Message { user, text, thread_ts, ..Message::default() };
        Ok(room::post(state, &channel, message))
    })
}

/// Shares a file with some words; answers the message's id.
pub(crate) fn share(
    core: &Arc<Core>,
    person: &str,
    channel: &str,
    name: &str,
    text: &str,
) -> Result<String, String> {
    core.change(|state| {
        let (user, channel) = member(state, person, channel)?;
        let text = typed::mark_up(state, text, Mentions::Bare);
        let id = random::id("F");
        let permalink = format!("https://{}.slack.com/files/{user}/{id}/{name}", cast::DOMAIN);
        let files = vec![File { id, name: name.to_owned(), permalink }];
        let subtype = Some("file_share".to_owned());
        Ok(room::post(
            state,
            &channel,
            Message { user, text, subtype, files, ..Message::default() },
        ))
    })
}

/// Edits one's own message.
pub(crate) fn edit(
    core: &Arc<Core>,
    person: &str,
    channel: &str,
    ts: &str,
    text: &str,
) -> Result<(), String> {
    core.change(|state| {
        let (user, channel) = member(state, person, channel)?;
        exists(state, &channel, ts)?;
        let text = typed::mark_up(state, text, Mentions::Bare);
        let edited = Edit { user: user.clone(), ts: state.next_ts() };
        let message = state
            .channel_mut(&channel)
            .and_then(|room| room.message_mut(ts))
            .filter(|message| message.user == user)
            .ok_or("only the author can edit a message")?;
        let before = message.clone();
        message.text = text;
        message.edited = Some(edited);
        room::changed(state, &channel, &before);
        Ok(())
    })
}

/// Deletes one's own message.
pub(crate) fn erase(core: &Arc<Core>, person: &str, channel: &str, ts: &str) -> Result<(), String> {
    core.change(|state| {
        let (user, channel) = member(state, person, channel)?;
        let own = state
            .channel(&channel)
            .and_then(|room| room.message(ts))
            .is_some_and(|message| message.user == user);
        if !own {
            return Err("only the author can delete a message".to_owned());
        }
        room::delete(state, &channel, ts);
        Ok(())
    })
}

/// Joins a public channel.
pub(crate) fn join(core: &Arc<Core>, person: &str, channel: &str) -> Result<(), String> {
    core.change(|state| {
        let user = super::person(state, person)?;
        let channel = super::channel(state, channel, &user)?;
        if state.channel(&channel).is_some_and(|room| room.is_archived) {
            return Err("the channel is archived".to_owned());
        }
        room::join(state, &channel, &user, None);
        Ok(())
    })
}

/// Leaves a channel.
pub(crate) fn leave(core: &Arc<Core>, person: &str, channel: &str) -> Result<(), String> {
    core.change(|state| {
        let (user, channel) = member(state, person, channel)?;
        if state.channel(&channel).is_some_and(|room| room.is_general) {
            return Err("nobody can leave #general".to_owned());
        }
        room::leave(state, &channel, &user);
        Ok(())
    })
}

/// Pins a message.
pub(crate) fn pin(core: &Arc<Core>, person: &str, channel: &str, ts: &str) -> Result<(), String> {
    core.change(|state| {
        let (user, channel) = member(state, person, channel)?;
        exists(state, &channel, ts)?;
        if state.channel(&channel).is_some_and(|room| room.pins.iter().any(|pin| pin.ts == ts)) {
            return Err("the message is pinned already".to_owned());
        }
        room::pin(state, &channel, ts, &user);
        Ok(())
    })
}

/// Takes a pin away.
pub(crate) fn unpin(core: &Arc<Core>, person: &str, channel: &str, ts: &str) -> Result<(), String> {
    core.change(|state| {
        let (user, channel) = member(state, person, channel)?;
        room::unpin(state, &channel, ts, &user);
        Ok(())
    })
}

/// Reacts to a message.
pub(crate) fn react(
    core: &Arc<Core>,
    person: &str,
    channel: &str,
    ts: &str,
    name: &str,
) -> Result<(), String> {
    core.change(|state| {
        let (user, channel) = member(state, person, channel)?;
        exists(state, &channel, ts)?;
        room::react(state, &channel, ts, &user, name.trim_matches(':'));
        Ok(())
    })
}

/// Takes a reaction away.
pub(crate) fn unreact(
    core: &Arc<Core>,
    person: &str,
    channel: &str,
    ts: &str,
    name: &str,
) -> Result<(), String> {
    core.change(|state| {
        let (user, channel) = member(state, person, channel)?;
        room::unreact(state, &channel, ts, &user, name.trim_matches(':'));
        Ok(())
    })
}

/// Archives a channel.
pub(crate) fn archive(core: &Arc<Core>, person: &str, channel: &str) -> Result<(), String> {
    core.change(|state| {
        let (user, channel) = member(state, person, channel)?;
        room::archive(state, &channel, &user);
        Ok(())
    })
}

/// Brings an archived channel back.
pub(crate) fn unarchive(core: &Arc<Core>, person: &str, channel: &str) -> Result<(), String> {
    core.change(|state| {
        let user = super::person(state, person)?;
        let channel = super::channel(state, channel, &user)?;
        room::unarchive(state, &channel, &user);
        Ok(())
    })
}

/// Renames a channel.
pub(crate) fn rename(
    core: &Arc<Core>,
    person: &str,
    channel: &str,
    name: &str,
) -> Result<(), String> {
    core.change(|state| {
        let (user, channel) = member(state, person, channel)?;
        if state.channels.iter().any(|other| other.name == name) {
            return Err(format!("there is a channel #{name} already"));
        }
        room::rename(state, &channel, &user, name);
        Ok(())
    })
}
