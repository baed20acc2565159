//! The form that puts something on the timeline: what happened, and when.

use serde_json::Value;
use sima_incident::{Incident, IncidentId, MAX_TEXT};

use super::{FieldErrors, Rejected, fields};
use crate::{commands::When, requests::View};

/// The `callback_id`.
pub(super) const CALLBACK: &str = "add_note";

/// The block of the text, which must be filled in.
pub(super) const TEXT: &str = "text";
const WHEN: &str = "when";

/// What happened, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteForm {
    /// In which incident.
    pub incident: IncidentId,
    /// What happened.
    pub text: String,
    /// When it did.
    pub when: When,
}

/// The form, with the time filled in if it was said already.
pub fn note(incident: &Incident, when: When) -> Value {
    let text = fields::lines("", "The deploy of 4.12.3 ended", MAX_TEXT);
    let what = fields::input(TEXT, "What happened?", false, text);
    let what = fields::advised(what, "It stands on the timeline and in the post-mortem.");
    let at = fields::text(&when.to_string(), "10:04, or 10m ago", 40);
    let at = fields::input(WHEN, "When?", true, at);
    let at = fields::advised(at, "By your own clock. Leave it empty for now.");
    let kept = fields::keep_incident(incident.id);
    fields::modal(CALLBACK, &format!("Note on {}", incident.number), "Note it", &kept, &[what, at])
}

/// Reads the form filled in.
pub(super) fn read(view: &View) -> Result<NoteForm, Rejected> {
    let incident = fields::kept_incident(&view.private_metadata)
        .ok_or_else(|| Rejected::Unknown(view.callback_id.clone()))?;
    let mut errors = FieldErrors::default();
    let text = view.state.typed(TEXT).unwrap_or_default().trim().to_owned();
    if text.is_empty() {
        errors.0.insert(TEXT, "Say in a sentence what happened.".into());
    }
    let when = When::read(&view.state.typed(WHEN).unwrap_or_default());
    if when.is_none() {
        let advice = "Write a time of day such as 10:04, or how long ago, such as 10m ago.";
        errors.0.insert(WHEN, advice.into());
    }
    match when {
        Some(when) if errors.0.is_empty() => Ok(NoteForm { incident, text, when }),
        _ => Err(Rejected::Fields(errors)),
    }
}
