//! Which pager an effect goes to, and what the chat and the pager know of each other's people.

use sima_incident::{Attempt, Effect, EscalateTo, Receipt, Setback};
use sima_slack::Slack;

use super::Worker;

impl Worker {
    /// Has the pager do something: the one that pages for the domain, or all that were called.
    pub(super) async fn page(&self, attempt: &Attempt<'_>) -> Result<Receipt, Setback> {
        let pagers = &self.adapters.pagers;
        let identity = self.adapters.slack.as_ref().and_then(|slack| slack.identity());
        if let Some(identity) = identity {
            pagers.know_team(&identity.team_id);
        }
        let incident = attempt.incident;
        let domain = match attempt.effect {
            Effect::PageOnCall => Some(incident.domain_paged(None)),
            Effect::PageAgain { cause } => Some(incident.domain_paged(Some(*cause))),
            Effect::Escalate { .. } => Some(&incident.domain),
            // What follows is told to every pager that was called.
            _ => None,
        };
        match domain {
            Some(domain) if pagers.name_for(domain).is_some() => pagers.perform(attempt).await,
            Some(_) => self.page_by_pagerduty(attempt).await,
            None if self.adapters.pagerduty.is_none() => pagers.perform(attempt).await,
            None => {
                let (here, there) =
                    (self.page_by_pagerduty(attempt).await, pagers.perform(attempt).await);
                match (here, there) {
                    // What may still work is worth another try, whatever else cannot.
                    (_, Err(setback @ Setback::Retry { .. })) => Err(setback),
                    (Ok(_), there) => there,
                    (here, _) => here,
                }
            }
        }
    }

    async fn page_by_pagerduty(&self, attempt: &Attempt<'_>) -> Result<Receipt, Setback> {
        let Some(pagerduty) = &self.adapters.pagerduty else {
            // It was planned while the pager was configured, and no longer is.
            return Err(Setback::refused("pagerduty is not configured any more"));
        };
        let identity = self.adapters.slack.as_ref().and_then(|slack| slack.identity());
        if let Some(identity) = identity {
            pagerduty.know_team(&identity.team_id);
        }
        match attempt.effect {
            Effect::Escalate { call } => {
                let address = self.address_of(attempt, *call).await?;
                pagerduty.escalate(attempt, *call, address.as_deref()).await
            }
            _ => pagerduty.perform(attempt).await,
        }
    }

    /// Invites who took the page: the pager knows their address, the chat who has it.
    pub(super) async fn invite_responder(
        &self,
        attempt: &Attempt<'_>,
        user: &str,
        slack: &Slack,
    ) -> Result<Receipt, Setback> {
        let address = match &self.adapters.pagerduty {
            Some(pagerduty) => pagerduty.address_of(user).await?,
            None => None,
        };
        let Some(address) = address else {
            tracing::info!(
                "who took the page is not invited: without pagerduty.api_token their \
                            address is not known"
            );
            return Ok(Receipt::Done);
        };
        match slack.person_of(&address).await {
            Ok(Some(person)) => {
                let effect = Effect::Invite { people: vec![person] };
                slack.perform(&Attempt { effect: &effect, ..*attempt }).await
            }
            Ok(None) => {
                tracing::info!(
                    "who took the page is not invited: nobody in Slack has their address"
                );
                Ok(Receipt::Done)
            }
            Err(error) => Err(Setback::later(error.to_string())),
        }
    }

    /// The e-mail address of whom an escalation is to, if it is to a person.
    async fn address_of(
        &self,
        attempt: &Attempt<'_>,
        call: u32,
    ) -> Result<Option<String>, Setback> {
        let to = attempt.incident.escalation(call).map(|escalation| &escalation.to);
        match (to, &self.adapters.slack) {
            (Some(EscalateTo::Person(person)), Some(slack)) => slack.address_of(person).await,
            _ => Ok(None),
        }
    }
}
