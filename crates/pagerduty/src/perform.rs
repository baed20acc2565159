//! Carries out the pager's effects: sends the page, acknowledges it, resolves it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use reqwest::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use sima_incident::{Attempt, DomainKey, Effect, Receipt, Setback};

use crate::{
    Unusable,
    client::{Answer, Client},
    on_call::Remembered,
    page::page,
    rest::Rest,
    routing::{Route, Routing},
    wire::{Event, Problem},
};

/// What it takes to page somebody.
#[derive(Debug)]
pub struct Settings {
    /// The Events API, without `/v2/enqueue`: `https://events.pagerduty.com`.
    pub events_url: String,
    /// The integration keys of domains that have their own.
    pub routing_keys: BTreeMap<DomainKey, SecretString>,
    /// The integration key of all other domains.
    pub default_routing_key: Option<SecretString>,
    /// The domains that another pager pages for.
    pub elsewhere: BTreeSet<DomainKey>,
    /// The escalation policies of domains, by id, where their routing keys do not lead to them.
    pub escalation_policies: BTreeMap<DomainKey, String>,
    /// The REST API, if it may be used.
    pub rest: Option<RestSettings>,
}

/// What it takes to ask who is on call, and to escalate.
#[derive(Debug)]
pub struct RestSettings {
    /// Its address: `https://api.pagerduty.com`.
    pub api_url: String,
    /// The key.
    pub api_token: SecretString,
    /// The e-mail address of the user on whose behalf things are changed.
    pub from: Option<String>,
}

/// The pager.
#[derive(Debug)]
pub struct PagerDuty {
    client: Client,
    pub(crate) routing: Routing,
    pub(crate) escalation_policies: BTreeMap<DomainKey, String>,
    pub(crate) rest: Option<Rest>,
    pub(crate) remembered: Remembered,
    team: OnceLock<String>,
}

impl PagerDuty {
    /// Makes ready to page. Calls nobody.
    ///
    /// # Errors
    /// [`Unusable`] if the address is no URL, or this machine has no certificates to trust.
    pub fn new(settings: Settings) -> Result<Self, Unusable> {
        let routing = Routing {
            of_domains: settings.routing_keys,
            default: settings.default_routing_key,
            elsewhere: settings.elsewhere,
        };
        Ok(Self {
            client: Client::new(&settings.events_url)?,
            routing,
            escalation_policies: settings.escalation_policies,
            rest: settings.rest.as_ref().map(Rest::new).transpose()?,
            remembered: Remembered::default(),
            team: OnceLock::new(),
        })
    }

    /// Says which workspace channels are in (`T…`), so that links open in the right one. Told once,
    /// as soon as the chat has said so; pages before that leave without it.
    pub fn know_team(&self, team: &str) {
        // A second telling says the same.
        let _ = self.team.set(team.to_owned());
    }

    /// Carries out one effect. Doing it twice looks like once: PagerDuty knows the dedup key.
    ///
    /// # Errors
    /// [`Setback::Retry`] when PagerDuty could not be reached, was busy or gave no answer;
    /// [`Setback::Refused`] when it will not take the event, with what to mend.
    pub async fn perform(&self, attempt: &Attempt<'_>) -> Result<Receipt, Setback> {
        let incident = attempt.incident;
        match attempt.effect {
            Effect::PageOnCall => {
                let route = self.routing.route(incident)?;
                let team = self.team.get().map(String::as_str);
                let page = page(attempt, team, &route.dedup_key, None);
                self.send(&route, &page).await?;
                Ok(Receipt::Page { dedup_key: route.dedup_key })
            }
            Effect::PageAgain { cause } => {
                let cause = *cause;
                let route = self.routing.route_again(incident, cause)?;
                let team = self.team.get().map(String::as_str);
                let page = page(attempt, team, &route.dedup_key, Some(cause));
                self.send(&route, &page).await?;
                Ok(Receipt::PageAgain { cause, dedup_key: route.dedup_key })
            }
            Effect::AcknowledgePage => {
                let routes = self.routing.routes_to_silence(incident);
                self.follow_up(routes, |dedup_key| Event::Acknowledge { dedup_key }).await
            }
            Effect::ResolvePage => {
                let routes = self.routing.routes(incident);
                self.follow_up(routes, |dedup_key| Event::Resolve { dedup_key }).await
            }
            Effect::Escalate { call } => self.escalate(attempt, *call, None).await,
            other => Err(Setback::refused(format!("the pager cannot {}", other.in_words()))),
        }
    }

    /// Sends the same about several pages of an incident; without one there is nothing to follow up.
    /// One that cannot be told does not keep the others from being told.
    async fn follow_up(
        &self,
        routes: Vec<Result<Route<'_>, Setback>>,
        event: impl for<'k> Fn(&'k str) -> Event<'k>,
    ) -> Result<Receipt, Setback> {
        let mut told = Ok(Receipt::Done);
        for route in routes {
            let sent = match &route {
                Ok(route) => self.send(route, &event(&route.dedup_key)).await,
                Err(setback) => Err(setback.clone()),
            };
            if let Err(setback) = sent {
                // What may still work is worth another try, whatever else cannot.
                match &told {
                    Err(Setback::Retry { .. }) => {}
                    Ok(_) | Err(Setback::Refused { .. }) => told = Err(setback),
                }
            }
        }
        told
    }

    async fn send(&self, route: &Route<'_>, event: &Event<'_>) -> Result<(), Setback> {
        match self.client.enqueue(route, event).await {
            Ok(answer) => judge(&answer, route),
            Err(error) if error.is_connect() => {
                Err(Setback::later("PagerDuty could not be reached"))
            }
            Err(error) if error.is_timeout() => {
                Err(Setback::unsure("PagerDuty gave no answer within 10 s"))
            }
            Err(error) if error.is_builder() => {
                Err(Setback::refused("the event could not be written as a request"))
            }
            Err(_) => Err(Setback::unsure("PagerDuty's answer was lost")),
        }
    }
}

/// Reads an answer: the one place where PagerDuty's codes are known.
///
/// Source: `developer.pagerduty.com/docs/events-api-v2-overview`, "Response Codes & Retry Logic"
/// (read 2026-08-22).
fn judge(answer: &Answer, route: &Route<'_>) -> Result<(), Setback> {
    match answer.status {
        status if status.is_success() => Ok(()),
        // Throttled: surely not taken in.
        StatusCode::TOO_MANY_REQUESTS => Err(answer.retry_after.map_or_else(
            || Setback::later("PagerDuty is rate limiting this integration key"),
            Setback::rate_limited,
        )),
        // The result is unknown; the dedup key makes it safe to send again.
        status if status == StatusCode::REQUEST_TIMEOUT || status.is_server_error() => {
            Err(Setback::Retry {
                why: format!("PagerDuty answered {status}"),
                after: answer.retry_after,
                unsure: true,
            })
        }
        StatusCode::BAD_REQUEST => Err(Setback::refused(format!(
            "PagerDuty does not take the event: {}. Check that the routing key is an Events API v2 \
             integration key of this region",
            said(answer, route)
        ))),
        StatusCode::NOT_FOUND => Err(Setback::refused(
            "PagerDuty's Events API is not there (404): check pagerduty.events_url",
        )),
        status => Err(Setback::refused(format!(
            "PagerDuty answered {status}: {}. Check pagerduty.events_url and the routing key",
            said(answer, route)
        ))),
    }
}

/// What a refusal says, in one line. Should it repeat the routing key, that is a secret.
fn said(answer: &Answer, route: &Route<'_>) -> String {
    let problem: Problem = serde_json::from_slice(&answer.body).unwrap_or_default();
    let parts: Vec<String> = problem.message.into_iter().chain(problem.errors).collect();
    if parts.is_empty() {
        return "it does not say why".into();
    }
    let said = parts.join("; ").replace(route.routing_key.expose_secret(), "…");
    said.chars().take(300).collect()
}
