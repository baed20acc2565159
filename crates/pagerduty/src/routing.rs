//! Which routing key a page goes out with, and how that is found again.
//!
//! PagerDuty knows an alert by routing key and dedup key together. A page may be acknowledged long
//! after the incident was moved to another domain, so the dedup key names the domain whose routing
//! key was used; one without a domain went out with the default key.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;
use sima_incident::{DomainKey, Incident, IncidentId, Page, PageCause, Setback};

use crate::wire::MAX_DEDUP_KEY;

/// The routing keys that are configured.
#[derive(Debug)]
pub(crate) struct Routing {
    pub of_domains: BTreeMap<DomainKey, SecretString>,
    pub default: Option<SecretString>,
    /// The domains that another pager pages for.
    pub elsewhere: BTreeSet<DomainKey>,
}

/// Where an event goes.
#[derive(Debug)]
pub(crate) struct Route<'a> {
    pub dedup_key: String,
    pub routing_key: &'a SecretString,
}

impl Routing {
    /// The route of an incident's first page: the one it took, or the one it takes if it is new.
    pub fn route(&self, incident: &Incident) -> Result<Route<'_>, Setback> {
        self.route_of(incident, &incident.page, None)
    }

    /// The route of a page after the first. Where it goes is decided anew: the incident may have been
    /// moved to a domain with another on-call person.
    pub fn route_again(&self, incident: &Incident, cause: PageCause) -> Result<Route<'_>, Setback> {
        let called = incident.repages.iter().find(|repage| repage.cause == cause);
        self.route_of(incident, called.map_or(&Page::Sent, |repage| &repage.page), Some(cause))
    }

    /// The routes of all pages of an incident that may be open, oldest first.
    pub fn routes(&self, incident: &Incident) -> Vec<Result<Route<'_>, Setback>> {
        self.routes_where(incident, |_| true)
    }

    /// The same, of those that somebody's acknowledgement answers: whoever else was asked for is
    /// still wanted.
    pub fn routes_to_silence(&self, incident: &Incident) -> Vec<Result<Route<'_>, Setback>> {
        self.routes_where(incident, |cause| !matches!(cause, Some(PageCause::Escalated { .. })))
    }

    /// The routing key of a domain.
    pub fn routing_key_of(&self, domain: &DomainKey) -> Option<&SecretString> {
        let key = self.of_domains.get(domain).or(self.default.as_ref());
        key.filter(|_| !self.elsewhere.contains(domain))
    }

    fn routes_where(
        &self,
        incident: &Incident,
        is_meant: impl Fn(Option<PageCause>) -> bool,
    ) -> Vec<Result<Route<'_>, Setback>> {
        let first = std::iter::once((&incident.page, None));
        let repages = incident.repages.iter().map(|repage| (&repage.page, Some(repage.cause)));
        let pages = first.chain(repages).filter(|(page, _)| **page != Page::None);
        let pages = pages.filter(|(_, cause)| is_meant(*cause));
        let pages = pages.filter(|(page, cause)| self.is_ours(incident, page, *cause));
        let routes = pages.map(|(page, cause)| (page, self.route_of(incident, page, cause)));
        // One that was given up may be open all the same, unless there was no way for it at all.
        let may_be_open =
            |(page, route): &(&Page, Result<_, _>)| **page != Page::Failed || route.is_ok();
        routes.filter(may_be_open).map(|(_, route)| route).collect()
    }

    /// Whether a page went, or would go, to PagerDuty: another pager's key names it after an `@`.
    fn is_ours(&self, incident: &Incident, page: &Page, cause: Option<PageCause>) -> bool {
        match page {
            Page::Accepted { dedup_key, .. } => !is_foreign(dedup_key),
            Page::None | Page::Sent | Page::Failed => {
                !self.elsewhere.contains(incident.domain_paged(cause))
            }
        }
    }

    fn route_of(
        &self,
        incident: &Incident,
        page: &Page,
        cause: Option<PageCause>,
    ) -> Result<Route<'_>, Setback> {
        match page {
            Page::Accepted { dedup_key, .. } => self.taken(incident.id, dedup_key, cause),
            Page::None | Page::Sent | Page::Failed => self.fresh(incident, cause),
        }
    }

    fn fresh(&self, incident: &Incident, cause: Option<PageCause>) -> Result<Route<'_>, Setback> {
        let (id, domain) = (incident.id, incident.domain_paged(cause));
        if let Some(routing_key) = self.of_domains.get(domain) {
            let dedup_key = dedup_key(id, Some(domain), cause);
            return Ok(Route { dedup_key, routing_key });
        }
        let routing_key = self.default.as_ref().ok_or_else(|| {
            Setback::refused(format!(
                "no routing key is configured for the domain {domain}: set its routing_key, or \
                 pagerduty.routing_key for all domains without one"
            ))
        })?;
        Ok(Route { dedup_key: dedup_key(id, None, cause), routing_key })
    }

    fn taken(
        &self,
        id: IncidentId,
        recorded: &str,
        cause: Option<PageCause>,
    ) -> Result<Route<'_>, Setback> {
        let of_domain = self
            .of_domains
            .iter()
            .find(|(domain, _)| dedup_key(id, Some(domain), cause) == recorded)
            .map(|(_, routing_key)| routing_key);
        let by_default =
            || self.default.as_ref().filter(|_| dedup_key(id, None, cause) == recorded);
        let routing_key = of_domain.or_else(by_default).ok_or_else(|| {
            Setback::refused(format!(
                "the routing key the page {recorded} went out with is not configured any more: \
                 acknowledge or resolve it in PagerDuty"
            ))
        })?;
        Ok(Route { dedup_key: recorded.to_owned(), routing_key })
    }
}

/// Whether a dedup key is another pager's.
pub(crate) fn is_foreign(dedup_key: &str) -> bool {
    dedup_key.contains('@')
}

/// The incident whose page has that dedup key; nothing if it is none of ours.
pub(crate) fn incident_of(dedup_key: &str) -> Option<IncidentId> {
    let id = dedup_key.strip_prefix("sima:")?.split([':', '#']).next()?;
    uuid::Uuid::try_parse(id).ok().map(IncidentId)
}

/// The dedup key of an incident's page that goes out with the routing key of `domain`, or with the
/// default one. A page after the first has its cause in it: PagerDuty calls nobody for a trigger of
/// an alert that is open, and one cause calls once.
fn dedup_key(id: IncidentId, domain: Option<&DomainKey>, cause: Option<PageCause>) -> String {
    let of_incident = match domain {
        Some(domain) => format!("sima:{id}:{domain}"),
        None => format!("sima:{id}"),
    };
    let of_cause = cause.map_or_else(String::new, |cause| format!("#{cause}"));
    of_incident.chars().take(MAX_DEDUP_KEY - of_cause.len()).chain(of_cause.chars()).collect()
}
