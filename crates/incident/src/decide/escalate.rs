//! Calling somebody else: the next in line, another domain, a person, a policy, a group.

use super::{
    known::known_domain,
    texts::{legible, text},
};
use crate::{EscalateTo, Event, Incident, Policy, Refusal, Stage};

/// The longest name of an escalation policy kept, in characters.
const MAX_NAME: usize = 255;

/// Calls somebody else, with a reason, while people are at work.
pub(super) fn escalate(
    incident: &Incident,
    to: EscalateTo,
    reason: &str,
    policy: &Policy,
) -> Result<Event, Refusal> {
    match &incident.stage {
        Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => {}
        Stage::Recovered { .. } | Stage::Closed { .. } => {
            return Err(Refusal::Over(incident.stage.name()));
        }
        Stage::Dismissed { .. } => return Err(Refusal::Dismissed),
    }
    let reason = text(reason).ok_or(Refusal::TextMissing("the reason"))?;
    // Practice wakes nobody; everything else of it is as it would be.
    let wakes = policy.connected.pager && !incident.is_drill();
    let has_page = incident.pages() > 0;
    let (to, pages) = match to {
        EscalateTo::Domain(key) => {
            let domain = known_domain(&key, policy)?;
            let is_called = wakes && domain.pages;
            if !is_called && !incident.is_drill() {
                return Err(Refusal::NobodyOnCall(domain.name.clone()));
            }
            (EscalateTo::Domain(key), wakes)
        }
        EscalateTo::NextLevel if incident.is_drill() || (wakes && has_page) => {
            (EscalateTo::NextLevel, wakes)
        }
        EscalateTo::Policy(name) if incident.is_drill() || (wakes && has_page) => {
            let name: String = legible(&name).trim().chars().take(MAX_NAME).collect();
            if name.is_empty() {
                return Err(Refusal::TextMissing("the name of the escalation policy"));
            }
            (EscalateTo::Policy(name), wakes)
        }
        EscalateTo::NextLevel | EscalateTo::Policy(_) => return Err(Refusal::NotPaged),
        EscalateTo::Person(person) => (EscalateTo::Person(person), wakes && has_page),
        // The pager knows nothing of the chat's groups: its members are invited.
        EscalateTo::Group(group) => (EscalateTo::Group(group), false),
    };
    Ok(Event::Escalated { to, reason, pages })
}
