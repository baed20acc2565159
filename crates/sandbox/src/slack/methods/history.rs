//! `conversations.history` and `conversations.replies`: reading back what was said.

use serde_json::{Value, json};

use super::Outcome;
use super::access::{self, Doing};
use crate::cast;
use crate::channel::Channel;
use crate::message::Message;
use crate::slack::arguments::{self, Arguments};
use crate::slack::refusal::Refusal;
use crate::state::State;

/// The message as history shows it: parents with their counts, metadata on request.
fn shown(channel: &Channel, message: &Message, all_metadata: bool) -> Value {
    let mut shown = message.describe();
    let replies: Vec<&Message> = channel.replies(&message.ts).collect();
    if let Some(latest) = replies.last() {
        let mut users: Vec<&str> = replies.iter().map(|reply| reply.user.as_str()).collect();
        users.sort_unstable();
        users.dedup();
        shown["reply_count"] = json!(replies.len());
        shown["latest_reply"] = json!(latest.ts);
        shown["reply_users"] = json!(users);
        shown["reply_users_count"] = json!(users.len());
    }
    if let (true, Some(metadata)) = (all_metadata, &message.metadata) {
        shown["metadata"] = metadata.clone();
    }
    if channel.pins.iter().any(|pin| pin.ts == message.ts) {
        shown["pinned_to"] = json!([channel.id]);
    }
    shown
}

fn bound(args: &Arguments, name: &str) -> Result<Option<(u64, u64)>, Refusal> {
    let Some(text) = args.filled(name) else { return Ok(None) };
    order(&text).map(Some).ok_or_else(|| Refusal::new(&format!("invalid_ts_{name}")))
}

/// A message id in a form that compares by time.
fn order(ts: &str) -> Option<(u64, u64)> {
    if ts == "now" {
        return Some((u64::MAX, 0));
    }
    let (seconds, micros) = ts.split_once('.').unwrap_or((ts, "0"));
    Some((seconds.parse().ok()?, format!("{micros:0<6}").parse().ok()?))
}

fn within<'a>(
    messages: impl Iterator<Item = &'a Message>,
    args: &Arguments,
) -> Result<Vec<&'a Message>, Refusal> {
    let oldest = bound(args, "oldest")?;
    let latest = bound(args, "latest")?;
    let inclusive = args.flag("inclusive");
    Ok(messages
        .filter(|message| {
            let at = order(&message.ts).unwrap_or_default();
            let after = oldest.is_none_or(|bound| at > bound || (inclusive && at == bound));
            let before = latest.is_none_or(|bound| at < bound || (inclusive && at == bound));
            after && before
        })
        .collect())
}

pub(crate) fn history(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::inside(state, args, "channel", Doing::History)?;
    let (limit, offset) = args.page(100, 999)?;
    let top = channel.messages.iter().filter(|message| !message.is_reply() || message.broadcast);
    let mut messages = within(top, args)?;
    messages.reverse();
    let (page, next) = arguments::cut(messages, limit, offset);
    let all_metadata = args.flag("include_all_metadata");
    let page: Vec<Value> =
        page.into_iter().map(|message| shown(channel, message, all_metadata)).collect();
    Ok(json!({
        "messages": page,
        "has_more": !next.is_empty(),
        "pin_count": channel.pins.len(),
        "response_metadata": {"next_cursor": next},
    }))
}

pub(crate) fn replies(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::seen(state, args, "channel", Doing::History)?;
    if !channel.has(cast::BOT_USER) {
        return Err(Refusal::new("channel_not_found"));
    }
    let ts = args.need("ts")?;
    let (limit, offset) = args.page(1000, 1000)?;
    let asked = channel.message(&ts).ok_or_else(|| Refusal::new("thread_not_found"))?;
    let parent = asked.thread_ts.clone().unwrap_or_else(|| ts.clone());
    let mut thread = Vec::new();
    if asked.is_reply() {
        thread.push(asked);
    } else {
        thread.extend(channel.message(&parent));
        thread.extend(within(channel.replies(&parent), args)?);
    }
    let (page, next) = arguments::cut(thread, limit, offset);
    let all_metadata = args.flag("include_all_metadata");
    let page: Vec<Value> =
        page.into_iter().map(|message| shown(channel, message, all_metadata)).collect();
    Ok(json!({
        "messages": page,
        "has_more": !next.is_empty(),
        "response_metadata": {"next_cursor": next},
    }))
}
