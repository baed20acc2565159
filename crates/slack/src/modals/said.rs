//! A private answer where there is no channel to say it in: as a window with nothing to fill in.

use serde_json::{Value, json};

use super::fields;
use crate::messages::Message;

/// Shows a message as a window.
pub fn said(message: &Message) -> Value {
    json!({
        "type": "modal",
        "callback_id": "said",
        "title": fields::plain("SIMA", 24),
        "close": fields::plain("Close", 24),
        "private_metadata": "{}",
        "blocks": message.blocks,
    })
}
