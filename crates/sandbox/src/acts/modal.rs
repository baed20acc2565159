//! Submitting and closing modals, and judging what the app answers to a submission.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::entry;
use super::interaction::{deliver, envelope};
use crate::core::Core;
use crate::delivery::Answer;
use crate::slack::blockkit::Surface;
use crate::slack::methods::views;
use crate::slack::trigger;
use crate::state::State;
use crate::view::View;

const TROUBLE: &str = "We had some trouble connecting. Try again?";

/// The modal a person means: by id, or the top one.
fn meant<'a>(state: &'a State, user: &str, view_id: &str) -> Result<&'a View, String> {
    let stack = state.modals.get(user).ok_or("no dialog is open")?;
    let found = if view_id.is_empty() {
        stack.last()
    } else {
        stack.iter().find(|view| view.id == view_id)
    };
    found.ok_or_else(|| "the dialog is closed".to_owned())
}

/// A person fills in a modal and submits it.
pub(crate) async fn submit(core: &Arc<Core>, person: &str, view_id: &str, typed: &Value) -> Answer {
    let prepared = core.change(|state| {
        let user = super::person(state, person)?;
        let view = meant(state, &user, view_id)?;
        if view.body["submit"].is_null()
            && !view.body["blocks"]
                .as_array()
                .is_some_and(|blocks| blocks.iter().any(|block| block["type"] == "input"))
        {
            return Err("this dialog has nothing to submit".to_owned());
        }
        let id = view.id.clone();
        let blocks = view.body["blocks"].clone();
        let mut values = view.values.clone();
        entry::merge(&blocks, &mut values, typed)?;
        let obstacles = entry::obstacles(&blocks, &values);
        let view = state.view_mut(&id).ok_or("the dialog is closed")?;
        view.values = values;
        view.errors = obstacles.iter().map(|(block, what)| (block.clone(), json!(what))).collect();
        if let Some((block, what)) = obstacles.first() {
            return Err(format!("{block}: {what}"));
        }
        let described = view.describe();
        let mut payload = envelope(state, "view_submission", &user);
        payload.insert("trigger_id".to_owned(), json!(trigger::issue(state, &user, Some(&id))));
        payload.insert("view".to_owned(), described);
        payload.insert("response_urls".to_owned(), json!([]));
        Ok((user, id, payload))
    });
    let (user, id, payload) = match prepared {
        Ok(prepared) => prepared,
        Err(why) => return Answer::not_sent(why),
    };
    let delivered = match deliver(core, &user, payload).await {
        Ok(delivered) => delivered,
        Err(answer) => return answer,
    };
    let trouble = core.change(|state| {
        let judged = judge(state, &user, &id, &delivered.content_type, &delivered.body);
        judged.err().map(|why| {
            state.problem(format!("answer to view_submission is refused: {why}"));
            state.notify(&user, "trouble_connecting", TROUBLE);
            format!("{TROUBLE} ({why})")
        })
    });
    Answer { status: Some(delivered.status), body: delivered.body, trouble }
}

/// Does what the app answered, if it is one of the five things it may answer.
fn judge(
    state: &mut State,
    user: &str,
    id: &str,
    content_type: &str,
    body: &str,
) -> Result<(), String> {
    if body.is_empty() {
        let stack = state.modals.entry(user.to_owned()).or_default();
        // This view goes, and with it whatever the app put on top of it meanwhile.
        if let Some(at) = stack.iter().position(|view| view.id == id) {
            stack.truncate(at);
        }
        return Ok(());
    }
    if !content_type.starts_with("application/json") {
        return Err(format!("content type is {content_type:?}, not application/json"));
    }
    let answer: Map<String, Value> =
        serde_json::from_str(body).map_err(|error| format!("no JSON object: {error}"))?;
    let action = answer.get("response_action").and_then(Value::as_str).unwrap_or_default();
    let fields: &[&str] = match action {
        "clear" => &["response_action"],
        "errors" => &["response_action", "errors"],
        "update" | "push" => &["response_action", "view"],
        other => return Err(format!("response_action {other:?} is unknown")),
    };
    if let Some(odd) = answer.keys().find(|key| !fields.contains(&key.as_str())) {
        return Err(format!("unexpected key {odd:?}"));
    }
    match action {
        "clear" => {
            state.modals.remove(user);
            Ok(())
        }
        "errors" => {
            let errors =
                answer.get("errors").and_then(Value::as_object).cloned().unwrap_or_default();
            show_errors(state, id, errors)
        }
        _ => {
            let view = answer.get("view").cloned().unwrap_or_default();
            let view = views::check(view, Surface::Modal)
                .map_err(|refusal| Value::Object(refusal.extra).to_string())?;
            if action == "push" {
                return views::stack(state, user, view).map(|_| ()).map_err(|refusal| refusal.code);
            }
            let now = state.clock.micros();
            let open = state.view_mut(id).ok_or("the view to update is closed")?;
            open.replace(view, now);
            Ok(())
        }
    }
}

fn show_errors(state: &mut State, id: &str, errors: Map<String, Value>) -> Result<(), String> {
    let view = state.view_mut(id).ok_or("the view with the errors is closed")?;
    if errors.is_empty() {
        return Err("errors is empty".to_owned());
    }
    for (block_id, text) in &errors {
        if view.block(block_id).is_none_or(|block| block["type"] != "input") {
            return Err(format!("errors names {block_id:?}, which is no input block of the view"));
        }
        if text.as_str().is_none_or(str::is_empty) {
            return Err(format!("the error of {block_id:?} is no text"));
        }
    }
    view.errors = errors;
    Ok(())
}

/// A person closes a modal; `whole_stack` is the X, otherwise the button of the top view.
pub(crate) async fn close(
    core: &Arc<Core>,
    person: &str,
    view_id: &str,
    whole_stack: bool,
) -> Answer {
    let prepared = core.change(|state| {
        let user = super::person(state, person)?;
        let id = meant(state, &user, view_id)?.id.clone();
        let stack = state.modals.entry(user.clone()).or_default();
        let at = stack.iter().position(|view| view.id == id).unwrap_or(0);
        let at = if whole_stack || stack[at].body["clear_on_close"] == true { 0 } else { at };
        let closed = stack[at].clone();
        let cleared = stack.len() - at > 1 || (whole_stack && stack.len() > 1);
        stack.truncate(at);
        let payload = (closed.body["notify_on_close"] == true).then(|| {
            let mut payload = envelope(state, "view_closed", &user);
            payload.insert("view".to_owned(), closed.describe());
            payload.insert("is_cleared".to_owned(), json!(cleared));
            payload
        });
        Ok::<_, String>((user, payload))
    });
    match prepared {
        Err(why) => Answer::not_sent(why),
        Ok((_, None)) => Answer::default(),
        Ok((user, Some(payload))) => match deliver(core, &user, payload).await {
            Ok(delivered) => {
                Answer { status: Some(delivered.status), body: delivered.body, trouble: None }
            }
            Err(answer) => answer,
        },
    }
}
