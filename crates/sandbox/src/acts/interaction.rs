//! Clicks and choices: `block_actions` from messages, private messages, modals and App Home.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::entry;
use crate::core::Core;
use crate::delivery::{self, Answer};
use crate::slack::response_url::{self, Origin};
use crate::slack::trigger;
use crate::state::State;
use crate::{cast, form, view};

/// Where the element that is acted on is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// A message in a channel.
    Message {
        /// The channel, by id or name.
        channel: String,
        /// The message's id.
        ts: String,
    },
    /// A message only this person sees.
    Ephemeral {
        /// Its id.
        id: String,
    },
    /// An open modal; the top one when no id is given.
    View {
        /// Its id.
        #[serde(default)]
        id: String,
    },
    /// The person's App Home.
    Home,
}

/// What an interaction is about, ready to be put into a payload.
pub(super) struct Scene {
    /// Fields of the payload that say where: container, channel, message, view, response_url.
    pub(super) fields: Map<String, Value>,
    pub(super) blocks: Value,
    pub(super) view: Option<String>,
    pub(super) values: Value,
}

/// Describes a source as payloads do; `with_url` adds a response URL where Slack gives one.
pub(super) fn scene(
    state: &mut State,
    user: &str,
    source: &Source,
    with_url: bool,
) -> Result<Scene, String> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    match source {
        Source::Message { channel, ts } => {
            let id = super::channel(state, channel, user)?;
            let room = state.channel(&id).ok_or("the channel is gone")?;
            let message = room.message(ts).ok_or("the message is gone")?.clone();
            let mut container = json!({
                "type": "message", "message_ts": ts, "channel_id": id, "is_ephemeral": false,
            });
            if let Some(thread_ts) = &message.thread_ts {
                container["thread_ts"] = json!(thread_ts);
            }
            put("channel", json!({"id": id, "name": room.payload_name()}));
            put("container", container);
            put("message", message.describe());
            if with_url {
                let reply_to = message.is_reply().then(|| message.thread_ts.clone()).flatten();
                let origin = Origin::Message(ts.clone());
                put("response_url", json!(response_url::issue(state, user, &id, reply_to, origin)));
            }
            let blocks = json!(message.blocks);
            let values = view::entered(&blocks, &Value::Null);
            Ok(Scene { fields, blocks, view: None, values })
        }
        Source::Ephemeral { id } => {
            let shown = state
                .ephemerals
                .iter()
                .find(|message| message.id == *id && message.user == user)
                .ok_or("the message is gone")?
                .clone();
            let name = state.channel(&shown.channel).map(|room| room.payload_name().to_owned());
            let mut container = json!({
                "type": "message", "message_ts": id, "channel_id": shown.channel, "is_ephemeral": true,
            });
            if let Some(thread_ts) = &shown.thread_ts {
                container["thread_ts"] = json!(thread_ts);
            }
            put("channel", json!({"id": shown.channel, "name": name}));
            put("container", container);
            if with_url {
                let origin = Origin::Ephemeral(id.clone());
                let url = response_url::issue(
                    state,
                    user,
                    &shown.channel,
                    shown.thread_ts.clone(),
                    origin,
                );
                put("response_url", json!(url));
            }
            let blocks = json!(shown.blocks);
            let values = view::entered(&blocks, &Value::Null);
            Ok(Scene { fields, blocks, view: None, values })
        }
        Source::View { id } => {
            let stack = state.modals.get(user);
            let open = stack.and_then(|stack| {
                if id.is_empty() { stack.last() } else { stack.iter().find(|view| view.id == *id) }
            });
            let open = open.ok_or("the dialog is closed")?;
            put("container", json!({"type": "view", "view_id": open.id}));
            put("view", open.describe());
            let blocks = open.body["blocks"].clone();
            Ok(Scene { fields, blocks, view: Some(open.id.clone()), values: open.values.clone() })
        }
        Source::Home => {
            let home = state.homes.get(user).ok_or("the home tab is empty")?;
            put("container", json!({"type": "view", "view_id": home.id}));
            put("view", home.describe());
            let blocks = home.body["blocks"].clone();
            Ok(Scene { fields, blocks, view: Some(home.id.clone()), values: home.values.clone() })
        }
    }
}

/// The fields that every interaction has.
pub(super) fn envelope(state: &State, kind: &str, user: &str) -> Map<String, Value> {
    let person = state.person(user).map(crate::person::Person::in_payload);
    let Value::Object(fields) = json!({
        "type": kind,
        "user": person,
        "api_app_id": cast::APP,
        "token": "sandbox-verification-token",
        "team": {"id": cast::TEAM, "domain": cast::DOMAIN},
        "enterprise": null,
        "is_enterprise_install": false,
    }) else {
        return Map::new();
    };
    fields
}

/// Sends an interaction; failures are told to the person and recorded.
pub(super) async fn deliver(
    core: &Arc<Core>,
    user: &str,
    payload: Map<String, Value>,
) -> Result<delivery::Delivered, Answer> {
    let kind = payload["type"].as_str().unwrap_or_default().to_owned();
    let text = Value::Object(payload).to_string();
    let body = form::write(&[("payload", &text)]);
    let sent =
        delivery::send(core, "/slack/interactions", "application/x-www-form-urlencoded", body, &[]);
    match sent.await {
        Ok(delivered) => Ok(delivered),
        Err(failure) => {
            let (told, said) = if kind.starts_with("view_") {
                ("trouble_connecting", "We had some trouble connecting. Try again?")
            } else if failure.status.is_some() {
                ("dispatch_failed", "This app responded with an error. Try again?")
            } else {
                ("operation_timed_out", "This app did not respond in time (operation_timed_out).")
            };
            Err(core.change(|state| {
                state.problem(format!("{kind} got no proper answer: {failure:?}"));
                state.notify(user, told, said);
                Answer {
                    status: failure.status,
                    body: String::new(),
                    trouble: Some(said.to_owned()),
                }
            }))
        }
    }
}

/// A person acts on an element: clicks a button, chooses an option.
///
/// `given` is a value in short (`"sev1"`, `["a", "b"]`) or the fields Slack would send
/// (`{"selected_option": …}`); null for a button.
pub(crate) async fn act(
    core: &Arc<Core>,
    person: &str,
    source: &Source,
    block_id: Option<&str>,
    action_id: &str,
    given: &Value,
    typed: &Value,
) -> Answer {
    let prepared =
        core.change(|state| prepare(state, person, source, block_id, action_id, given, typed));
    let (user, payload) = match prepared {
        Ok(prepared) => prepared,
        Err(why) => return Answer::not_sent(why),
    };
    match deliver(core, &user, payload).await {
        Err(answer) => answer,
        Ok(delivered) => {
            let mut trouble = None;
            if !delivered.body.trim().is_empty() {
                let said = format!("block_actions was answered with a body: {}", delivered.body);
                core.change(|state| state.problem(said.clone()));
                trouble = Some(said);
            }
            Answer { status: Some(delivered.status), body: delivered.body, trouble }
        }
    }
}

fn prepare(
    state: &mut State,
    person: &str,
    source: &Source,
    block_id: Option<&str>,
    action_id: &str,
    given: &Value,
    typed: &Value,
) -> Result<(String, Map<String, Value>), String> {
    let user = super::person(state, person)?;
    let mut scene = scene(state, &user, source, true)?;
    let (block, element) = find(&scene.blocks, block_id, action_id)?;
    let block_id = block["block_id"].as_str().unwrap_or_default().to_owned();
    entry::merge(&scene.blocks, &mut scene.values, typed)?;
    let mut action = Map::new();
    let kind = element["type"].as_str().unwrap_or_default();
    for name in ["text", "value", "style", "url"] {
        if kind == "button" && element.get(name).is_some() {
            action.insert(name.to_owned(), element[name].clone());
        }
    }
    if kind == "overflow" {
        action.insert("selected_option".to_owned(), entry::option(element, given)?);
    } else if kind == "button" || view::slot(kind).is_none() {
        if let Some(value) = given.as_str() {
            action.insert("value".to_owned(), json!(value));
        }
    } else {
        let entered = entry::read(element, given)?;
        for (name, value) in entered.as_object().into_iter().flatten() {
            action.insert(name.clone(), value.clone());
        }
        scene.values[&block_id][action_id] = entered;
    }
    action.insert("type".to_owned(), json!(kind));
    action.insert("action_id".to_owned(), json!(action_id));
    action.insert("block_id".to_owned(), json!(block_id));
    action.insert("action_ts".to_owned(), json!(state.next_ts()));
    let mut payload = envelope(state, "block_actions", &user);
    let trigger_id = trigger::issue(state, &user, scene.view.as_deref());
    if let Some(open) = scene.view.as_deref().and_then(|id| state.view_mut(id)) {
        open.values = scene.values.clone();
        scene.fields.insert("view".to_owned(), open.describe());
    } else {
        payload.insert("state".to_owned(), json!({"values": scene.values}));
    }
    payload.insert("trigger_id".to_owned(), json!(trigger_id));
    payload.extend(scene.fields);
    payload.insert("actions".to_owned(), json!([action]));
    Ok((user, payload))
}

/// The element with this action id, in this block or in the only one that has it.
pub(super) fn find<'a>(
    blocks: &'a Value,
    block_id: Option<&str>,
    action_id: &str,
) -> Result<(&'a Value, &'a Value), String> {
    blocks
        .as_array()
        .into_iter()
        .flatten()
        .filter(|block| block_id.is_none_or(|id| block["block_id"] == id))
        .find_map(|block| {
            let elements = view::elements(block);
            let element = elements.into_iter().find(|element| element["action_id"] == action_id)?;
            Some((block, element))
        })
        .ok_or_else(|| format!("there is nothing to act on called {action_id}"))
}
