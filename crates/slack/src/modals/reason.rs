//! The forms that ask why: why it is not over after all, and why it was no incident.

use serde_json::Value;
use sima_incident::{Dismissal, Incident, IncidentId, MAX_TEXT};

use super::{FieldErrors, Rejected, fields};
use crate::requests::View;

/// The `callback_id` of reopening.
pub(super) const REOPEN: &str = "reopen_incident";
/// The `callback_id` of dismissing.
pub(super) const DISMISS: &str = "dismiss_incident";

/// The block of the reason, which must be given.
pub(super) const REASON: &str = "reason";
const ORIGINAL: &str = "original";
const FALSE_POSITIVE: &str = "false_positive";
const DUPLICATE: &str = "duplicate";
const MISTAKE: &str = "mistake";

/// Why it is not over after all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReopenForm {
    /// Which incident.
    pub incident: IncidentId,
    /// What came back.
    pub reason: String,
}

/// Why it was no incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DismissForm {
    /// Which incident.
    pub incident: IncidentId,
    /// Why.
    pub reason: Dismissal,
}

/// The form that asks what came back.
pub fn reopen(incident: &Incident) -> Value {
    let text = fields::lines("", "Errors are back since the restart", MAX_TEXT);
    let blocks = [fields::input(REASON, "What came back?", false, text)];
    let kept = fields::keep_incident(incident.id);
    fields::modal(REOPEN, &format!("Reopen {}", incident.number), "Reopen", &kept, &blocks)
}

/// The form that asks why it was no incident.
pub fn dismiss(incident: &Incident) -> Value {
    let reasons = [
        fields::option("Nothing was wrong", FALSE_POSITIVE, Some("A false positive")),
        fields::option(
            "Another incident covers it",
            DUPLICATE,
            Some("A duplicate: give its number"),
        ),
        fields::option("It was opened by mistake", MISTAKE, None),
    ];
    let mut blocks = Vec::new();
    blocks.extend(
        fields::choice(reasons.into_iter().flatten().collect(), FALSE_POSITIVE)
            .map(|choice| fields::input(REASON, "Why was it no incident?", false, choice)),
    );
    let number = fields::text("", "INC-7", 20);
    blocks.push(fields::input(ORIGINAL, "If a duplicate: of which incident?", true, number));
    let kept = fields::keep_incident(incident.id);
    fields::modal(DISMISS, &format!("Dismiss {}", incident.number), "Dismiss", &kept, &blocks)
}

/// Reads why it is not over.
pub(super) fn read_reopen(view: &View) -> Result<ReopenForm, Rejected> {
    let incident = kept(view)?;
    let reason = view.state.typed(REASON).unwrap_or_default().trim().to_owned();
    if reason.is_empty() {
        let advice = "Say in a sentence what came back.";
        return Err(Rejected::Fields(FieldErrors::one(REASON, advice)));
    }
    Ok(ReopenForm { incident, reason })
}

/// Reads why it was no incident.
pub(super) fn read_dismiss(view: &View) -> Result<DismissForm, Rejected> {
    let incident = kept(view)?;
    let reason = match view.state.chosen(REASON).as_deref() {
        Some(FALSE_POSITIVE) => Dismissal::FalsePositive,
        Some(MISTAKE) => Dismissal::Mistake,
        Some(DUPLICATE) => {
            let original = view.state.typed(ORIGINAL).and_then(|number| number.parse().ok());
            let advice = "Give the number of the other incident, such as INC-7.";
            Dismissal::DuplicateOf(
                original.ok_or_else(|| Rejected::Fields(FieldErrors::one(ORIGINAL, advice)))?,
            )
        }
        _ => {
            let advice = "Choose why it was no incident.";
            return Err(Rejected::Fields(FieldErrors::one(REASON, advice)));
        }
    };
    Ok(DismissForm { incident, reason })
}

/// The incident the form was about.
fn kept(view: &View) -> Result<IncidentId, Rejected> {
    fields::kept_incident(&view.private_metadata)
        .ok_or_else(|| Rejected::Unknown(view.callback_id.clone()))
}
