//! `reactions.*`.

use serde_json::{Value, json};

use super::Outcome;
use super::access::{self, Doing};
use crate::cast;
use crate::message::Reaction;
use crate::slack::arguments::Arguments;
use crate::slack::refusal::Refusal;
use crate::slack::room;
use crate::state::State;

fn item(state: &State, args: &Arguments) -> Result<(String, String), Refusal> {
    let channel = access::seen(state, args, "channel", Doing::Anything)?;
    let ts = args.filled("timestamp").ok_or_else(|| Refusal::new("no_item_specified"))?;
    if channel.is_archived {
        return Err(Refusal::new("is_archived"));
    }
    if channel.message(&ts).is_none() {
        return Err(Refusal::new("message_not_found"));
    }
    Ok((channel.id.clone(), ts))
}

fn name(args: &Arguments) -> Result<String, Refusal> {
    let name = args.need("name")?;
    let allowed =
        |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "_-+:".contains(char);
    let colons = name.starts_with(':') || name.ends_with(':');
    if name.is_empty() || colons || !name.chars().all(allowed) {
        return Err(Refusal::new("invalid_name"));
    }
    Ok(name)
}

pub(crate) fn add(state: &mut State, args: &Arguments) -> Outcome {
    let name = name(args)?;
    let (channel, ts) = item(state, args)?;
    if room::react(state, &channel, &ts, cast::BOT_USER, &name) {
        Ok(json!({}))
    } else {
        Err(Refusal::new("already_reacted"))
    }
}

pub(crate) fn remove(state: &mut State, args: &Arguments) -> Outcome {
    let name = name(args)?;
    let (channel, ts) = item(state, args)?;
    if room::unreact(state, &channel, &ts, cast::BOT_USER, &name) {
        Ok(json!({}))
    } else {
        Err(Refusal::new("no_reaction"))
    }
}

pub(crate) fn get(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::seen(state, args, "channel", Doing::Anything)?;
    let ts = args.filled("timestamp").ok_or_else(|| Refusal::new("no_item_specified"))?;
    let message = channel.message(&ts).ok_or_else(|| Refusal::new("message_not_found"))?;
    let mut described = message.describe();
    described["permalink"] = json!(room::permalink(state, &channel.id, &ts));
    described["reactions"] = message.reactions.iter().map(Reaction::describe).collect::<Value>();
    Ok(json!({"type": "message", "channel": channel.id, "message": described}))
}
