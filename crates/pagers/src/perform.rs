//! Carries out the effects of pages that go to another pager than PagerDuty.

use std::sync::OnceLock;

use sima_incident::{
    Attempt, DomainKey, Effect, Incident, Page as PageState, PageCause, Receipt, Setback,
};

use crate::{
    Settings, Unfit, Unusable,
    call::Verb,
    client::Client,
    key::{page_key, pager_of},
    page::page,
    settings::Pager,
};

/// The pagers that are configured beside PagerDuty.
#[derive(Debug)]
pub struct Pagers {
    client: Client,
    configured: Vec<Pager>,
    team: OnceLock<String>,
}

/// Settings that do not fit, or no TLS on this machine.
#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    /// A setting cannot work.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// There is no TLS on this machine.
    #[error(transparent)]
    Unusable(#[from] Unusable),
}

impl Pagers {
    /// Makes ready to page. Calls nobody.
    ///
    /// # Errors
    /// [`BadSettings`] if a setting cannot work, or this machine has no certificates to trust.
    pub fn new(settings: &[Settings]) -> Result<Self, BadSettings> {
        let configured = settings.iter().map(Settings::fit).collect::<Result<_, _>>()?;
        Ok(Self { client: Client::new()?, configured, team: OnceLock::new() })
    }

    /// What pages for a domain, by the name people know it by; nothing if it is none of these.
    pub fn name_for(&self, domain: &DomainKey) -> Option<String> {
        self.pager_for(domain).map(|pager| format!("{} ({})", pager.kind, pager.name))
    }

    /// Says which workspace channels are in (`T…`), so that links open in the right one.
    pub fn know_team(&self, team: &str) {
        // A second telling says the same.
        let _ = self.team.set(team.to_owned());
    }

    /// Carries out one effect. Doing it twice looks like once: every pager knows the page's key.
    ///
    /// # Errors
    /// [`Setback::Retry`] when the pager could not be reached, was busy or gave no answer;
    /// [`Setback::Refused`] when it cannot or will not, with what to do instead.
    pub async fn perform(&self, attempt: &Attempt<'_>) -> Result<Receipt, Setback> {
        match attempt.effect {
            Effect::PageOnCall => {
                let dedup_key = self.send_page(attempt, None).await?;
                Ok(Receipt::Page { dedup_key })
            }
            Effect::PageAgain { cause } => {
                let dedup_key = self.send_page(attempt, Some(*cause)).await?;
                Ok(Receipt::PageAgain { cause: *cause, dedup_key })
            }
            Effect::AcknowledgePage => {
                // Whoever else was asked for is still wanted.
                let is_answered = |cause| !matches!(cause, Some(PageCause::Escalated { .. }));
                self.follow_up(attempt, Verb::Acknowledge, is_answered).await
            }
            Effect::ResolvePage => self.follow_up(attempt, Verb::Resolve, |_| true).await,
            Effect::Escalate { .. } => {
                let name = self.name_for(&attempt.incident.domain).unwrap_or_default();
                Err(Setback::refused(format!(
                    "SIMA cannot ask {name} for somebody else: do it there, or escalate to a \
                     person or another domain"
                )))
            }
            other => Err(Setback::refused(format!("the pager cannot {}", other.in_words()))),
        }
    }

    fn pager_for(&self, domain: &DomainKey) -> Option<&Pager> {
        self.configured.iter().find(|pager| pager.domains.contains(domain))
    }

    async fn send_page(
        &self,
        attempt: &Attempt<'_>,
        cause: Option<PageCause>,
    ) -> Result<String, Setback> {
        let domain = attempt.incident.domain_paged(cause);
        let pager = self.pager_for(domain).ok_or_else(|| {
            Setback::refused(format!("no pager is configured for the domain {domain}"))
        })?;
        let key = page_key(attempt.incident, &pager.name, domain, cause);
        self.tell(attempt, pager, Verb::Page, &key, cause).await?;
        Ok(key)
    }

    /// Says the same about every page of the incident that went to one of these. One that cannot be
    /// told does not keep the others from being told.
    async fn follow_up(
        &self,
        attempt: &Attempt<'_>,
        verb: Verb,
        is_meant: impl Fn(Option<PageCause>) -> bool,
    ) -> Result<Receipt, Setback> {
        let mut told = Ok(Receipt::Done);
        for (key, cause) in self.pages(attempt.incident) {
            if !is_meant(cause) {
                continue;
            }
            let pager = pager_of(&key)
                .and_then(|name| self.configured.iter().find(|pager| pager.name == name));
            let sent = match pager {
                Some(pager) => self.tell(attempt, pager, verb, &key, cause).await,
                None => Err(Setback::refused(format!(
                    "the pager the page {key} went to is not configured any more: do it there"
                ))),
            };
            if let Err(setback) = sent {
                match &told {
                    Err(Setback::Retry { .. }) => {}
                    Ok(_) | Err(Setback::Refused { .. }) => told = Err(setback),
                }
            }
        }
        told
    }

    /// The pages that went to one of these and may be open, oldest first.
    fn pages(&self, incident: &Incident) -> Vec<(String, Option<PageCause>)> {
        let first = std::iter::once((&incident.page, None));
        let repages = incident.repages.iter().map(|repage| (&repage.page, Some(repage.cause)));
        let pages = first.chain(repages).filter_map(|(page, cause)| match page {
            PageState::Accepted { dedup_key, .. } => {
                pager_of(dedup_key).is_some().then(|| (dedup_key.clone(), cause))
            }
            // One whose answer was lost, or that was given up, may be open all the same.
            PageState::Sent | PageState::Failed => {
                let domain = incident.domain_paged(cause);
                let pager = self.pager_for(domain)?;
                Some((page_key(incident, &pager.name, domain, cause), cause))
            }
            PageState::None => None,
        });
        pages.collect()
    }

    async fn tell(
        &self,
        attempt: &Attempt<'_>,
        pager: &Pager,
        verb: Verb,
        key: &str,
        cause: Option<PageCause>,
    ) -> Result<(), Setback> {
        let page = page(attempt, self.team.get().map(String::as_str), cause);
        let Some(call) = pager.kind.call(verb, key, &page, &pager.secret) else {
            return Err(Setback::refused(format!(
                "{} takes no acknowledgement from outside: acknowledge it there, or it goes on \
                 calling",
                pager.kind
            )));
        };
        self.client.send(pager, call, attempt).await
    }
}
