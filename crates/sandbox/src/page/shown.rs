//! The state as one person sees it, in the shape the page draws.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::act::page_faults;
use crate::acts;
use crate::channel::Channel;
use crate::core::Core;
use crate::notion::NotionBlock;
use crate::state::{State, json as plain_json};

/// Whose eyes to look through.
#[derive(Debug, Deserialize)]
pub(crate) struct As {
    #[serde(rename = "as")]
    person: Option<String>,
}

/// Answers `/sandbox/state?as=U…`.
pub(crate) async fn state(
    Shared(core): Shared<Arc<Core>>,
    Query(asked): Query<As>,
) -> (StatusCode, Json<Value>) {
    let faults = page_faults(&core);
    let who = asked.person.unwrap_or_else(|| "ines".to_owned());
    let shown = core.read(|state| show(state, &who));
    match shown {
        None => {
            let error = json!({"ok": false, "error": "there is nobody of that name"});
            (StatusCode::NOT_FOUND, Json(error))
        }
        Some(mut shown) => {
            shown["dashboard_url"] = json!(core.dashboard_url);
            shown["faults"] = faults;
            (StatusCode::OK, Json(shown))
        }
    }
}

fn show(state: &State, who: &str) -> Option<Value> {
    let me = state.person(who)?;
    let visible: Vec<&Channel> =
        state.channels.iter().filter(|channel| channel.visible_to(&me.id)).collect();
    let messages: Map<String, Value> =
        visible.iter().map(|channel| (channel.id.clone(), said(channel))).collect();
    let (command, usage_hint, description) = acts::COMMAND;
    let incidents = &state.pager.incidents;
    Some(json!({
        "team": {"id": crate::cast::TEAM, "name": "SIMA sandbox", "domain": crate::cast::DOMAIN},
        "me": me,
        "people": state.people.iter().filter(|person| person.id != "USLACKBOT").collect::<Vec<_>>(),
        "groups": state.groups,
        "channels": visible.iter().map(|channel| listed(channel, &me.id)).collect::<Vec<_>>(),
        "messages": messages,
        "ephemerals": state.ephemerals_of(&me.id),
        "view": state.modal(&me.id).map(|view| {
            json!({"id": view.id, "view": view.describe(), "errors": view.errors})
        }),
        "home": state.home(&me.id).map(crate::view::View::describe),
        "notices": state.notices.iter().filter(|notice| notice.user == me.id).collect::<Vec<_>>(),
        "pager": {"incidents": plain_json(incidents), "others": plain_json(&state.other_pages)},
        "documents": state.notion.pages.iter().filter(|page| !page.in_trash).map(|page| json!({
            "id": page.id, "title": page.title, "properties": page.properties, "url": page.url,
            "created_at": page.created_at, "edited_at": page.edited_at,
            "blocks": page.blocks.iter().map(nested).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "status_page": {"incidents": plain_json(&state.status_page.incidents)},
        "told": plain_json(&state.told),
        "commands": [{"command": command, "usage_hint": usage_hint, "description": description}],
        "version": state.version,
    }))
}

fn listed(channel: &Channel, me: &str) -> Value {
    let is_member = channel.has(me);
    let read = channel.last_read.get(me).map(String::as_str).unwrap_or_default();
    let unread = is_member
        && channel.messages.iter().any(|message| {
            message.subtype.is_none() && message.user != me && message.ts.as_str() > read
        });
    json!({
        "id": channel.id,
        "name": if channel.is_im { "SIMA" } else { &channel.name },
        "is_private": channel.is_private,
        "is_im": channel.is_im,
        "is_archived": channel.is_archived,
        "is_member": is_member,
        "topic": channel.topic,
        "purpose": channel.purpose,
        "members": channel.members,
        "unread": unread,
        "pins": channel.pins.iter().map(|pin| &pin.ts).collect::<Vec<_>>(),
        "bookmarks": channel.bookmarks.iter().map(|bookmark| json!({
            "title": bookmark.title, "link": bookmark.link, "emoji": bookmark.emoji,
        })).collect::<Vec<_>>(),
    })
}

fn said(channel: &Channel) -> Value {
    channel
        .messages
        .iter()
        .map(|message| {
            let mut shown = plain_json(message);
            shown["pinned"] = json!(channel.pins.iter().any(|pin| pin.ts == message.ts));
            shown["reply_count"] = json!(channel.replies(&message.ts).count());
            shown
        })
        .collect()
}

fn nested(block: &NotionBlock) -> Value {
    let mut shown = block.describe();
    shown["children"] = block.children.iter().map(nested).collect();
    shown
}
