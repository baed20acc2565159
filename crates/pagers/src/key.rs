//! The key a page has for all its life: the incident, the pager it went to, the domain, the cause.
//!
//! It says which pager it went to, so that what follows goes there even when the domain has another
//! since. No name or key of ours has an `@` or a `#` in it.

use sima_incident::{DomainKey, Incident, PageCause};

/// The key of a page of an incident at a pager.
pub(crate) fn page_key(
    incident: &Incident,
    pager: &str,
    domain: &DomainKey,
    cause: Option<PageCause>,
) -> String {
    let of_cause = cause.map_or_else(String::new, |cause| format!("#{cause}"));
    // A name that is too long is cut, never the cause: one cause calls once.
    let domain: String = domain.0.chars().take(100).collect();
    format!("sima:{}@{pager}:{domain}{of_cause}", incident.id)
}

/// The name of the pager a key belongs to; nothing if it is another adapter's.
pub(crate) fn pager_of(key: &str) -> Option<&str> {
    let (_, rest) = key.split_once('@')?;
    rest.split_once(':').map(|(pager, _)| pager)
}
