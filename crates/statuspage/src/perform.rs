//! Carries out what a step wants of the status page: opens an incident there, and says when it is over.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use sima_incident::{
    Attempt, Effect, Left, Placeholder, PublicNotice, Receipt, Setback, Step, StepAct, StepDone,
    Template,
};

use crate::{
    Unusable,
    client::{Answer, Client},
    wire::{self, Change, Changed, Component, MAX_BODY, MAX_NAME, Problem, Status},
};

/// What it takes to tell the public.
#[derive(Debug)]
pub struct Settings {
    /// The API, without `/v1`: `https://api.statuspage.io`.
    pub base_url: String,
    /// The API key.
    pub token: SecretString,
}

/// The status page.
#[derive(Debug)]
pub struct StatusPage {
    client: Client,
    token: SecretString,
}

impl StatusPage {
    /// Makes ready to tell. Calls nobody.
    ///
    /// # Errors
    /// [`Unusable`] if the address is no URL, or this machine has no certificates to trust.
    pub fn new(settings: Settings) -> Result<Self, Unusable> {
        let client = Client::new(&settings.base_url, settings.token.clone())?;
        Ok(Self { client, token: settings.token })
    }

    /// Carries out one effect of a status page's lane.
    ///
    /// # Errors
    /// [`Setback::Retry`] when Statuspage could not be reached, was busy or gave no answer;
    /// [`Setback::Refused`] when it will not have it, with what to mend.
    pub async fn perform(&self, attempt: &Attempt<'_>) -> Result<Receipt, Setback> {
        match attempt.effect {
            Effect::Step { step, on, .. } => {
                let (step, notice) = configured(attempt, step)?;
                let left = self.open(attempt, step, notice).await?;
                let done = StepDone {
                    step: step.name.clone(),
                    on: *on,
                    kind: step.kind(),
                    left: Some(left),
                };
                Ok(Receipt::Step(done))
            }
            Effect::FollowStatusPage { step } => {
                let (step, notice) = configured(attempt, step)?;
                self.follow(attempt, step, notice).await?;
                Ok(Receipt::Done)
            }
            other => Err(Setback::refused(format!("a status page cannot {}", other.in_words()))),
        }
    }

    /// Opens an incident on the page, or finds the one that an earlier try opened.
    async fn open(
        &self,
        attempt: &Attempt<'_>,
        step: &Step,
        notice: &PublicNotice,
    ) -> Result<Left, Setback> {
        let incident = attempt.incident.id.to_string();
        if attempt.unsure
            && let Some(found) = self.opened_before(notice, &incident, &step.name).await?
        {
            return Ok(left(found));
        }
        let severity = Component::at(attempt.incident.severity);
        let said = Changed {
            name: Some(fill(&notice.title, attempt, MAX_NAME)),
            status: Status::Investigating,
            body: fill(&notice.body, attempt, MAX_BODY),
            component_ids: Some(&notice.component_ids),
            components: all(notice, severity),
            deliver_notifications: notice.notify,
            metadata: Some(wire::metadata(&incident, &step.name)),
        };
        let path = format!("pages/{}/incidents", notice.page_id);
        let change = Change { incident: said };
        let opened: wire::Incident = self.ask(Method::POST, &path, Some(&change)).await?;
        if opened.id.is_empty() {
            return Err(Setback::unsure("Statuspage did not say what it opened"));
        }
        Ok(left(opened))
    }

    /// Looks for an incident that carries ours in its metadata: first among those that last, then
    /// among the newest of all, for somebody may have resolved it by hand.
    async fn opened_before(
        &self,
        notice: &PublicNotice,
        incident: &str,
        step: &str,
    ) -> Result<Option<wire::Incident>, Setback> {
        let ours = wire::metadata(incident, step);
        for listed in ["incidents/unresolved?page=1&per_page=100", "incidents?page=1&limit=100"] {
            let path = format!("pages/{}/{listed}", notice.page_id);
            let looked = self.ask(Method::GET, &path, None).await;
            let incidents: Vec<wire::Incident> = looked.map_err(still_unsure)?;
            let found = incidents.into_iter().find(|found| found.metadata["sima"] == ours["sima"]);
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Says on the page that it is over, or that it is not after all. What stands there already is
    /// not said again: each change writes to whoever follows the page.
    async fn follow(
        &self,
        attempt: &Attempt<'_>,
        step: &Step,
        notice: &PublicNotice,
    ) -> Result<(), Setback> {
        let Some(there) = attempt.incident.left_by(&step.name) else { return Ok(()) };
        let Some(resolved) = &notice.resolved else { return Ok(()) };
        let path = format!("pages/{}/incidents/{}", notice.page_id, there.id);
        let is_over = !attempt.incident.stage.is_live();
        let (status, words, component) = if is_over {
            (Status::Resolved, resolved, Component::Operational)
        } else {
            (Status::Investigating, &notice.body, Component::at(attempt.incident.severity))
        };
        let now: wire::Incident = self.ask(Method::GET, &path, None).await.map_err(still_unsure)?;
        let stands = if is_over {
            matches!(now.status.as_str(), "resolved" | "postmortem" | "completed")
        } else {
            // People on the page may be further than we are.
            matches!(now.status.as_str(), "identified" | "monitoring")
                || now.status == status.word()
        };
        if stands {
            return Ok(());
        }
        let said = Changed {
            name: None,
            status,
            body: fill(words, attempt, MAX_BODY),
            component_ids: None,
            components: all(notice, component),
            deliver_notifications: notice.notify,
            metadata: None,
        };
        let change = Change { incident: said };
        self.ask::<wire::Incident>(Method::PATCH, &path, Some(&change)).await.map(drop)
    }

    async fn ask<A: DeserializeOwned + Default>(
        &self,
        method: Method,
        path: &str,
        change: Option<&Change<'_>>,
    ) -> Result<A, Setback> {
        match self.client.call(method, path, change).await {
            Ok(answer) => {
                self.judge(&answer)?;
                serde_json::from_slice(&answer.body)
                    .map_err(|_| Setback::unsure("Statuspage's answer could not be read"))
            }
            Err(error) if error.is_connect() => {
                Err(Setback::later("Statuspage could not be reached"))
            }
            Err(error) if error.is_timeout() => {
                Err(Setback::unsure("Statuspage gave no answer within 15 s"))
            }
            Err(error) if error.is_builder() => {
                Err(Setback::refused("the request could not be written: check the step's page_id"))
            }
            Err(_) => Err(Setback::unsure("Statuspage's answer was lost")),
        }
    }

    /// Reads an answer: the one place where Statuspage's codes are known.
    fn judge(&self, answer: &Answer) -> Result<(), Setback> {
        let said = || self.said(answer);
        match answer.status {
            status if status.is_success() => Ok(()),
            // Both are sent for a token that asked too often.
            status if status == StatusCode::TOO_MANY_REQUESTS || status.as_u16() == 420 => {
                Err(answer.retry_after.map_or_else(
                    || Setback::later("Statuspage is rate limiting the API key"),
                    Setback::rate_limited,
                ))
            }
            status if status == StatusCode::REQUEST_TIMEOUT || status.is_server_error() => {
                Err(Setback::Retry {
                    why: format!("Statuspage answered {status}"),
                    after: answer.retry_after,
                    unsure: true,
                })
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Setback::refused(format!(
                "Statuspage does not take the API key ({}): check statuspage.token",
                answer.status
            ))),
            StatusCode::NOT_FOUND => Err(Setback::refused(
                "Statuspage knows no such page, or the incident was removed from it (404): check the \
                 step's page_id",
            )),
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => {
                Err(Setback::refused(format!(
                    "Statuspage does not take it: {}. Check the step's page_id and component_ids",
                    said()
                )))
            }
            status => Err(Setback::refused(format!("Statuspage answered {status}: {}", said()))),
        }
    }

    /// What a refusal says, in one line. Should it repeat the key, that is a secret.
    fn said(&self, answer: &Answer) -> String {
        let problem: Problem = serde_json::from_slice(&answer.body).unwrap_or_default();
        let parts: Vec<String> = [problem.message, problem.error]
            .iter()
            .flat_map(|part| match part {
                serde_json::Value::Array(several) => several.clone(),
                one => vec![one.clone()],
            })
            .filter_map(|part| part.as_str().map(str::to_owned))
            .collect();
        if parts.is_empty() {
            return "it does not say why".into();
        }
        parts.join("; ").replace(self.token.expose_secret(), "…").chars().take(300).collect()
    }
}

/// The step an effect is of, with what it tells the public.
fn configured<'p>(
    attempt: &Attempt<'p>,
    name: &str,
) -> Result<(&'p Step, &'p PublicNotice), Setback> {
    match attempt.policy.step(name) {
        Some(step) => match &step.act {
            StepAct::StatusPage(notice) => Ok((step, notice)),
            _ => Err(Setback::refused("the step is no status page any more")),
        },
        None => Err(Setback::refused("the step is not configured any more")),
    }
}

/// What went wrong while looking; it may still have been done before.
fn still_unsure(setback: Setback) -> Setback {
    match setback {
        Setback::Retry { why, after, .. } => Setback::Retry { why, after, unsure: true },
        refused @ Setback::Refused { .. } => refused,
    }
}

fn left(incident: wire::Incident) -> Left {
    Left { id: incident.id, url: incident.shortlink.filter(|url| !url.is_empty()) }
}

fn all(notice: &PublicNotice, how: Component) -> BTreeMap<&str, Component> {
    notice.component_ids.iter().map(|id| (id.as_str(), how)).collect()
}

/// Fills public words. The places that what people wrote would fill are refused where they are
/// configured; should one come here all the same, it stays empty.
fn fill(template: &Template, attempt: &Attempt<'_>, longest: usize) -> String {
    let incident = attempt.incident;
    let filled = template.fill(|place| match place {
        Placeholder::Number => incident.number.to_string(),
        Placeholder::Severity => incident.severity.to_string(),
        Placeholder::Domain => attempt.policy.domain_name(&incident.domain).to_owned(),
        Placeholder::Summary | Placeholder::Channel | Placeholder::Link => String::new(),
    });
    filled.chars().take(longest).collect()
}
