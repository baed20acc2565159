//! Who may know of it: people invited, and an incident that should have been private.

use jiff::Timestamp;

use super::{
    Decided, at,
    stages::{not_dismissed, private_postmortem_url},
};
use crate::{Actor, Event, Incident, Policy, Postmortem, Refusal, Role};

/// The most people and groups invited by one request.
const MOST_GUESTS: usize = 100;

/// Invites people. Who may know of a private incident is for its incident manager to say; as long as
/// there is none, for whoever reported it.
pub(super) fn invite(
    incident: &Incident,
    people: Vec<String>,
    by: &Actor,
) -> Result<Event, Refusal> {
    not_dismissed(&incident.stage)?;
    let mut named: Vec<String> = Vec::new();
    for person in people {
        let person = person.trim().to_owned();
        if !person.is_empty() && !named.contains(&person) && named.len() < MOST_GUESTS {
            named.push(person);
        }
    }
    if named.is_empty() {
        return Err(Refusal::TextMissing("the list of people"));
    }
    if incident.is_private() {
        let decides = incident.holder(Role::IncidentManager).or(incident.reporter.person());
        if by.person() != decides {
            return Err(Refusal::Reserved(
                "who may know of a private incident is for its incident manager to say: ask them, \
                 or become incident manager if there is none",
            ));
        }
    }
    Ok(Event::PeopleInvited { people: named })
}

/// Hides it from now on. Never the other way round.
pub(super) fn make_private(
    incident: &Incident,
    link_key: &str,
    now: Timestamp,
    policy: &Policy,
) -> Result<Vec<Decided>, Refusal> {
    if incident.is_private() {
        return Err(Refusal::AlreadySo("the incident is private already".into()));
    }
    let mut decided = at(now, Event::MadePrivate);
    let kept_by_us = match &incident.postmortem {
        // What would have been drafted elsewhere is kept here, and the old address shows nothing.
        Postmortem::Owed => true,
        Postmortem::Drafted { page_id, .. } => page_id.is_empty(),
        Postmortem::None => false,
    };
    if kept_by_us {
        let url = private_postmortem_url(incident, link_key, policy);
        decided.push((Event::PostmortemDrafted { url, page_id: String::new() }, now));
    }
    Ok(decided)
}
