//! Global and message shortcuts.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::interaction::{deliver, envelope};
use crate::core::Core;
use crate::delivery::Answer;
use crate::slack::response_url::{self, Origin};
use crate::slack::trigger;

/// A person picks a global shortcut.
pub(crate) async fn shortcut(core: &Arc<Core>, person: &str, callback_id: &str) -> Answer {
    let prepared = core.change(|state| {
        let user = super::person(state, person)?;
        let mut payload = envelope(state, "shortcut", &user);
        payload.insert("action_ts".to_owned(), json!(state.next_ts()));
        payload.insert("callback_id".to_owned(), json!(callback_id));
        payload.insert("trigger_id".to_owned(), json!(trigger::issue(state, &user, None)));
        Ok((user, payload))
    });
    send(core, prepared).await
}

/// A person picks a shortcut from a message's menu.
pub(crate) async fn message_shortcut(
    core: &Arc<Core>,
    person: &str,
    callback_id: &str,
    channel: &str,
    ts: &str,
) -> Answer {
    let prepared = core.change(|state| {
        let user = super::person(state, person)?;
        let channel = super::channel(state, channel, &user)?;
        let room = state.channel(&channel).ok_or("the channel is gone")?;
        let message = room.message(ts).ok_or("the message is gone")?.describe();
        let name = room.payload_name().to_owned();
        let mut payload = envelope(state, "message_action", &user);
        payload.insert("action_ts".to_owned(), json!(state.next_ts()));
        payload.insert("callback_id".to_owned(), json!(callback_id));
        payload.insert("trigger_id".to_owned(), json!(trigger::issue(state, &user, None)));
        let url = response_url::issue(state, &user, &channel, None, Origin::Nothing);
        payload.insert("response_url".to_owned(), json!(url));
        payload.insert("channel".to_owned(), json!({"id": channel, "name": name}));
        payload.insert("message_ts".to_owned(), json!(ts));
        payload.insert("message".to_owned(), message);
        Ok((user, payload))
    });
    send(core, prepared).await
}

async fn send(core: &Arc<Core>, prepared: Result<(String, Map<String, Value>), String>) -> Answer {
    let (user, payload) = match prepared {
        Ok(prepared) => prepared,
        Err(why) => return Answer::not_sent(why),
    };
    match deliver(core, &user, payload).await {
        Ok(delivered) => {
            Answer { status: Some(delivered.status), body: delivered.body, trouble: None }
        }
        Err(answer) => answer,
    }
}
