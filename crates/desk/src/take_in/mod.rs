//! Alerts that wait are judged: each belongs to an incident that is there, opens one with others of
//! its group, or changes nothing.
//!
//! What came of an alert is recorded in the transaction that makes it so. Whoever was faster (another
//! replica, or a person who changed the incident) leaves the others waiting, and they are looked at
//! again as they are then. So nothing is lost and nothing is done twice, wherever a process ends.

mod sorting;

use jiff::SignedDuration;
use sima_incident::{
    Actor, AlertEvidence, Command, Incident, IncidentId, KnownAlert, Members, NotedAlert,
    ProposedAlert, Refusal, Severity, Suggestion, decide, runbook,
};
use sima_store::{
    AlertDelivery, AlertHold, Commit, GroupHold, HeldAlert, Judgement, NewAlert, Outcome, Took,
};

use crate::{
    Desk, DeskError,
    open::{Opened, Opening},
    propose::{ProposalRequest, Proposed},
};

use sorting::{Asked, Sorting, Target};

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

    /// Says how bad they are.
    fn is_as_bad_as(&mut self, severity: Option<Severity>) {
        for noted in &mut self.noted {
            noted.severity = severity;
        }
        for hold in &mut self.holds {
            hold.known.severity = severity;
        }
    }
}

/// How many incidents the alerts of one integration may open within five minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StormLimit(pub u32);

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
        let mut sorting = Sorting::survey(&self.store, integration, &alerts, limit, now).await?;
        for alert in alerts {
            sorting.place(alert);
        }
        let Sorting { targets, rest, asked, .. } = sorting;
        let by = Actor::monitor(integration);
        let mut taken = TakenIn::default();
        let ids: Vec<i64> = rest.judged.iter().map(|(judged, _)| judged.id).collect();
        let rest = self.store.judge_alerts(&rest.judged, &rest.over, now).await;
        taken.note(rest.map(|()| true).map_err(DeskError::from), ids);
        for target in targets {
            let ids: Vec<i64> = target.alerts.judged.iter().map(|judged| judged.id).collect();
            if !ids.is_empty() {
                taken.note(self.take_in_at(target, &by).await, ids);
            }
        }
        self.ask_all(asked, &by, &mut taken).await;
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
        Ok(self.store.judge_alerts(&[(judged, None)], &[], self.clock.now()).await?)
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

    /// Asks people about alerts: the first of a group may ask, and the others are heard together.
    async fn ask_all(&self, mut asked: Vec<Asked>, by: &Actor, taken: &mut TakenIn) {
        while !asked.is_empty() {
            let first = asked.remove(0);
            let group = first.suggestion.as_ref().map(|suggestion| suggestion.group.clone());
            let id = first.id;
            taken.note(self.ask(first, by).await, vec![id]);
            let Some(group) = group else { continue };
            let of_group = |one: &Asked| {
                one.suggestion.as_ref().is_some_and(|suggestion| suggestion.group == group)
            };
            let (together, others): (Vec<Asked>, Vec<Asked>) =
                asked.into_iter().partition(of_group);
            asked = others;
            self.ask_together(&group, together, by, taken).await;
        }
    }

    /// Lets a proposal hear alerts of its group in one step; those it does not take are asked about
    /// one by one.
    async fn ask_together(&self, group: &str, asked: Vec<Asked>, by: &Actor, taken: &mut TakenIn) {
        if asked.is_empty() {
            return;
        }
        let alerts: Vec<ProposedAlert> = asked.iter().map(Asked::alert).collect();
        let heard = match self.propose_together(group, &alerts).await {
            Ok(heard) => heard,
            Err(error) => {
                let ids = asked.iter().map(|one| one.id).collect();
                return taken.note(Err(error), ids);
            }
        };
        let (mut judged, mut ids) = (Vec::new(), Vec::new());
        let mut one_by_one = Vec::new();
        for (one, heard) in asked.into_iter().zip(heard) {
            if !heard {
                one_by_one.push(one);
                continue;
            }
            let why = Some("people were asked".to_owned());
            let group = Some(group.to_owned());
            ids.push(one.id);
            judged.push((Judgement { id: one.id, outcome: "proposed", why, group }, None));
        }
        let recorded = self.store.judge_alerts(&judged, &[], self.clock.now()).await;
        taken.note(recorded.map(|()| true).map_err(DeskError::from), ids);
        for one in one_by_one {
            let id = one.id;
            taken.note(self.ask(one, by).await, vec![id]);
        }
    }

    /// Asks people about an alert that belongs to no incident, or lets those who were asked know;
    /// whether it is judged.
    async fn ask(&self, asked: Asked, by: &Actor) -> Result<bool, DeskError> {
        let alert = asked.alert();
        let Asked { id, evidence, suggestion, why, .. } = asked;
        let severity = suggestion.as_ref().map(|suggestion| suggestion.severity);
        match self.propose(&ProposalRequest { alert, suggestion }).await {
            Ok(Proposed::Asked(_)) => self.leave(id, "proposed", "people are asked").await?,
            Ok(Proposed::Heard(_)) => self.leave(id, "proposed", "people were asked").await?,
            Ok(Proposed::Nothing) => self.leave(id, "nothing", &why).await?,
            Ok(Proposed::BelongsTo(incident)) => {
                let Some(incident) = self.store.incident(incident).await? else {
                    return Ok(false);
                };
                let held = self.store.alerts_held(&[(&evidence.source, &evidence.key)]).await?;
                let judged = Judgement { id, outcome: "attached", why: None, group: None };
                let mut alert = OpeningAlerts::of(evidence, held.into_values().next());
                alert.is_as_bad_as(severity);
                let alert = OpeningAlerts { judged: vec![judged], ..alert };
                return self.attach(incident, alert, by).await;
            }
            Err(DeskError::Refused(refusal)) => {
                self.leave(id, "not_opened", &refusal.to_string()).await?;
            }
            Err(fault) => return Err(fault),
        }
        Ok(true)
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
