//! `pins.*`.

use serde_json::{Value, json};

use super::Outcome;
use super::access::{self, Doing};
use crate::cast;
use crate::slack::arguments::Arguments;
use crate::slack::refusal::Refusal;
use crate::slack::room;
use crate::state::State;

/// By an old help page; the present number is not published.
const PINS_MAX: usize = 100;

pub(crate) fn add(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::open(state, args, "channel", Doing::Anything)?;
    let ts = args.filled("timestamp").ok_or_else(|| Refusal::new("no_item_specified"))?;
    let message = channel.message(&ts).ok_or_else(|| Refusal::new("message_not_found"))?;
    if message.subtype.is_some() {
        return Err(Refusal::new("not_pinnable"));
    }
    if channel.pins.iter().any(|pin| pin.ts == ts) {
        return Err(Refusal::new("already_pinned"));
    }
    if channel.pins.len() >= PINS_MAX {
        return Err(Refusal::new("too_many_pins"));
    }
    let channel = channel.id.clone();
    room::pin(state, &channel, &ts, cast::BOT_USER);
    Ok(json!({}))
}

pub(crate) fn remove(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::inside(state, args, "channel", Doing::Anything)?;
    let ts = args.filled("timestamp").ok_or_else(|| Refusal::new("no_item_specified"))?;
    if !channel.pins.iter().any(|pin| pin.ts == ts) {
        return Err(Refusal::new("no_pin"));
    }
    let channel = channel.id.clone();
    room::unpin(state, &channel, &ts, cast::BOT_USER);
    Ok(json!({}))
}

pub(crate) fn list(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::inside(state, args, "channel", Doing::Anything)?;
    let items: Vec<Value> = channel
        .pins
        .iter()
        .rev()
        .filter_map(|pin| {
            let mut message = channel.message(&pin.ts)?.describe();
            message["pinned_to"] = json!([channel.id]);
            message["permalink"] = json!(room::permalink(state, &channel.id, &pin.ts));
            Some(json!({
                "type": "message", "channel": channel.id, "created": pin.at, "created_by": pin.by,
                "message": message,
            }))
        })
        .collect();
    Ok(json!({"items": items}))
}
