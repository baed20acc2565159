//! Somebody else is wanted, by a line: whom it names, and why.

use serde_json::Value;
use sima_incident::{Command, DomainKey, EscalateTo, Incident, Policy};
use sima_slack::modals;

/// The command a line means; the form to fill in what it does not say.
pub fn asked(
    to: Option<EscalateTo>,
    said: String,
    page: bool,
    incident: &Incident,
    policy: &Policy,
) -> Result<Command, Value> {
    let (to, reason) = match to {
        Some(to) => (Some(to), said),
        None => match begins_with_a_domain(&said, policy) {
            Some((domain, why)) => (Some(EscalateTo::Domain(domain)), why),
            None => (None, said),
        },
    };
    let usual = || {
        let is_paged = incident.pages() > 0;
        if page || !is_paged {
            EscalateTo::Domain(incident.domain.clone())
        } else {
            EscalateTo::NextLevel
        }
    };
    let to = to.unwrap_or_else(usual);
    if reason.trim().is_empty() {
        return Err(modals::escalate(incident, policy, Some(&to)));
    }
    Ok(Command::Escalate { to, reason })
}

/// The domain a line begins with, by its key or its name, and what follows.
fn begins_with_a_domain(said: &str, policy: &Policy) -> Option<(DomainKey, String)> {
    let lower = said.to_lowercase();
    let names = policy.domains.iter().flat_map(|domain| {
        [(domain.key.0.to_lowercase(), &domain.key), (domain.name.to_lowercase(), &domain.key)]
    });
    let ends = |rest: &str| rest.chars().next().is_none_or(|next| !next.is_alphanumeric());
    let found = names
        .filter(|(name, _)| lower.strip_prefix(name.as_str()).is_some_and(ends))
        .max_by_key(|(name, _)| name.len())?;
    let (name, key) = found;
    // Upper and lower case may differ in length: then it is no name but the reason that follows.
    let why = said.get(name.len()..)?;
    let between = |letter: char| letter.is_whitespace() || matches!(letter, ':' | ',' | '-' | '–');
    Some((key.clone(), why.trim_start_matches(between).to_owned()))
}
