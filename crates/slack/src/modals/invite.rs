//! The form that asks whom to invite.

use serde_json::{Value, json};
use sima_incident::{Incident, IncidentId};

use super::{FieldErrors, Rejected, fields};
use crate::requests::View;

/// The `callback_id`.
pub(super) const CALLBACK: &str = "invite_people";

/// The block of the people, which must be chosen.
pub(super) const PEOPLE: &str = "people";

/// Whom to invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteForm {
    /// Which incident.
    pub incident: IncidentId,
    /// Their ids.
    pub people: Vec<String>,
}

/// The form that asks whom to invite.
pub fn invite(incident: &Incident) -> Value {
    let people = json!({
        "type": "multi_users_select",
        "placeholder": fields::plain("Choose people", 150),
        "max_selected_items": 50,
    });
    let people = fields::input(PEOPLE, "Whom?", false, people);
    let advice = "A whole group: type @ and its name after the command invite.";
    let blocks = [fields::advised(people, advice)];
    let kept = fields::keep_incident(incident.id);
    let title = format!("Invite to {}", incident.number);
    fields::modal(CALLBACK, &title, "Invite", &kept, &blocks)
}

/// Reads whom to invite.
pub(super) fn read(view: &View) -> Result<InviteForm, Rejected> {
    let incident = fields::kept_incident(&view.private_metadata)
        .ok_or_else(|| Rejected::Unknown(view.callback_id.clone()))?;
    let people = view.state.people(PEOPLE);
    if people.is_empty() {
        let advice = "Choose at least one person.";
        return Err(Rejected::Fields(FieldErrors::one(PEOPLE, advice)));
    }
    Ok(InviteForm { incident, people })
}
