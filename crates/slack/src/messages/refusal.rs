//! What is not done: because the incident does not allow it, or because our side failed.

use sima_incident::{Incident, Refusal};

use super::{Message, blocks, buttons, escape::line};
use crate::actions::Action;

/// Says what is so and what one can do instead.
pub fn refusal(refusal: &Refusal, incident: Option<&Incident>) -> Message {
    let told = format!("🙅 {}.", capitalised(&line(&refusal.to_string(), 1500)));
    let steps = match incident {
        Some(incident) => {
            let mut steps = buttons::next_steps(incident);
            steps.push(buttons::info(incident));
            steps.push(buttons::help(Some(incident)));
            steps
        }
        None => vec![
            buttons::button("🚨 Open an incident", &Action::OpenForm),
            buttons::button("Open incidents", &Action::ListIncidents),
            buttons::help(None),
        ],
    };
    let mut shown = vec![blocks::section(&told)];
    shown.extend(blocks::actions(steps));
    Message { text: told, blocks: shown }
}

/// Apologises for a fault of ours. The reference finds it in the log.
pub fn fault(reference: &str, incident: Option<&Incident>) -> Message {
    let told = format!(
        "😞 Sorry, that did not work, and it is our fault. Nothing was changed. Please try again; if \
         it fails again, give this reference to whoever runs SIMA: `{}`",
        line(reference, 80).replace('`', ""),
    );
    let mut steps: Vec<_> = incident.map(buttons::info).into_iter().collect();
    steps.push(buttons::help(incident));
    let mut shown = vec![blocks::section(&told)];
    shown.extend(blocks::actions(steps));
    Message { text: told, blocks: shown }
}

/// With a capital at the beginning.
fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
