//! Which routing key a page goes out with, and how that is found again.
//!
//! PagerDuty knows an alert by routing key and dedup key together. A page may be acknowledged long
//! after the incident was moved to another domain, so the dedup key names the domain whose routing
//! key was used; one without a domain went out with the default key.

use std::collections::BTreeMap;

use secrecy::SecretString;
use sima_incident::{DomainKey, Incident, IncidentId, Page, Setback};

use crate::wire::MAX_DEDUP_KEY;

/// The routing keys that are configured.
#[derive(Debug)]
pub(crate) struct Routing {
    pub of_domains: BTreeMap<DomainKey, SecretString>,
    pub default: Option<SecretString>,
}

/// Where an event goes.
#[derive(Debug)]
pub(crate) struct Route<'a> {
    pub dedup_key: String,
    pub routing_key: &'a SecretString,
}

impl Routing {
    /// The route of an incident's page: the one it took, or the one it takes if it is new.
    pub fn route(&self, incident: &Incident) -> Result<Route<'_>, Setback> {
        match &incident.page {
            Page::Accepted { dedup_key, .. } => self.taken(incident.id, dedup_key),
            Page::None | Page::Sent | Page::Failed => self.fresh(incident),
        }
    }

    fn fresh(&self, incident: &Incident) -> Result<Route<'_>, Setback> {
        let id = incident.id;
        if let Some(routing_key) = self.of_domains.get(&incident.domain) {
            return Ok(Route { dedup_key: dedup_key(id, Some(&incident.domain)), routing_key });
        }
        let routing_key = self.default.as_ref().ok_or_else(|| {
            Setback::refused(format!(
                "no routing key is configured for the domain {}: set its routing_key, or \
                 pagerduty.routing_key for all domains without one",
                incident.domain
            ))
        })?;
        Ok(Route { dedup_key: dedup_key(id, None), routing_key })
    }

    fn taken(&self, id: IncidentId, recorded: &str) -> Result<Route<'_>, Setback> {
        let of_domain = self
            .of_domains
            .iter()
            .find(|(domain, _)| dedup_key(id, Some(domain)) == recorded)
            .map(|(_, routing_key)| routing_key);
        let by_default = || self.default.as_ref().filter(|_| dedup_key(id, None) == recorded);
        let routing_key = of_domain.or_else(by_default).ok_or_else(|| {
            Setback::refused(format!(
                "the routing key the page {recorded} went out with is not configured any more: \
                 acknowledge or resolve it in PagerDuty"
            ))
        })?;
        Ok(Route { dedup_key: recorded.to_owned(), routing_key })
    }
}

/// The incident whose page has that dedup key; nothing if it is none of ours.
pub(crate) fn incident_of(dedup_key: &str) -> Option<IncidentId> {
    let id = dedup_key.strip_prefix("sima:")?.split([':', '#']).next()?;
    uuid::Uuid::try_parse(id).ok().map(IncidentId)
}

/// The dedup key of an incident's page that goes out with the routing key of `domain`, or with the
/// default one.
fn dedup_key(id: IncidentId, domain: Option<&DomainKey>) -> String {
    let key = match domain {
        Some(domain) => format!("sima:{id}:{domain}"),
        None => format!("sima:{id}"),
    };
    key.chars().take(MAX_DEDUP_KEY).collect()
}
