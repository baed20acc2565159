//! Modals and App Homes, and what a person has entered in them.

use serde_json::{Map, Value, json};

use crate::{cast, random};

/// An open modal or a published App Home.
#[derive(Clone, Debug)]
pub struct View {
    /// View id, `V…`.
    pub id: String,
    /// Whose screen it is on.
    pub user: String,
    /// The view as the app gave it, with the ids and defaults that Slack adds.
    pub body: Value,
    /// Changes at each update.
    pub hash: String,
    /// The bottom of its stack.
    pub root_id: String,
    /// The view below it.
    pub previous_id: Option<String>,
    /// What has been entered: `values[block_id][action_id]`.
    pub values: Value,
    /// Field errors the app answered with, by block id.
    pub errors: Map<String, Value>,
}

impl View {
    pub(crate) fn new(user: &str, body: Value, now: i64) -> Self {
        let id = random::id("V");
        let values = entered(&body["blocks"], &Value::Null);
        Self {
            root_id: id.clone(),
            id,
            user: user.to_owned(),
            body,
            hash: hash(now),
            previous_id: None,
            values,
            errors: Map::new(),
        }
    }

    /// Puts another body in its place; entries survive where both ids stay the same.
    pub(crate) fn replace(&mut self, body: Value, now: i64) {
        self.values = entered(&body["blocks"], &self.values);
        self.body = body;
        self.hash = hash(now);
        self.errors.clear();
    }

    /// `modal` or `home`.
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    /// The app's name for it.
    pub fn callback_id(&self) -> &str {
        self.body["callback_id"].as_str().unwrap_or_default()
    }

    /// The block with this id.
    pub fn block(&self, block_id: &str) -> Option<&Value> {
        self.body["blocks"].as_array()?.iter().find(|block| block["block_id"] == block_id)
    }

    /// The view object of the Web API and of payloads.
    pub(crate) fn describe(&self) -> Value {
        let mut view = self.body.clone();
        let set = |view: &mut Value, key: &str, value: Value| {
            if view.get(key).is_none_or(Value::is_null) {
                view[key] = value;
            }
        };
        view["id"] = json!(self.id);
        view["team_id"] = json!(cast::TEAM);
        view["state"] = json!({"values": self.values});
        view["hash"] = json!(self.hash);
        view["previous_view_id"] = json!(self.previous_id);
        view["root_view_id"] = json!(self.root_id);
        view["app_id"] = json!(cast::APP);
        view["app_installed_team_id"] = json!(cast::TEAM);
        view["bot_id"] = json!(cast::BOT);
        set(&mut view, "title", json!({"type": "plain_text", "text": "View Title", "emoji": true}));
        set(&mut view, "close", Value::Null);
        set(&mut view, "submit", Value::Null);
        set(&mut view, "external_id", json!(""));
        set(&mut view, "callback_id", json!(""));
        set(&mut view, "private_metadata", json!(""));
        set(&mut view, "clear_on_close", json!(false));
        set(&mut view, "notify_on_close", json!(false));
        view
    }
}

/// The elements of a block that hold state or can be acted on.
pub(crate) fn elements(block: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    match block["type"].as_str() {
        Some("actions" | "context_actions") => {
            found.extend(block["elements"].as_array().into_iter().flatten());
        }
        Some("input") => found.push(&block["element"]),
        Some("section") if block["accessory"].is_object() => found.push(&block["accessory"]),
        _ => {}
    }
    found
}

/// The values of all elements that hold one: what was entered before, else what they begin with.
pub(crate) fn entered(blocks: &Value, before: &Value) -> Value {
    let mut values = Map::new();
    for block in blocks.as_array().into_iter().flatten() {
        let block_id = block["block_id"].as_str().unwrap_or_default();
        for element in elements(block) {
            let Some(initial) = initial(element) else {
                continue;
            };
            let action_id = element["action_id"].as_str().unwrap_or_default();
            let kept = before
                .get(block_id)
                .and_then(|actions| actions.get(action_id))
                .filter(|kept| kept["type"] == element["type"])
                .cloned();
            values.entry(block_id).or_insert_with(|| json!({}))[action_id] =
                kept.unwrap_or(initial);
        }
    }
    Value::Object(values)
}

/// Where an element of this type keeps its value, and under which name it may begin with one.
pub(crate) fn slot(kind: &str) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        "plain_text_input" | "number_input" | "email_text_input" | "url_text_input" => {
            ("value", "initial_value")
        }
        "rich_text_input" => ("rich_text_value", "initial_value"),
        "static_select" | "external_select" | "radio_buttons" => {
            ("selected_option", "initial_option")
        }
        "multi_static_select" | "multi_external_select" | "checkboxes" => {
            ("selected_options", "initial_options")
        }
        "users_select" => ("selected_user", "initial_user"),
        "multi_users_select" => ("selected_users", "initial_users"),
        "conversations_select" => ("selected_conversation", "initial_conversation"),
        "multi_conversations_select" => ("selected_conversations", "initial_conversations"),
        "channels_select" => ("selected_channel", "initial_channel"),
        "multi_channels_select" => ("selected_channels", "initial_channels"),
        "datepicker" => ("selected_date", "initial_date"),
        "timepicker" => ("selected_time", "initial_time"),
        "datetimepicker" => ("selected_date_time", "initial_date_time"),
        "file_input" => ("files", "initial_files"),
        _ => return None,
    })
}

fn initial(element: &Value) -> Option<Value> {
    let kind = element["type"].as_str()?;
    let (name, initial_name) = slot(kind)?;
    let many = name.ends_with('s');
    let mut state = json!({"type": kind});
    state[name] = match element.get(initial_name) {
        Some(value) => value.clone(),
        None if many => json!([]),
        None => Value::Null,
    };
    Some(state)
}

fn hash(now: i64) -> String {
    format!("{}.{}", now / 1_000_000, random::hex(4))
}
