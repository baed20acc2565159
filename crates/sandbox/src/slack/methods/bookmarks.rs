//! `bookmarks.*`: the bar of links under a channel's name.

use serde_json::{Value, json};

use super::Outcome;
use super::access::{self, Doing};
use crate::channel::Bookmark;
use crate::random;
use crate::slack::arguments::Arguments;
use crate::slack::refusal::Refusal;
use crate::state::State;

/// The maximum is not published.
const BOOKMARKS_MAX: usize = 100;

fn link(args: &Arguments) -> Result<String, Refusal> {
    let link = args.filled("link").unwrap_or_default();
    if link.starts_with("https://") || link.starts_with("http://") {
        Ok(link)
    } else {
        Err(Refusal::new("invalid_link"))
    }
}

fn emoji(args: &Arguments) -> Result<String, Refusal> {
    let emoji = args.filled("emoji").unwrap_or_default();
    let named = emoji.len() > 2 && emoji.starts_with(':') && emoji.ends_with(':');
    if emoji.is_empty() || named { Ok(emoji) } else { Err(Refusal::new("invalid_emoji")) }
}

pub(crate) fn add(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::inside(state, args, "channel_id", Doing::Anything)?;
    if channel.is_archived {
        return Err(Refusal::new("permission_denied"));
    }
    if args.need("type")? != "link" {
        return Err(Refusal::new("invalid_bookmark_type"));
    }
    if channel.bookmarks.len() >= BOOKMARKS_MAX {
        return Err(Refusal::new("too_many_bookmarks"));
    }
    let bookmark = Bookmark {
        id: random::id("Bk"),
        title: args.need("title")?,
        link: link(args)?,
        emoji: emoji(args)?,
        created: state.clock.seconds(),
    };
    let channel = channel.id.clone();
    let described = bookmark.describe(&channel, 0);
    if let Some(room) = state.channel_mut(&channel) {
        room.bookmarks.push(bookmark);
    }
    Ok(json!({"bookmark": described}))
}

pub(crate) fn edit(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::inside(state, args, "channel_id", Doing::Anything)?.id.clone();
    let id = args.need("bookmark_id")?;
    let new_link = args.filled("link").map(|_| link(args)).transpose()?;
    let new_emoji = emoji(args)?;
    let bookmark = state
        .channel_mut(&channel)
        .and_then(|room| room.bookmarks.iter_mut().find(|bookmark| bookmark.id == id))
        .ok_or_else(|| Refusal::new("not_found"))?;
    if let Some(title) = args.filled("title") {
        bookmark.title = title;
    }
    if let Some(link) = new_link {
        bookmark.link = link;
    }
    if !new_emoji.is_empty() {
        bookmark.emoji = new_emoji;
    }
    Ok(json!({"bookmark": bookmark.describe(&channel, 0)}))
}

pub(crate) fn list(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::inside(state, args, "channel_id", Doing::Anything)?;
    let bookmarks: Vec<Value> = channel
        .bookmarks
        .iter()
        .enumerate()
        .map(|(rank, bookmark)| bookmark.describe(&channel.id, rank))
        .collect();
    Ok(json!({"bookmarks": bookmarks}))
}

pub(crate) fn remove(state: &mut State, args: &Arguments) -> Outcome {
    let channel = access::inside(state, args, "channel_id", Doing::Anything)?.id.clone();
    let id = args.need("bookmark_id")?;
    let room = state.channel_mut(&channel).ok_or_else(|| Refusal::new("channel_not_found"))?;
    let before = room.bookmarks.len();
    room.bookmarks.retain(|bookmark| bookmark.id != id);
    if room.bookmarks.len() == before {
        return Err(Refusal::new("not_found"));
    }
    Ok(json!({}))
}
