//! Who pages: keys that look like keys, and whether PagerDuty knows them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sima_incident::DomainKey;
use sima_pagerduty::Rota;

use super::Finding;
use crate::config::{Config, is_set};

const AREA: &str = "pager";

/// The length of an integration key of PagerDuty's.
const KEY_LENGTH: usize = 32;

/// Looks at the pagers.
///
/// # Errors
/// When PagerDuty's addresses cannot be used.
pub async fn examine(config: &Config, now: Timestamp) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    if !config.pages() {
        let repair = "set SIMA_PAGERDUTY__ROUTING_KEY to the integration key of a service";
        findings.push(Finding::weak(AREA, "nobody is paged", repair));
        return Ok(findings);
    }
    findings.extend(keys(config));
    for name in config.pagers.keys() {
        let says = format!("the pager {name} has no way to be asked without calling somebody");
        findings.push(Finding::unseen(AREA, says, "open a drill in a domain of its own"));
    }
    let Some(pagerduty) = crate::serve::pagerduty(config)? else { return Ok(findings) };
    if !is_set(&config.pagerduty.api_token) {
        let says = "PagerDuty cannot be asked whether it knows the routing keys";
        let repair =
            "set SIMA_PAGERDUTY__API_TOKEN (Integrations, API Access Keys), or open a drill";
        findings.push(Finding::unseen(AREA, says, repair));
        return Ok(findings);
    }
    let elsewhere: BTreeSet<&str> = config
        .domains
        .iter()
        .filter(|domain| domain.is_paged_elsewhere())
        .map(|domain| domain.key.as_str())
        .collect();
    let domains: Vec<DomainKey> =
        config.domains.iter().map(|domain| DomainKey(domain.key.clone())).collect();
    let mut told = BTreeSet::new();
    for (domain, rota) in pagerduty.on_call(&domains, now).await {
        let finding = match rota {
            _ if elsewhere.contains(domain.0.as_str()) => continue,
            Rota::People(people) if people.is_empty() => {
                let says = format!("nobody is on call for {domain}");
                Finding::ill(AREA, says, "put somebody into the schedule of its escalation policy")
            }
            Rota::People(people) => {
                Finding::well(AREA, format!("{} on call for {domain}", count(people.len())))
            }
            Rota::Unpaged => {
                let repair = "give it a routing_key, if somebody shall be paged";
                Finding::weak(AREA, format!("nobody is paged for {domain}"), repair)
            }
            // One cause is told once, not for each domain.
            Rota::Unknown(why) if !told.insert(why.clone()) => continue,
            Rota::Unknown(why) => {
                Finding::ill(AREA, format!("it is not known who is on call for {domain}"), why)
            }
        };
        findings.push(finding);
    }
    Ok(findings)
}

/// Whether the routing keys look like what PagerDuty gives.
fn keys(config: &Config) -> Vec<Finding> {
    let shared = ("pagerduty.routing_key".to_owned(), &config.pagerduty.routing_key);
    let own = config
        .domains
        .iter()
        .map(|domain| (format!("routing_key of the domain {}", domain.key), &domain.routing_key));
    let odd =
        std::iter::once(shared).chain(own).filter(|(_, key)| is_set(key) && !looks_right(key));
    odd.map(|(setting, _)| {
        let says = format!("{setting} does not look like an integration key");
        let repair = "copy the Integration Key of the service's Events API v2 integration: 32 letters \
                      and digits";
        Finding::ill(AREA, says, repair)
    })
    .collect()
}

fn looks_right(key: &SecretString) -> bool {
    let key = key.expose_secret().trim();
    key.len() == KEY_LENGTH && key.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn count(people: usize) -> String {
    if people == 1 { "1 person is".into() } else { format!("{people} people are") }
}
