//! Before an incident is made private: what that hides, and what it cannot hide.

use serde_json::json;
use sima_incident::Incident;

use super::{Message, blocks, buttons};
use crate::actions::Action;

/// What SIMA hides from then on.
const HIDES: &str = "SIMA will show it in no list, figure, search or API, tell the company nothing \
                     more of it, and take the broadcast back.";

/// What SIMA cannot hide.
pub(super) const STAYS: &str = "Slack does not let SIMA turn a public channel into a private one. \
    *Until a person does, everybody in the workspace can read the channel and what was written under \
    the broadcast*: choose _Change to a private channel_ in the channel's settings, and delete what \
    must not be read.";

/// Asks whether it is meant, for it cannot be taken back.
pub fn make_private(incident: &Incident) -> Message {
    let told = format!("🔒 Make {} private? It cannot be made public again.", incident.number);
    let action = Action::RunCommand { incident: Some(incident.id), text: "private now".to_owned() };
    let mut go = buttons::button("🔒 Make it private for good", &action);
    go["style"] = json!("danger");
    let mut shown = vec![blocks::section(&told), blocks::section(HIDES), blocks::section(STAYS)];
    shown.extend(blocks::actions(vec![go, buttons::info(incident)]));
    Message { text: told, blocks: shown }
}
