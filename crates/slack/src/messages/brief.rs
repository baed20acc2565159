//! The brief: the pinned card of the incident channel. One message, always edited.

use sima_incident::{Incident, Policy, Role};

use super::{Message, badge, blocks, buttons, escape::line, frontline, info, mention};

/// The brief of an incident as it is.
pub fn brief(incident: &Incident, policy: &Policy) -> Message {
    let mut shown =
        vec![blocks::header(&badge::headline(incident)), blocks::title(&incident.summary, 300)];
    // What the reporter saw is what whoever is woken asks first.
    shown.extend(incident.description.as_ref().map(|seen| blocks::words(seen, 400)));
    shown.push(blocks::fields(&[
        ("Domain", line(policy.domain_name(&incident.domain), 80)),
        ("Impact", badge::impact(incident.impact)),
        ("Incident manager", mention::holder(incident, Role::IncidentManager)),
        ("Communication lead", mention::holder(incident, Role::CommunicationLead)),
    ]));
    if let Some(update) = &incident.update {
        shown.push(blocks::words(&update.text, 600));
        shown.push(blocks::context(&info::said(update, incident)));
    }
    shown.extend(info::tally(incident).map(|tally| blocks::context(&tally)));
    shown.extend(frontline::tally(incident).map(|tally| blocks::context(&tally)));
    shown.push(blocks::context(&info::clock(incident)));
    shown.extend(info::links(incident).map(|links| blocks::context(&links)));
    let mut steps = buttons::next_steps(incident);
    steps.extend(frontline::answer_waiting(incident));
    steps.extend(buttons::dismissal(incident));
    steps.push(buttons::info(incident));
    shown.extend(blocks::actions(steps));
    Message {
        text: format!("{}: {}", badge::headline(incident), line(&incident.summary, 500)),
        blocks: shown,
    }
}
