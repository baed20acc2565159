//! Changing what an incident says: severity, words, domain, roles.

use super::{
    known::{known_domain, known_severity},
    stages::not_dismissed,
    texts::{summary, text},
};
use crate::{DomainKey, Event, Incident, Policy, Refusal, Role, Severity};

/// How bad it is; may be corrected afterwards too.
pub(super) fn set_severity(
    incident: &Incident,
    severity: Severity,
    policy: &Policy,
) -> Result<Event, Refusal> {
    not_dismissed(&incident.stage)?;
    known_severity(severity, policy)?;
    if incident.severity == severity {
        return Err(Refusal::AlreadySo(format!("the incident is already {severity}")));
    }
    Ok(Event::SeverityChanged { from: incident.severity, to: severity, because: None })
}

/// Changes what it says; what is given but equal is no change.
pub(super) fn edit(
    incident: &Incident,
    given_summary: Option<String>,
    given_description: Option<&str>,
    given_domain: Option<DomainKey>,
    policy: &Policy,
) -> Result<Event, Refusal> {
    not_dismissed(&incident.stage)?;
    if let Some(domain) = &given_domain {
        known_domain(domain, policy)?;
    }
    let new_summary = given_summary.map(|given| summary(&given)).transpose()?.map(|(kept, _)| kept);
    let summary = new_summary.filter(|new| *new != incident.summary);
    let description =
        given_description.and_then(text).filter(|new| Some(new) != incident.description.as_ref());
    let domain = given_domain.filter(|new| *new != incident.domain);
    if summary.is_none() && description.is_none() && domain.is_none() {
        return Err(Refusal::AlreadySo("nothing was changed".into()));
    }
    Ok(Event::Edited { summary, description, domain })
}

/// Leaves a role empty.
pub(super) fn drop_role(incident: &Incident, role: Role) -> Result<Event, Refusal> {
    match incident.holder(role) {
        Some(person) => Ok(Event::RoleDropped { role, person: person.clone() }),
        None => Err(Refusal::RoleEmpty(role)),
    }
}
