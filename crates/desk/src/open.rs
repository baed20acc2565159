//! Opening an incident: the defaults, the number, and a channel name that is free.

use jiff::Timestamp;
use sima_incident::{
    Actor, AlertEvidence, Assessment, Command, Declaration, DomainKey, Effect, Event, Impact,
    Incident, IncidentId, IncidentNumber, Kind, MessageRef, NotedAlert, Planned, Severity,
    Visibility, decide, naming, runbook,
};
use sima_store::{Commit, Delivery, Outcome};
use uuid::{NoContext, Uuid};

use crate::{
    Desk, DeskError,
    carry_out::{TRIES, replay},
    take_in::OpeningAlerts,
};

/// What is known when somebody wants to open an incident. Only the summary is needed.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// What is broken.
    pub summary: String,
    /// More about it.
    pub description: Option<String>,
    /// The domain; the configured default if absent.
    pub domain: Option<DomainKey>,
    /// The severity; the configured default if absent.
    pub severity: Option<Severity>,
    /// How many clients are affected.
    pub impact: Impact,
    /// Whether it counts.
    pub kind: Kind,
    /// Who may see it.
    pub visibility: Visibility,
    /// When customers first felt it, if known.
    pub started_at: Option<Timestamp>,
    /// When it was first noticed, if known.
    pub detected_at: Option<Timestamp>,
    /// Links to what it was opened from.
    pub links: Vec<String>,
    /// What was answered about the impact, if somebody was asked.
    pub assessment: Option<Assessment>,
    /// Where the chat takes an answer for the person who asked.
    pub response_url: Option<String>,
    /// The message it is opened from: a reply under it says where the incident is.
    pub from_message: Option<MessageRef>,
}

impl Opening {
    /// An opening of which only the summary is known.
    pub fn of(summary: impl Into<String>) -> Self {
        Self {
            summary: summary.into(),
            description: None,
            domain: None,
            severity: None,
            impact: Impact::Unknown,
            kind: Kind::Real,
            visibility: Visibility::Company,
            started_at: None,
            detected_at: None,
            links: Vec::new(),
            assessment: None,
            response_url: None,
            from_message: None,
        }
    }
}

/// What came of an opening.
#[derive(Clone, Debug, PartialEq)]
pub enum Opened {
    /// A new incident.
    New(Incident),
    /// This very request was recorded before; this is its incident as it is now.
    Before(Incident),
    /// An alert it should hold is held by another incident, or was judged; nothing was opened.
    HeldBy(Option<IncidentId>),
}

impl Desk {
    /// Opens an incident.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when something given is not acceptable (shown to the person);
    /// [`DeskError::Fault`] when the store could not do its part (nothing was recorded).
    pub async fn open(
        &self,
        opening: Opening,
        by: &Actor,
        delivery: Option<Delivery>,
    ) -> Result<Opened, DeskError> {
        self.open_for(opening, by, delivery, OpeningAlerts::default()).await
    }

    /// [`Self::open`], for the alerts it shall hold.
    pub(crate) async fn open_for(
        &self,
        opening: Opening,
        by: &Actor,
        delivery: Option<Delivery>,
        alerts: OpeningAlerts,
    ) -> Result<Opened, DeskError> {
        let mut noted = alerts.noted.into_iter();
        let first = noted.next().map(|first| first.evidence);
        let others: Vec<NotedAlert> = noted.collect();
        let response_url = opening.response_url.clone();
        let from_message = opening.from_message.clone();
        let mut declaration = self.declaration(opening, first);
        let refused_first = Command::Declare(Box::new(declaration.clone()));
        decide(None, refused_first, by, self.clock.now(), &self.policy)?;

        // One after the other in this process, so that only other replicas are ever faster.
        let _turn = self.openings.lock().await;
        for _ in 0..TRIES {
            let now = self.clock.now();
            declaration.number = self.store.next_number().await?;
            declaration.channel_name = self.free_channel_name(&declaration, now).await?;
            let command = Command::Declare(Box::new(declaration.clone()));
            let mut events = decide(None, command, by, now, &self.policy)?;
            let Some(mut incident) = Incident::replay(None, &events) else {
                return Err(DeskError::Contended);
            };
            if !others.is_empty() {
                let command = Command::NoteAlerts(others.clone());
                let more = decide(Some(&incident), command, by, now, &self.policy)?;
                incident = replay(incident, &more);
                events.extend(more);
            }
            let mut planned = runbook(&incident, &events, &self.policy);
            if let Some(response_url) = &response_url {
                let effect = Effect::TellReporter { response_url: response_url.clone() };
                planned.push(Planned { effect, due_at: now });
            }
            // Where it was opened from anybody may read: of a private one nothing is said there.
            if let Some(message) = from_message.clone().filter(|_| !incident.is_private()) {
                let effect = Effect::LinkBack { message, response_url: response_url.clone() };
                planned.push(Planned { effect, due_at: now });
            }
            let commit = Commit {
                incident: incident.clone(),
                events,
                planned,
                settles: None,
                delivery: delivery.clone(),
                alerts: alerts.holds.clone(),
                groups: alerts.groups.clone(),
                judged: alerts.judged.clone(),
                now,
            };
            match self.store.record(commit).await? {
                Outcome::Recorded => return Ok(Opened::New(incident)),
                Outcome::Repeated(id) => {
                    let before = self.store.incident(id).await?;
                    return Ok(before.map_or(Opened::HeldBy(None), Opened::Before));
                }
                Outcome::Held(holder) => return Ok(Opened::HeldBy(holder)),
                Outcome::Judged => return Ok(Opened::HeldBy(None)),
                Outcome::NameTaken | Outcome::NumberTaken | Outcome::Stale | Outcome::LeaseLost => {
                }
            }
        }
        Err(DeskError::Contended)
    }

    /// Whether what is asked now is what opened an incident: the same opening by the same actor, as
    /// it was understood then. How it was written, and what was left to the defaults, does not count.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when it would be refused now; [`DeskError::Fault`] when the store could
    /// not be read.
    pub async fn asked_the_same(
        &self,
        incident: &Incident,
        opening: Opening,
        by: &Actor,
    ) -> Result<bool, DeskError> {
        let recorded = self.store.events(incident.id).await?.into_iter().next();
        let Some(recorded) = recorded.filter(|recorded| recorded.by == *by) else {
            return Ok(false);
        };
        let command = Command::Declare(Box::new(self.declaration(opening, None)));
        let asked = decide(None, command, by, self.clock.now(), &self.policy)?;
        Ok(asked.into_iter().next().is_some_and(|asked| {
            without_what_we_give(asked.event) == without_what_we_give(recorded.event)
        }))
    }

    /// The declaration with the configured defaults; its number and channel name come later.
    fn declaration(&self, opening: Opening, alert: Option<AlertEvidence>) -> Declaration {
        Declaration {
            id: IncidentId(new_uuid(self.clock.now())),
            number: IncidentNumber(0),
            summary: opening.summary,
            description: opening.description,
            domain: opening.domain.unwrap_or_else(|| self.policy.default_domain.clone()),
            severity: opening.severity.unwrap_or(self.policy.default_severity),
            impact: opening.impact,
            kind: opening.kind,
            visibility: opening.visibility,
            started_at: opening.started_at,
            detected_at: opening.detected_at,
            channel_name: String::new(),
            alert,
            links: opening.links,
            assessment: opening.assessment,
        }
    }

    /// A channel name that none of our own incidents has. Ours being distinct is what lets a lost
    /// answer of the chat be recognised later: a channel of that name made by us is this one.
    async fn free_channel_name(
        &self,
        declaration: &Declaration,
        now: Timestamp,
    ) -> Result<String, DeskError> {
        let number = declaration.number;
        let zone = &self.policy.time_zone;
        let wanted = match declaration.visibility {
            Visibility::Company => naming::channel_name(&declaration.summary, now, zone, number),
            // The name of a private channel is seen by workspace administrators: it tells nothing.
            Visibility::Private => naming::channel_name("private", now, zone, number),
        };
        let mut name = wanted.clone();
        for attempt in 0.. {
            if !self.store.channel_name_taken(&name).await? {
                break;
            }
            name = naming::other_channel_name(&wanted, number, attempt);
        }
        Ok(name)
    }
}

/// A declaration as it was asked for: without identity, number, channel name and paging, which SIMA
/// gives.
fn without_what_we_give(mut event: Event) -> Event {
    if let Event::Declared { id, number, channel_name, pages, .. } = &mut event {
        *id = IncidentId(Uuid::nil());
        *number = IncidentNumber(0);
        channel_name.clear();
        *pages = false;
    }
    event
}

/// A new identity: ordered by time, and the rest of it is chance.
pub(crate) fn new_uuid(now: Timestamp) -> Uuid {
    let seconds = now.as_second().unsigned_abs();
    let nanoseconds = now.subsec_nanosecond().unsigned_abs();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
}
