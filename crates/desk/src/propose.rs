//! People are asked whether what a monitor saw is an incident, and answer.

use std::collections::HashMap;

use jiff::Timestamp;
use sima_incident::{
    Actor, AlertEvidence, AlertState, Answer, Answered, Incident, IncidentId, PROPOSAL_LASTS,
    PersonId, Proposal, ProposalId, ProposedAlert, Refusal, Suggestion,
};
use sima_store::{Delivery, PROPOSAL_DOOR, ProposalChange};

use crate::{
    Desk, DeskError,
    carry_out::TRIES,
    open::{Opened, Opening, new_uuid},
    take_in::OpeningAlerts,
};

/// An alert about which people are to be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposalRequest {
    /// What the monitor said.
    pub alert: ProposedAlert,
    /// What would be opened; absent when the rules do not propose it, so that it is only heard.
    pub suggestion: Option<Suggestion>,
}

/// What came of such an alert.
#[derive(Clone, Debug, PartialEq)]
pub enum Proposed {
    /// People are asked.
    Asked(ProposalId),
    /// They were asked before.
    Heard(ProposalId),
    /// Somebody said that it is this incident, which is not over.
    BelongsTo(IncidentId),
    /// There is nothing to ask.
    Nothing,
}

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
    /// Takes in an alert that people are asked about: they are asked once, and what repeats the
    /// question or ends the trouble changes the question they see.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when there is no channel to ask in; [`DeskError::Fault`] when the store
    /// could not do its part.
    pub async fn propose(&self, request: &ProposalRequest) -> Result<Proposed, DeskError> {
        let alert = &request.alert;
        let fires = matches!(alert.state, AlertState::Firing { .. });
        for _ in 0..TRIES {
            let now = self.clock.now();
            let known = self.store.proposal_of_alert(&alert.integration, &alert.key).await?;
            let (about, before) = match known {
                Some((proposal, state)) => {
                    let begins_anew = fires && alert.state.is_news_after(state);
                    match &proposal.answer {
                        Answer::Awaited => (Some(proposal), Some(state)),
                        Answer::Opened { incident, .. } => {
                            if self.is_live(*incident).await? {
                                return Ok(Proposed::BelongsTo(*incident));
                            }
                            if !begins_anew {
                                return Ok(Proposed::Nothing);
                            }
                            (None, None)
                        }
                        Answer::Dismissed { .. } | Answer::Expired { .. } if begins_anew => {
                            (None, None)
                        }
                        Answer::Dismissed { .. } | Answer::Expired { .. } => {
                            (Some(proposal), Some(state))
                        }
                    }
                }
                None if !fires => return Ok(Proposed::Nothing),
                None => match &request.suggestion {
                    Some(suggestion) => match self.of_group(suggestion, now).await? {
                        OfGroup::Takes(proposal) => (Some(*proposal), None),
                        OfGroup::Incident(incident) => return Ok(Proposed::BelongsTo(incident)),
                        OfGroup::None => (None, None),
                    },
                    None => return Ok(Proposed::Nothing),
                },
            };
            let (proposal, expects) = match (about, &request.suggestion) {
                (Some(proposal), _) => {
                    let version = proposal.version;
                    let heard = proposal.hear(alert.state, before, now);
                    if heard.version == version {
                        return Ok(Proposed::Heard(heard.id));
                    }
                    (heard, Some(version))
                }
                (None, Some(suggestion)) if fires => {
                    let id = ProposalId(new_uuid(now));
                    let channel = self.channel_to_ask_in(suggestion)?;
                    (Proposal::of(id, channel, suggestion.clone(), alert.clone(), now), None)
                }
                (None, _) => return Ok(Proposed::Nothing),
            };
            let id = proposal.id;
            let heard = vec![alert.clone()];
            let at_once = proposal.ended_at.is_some();
            let change = ProposalChange { proposal, expects, heard, at_once, now };
            if self.store.record_proposal(&change).await? {
                return Ok(match expects {
                    None => Proposed::Asked(id),
                    Some(_) => Proposed::Heard(id),
                });
            }
        }
        Err(DeskError::Contended)
    }

    /// Lets a proposal whose answer is awaited hear many alerts of its group together, each as it came;
    /// which of them it heard. The others must be proposed one by one.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not do its part.
    pub(crate) async fn propose_together(
        &self,
        group: &str,
        alerts: &[ProposedAlert],
    ) -> Result<Vec<bool>, DeskError> {
        let keys: Vec<(&str, &str)> =
            alerts.iter().map(|alert| (&*alert.integration, &*alert.key)).collect();
        for _ in 0..TRIES {
            let found = self.store.proposal_of_group(group).await?;
            let now = self.clock.now();
            let takes = |proposal: &Proposal| proposal.is_awaited() && proposal.takes_in_group(now);
            let Some(before) = found.filter(takes) else { return Ok(vec![false; alerts.len()]) };
            let (id, version) = (before.id, before.version);
            let mut known = self.store.proposals_of_alerts(&keys).await?;
            let mut last: HashMap<(String, String), ProposedAlert> = HashMap::new();
            let mut proposal = before;
            let mut heard = Vec::with_capacity(alerts.len());
            for alert in alerts {
                let key = (alert.integration.clone(), alert.key.clone());
                let state = match known.get(&key) {
                    Some((of, state)) if *of == id => Some(*state),
                    None if matches!(alert.state, AlertState::Firing { .. }) => None,
                    Some(_) | None => {
                        heard.push(false);
                        continue;
                    }
                };
                let before = proposal.version;
                proposal = proposal.hear(alert.state, state, now);
                if proposal.version > before {
                    known.insert(key.clone(), (id, alert.state));
                    last.insert(key, alert.clone());
                }
                heard.push(true);
            }
            if proposal.version == version {
                return Ok(heard);
            }
            let at_once = proposal.ended_at.is_some();
            let last = last.into_values().collect();
            let change =
                ProposalChange { proposal, expects: Some(version), heard: last, at_once, now };
            if self.store.record_proposal(&change).await? {
                return Ok(heard);
            }
        }
        Err(DeskError::Contended)
    }

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
            at_once: true,
            now,
        };
        Ok(self.store.record_proposal(&change).await?)
    }

    /// What becomes of an alert by its group alone.
    async fn of_group(
        &self,
        suggestion: &Suggestion,
        now: Timestamp,
    ) -> Result<OfGroup, DeskError> {
        if suggestion.within.is_zero() {
            return Ok(OfGroup::None);
        }
        let Some(proposal) = self.store.proposal_of_group(&suggestion.group).await? else {
            return Ok(OfGroup::None);
        };
        if proposal.takes_in_group(now) {
            return Ok(OfGroup::Takes(Box::new(proposal)));
        }
        match proposal.answer {
            Answer::Opened { incident, .. } if self.is_live(incident).await? => {
                Ok(OfGroup::Incident(incident))
            }
            _ => Ok(OfGroup::None),
        }
    }

    async fn is_live(&self, incident: IncidentId) -> Result<bool, DeskError> {
        let incident = self.store.incident(incident).await?;
        Ok(incident.is_some_and(|incident| incident.stage.is_live()))
    }

    fn channel_to_ask_in(&self, suggestion: &Suggestion) -> Result<String, DeskError> {
        let domain = self.policy.domain(&suggestion.domain);
        let channel = domain.and_then(|domain| domain.channel.clone());
        channel.ok_or_else(|| {
            Refusal::AlreadySo(format!("there is no channel to ask in for {}", suggestion.domain))
                .into()
        })
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

/// What there is of a group.
enum OfGroup {
    /// A proposal that takes the alert in.
    Takes(Box<Proposal>),
    /// An incident that somebody opened for it.
    Incident(IncidentId),
    None,
}

/// Who opened an incident, by the chat's id if the chat knows them.
fn reporter(incident: &Incident) -> PersonId {
    incident.reporter.person().cloned().unwrap_or_else(|| PersonId("SIMA".into()))
}
