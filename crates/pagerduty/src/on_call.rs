//! Who is on call for each domain, as PagerDuty says now.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use sima_incident::{DomainKey, Setback};

use crate::{
    PagerDuty,
    rest::{
        Rest, RestError,
        wire::{OnCallEntry, OneUser, Service},
    },
};

/// How long an answer of PagerDuty's is good for.
const GOOD_FOR: SignedDuration = SignedDuration::from_secs(60);

/// One person at one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCall {
    /// The level, from 1: who is called first.
    pub level: u32,
    /// Their name.
    pub name: String,
    /// Their e-mail address, by which the chat may know them.
    pub address: Option<String>,
    /// The schedule that says so, unless they are named themselves.
    pub schedule: Option<String>,
    /// Until when; absent if permanently.
    pub until: Option<Timestamp>,
}

/// Who is on call for one domain, or why that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rota {
    /// These, by level; each person once.
    People(Vec<OnCall>),
    /// The domain has no routing key: nobody is paged.
    Unpaged,
    /// It cannot be said, and what to do about that.
    Unknown(String),
}

/// What PagerDuty said last.
#[derive(Debug, Default)]
pub(crate) struct Remembered(Mutex<Option<(Timestamp, BTreeMap<DomainKey, Rota>)>>);

impl PagerDuty {
    /// Says who is on call for these domains. PagerDuty is asked once a minute at most.
    pub async fn on_call(
        &self,
        domains: &[DomainKey],
        now: Timestamp,
    ) -> BTreeMap<DomainKey, Rota> {
        if let Some(known) = self.remembered.get(domains, now) {
            return known;
        }
        let mut rotas: BTreeMap<DomainKey, Rota> = BTreeMap::new();
        let mut paged = Vec::new();
        for domain in domains {
            if self.routing.routing_key_of(domain).is_some() {
                paged.push(domain.clone());
            } else {
                rotas.insert(domain.clone(), Rota::Unpaged);
            }
        }
        match self.ask(&paged).await {
            Ok(known) => {
                rotas.extend(known);
                self.remembered.put(&rotas, now);
            }
            Err(setback) => {
                let why = match setback {
                    Setback::Retry { why, .. } => {
                        format!("{why}; ask again in a moment, or look in PagerDuty itself")
                    }
                    Setback::Refused { why } => why,
                };
                rotas.extend(paged.into_iter().map(|domain| (domain, Rota::Unknown(why.clone()))));
            }
        }
        rotas
    }

    /// The e-mail address of a user; nothing if there is no key to ask with, or they are not there
    /// or have none.
    ///
    /// # Errors
    /// [`Setback`] when PagerDuty did not say.
    pub async fn address_of(&self, user: &str) -> Result<Option<String>, Setback> {
        let Some(rest) = &self.rest else { return Ok(None) };
        match rest.get::<OneUser>(&["users", user], &[]).await {
            Ok(found) => Ok(found.user.email.filter(|address| !address.trim().is_empty())),
            // They have left the account since.
            Err(RestError::Refused { status: StatusCode::NOT_FOUND, .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn ask(&self, domains: &[DomainKey]) -> Result<BTreeMap<DomainKey, Rota>, Setback> {
        if domains.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rest = self.rest()?;
        let policies = self.policies(rest, domains).await?;
        let ids: BTreeSet<&String> = policies.values().flatten().collect();
        let mut query = vec![("include[]", "users")];
        query.extend(ids.iter().map(|id| ("escalation_policy_ids[]", id.as_str())));
        // Without a policy in the question PagerDuty would tell about all of them.
        let entries: Vec<OnCallEntry> =
            if ids.is_empty() { Vec::new() } else { rest.list("oncalls", &query).await? };
        let rotas = policies.into_iter().map(|(domain, policy)| {
            let rota = match policy {
                Some(policy) => Rota::People(people(&entries, &policy)),
                None => Rota::Unknown(format!(
                    "no service of PagerDuty's has its routing key: set escalation_policy of the \
                     domain {domain} to the id of its escalation policy"
                )),
            };
            (domain, rota)
        });
        Ok(rotas.collect())
    }

    /// The escalation policy of each domain: the configured one, or that of the service whose key
    /// the domain has.
    async fn policies(
        &self,
        rest: &Rest,
        domains: &[DomainKey],
    ) -> Result<BTreeMap<DomainKey, Option<String>>, Setback> {
        let configured = |domain: &DomainKey| self.escalation_policies.get(domain).cloned();
        let services: Vec<Service> = if domains.iter().all(|domain| configured(domain).is_some()) {
            Vec::new()
        } else {
            rest.list("services", &[("include[]", "integrations")]).await?
        };
        let of_service = |domain: &DomainKey| {
            let key = self.routing.routing_key_of(domain)?.expose_secret();
            let has_key = |service: &&Service| {
                let integrations = service.integrations.iter().flatten();
                integrations.filter_map(|one| one.integration_key.as_deref()).any(|own| own == key)
            };
            services
                .iter()
                .find(has_key)?
                .escalation_policy
                .as_ref()
                .map(|policy| policy.id.clone())
        };
        let found = domains
            .iter()
            .map(|domain| (domain.clone(), configured(domain).or_else(|| of_service(domain))));
        Ok(found.collect())
    }
}

impl Remembered {
    fn get(&self, domains: &[DomainKey], now: Timestamp) -> Option<BTreeMap<DomainKey, Rota>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, rotas) = known.as_ref()?;
        let is_good = now.duration_since(*at).abs() < GOOD_FOR;
        let asked = domains.iter().map(|domain| Some((domain.clone(), rotas.get(domain)?.clone())));
        if is_good { asked.collect() } else { None }
    }

    fn put(&self, rotas: &BTreeMap<DomainKey, Rota>, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((now, rotas.clone()));
    }
}

/// Who is on call in a policy, by level. Somebody in two schedules of one level is there once, with
/// the longer of the two.
fn people(entries: &[OnCallEntry], policy: &str) -> Vec<OnCall> {
    let mut of_policy: Vec<&OnCallEntry> =
        entries.iter().filter(|entry| entry.escalation_policy.id == policy).collect();
    // Permanently is the longest.
    of_policy.sort_by_key(|entry| {
        (entry.escalation_level, std::cmp::Reverse((entry.end.is_none(), entry.end)))
    });
    let mut seen = BTreeSet::new();
    of_policy.retain(|entry| seen.insert((entry.escalation_level, entry.user.id.clone())));
    let named = |entry: &OnCallEntry| {
        let names = [&entry.user.name, &entry.user.summary];
        let name = names.into_iter().flatten().find(|name| !name.trim().is_empty());
        name.cloned().unwrap_or_else(|| "somebody without a name".to_owned())
    };
    let person = |entry: &OnCallEntry| OnCall {
        level: entry.escalation_level,
        name: named(entry),
        address: entry.user.email.clone(),
        schedule: entry.schedule.as_ref().and_then(|schedule| schedule.summary.clone()),
        until: entry.end,
    };
    of_policy.into_iter().map(person).collect()
}
