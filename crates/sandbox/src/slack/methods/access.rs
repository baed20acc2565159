//! What the bot may see and touch: channels it knows of, those it is in, those that are open.

use crate::cast;
use crate::channel::Channel;
use crate::slack::arguments::Arguments;
use crate::slack::refusal::Refusal;
use crate::state::State;

/// What a method is about to do with a channel, by the scopes it needs for either kind.
#[derive(Clone, Copy)]
pub(crate) enum Doing {
    Reading,
    History,
    Managing,
    /// Scope does not depend on the kind of channel.
    Anything,
}

/// The channel named by an argument, if the bot may know of it and has the scope for its kind.
pub(crate) fn seen<'a>(
    state: &'a State,
    args: &Arguments,
    name: &str,
    doing: Doing,
) -> Result<&'a Channel, Refusal> {
    let id = args.need(name)?;
    let channel = state
        .channels
        .iter()
        .find(|channel| channel.id == id && channel.visible_to(cast::BOT_USER))
        .ok_or_else(|| Refusal::new("channel_not_found"))?;
    let needed = match (doing, channel.kind()) {
        (Doing::Anything, _) => return Ok(channel),
        (Doing::Reading, "channel") => "channels:read",
        (Doing::Reading, "group") => "groups:read",
        (Doing::Reading, _) => "im:read",
        (Doing::History, "channel") => "channels:history",
        (Doing::History, "group") => "groups:history",
        (Doing::History, _) => "im:history",
        (Doing::Managing, "channel") => "channels:manage",
        (Doing::Managing, "group") => "groups:write",
        (Doing::Managing, _) => return Err(Refusal::new("method_not_supported_for_channel_type")),
    };
    if state.scopes.iter().any(|scope| scope == needed) {
        Ok(channel)
    } else {
        Err(Refusal::missing_scope(state, needed))
    }
}

/// As [`seen`], and the bot is a member.
pub(crate) fn inside<'a>(
    state: &'a State,
    args: &Arguments,
    name: &str,
    doing: Doing,
) -> Result<&'a Channel, Refusal> {
    let channel = seen(state, args, name, doing)?;
    if channel.has(cast::BOT_USER) { Ok(channel) } else { Err(Refusal::new("not_in_channel")) }
}

/// As [`inside`], and the channel is not archived. That is asked first: the bot is out of an archived one.
pub(crate) fn open<'a>(
    state: &'a State,
    args: &Arguments,
    name: &str,
    doing: Doing,
) -> Result<&'a Channel, Refusal> {
    if seen(state, args, name, doing)?.is_archived {
        return Err(Refusal::new("is_archived"));
    }
    inside(state, args, name, doing)
}
