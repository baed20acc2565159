//! How to ask once more for a form that was not shown.

use serde_json::Value;

use super::{escalate, fields, note, open, reason, update};
use crate::actions::Action;

/// The button that shows a form anew. Nothing if there is none for it alone.
pub fn again(view: &Value) -> Option<Action> {
    let kept = view["private_metadata"].as_str().unwrap_or_default();
    let incident = || fields::kept_incident(kept);
    match view["callback_id"].as_str()? {
        open::CALLBACK => Some(Action::OpenForm),
        update::CALLBACK => incident().map(Action::OpenUpdateForm),
        reason::REOPEN => incident().map(Action::OpenReopenForm),
        reason::DISMISS => incident().map(Action::OpenDismissForm),
        note::CALLBACK => incident().map(Action::OpenNoteForm),
        escalate::CALLBACK => incident().map(Action::OpenEscalateForm),
        _ => None,
    }
}
