//! `conversations.*`: making channels, who is in them, what they are called.

use serde_json::{Value, json};

use super::Outcome;
use super::access::{self, Doing};
use crate::channel::Channel;
use crate::slack::arguments::{self, Arguments};
use crate::slack::refusal::Refusal;
use crate::slack::{names, room};
use crate::state::State;
use crate::{cast, random};

fn described(state: &State, channel: &str) -> Outcome {
    let channel = state.channel(channel).ok_or_else(|| Refusal::new("channel_not_found"))?;
    Ok(json!({"channel": channel.describe()}))
}

fn free(state: &State, name: &str, own: Option<&str>) -> Result<(), Refusal> {
    let taken = state
        .channels
        .iter()
        .any(|channel| channel.name == name && own != Some(channel.id.as_str()));
    if taken { Err(Refusal::new("name_taken")) } else { Ok(()) }
}

pub(crate) fn create(state: &mut State, args: &Arguments) -> Outcome {
    let name = args.need("name")?;
    let is_private = args.flag("is_private");
    let needed = if is_private { "groups:write" } else { "channels:manage" };
    if !state.scopes.iter().any(|scope| scope == needed) {
        return Err(Refusal::missing_scope(state, needed));
    }
    names::check(&name)?;
    free(state, &name, None)?;
    let id = random::id("C");
    let channel = Channel::new(&id, &name, is_private, cast::BOT_USER, state.clock.seconds());
    state.channels.push(channel);
    room::join(state, &id, cast::BOT_USER, None);
    described(state, &id)
}

/// Why a person cannot be added to a channel, in the order Slack looks.
fn obstacle(state: &State, channel: &Channel, user: &str) -> Option<&'static str> {
    if user == cast::BOT_USER {
        return Some("cant_invite_self");
    }
    let Some(person) = state.people.iter().find(|person| person.id == user) else {
        return Some("user_not_found");
    };
    let elsewhere = || state.channels.iter().any(|other| !other.is_im && other.has(user));
    if person.deleted || user == "USLACKBOT" {
        Some("cant_invite")
    } else if channel.has(user) {
        Some("already_in_channel")
    } else if person.is_ultra_restricted && elsewhere() {
        Some("ura_max_channels")
    } else if person.is_ultra_restricted {
        Some("user_is_restricted")
    } else {
        None
    }
}

pub(crate) fn invite(state: &mut State, args: &Arguments) -> Outcome {
    invite_each(state, args, |_| None)
}

/// Invites everybody but one, who fails with `error`.
pub(crate) fn invite_all_but(
    state: &mut State,
    args: &Arguments,
    user: &str,
    error: &str,
) -> Outcome {
    invite_each(state, args, |invited| (invited == user).then(|| error.to_owned()))
}

fn invite_each(
    state: &mut State,
    args: &Arguments,
    also_fails: impl Fn(&str) -> Option<String>,
) -> Outcome {
    let channel = access::open(state, args, "channel", Doing::Managing)?.clone();
    let users = args.list("users");
    if users.is_empty() {
        return Err(Refusal::new("no_user"));
    }
    if users.len() > 100 {
        return Err(Refusal::invalid("no more than 100 users allowed"));
    }
    let judged: Vec<(String, Option<String>)> = users
        .into_iter()
        .map(|user| {
            let error =
                also_fails(&user).or_else(|| obstacle(state, &channel, &user).map(str::to_owned));
            (user, error)
        })
        .collect();
    let failed = judged.iter().any(|(_, error)| error.is_some());
    // One bad name spoils the batch, unless the caller asked to go on.
    if !failed || args.flag("force") {
        for (user, error) in &judged {
            if error.is_none() {
                room::join(state, &channel.id, user, Some(cast::BOT_USER));
            }
        }
    }
    let first = judged.iter().find_map(|(_, error)| error.clone());
    match first {
        None => described(state, &channel.id),
        Some(first) => {
            let errors: Vec<Value> = judged
                .iter()
                .filter_map(|(user, error)| {
                    error.as_ref().map(|error| json!({"user": user, "ok": false, "error": error}))
                })
                .collect();
            Err(Refusal::new(&first).with("errors", json!(errors)))
        }
    }
}

pub(crate) fn join(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::seen(state, args, "channel", Doing::Anything)?.clone();
    if channel.is_archived {
        return Err(Refusal::new("is_archived"));
    }
    if channel.is_private {
        return Err(Refusal::new("method_not_supported_for_channel_type"));
    }
    let already = channel.has(cast::BOT_USER);
    room::join(state, &channel.id, cast::BOT_USER, None);
    let mut answer = described(state, &channel.id)?;
    if already {
        answer["warning"] = json!("already_in_channel");
        answer["response_metadata"] = json!({"warnings": ["already_in_channel"]});
    }
    Ok(answer)
}

pub(crate) fn leave(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::seen(state, args, "channel", Doing::Managing)?.clone();
    if channel.is_archived {
        return Err(Refusal::new("is_archived"));
    }
    if channel.is_general {
        return Err(Refusal::new("cant_leave_general"));
    }
    if !channel.has(cast::BOT_USER) {
        return Ok(json!({"not_in_channel": true}));
    }
    if channel.members.len() == 1 && channel.is_private {
        return Err(Refusal::new("last_member"));
    }
    room::leave(state, &channel.id, cast::BOT_USER);
    Ok(json!({}))
}

pub(crate) fn kick(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::inside(state, args, "channel", Doing::Managing)?.clone();
    let user = args.need("user")?;
    if channel.is_general {
        return Err(Refusal::new("cant_kick_from_general"));
    }
    if user == cast::BOT_USER {
        return Err(Refusal::new("cant_kick_self"));
    }
    if !state.people.iter().any(|person| person.id == user) {
        return Err(Refusal::new("user_not_found"));
    }
    if !channel.has(&user) {
        return Err(Refusal::new("not_in_channel"));
    }
    room::leave(state, &channel.id, &user);
    Ok(json!({"errors": {}}))
}

pub(crate) fn set_topic(state: &mut State, args: &Arguments) -> Outcome {
    describe_as(state, args, "topic")
}

pub(crate) fn set_purpose(state: &mut State, args: &Arguments) -> Outcome {
    describe_as(state, args, "purpose")
}

fn describe_as(state: &mut State, args: &Arguments, what: &str) -> Outcome {
    let channel = access::open(state, args, "channel", Doing::Managing)?.clone();
    let text = args.need(what)?;
    if text.chars().count() > 250 {
        return Err(Refusal::new("too_long"));
    }
    if let Some(room) = state.channel_mut(&channel.id) {
        let place = if what == "topic" { &mut room.topic } else { &mut room.purpose };
        place.clone_from(&text);
    }
    let line = if what == "topic" {
        format!("set the channel topic: {text}")
    } else {
        format!("set the channel description: {text}")
    };
    room::remark(state, &channel.id, cast::BOT_USER, &format!("{}_{what}", channel.kind()), &line);
    described(state, &channel.id)
}

pub(crate) fn rename(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::open(state, args, "channel", Doing::Managing)?.clone();
    let name = args.need("name")?;
    if channel.creator != cast::BOT_USER {
        return Err(Refusal::new("not_authorized"));
    }
    names::check(&name)?;
    free(state, &name, Some(&channel.id))?;
    if channel.name != name {
        room::rename(state, &channel.id, cast::BOT_USER, &name);
    }
    described(state, &channel.id)
}

pub(crate) fn archive(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::seen(state, args, "channel", Doing::Managing)?.clone();
    if channel.is_archived {
        return Err(Refusal::new("already_archived"));
    }
    if channel.is_general {
        return Err(Refusal::new("cant_archive_general"));
    }
    if !channel.has(cast::BOT_USER) {
        return Err(Refusal::new("not_in_channel"));
    }
    room::archive(state, &channel.id, cast::BOT_USER);
    Ok(json!({}))
}

/// A bot token cannot: it was put out when the channel was archived. Documented as a defect.
pub(crate) fn unarchive(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::seen(state, args, "channel", Doing::Managing)?;
    let code = if channel.is_archived { "not_in_channel" } else { "not_archived" };
    Err(Refusal::new(code))
}

pub(crate) fn info(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::seen(state, args, "channel", Doing::Reading)?;
    let mut described = channel.describe();
    if args.flag("include_num_members") {
        described["num_members"] = json!(channel.members.len());
    }
    Ok(json!({"channel": described}))
}

fn wanted(args: &Arguments) -> Result<Vec<String>, Refusal> {
    const TYPES: [&str; 4] = ["public_channel", "private_channel", "mpim", "im"];
    let types = args.list("types");
    if types.iter().any(|kind| !TYPES.contains(&kind.as_str())) {
        return Err(Refusal::new("invalid_types"));
    }
    Ok(if types.is_empty() { vec!["public_channel".to_owned()] } else { types })
}

fn is_wanted(channel: &Channel, types: &[String]) -> bool {
    let kind = match channel.kind() {
        "im" => "im",
        "group" => "private_channel",
        _ => "public_channel",
    };
    types.iter().any(|wanted| wanted == kind)
}

pub(crate) fn list(state: &mut State, args: &Arguments) -> Outcome {
    let types = wanted(args)?;
    let (limit, offset) = args.page(100, 999)?;
    let all: Vec<&Channel> = state
        .channels
        .iter()
        .filter(|channel| channel.visible_to(cast::BOT_USER) && is_wanted(channel, &types))
        .collect();
    let (page, next) = arguments::cut(all, limit, offset);
    // Archived ones are left out after paging, as at Slack: a page may come short, or empty.
    let exclude_archived = args.flag("exclude_archived");
    let channels: Vec<Value> = page
        .into_iter()
        .filter(|channel| !(exclude_archived && channel.is_archived))
        .map(|channel| {
            let mut described = channel.describe();
            described["num_members"] = json!(channel.members.len());
            described
        })
        .collect();
    Ok(json!({"channels": channels, "response_metadata": {"next_cursor": next}}))
}

pub(crate) fn of_user(state: &mut State, args: &Arguments) -> Outcome {
    let types = wanted(args)?;
    let (limit, offset) = args.page(100, 999)?;
    let user = args.filled("user").unwrap_or_else(|| cast::BOT_USER.to_owned());
    let exclude_archived = args.flag("exclude_archived");
    let all: Vec<Value> = state
        .channels
        .iter()
        .filter(|channel| {
            channel.has(&user) && channel.visible_to(cast::BOT_USER) && is_wanted(channel, &types)
        })
        .filter(|channel| !(exclude_archived && channel.is_archived))
        .map(|channel| {
            let mut described = channel.describe();
            if let Some(fields) = described.as_object_mut() {
                fields.remove("is_member");
            }
            described
        })
        .collect();
    let (channels, next) = arguments::cut(all, limit, offset);
    Ok(json!({"channels": channels, "response_metadata": {"next_cursor": next}}))
}

pub(crate) fn members(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::seen(state, args, "channel", Doing::Reading)?;
    let (limit, offset) = args.page(100, 999)?;
    let (members, next) = arguments::cut(channel.members.clone(), limit, offset);
    Ok(json!({"members": members, "response_metadata": {"next_cursor": next}}))
}

pub(crate) fn open(state: &mut State, args: &Arguments) -> Outcome {
    let users = args.list("users");
    let [user] = users.as_slice() else {
        let code = match (users.len(), args.filled("channel")) {
            (0, Some(_)) => {
                let channel = access::seen(state, args, "channel", Doing::Anything)?;
                return Ok(
                    json!({"channel": {"id": channel.id}, "no_op": true, "already_open": true}),
                );
            }
            (0, None) => "users_list_not_supplied",
            (2..=8, _) => "invalid_user_combination",
            _ => "too_many_users",
        };
        return Err(Refusal::new(code));
    };
    let person = state
        .people
        .iter()
        .find(|person| person.id == *user)
        .ok_or_else(|| Refusal::new("user_not_found"))?;
    if person.deleted {
        return Err(Refusal::new("user_disabled"));
    }
    let id = state.direct(user);
    let mut channel = json!({"id": id});
    if args.flag("return_im") {
        channel = state.channel(&id).map(Channel::describe).unwrap_or_default();
    }
    Ok(json!({"channel": channel}))
}
