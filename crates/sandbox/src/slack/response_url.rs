//! Response URLs: good for five answers within half an hour of what a person did.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::blockkit::{self, Surface};
use super::room;
use crate::call::Vendor;
use crate::core::Core;
use crate::door::Cut;
use crate::message::{Ephemeral, Message};
use crate::state::State;
use crate::vendor::{self, Denial, Reply, Request};
use crate::{cast, random};

/// How long one lives, in microseconds.
const LIFE: i64 = 30 * 60 * 1_000_000;

/// What the person acted on; it decides what `replace_original` means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Origin {
    /// A command or a message shortcut: there is no original to replace.
    Nothing,
    /// A message in the channel.
    Message(String),
    /// A message only this person sees.
    Ephemeral(String),
}

/// A response URL that was handed out.
#[derive(Clone, Debug)]
pub(crate) struct ResponseUrl {
    user: String,
    channel: String,
    thread_ts: Option<String>,
    origin: Origin,
    issued: i64,
    uses_left: u32,
}

/// Hands out a URL for what this person just did in this channel.
pub(crate) fn issue(
    state: &mut State,
    user: &str,
    channel: &str,
    thread_ts: Option<String>,
    origin: Origin,
) -> String {
    let id = random::hex(12);
    let issued = state.clock.micros();
    state.response_urls.insert(
        id.clone(),
        ResponseUrl {
            user: user.to_owned(),
            channel: channel.to_owned(),
            thread_ts,
            origin,
            issued,
            uses_left: 5,
        },
    );
    format!("{}/slack/response/{id}", state.base_url)
}

/// Answers `/slack/response/{id}`.
pub(crate) async fn call(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let args = vendor::for_the_record(&body);
    let given = serde_json::from_slice::<Value>(&body).ok();
    let request = Request {
        vendor: Vendor::Slack,
        method: "response_url".to_owned(),
        args,
        deed: Box::new(move |state, _| match respond(state, &id, given) {
            Ok(()) => Reply::text(StatusCode::OK, "ok", "ok"),
            Err((status, code)) => Reply::text(status, code, code),
        }),
        refuse: |denial| match denial {
            Denial::Throttled(wait) => {
                let mut reply =
                    Reply::text(StatusCode::TOO_MANY_REQUESTS, "ratelimited", "http 429");
                reply.headers.push(("retry-after", wait.to_string()));
                reply
            }
            Denial::TokenRevoked | Denial::MissingScope(_) => {
                Reply::text(StatusCode::FORBIDDEN, "action_prohibited", "action_prohibited")
            }
            Denial::Refused(code) => Reply::text(StatusCode::BAD_REQUEST, code, code),
        },
    };
    vendor::answer(core, cut, request).await
}

type Failure = (StatusCode, &'static str);

fn respond(state: &mut State, id: &str, given: Option<Value>) -> Result<(), Failure> {
    let now = state.clock.micros();
    let Some(url) = state.response_urls.get_mut(id) else {
        return Err((StatusCode::NOT_FOUND, "no_service"));
    };
    if now - url.issued > LIFE {
        return Err((StatusCode::NOT_FOUND, "expired_url"));
    }
    if url.uses_left == 0 {
        return Err((StatusCode::NOT_FOUND, "used_url"));
    }
    let message =
        given.filter(Value::is_object).ok_or((StatusCode::BAD_REQUEST, "invalid_payload"))?;
    url.uses_left -= 1;
    let url = url.clone();
    say(state, &url, &message)
}

/// Says in a channel what the app answered to a command, in its HTTP answer.
pub(crate) fn answer_command(
    state: &mut State,
    user: &str,
    channel: &str,
    message: &Value,
) -> Result<(), &'static str> {
    let url = ResponseUrl {
        user: user.to_owned(),
        channel: channel.to_owned(),
        thread_ts: None,
        origin: Origin::Nothing,
        issued: 0,
        uses_left: 1,
    };
    say(state, &url, message).map_err(|(_, code)| code)
}

fn say(state: &mut State, url: &ResponseUrl, message: &Value) -> Result<(), Failure> {
    if message["delete_original"] == true {
        return take_back(state, url);
    }
    let bad = |code| Err((StatusCode::BAD_REQUEST, code));
    let blocks = match &message["blocks"] {
        Value::Null => Vec::new(),
        Value::Array(blocks) => blocks.clone(),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(blocks) => blocks,
            Err(_) => return bad("invalid_blocks_format"),
        },
        _ => return bad("invalid_blocks_format"),
    };
    let complaints = blockkit::check_blocks(&blocks, Surface::Message);
    if let Some(first) = complaints.first() {
        state.problem(format!("blocks of an answer are refused: {first}"));
        return bad("invalid_blocks");
    }
    let blocks = blockkit::complete(blocks);
    let text = message["text"].as_str().unwrap_or_default().to_owned();
    if text.is_empty() && blocks.is_empty() {
        return bad("no_text");
    }
    if message["replace_original"] == true && url.origin != Origin::Nothing {
        return replace(state, url, text, blocks);
    }
    let thread_ts =
        message["thread_ts"].as_str().map(str::to_owned).or_else(|| url.thread_ts.clone());
    match message["response_type"].as_str() {
        None | Some("ephemeral") => {
            let id = state.next_ts();
            let at = state.clock.text();
            let (user, channel) = (url.user.clone(), url.channel.clone());
            state.ephemerals.push(Ephemeral { id, user, channel, thread_ts, text, blocks, at });
        }
        Some("in_channel") => {
            if state.channel(&url.channel).is_some_and(|channel| channel.is_archived) {
                return Err((StatusCode::GONE, "channel_is_archived"));
            }
            let message = Message {
                user: cast::BOT_USER.to_owned(),
                bot: true,
                text,
                blocks,
                thread_ts,
                ..Message::default()
            };
            room::post(state, &url.channel, message);
        }
        Some(_) => return bad("invalid_payload"),
    }
    Ok(())
}

fn replace(
    state: &mut State,
    url: &ResponseUrl,
    text: String,
    blocks: Vec<Value>,
) -> Result<(), Failure> {
    let gone = (StatusCode::NOT_FOUND, "message_not_found");
    match &url.origin {
        Origin::Ephemeral(id) => {
            let shown =
                state.ephemerals.iter_mut().find(|message| message.id == *id).ok_or(gone)?;
            shown.text = text;
            shown.blocks = blocks;
        }
        Origin::Message(ts) => {
            let message = state
                .channel_mut(&url.channel)
                .and_then(|room| room.message_mut(ts))
                .ok_or(gone)?;
            let before = message.clone();
            message.text = text;
            message.blocks = blocks;
            room::changed(state, &url.channel, &before);
        }
        Origin::Nothing => {}
    }
    Ok(())
}

fn take_back(state: &mut State, url: &ResponseUrl) -> Result<(), Failure> {
    match &url.origin {
        Origin::Ephemeral(id) => state.ephemerals.retain(|message| message.id != *id),
        Origin::Message(ts) => room::delete(state, &url.channel, ts),
        Origin::Nothing => return Err((StatusCode::BAD_REQUEST, "invalid_payload")),
    }
    Ok(())
}

/// The plain text or JSON an app may answer a command with, as a message.
pub(crate) fn message_of(content_type: &str, body: &str) -> Result<Option<Value>, String> {
    if body.trim().is_empty() {
        return Ok(None);
    }
    if content_type.starts_with("application/json") {
        let message: Value =
            serde_json::from_str(body).map_err(|error| format!("answer is no JSON: {error}"))?;
        return if message.is_object() {
            Ok(Some(message))
        } else {
            Err("answer is no JSON object".to_owned())
        };
    }
    Ok(Some(json!({"text": body})))
}
