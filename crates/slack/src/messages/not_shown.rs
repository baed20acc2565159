//! Says that a form came too late to be shown, and how to ask again.

use super::{Message, blocks, buttons};
use crate::actions::Action;

/// A form could not be shown: Slack gives three seconds for it, or did not answer at all. Asking
/// again gives three more; `again` is the button for that form.
pub fn not_shown(again: Option<&Action>) -> Message {
    let told = "⏳ Slack did not show the form in time, and nothing was changed. Ask once more.";
    let mut steps = Vec::new();
    match again {
        None | Some(Action::OpenForm) => {
            steps.push(buttons::first("🚨 Open an incident", &Action::OpenForm));
            steps.push(buttons::button("Open incidents", &Action::ListIncidents));
        }
        Some(again) => steps.push(buttons::first("Show the form now", again)),
    }
    steps.push(buttons::help(None));
    let mut shown = vec![blocks::section(told)];
    shown.extend(blocks::actions(steps));
    Message { text: told.to_owned(), blocks: shown }
}
