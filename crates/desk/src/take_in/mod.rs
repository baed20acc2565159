//! Alerts that wait are judged: each belongs to an incident that is there, opens one with others of
//! its group, or changes nothing.
//!
//! What came of an alert is recorded in the transaction that makes it so. Whoever was faster (another
//! replica, or a person who changed the incident) leaves the others waiting, and they are looked at
//! again as they are then. So nothing is lost and nothing is done twice, wherever a process ends.

mod asking;
mod sorting;

use jiff::SignedDuration;
use sima_incident::{
    Actor, AlertEvidence, Command, Incident, IncidentId, KnownAlert, Members, NotedAlert, Refusal,
    StormLimit, Suggestion, decide, runbook,
};
use sima_store::{
    AlertDelivery, AlertHold, Commit, GroupHold, HeldAlert, Judgement, NewAlert, Outcome,
    ProposalChange, StoreError, Took,
};

use crate::{
    Desk, DeskError,
    open::{Opened, Opening},
};

use asking::Asking;
use sorting::{Sorting, Target};

/// An alert of the log, and what the rules say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct RuledAlert {
    /// Its number in the log.
    pub id: i64,
    /// The source that spoke through the integration.
    pub source: String,
    /// What the monitor said. Its source is the integration.
    pub evidence: AlertEvidence,
    /// The members of the group it stands for, if it is one.
    pub members: Members,
    /// What is to be done about it.
    pub ruling: Ruling,
}

/// What is to be done about an alert.
#[derive(Clone, Debug, PartialEq)]
pub enum Ruling {
    /// Nothing, whatever it is.
    Leave {
        /// What came of it, in one word, such as `ignored`.
        outcome: &'static str,
        /// Why.
        why: String,
    },
    /// It is noted at the incident it belongs to, if there is one.
    Note {
        /// Why it opens none.
        why: String,
    },
    /// People are asked whether it is an incident, unless it belongs to one.
    Propose(Box<Suggestion>),
    /// It opens an incident, unless it or its group belongs to one.
    Open(Box<Wanted>),
}

/// The incident an alert would open, and what would be one with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// How it is opened.
    pub opening: Opening,
    /// What alerts of the same trouble have in common.
    pub group: String,
    /// How long after the last the next belongs to the same incident; zero for never.
    pub within: SignedDuration,
    /// Whether the monitor may say that the system has recovered, once none fires any more.
    pub recovers: bool,
}

/// What came of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// How many alerts are judged now.
    pub judged: usize,
    /// Those that could not be: a fault on our side, which is logged.
    pub failed: Vec<i64>,
}

/// The alerts an incident is opened for: the first, and all that came with it.
#[derive(Clone, Default)]
pub(crate) struct OpeningAlerts {
    pub noted: Vec<NotedAlert>,
    pub holds: Vec<AlertHold>,
    pub groups: Vec<GroupHold>,
    pub judged: Vec<Judgement>,
}

impl OpeningAlerts {
    /// One alert, taken from whoever holds it.
    pub fn of(evidence: AlertEvidence, expects: Option<HeldAlert>) -> Self {
        let hold = AlertHold {
            integration: evidence.source.clone(),
            key: evidence.key.clone(),
            title: evidence.title.clone(),
            known: KnownAlert::of(evidence.state),
            expects,
        };
        Self { noted: vec![NotedAlert::of(evidence)], holds: vec![hold], ..Self::default() }
    }
}

impl Desk {
    /// Takes a delivery of alerts in, to be judged later. When this returns, it is durable.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not do its part; the sender should send it again.
    pub async fn take_delivery(
        &self,
        integration: &str,
        id: Option<String>,
        alerts: Vec<NewAlert>,
    ) -> Result<Took, DeskError> {
        let now = self.clock.now();
        let delivery = AlertDelivery { integration: integration.to_owned(), id, alerts, now };
        Ok(self.store.take_alerts(delivery).await?)
    }

    /// Judges alerts of one integration, in the order they came. Once so many incidents were opened
    /// for it within five minutes, what would open another is gathered in one.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not be read; nothing was recorded.
    pub async fn take_in(
        &self,
        integration: &str,
        alerts: Vec<RuledAlert>,
        limit: StormLimit,
    ) -> Result<TakenIn, DeskError> {
        let now = self.clock.now();
        let mut sorting =
            Box::pin(Sorting::survey(&self.store, integration, &alerts, limit, now)).await?;
        for alert in alerts {
            sorting.place(alert);
        }
        let asked = std::mem::take(&mut sorting.asked);
        let policy = &self.policy;
        let mut asking =
            Box::pin(Asking::survey(&self.store, policy, integration, &asked, limit, now)).await?;
        for asked in asked {
            asking.place(asked);
        }
        for (id, asked) in std::mem::take(&mut asking.belong) {
            if let Some(incident) = asking.incidents.get(&id) {
                sorting.belongs(incident, asked);
            }
        }
        let (changes, left) = asking.decided();
        let Sorting { targets, mut rest, .. } = sorting;
        rest.judged.extend(left.into_iter().map(|judged| (judged, None)));
        let mut taken = TakenIn::default();
        let recorded = self.store.judge_alerts(&rest.judged, &rest.over, &changes, now).await;
        taken.rest(recorded, &rest.judged, &changes);
        let by = Actor::monitor(integration);
        for target in targets {
            let ids: Vec<i64> = target.alerts.judged.iter().map(|judged| judged.id).collect();
            if !ids.is_empty() {
                taken.note(Box::pin(self.take_in_at(target, &by)).await, ids);
            }
        }
        Ok(taken)
    }

    /// Gives alerts up that could not be judged however often it was tried.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not do its part.
    pub async fn give_alert_up(&self, id: i64, why: &str) -> Result<(), DeskError> {
        self.leave(id, "given_up", why).await
    }

    /// Judges one alert of which nothing comes.
    async fn leave(&self, id: i64, outcome: &'static str, why: &str) -> Result<(), DeskError> {
        let judged = Judgement { id, outcome, why: Some(why.to_owned()), group: None };
        Ok(self
            .store
            .judge_alerts(&[(judged, None)], &[], &[], self.clock.now())
            .await
            .map(drop)?)
    }

    /// Records what alerts do to one incident; whether nobody was faster.
    async fn take_in_at(&self, target: Target, by: &Actor) -> Result<bool, DeskError> {
        match (target.incident, target.opening) {
            (Some(incident), _) => self.attach(incident, target.alerts, by).await,
            (None, Some(opening)) => {
                let first = target.alerts.judged.first().map(|judged| judged.id);
                match self.open_for(opening, by, None, target.alerts).await {
                    Ok(Opened::New(incident)) => {
                        tracing::info!(incident.number = %incident.number, "an alert opened it");
                        Ok(true)
                    }
                    Ok(Opened::Before(_) | Opened::HeldBy(_)) => Ok(false),
                    Err(DeskError::Refused(refusal)) => {
                        tracing::warn!(why = %refusal, "an alert opened nothing");
                        // Only the first was refused: the next may be acceptable.
                        if let Some(first) = first {
                            self.leave(first, "not_opened", &refusal.to_string()).await?;
                        }
                        Ok(false)
                    }
                    Err(fault) => Err(fault),
                }
            }
            (None, None) => Ok(false),
        }
    }

    /// Notes alerts at an incident that is there, if they tell it something; they are judged anyway.
    async fn attach(
        &self,
        before: Incident,
        alerts: OpeningAlerts,
        by: &Actor,
    ) -> Result<bool, DeskError> {
        let now = self.clock.now();
        let command = Command::NoteAlerts(alerts.noted);
        let events = decide(Some(&before), command, by, now, &self.policy)?;
        let after = Incident::replay(Some(before), &events).ok_or(Refusal::NoSuchIncident)?;
        let commit = Commit {
            planned: runbook(&after, &events, &self.policy),
            incident: after,
            events,
            settles: None,
            delivery: None,
            alerts: alerts.holds,
            groups: alerts.groups,
            judged: alerts.judged,
            now,
        };
        Ok(self.store.record(commit).await? == Outcome::Recorded)
    }
}

impl TakenIn {
    /// What changes no incident is recorded, but where somebody was faster with a proposal.
    fn rest(
        &mut self,
        recorded: Result<Vec<bool>, StoreError>,
        left: &[Left],
        changes: &[ProposalChange],
    ) {
        let ids = |judged: &[Judgement]| judged.iter().map(|one| one.id).collect::<Vec<_>>();
        let left = left.iter().map(|(judged, _)| judged.id).collect::<Vec<_>>();
        match recorded {
            Ok(recorded) => {
                self.judged += left.len();
                for (change, recorded) in changes.iter().zip(recorded) {
                    self.note(Ok(recorded), ids(&change.judged));
                }
            }
            Err(error) => {
                let asked = changes.iter().flat_map(|change| ids(&change.judged));
                self.note(Err(error.into()), left.into_iter().chain(asked).collect());
            }
        }
    }

    fn note(&mut self, outcome: Result<bool, DeskError>, ids: Vec<i64>) {
        match outcome {
            Ok(true) => self.judged += ids.len(),
            Ok(false) => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, alerts = ids.len(), "alerts could not be judged");
                self.failed.extend(ids);
            }
        }
    }
}

/// What came of an alert that changes no incident, as its row of the log says it.
type Left = (Judgement, Option<IncidentId>);
