//! What a message of ours shows, as a digest: what shows the same already need not be sent again.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use sima_incident::{Effect, Incident, Policy};

use crate::messages;

/// The digest of what an effect leaves to be seen; nothing for one that leaves nothing to be edited.
pub fn shows(effect: &Effect, incident: &Incident, policy: &Policy) -> Option<String> {
    let shown = match effect {
        Effect::PostBrief | Effect::EditBrief => {
            let message = messages::brief(incident, policy);
            json!([message.text, message.blocks])
        }
        Effect::PostBroadcast | Effect::EditBroadcast => {
            let message = messages::broadcast(incident, policy);
            json!([message.text, message.blocks])
        }
        Effect::SetTopic => json!(messages::topic(incident, policy)),
        _ => return None,
    };
    let digest = Sha256::digest(shown.to_string());
    Some(hex::encode(&digest[..16]))
}
