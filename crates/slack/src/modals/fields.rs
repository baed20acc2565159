//! The inputs our forms are made of.
//!
//! Source: docs.slack.dev, "Block Kit", "Modals", 2026-01.

use serde_json::{Value, json};
use sima_incident::IncidentId;

use crate::{actions, messages::plain_line};

/// The most options a list may have.
const MAX_OPTIONS: usize = 100;
/// The longest text of an option, of its description, and of its value as older clients have it.
const MAX_OPTION: usize = 75;

/// A form with a title and the label of its button, both at most 24 characters.
pub(super) fn modal(
    callback: &str,
    title: &str,
    submit: &str,
    kept: &str,
    blocks: &[Value],
) -> Value {
    json!({
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain("Cancel", 24),
        "private_metadata": kept,
        "blocks": blocks,
    })
}

/// An input; its element has the block's name too.
pub(super) fn input(block: &str, label: &str, optional: bool, element: Value) -> Value {
    let mut element = element;
    element["action_id"] = json!(block);
    json!({
        "type": "input",
        "block_id": block,
        "label": plain(label, 2000),
        "optional": optional,
        "element": element,
    })
}

/// The same with a word of advice below.
pub(super) fn advised(mut input: Value, hint: &str) -> Value {
    input["hint"] = plain(hint, 2000);
    input
}

/// Has us hear of what is chosen in an input, before the form is submitted.
pub(super) fn heard_at_once(input: &mut Value) {
    input["dispatch_action"] = json!(true);
}

/// Has us hear of what is typed into an input, before the form is submitted.
pub(super) fn heard_while_typed(input: &mut Value) {
    input["dispatch_action"] = json!(true);
    input["element"]["dispatch_action_config"] =
        json!({ "trigger_actions_on": ["on_enter_pressed", "on_character_entered"] });
}

/// A line of text.
pub(super) fn text(initial: &str, example: &str, longest: usize) -> Value {
    let mut element = json!({
        "type": "plain_text_input",
        "max_length": longest,
        "placeholder": plain(example, 150),
    });
    if !initial.trim().is_empty() {
        let initial: String = initial.chars().take(longest).collect();
        element["initial_value"] = json!(initial);
    }
    element
}

/// Several lines of text.
pub(super) fn lines(initial: &str, example: &str, longest: usize) -> Value {
    let mut element = text(initial, example, longest);
    element["multiline"] = json!(true);
    element
}

/// One of a list. Slack refuses an empty one, so there is none then.
pub(super) fn choice(mut options: Vec<Value>, chosen: &str) -> Option<Value> {
    // Whatever is chosen must be among those offered.
    if let Some(at) = options.iter().position(|option| option["value"] == chosen)
        && at >= MAX_OPTIONS
    {
        options.swap(at, MAX_OPTIONS - 1);
    }
    options.truncate(MAX_OPTIONS);
    if options.is_empty() {
        return None;
    }
    let initial = options.iter().find(|option| option["value"] == chosen).cloned();
    let mut element = json!({ "type": "static_select", "options": options });
    if let Some(initial) = initial {
        element["initial_option"] = initial;
    }
    Some(element)
}

/// One option. Its value is at most 75 characters, or it cannot be offered.
pub(super) fn option(text: &str, value: &str, description: Option<&str>) -> Option<Value> {
    if value.is_empty() || value.chars().count() > MAX_OPTION {
        return None;
    }
    let mut option = json!({ "text": plain(text, MAX_OPTION), "value": value });
    if let Some(description) = description.filter(|description| !description.trim().is_empty()) {
        option["description"] = plain(description, MAX_OPTION);
    }
    Some(option)
}

/// Plain text of at most so many characters.
pub(super) fn plain(text: &str, longest: usize) -> Value {
    json!({ "type": "plain_text", "text": plain_line(text, longest), "emoji": true })
}

/// The incident a form was about: it was given to keep as `private_metadata`.
pub(super) fn kept_incident(private_metadata: &str) -> Option<IncidentId> {
    let kept: Value = serde_json::from_str(private_metadata).ok()?;
    actions::incident(kept.get("incident")?.as_str()?)
}

/// Gives a form its incident to keep.
pub(super) fn keep_incident(incident: IncidentId) -> String {
    json!({ "incident": incident.to_string() }).to_string()
}
