//! People answer whether what a monitor saw is an incident.

use jiff::Timestamp;
use sima_incident::{
    Actor, AlertEvidence, AlertState, Answer, Answered, Incident, PROPOSAL_LASTS, PersonId,
    Proposal, ProposalId,
};
use sima_store::{Delivery, PROPOSAL_DOOR, ProposalChange};

use crate::{
    Desk, DeskError,
    carry_out::TRIES,
    open::{Opened, Opening},
    take_in::OpeningAlerts,
};

/// What came of somebody's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum AnswerTaken {
    /// An incident is open for it.
    Opened(Box<Incident>),
    /// It is noted that it is none.
    Dismissed(Box<Proposal>),
    /// Somebody was faster.
    Answered(Answered),
    /// There is no such proposal, or not any more.
    Unknown,
}

impl Desk {
    /// Somebody says that it is an incident: it is opened once, whoever else says so too.
    ///
    /// # Errors
    /// As [`Desk::open`].
    pub async fn open_proposed(
        &self,
        id: ProposalId,
        by: &Actor,
        response_url: Option<String>,
    ) -> Result<AnswerTaken, DeskError> {
        let Some(proposal) = self.store.proposal(id).await? else {
            return Ok(AnswerTaken::Unknown);
        };
        if let Answer::Opened { number, by, .. } = proposal.answer {
            return Ok(AnswerTaken::Answered(Answered::Opened { number, by }));
        }
        let suggestion = &proposal.suggestion;
        let opening = Opening {
            description: suggestion.description.clone(),
            domain: Some(suggestion.domain.clone()),
            severity: Some(suggestion.severity),
            started_at: Some(proposal.began_at),
            links: suggestion.links.clone(),
            response_url,
            ..Opening::of(suggestion.title.clone())
        };
        let delivery = Delivery { door: PROPOSAL_DOOR.to_owned(), id: id.to_string() };
        let mut opened = None;
        for _ in 0..TRIES {
            let alerts = self.alert_of(&proposal).await?;
            match self.open_for(opening.clone(), by, Some(delivery.clone()), alerts).await? {
                Opened::New(incident) | Opened::Before(incident) => {
                    opened = Some(incident);
                    break;
                }
                Opened::HeldBy(_) => {}
            }
        }
        let incident = opened.ok_or(DeskError::Contended)?;
        self.note_opened(id, &incident).await?;
        if incident.reporter == *by {
            return Ok(AnswerTaken::Opened(Box::new(incident)));
        }
        let by = reporter(&incident);
        Ok(AnswerTaken::Answered(Answered::Opened { number: incident.number, by }))
    }

    /// Somebody says that it is no incident.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not do its part.
    pub async fn dismiss_proposed(
        &self,
        id: ProposalId,
        by: &PersonId,
    ) -> Result<AnswerTaken, DeskError> {
        for _ in 0..TRIES {
            let Some(proposal) = self.store.proposal(id).await? else {
                return Ok(AnswerTaken::Unknown);
            };
            let (version, now) = (proposal.version, self.clock.now());
            let dismissed = match proposal.dismiss(by.clone(), now) {
                Ok(dismissed) => dismissed,
                Err(answered) => return Ok(AnswerTaken::Answered(answered)),
            };
            if dismissed.version == version || self.answered(&dismissed, version, now).await? {
                return Ok(AnswerTaken::Dismissed(Box::new(dismissed)));
            }
        }
        Err(DeskError::Contended)
    }

    /// The channel does not take a proposal's message: it is shown in another one at once, or, if that
    /// does not take it either, in the first again when its time comes.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not do its part.
    pub async fn ask_elsewhere(
        &self,
        id: ProposalId,
        other: Option<&str>,
    ) -> Result<(), DeskError> {
        for _ in 0..TRIES {
            let Some(proposal) = self.store.proposal(id).await? else { return Ok(()) };
            let expects = Some(proposal.version);
            let Some(proposal) = proposal.elsewhere(other) else { return Ok(()) };
            let (heard, judged, now) = (Vec::new(), Vec::new(), self.clock.now());
            let at_once = proposal.instead_of.is_some();
            let change = ProposalChange { proposal, expects, heard, judged, at_once, now };
            if self.store.record_proposal(&change).await? {
                return Ok(());
            }
        }
        Err(DeskError::Contended)
    }

    /// Ends what nobody answers, and tells proposals of incidents that were opened from them by a
    /// process that ended before it could.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not do its part.
    pub async fn tend_proposals(&self) -> Result<(), DeskError> {
        for (id, incident) in self.store.proposals_opened_untold().await? {
            if let Some(incident) = self.store.incident(incident).await? {
                self.note_opened(id, &incident).await?;
            }
        }
        let now = self.clock.now();
        let since = now.saturating_sub(PROPOSAL_LASTS).unwrap_or(now);
        for proposal in self.store.unheard_proposals(since).await? {
            let version = proposal.version;
            if let Some(expired) = proposal.expire(now) {
                // If somebody answers at this moment, their answer counts.
                self.answered(&expired, version, now).await?;
            }
        }
        Ok(())
    }

    /// Tells a proposal that an incident was opened from it.
    async fn note_opened(&self, id: ProposalId, incident: &Incident) -> Result<(), DeskError> {
        for _ in 0..TRIES {
            let Some(proposal) = self.store.proposal(id).await? else { return Ok(()) };
            let version = proposal.version;
            let at = incident.times.opened_at;
            let opened = proposal.open(incident.id, incident.number, reporter(incident), at);
            let now = self.clock.now();
            if opened.version == version || self.answered(&opened, version, now).await? {
                return Ok(());
            }
        }
        Err(DeskError::Contended)
    }

    async fn answered(
        &self,
        proposal: &Proposal,
        expects: u32,
        now: Timestamp,
    ) -> Result<bool, DeskError> {
        let change = ProposalChange {
            proposal: proposal.clone(),
            expects: Some(expects),
            heard: Vec::new(),
            judged: Vec::new(),
            at_once: true,
            now,
        };
        Ok(self.store.record_proposal(&change).await?)
    }

    /// The alert of a proposal as an incident records it, taken from whoever holds it.
    async fn alert_of(&self, proposal: &Proposal) -> Result<OpeningAlerts, DeskError> {
        let first = &proposal.first;
        let state = match proposal.ended_at {
            Some(since) => AlertState::Resolved { since },
            None => AlertState::Firing { since: proposal.began_at },
        };
        let evidence = AlertEvidence {
            source: first.integration.clone(),
            key: first.key.clone(),
            title: first.title.clone(),
            state,
            members: None,
        };
        let held = self.store.alerts_held(&[(&first.integration, &first.key)]).await?;
        Ok(OpeningAlerts::of(evidence, held.into_values().next()))
    }
}

/// Who opened an incident, by the chat's id if the chat knows them.
fn reporter(incident: &Incident) -> PersonId {
    incident.reporter.person().cloned().unwrap_or_else(|| PersonId("SIMA".into()))
}
