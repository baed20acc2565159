//! Typing in a select whose options the app suggests.

use std::sync::Arc;

use serde_json::{Value, json};

use super::interaction::{self, Source, deliver, envelope};
use crate::core::Core;

/// A person types in an external select; the app's options come back, or why there are none.
pub(crate) async fn suggest(
    core: &Arc<Core>,
    person: &str,
    source: &Source,
    block_id: Option<&str>,
    action_id: &str,
    typed: &str,
) -> Result<Value, String> {
    let (user, payload) = core.change(|state| {
        let user = super::person(state, person)?;
        let scene = interaction::scene(state, &user, source, false)?;
        let (block, element) = interaction::find(&scene.blocks, block_id, action_id)?;
        let least = element["min_query_length"].as_u64().unwrap_or(3);
        if (typed.chars().count() as u64) < least {
            return Err(format!("type at least {least} characters"));
        }
        let mut payload = envelope(state, "block_suggestion", &user);
        payload.insert("action_id".to_owned(), json!(action_id));
        payload.insert("block_id".to_owned(), block["block_id"].clone());
        payload.insert("value".to_owned(), json!(typed));
        payload.extend(scene.fields);
        Ok((user, payload))
    })?;
    let delivered =
        deliver(core, &user, payload).await.map_err(|answer| answer.trouble.unwrap_or_default())?;
    let judged = judge(&delivered.body);
    if let Err(why) = &judged {
        core.change(|state| state.problem(format!("answer to block_suggestion is refused: {why}")));
    }
    judged
}

fn judge(body: &str) -> Result<Value, String> {
    let answer: Value =
        serde_json::from_str(body).map_err(|_| "No result (the answer is no JSON)".to_owned())?;
    let options = match (&answer["options"], &answer["option_groups"]) {
        (Value::Array(options), Value::Null) => options.clone(),
        (Value::Null, Value::Array(groups)) => groups
            .iter()
            .filter_map(|group| group["options"].as_array())
            .flatten()
            .cloned()
            .collect(),
        _ => return Err("No result (neither options nor option_groups)".to_owned()),
    };
    if options.len() > 100 {
        return Err("No result (more than 100 options)".to_owned());
    }
    for option in &options {
        let text = option["text"]["text"].as_str().unwrap_or_default();
        let value = option["value"].as_str().unwrap_or_default();
        let fits =
            (1..=75).contains(&text.chars().count()) && (1..=150).contains(&value.chars().count());
        if !fits || option["text"]["type"] != "plain_text" {
            return Err(format!("No result (a bad option: {option})"));
        }
    }
    Ok(answer)
}
