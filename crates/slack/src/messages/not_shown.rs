//! Says that a form came too late to be shown, and how to ask again.

use super::{Message, blocks, buttons};
use crate::actions::Action;

/// A form could not be shown: Slack gives three seconds for it, or did not answer at all. Asking
/// again gives three more.
pub fn not_shown() -> Message {
    let told = "⏳ Slack did not show the form in time. Nothing was changed; please ask once more.";
    let steps = vec![
        buttons::first("🚨 Open an incident", &Action::OpenForm),
        buttons::button("Open incidents", &Action::ListIncidents),
        buttons::help(None),
    ];
    let mut shown = vec![blocks::section(told)];
    shown.extend(blocks::actions(steps));
    Message { text: told.to_owned(), blocks: shown }
}
