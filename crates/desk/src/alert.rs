//! An alert comes in: it belongs to an open incident, opens one, or tells nothing new.

use sima_incident::{Actor, AlertEvidence, AlertState, Command, Incident, Stage};
use sima_store::AlertHold;

use crate::{
    Desk, DeskError,
    carry_out::{Beside, TRIES},
    open::{Opened, Opening},
};

/// An alert as its door understood it.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertRequest {
    /// What the monitor said.
    pub evidence: AlertEvidence,
    /// The incident to open if none holds this alert; absent when the rules only record it.
    pub opening: Option<Opening>,
}

/// What came of an alert.
#[derive(Clone, Debug, PartialEq)]
pub enum Received {
    /// It opened an incident.
    Opened(Incident),
    /// It belongs to an incident that is there.
    Attached(Incident),
    /// Nothing is open for it and nothing was to be opened.
    Nothing,
}

impl Desk {
    /// Takes an alert in. Repeats and resolutions attach to the incident that holds the alert; a
    /// firing one that nobody holds opens an incident if the rules say so.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when what the rules want to open is not acceptable;
    /// [`DeskError::Fault`] when the store could not do its part (the source should send it again).
    pub async fn receive_alert(&self, request: AlertRequest) -> Result<Received, DeskError> {
        let evidence = &request.evidence;
        let by = Actor::monitor(&evidence.source);
        for _ in 0..TRIES {
            let holder_id = self.store.alert_holder(&evidence.source, &evidence.key).await?;
            let holder = match holder_id {
                Some(id) => self.store.incident(id).await?,
                None => None,
            };
            let hold = AlertHold {
                source: evidence.source.clone(),
                key: evidence.key.clone(),
                title: evidence.title.clone(),
                state: evidence.state,
                expects: holder_id,
            };
            match holder {
                Some(incident) if belongs(&incident, &request) => {
                    let beside = Beside { alert: Some(hold), ..Beside::default() };
                    let command = Command::NoteAlert(evidence.clone());
                    let after = self.carry_out_beside(incident.id, command, &by, beside).await?;
                    return Ok(Received::Attached(after));
                }
                // The incident is over, and this is still the trouble it was about.
                Some(incident) if !is_news(&incident, evidence) => {
                    return Ok(Received::Attached(incident));
                }
                Some(_) | None => {}
            }
            let (AlertState::Firing { .. }, Some(opening)) = (evidence.state, &request.opening)
            else {
                return Ok(Received::Nothing);
            };
            let alert = Some((evidence.clone(), hold));
            match self.open_for(opening.clone(), &by, None, alert).await? {
                Opened::New(incident) => return Ok(Received::Opened(incident)),
                Opened::Before(incident) => return Ok(Received::Attached(incident)),
                // A delivery of the same alert was faster: attach to what it opened.
                Opened::HeldBy(_) => {}
            }
        }
        Err(DeskError::Contended)
    }
}

/// Whether an alert that comes now still belongs to the incident: it is live, or has only just
/// recovered and is being watched. Trouble that began anew after that opens one of its own: the page
/// is resolved and people have gone, so that nobody would hear of it here.
fn belongs(incident: &Incident, request: &AlertRequest) -> bool {
    match &incident.stage {
        Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => true,
        Stage::Recovered { settled: false, .. } => {
            let fires = matches!(request.evidence.state, AlertState::Firing { .. });
            !(fires && request.opening.is_some() && is_news(incident, &request.evidence))
        }
        Stage::Recovered { settled: true, .. } | Stage::Closed { .. } | Stage::Dismissed { .. } => {
            false
        }
    }
}

/// Whether the alert began anew after what the incident knows of it. Monitors repeat an alert that
/// still fires for hours: the same start is the same trouble, which somebody has already judged.
fn is_news(incident: &Incident, evidence: &AlertEvidence) -> bool {
    incident
        .alerts
        .iter()
        .find(|known| known.source == evidence.source && known.key == evidence.key)
        .is_none_or(|known| evidence.state.is_news_after(known.state))
}
