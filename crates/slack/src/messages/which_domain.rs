//! A domain that is none: those that may be meant, as buttons that say so.

use sima_incident::{Domain, Incident, Policy};

use super::{Message, blocks, buttons, escape::line};
use crate::actions::Action;

/// The most domains offered.
const MOST: usize = 8;

/// Asks which domain is meant: one of those whose names are near, or any.
pub fn which_domain(
    given: &str,
    near: &[&Domain],
    incident: &Incident,
    policy: &Policy,
) -> Message {
    let told = format!("There is no domain “{}”. Which one do you mean?", line(given, 80));
    let all: Vec<&Domain> = policy.domains.iter().collect();
    let offered = if near.is_empty() { &all[..] } else { near };
    let mut steps: Vec<_> = offered
        .iter()
        .take(MOST)
        .map(|domain| {
            let text = format!("domain {}", domain.key);
            let action = Action::RunCommand { incident: Some(incident.id), text };
            buttons::button(&domain.name, &action)
        })
        .collect();
    steps.push(buttons::info(incident));
    let mut shown = vec![blocks::section(&told)];
    let more = offered.len().saturating_sub(MOST);
    if more > 0 {
        shown.push(blocks::context(&format!("and {more} more: type the name of one")));
    }
    shown.extend(blocks::actions(steps));
    Message { text: told, blocks: shown }
}
