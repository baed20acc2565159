//! The ways through the stages: forward, skipping, back, over, and open again.
//!
//! Each matches on every stage: a new one does not compile until it has an answer everywhere.

use jiff::Timestamp;

use super::{
    Decided, at,
    texts::text,
    times::{in_order, ordered, past},
};
use crate::{Dismissal, Event, Incident, KeyTimes, Policy, Postmortem, Refusal, Stage, StageName};

/// A responder takes it, or people go back to looking for the cause.
pub(super) fn acknowledge(incident: &Incident) -> Result<Event, Refusal> {
    let stage = &incident.stage;
    match stage {
        Stage::Open => Ok(Event::Acknowledged),
        // It was reopened, and its page rings until somebody says that they are on it.
        Stage::Investigating if incident.rings => Ok(Event::Acknowledged),
        Stage::Investigating => Err(Refusal::AlreadyThere(StageName::Investigating)),
        // The first acknowledgement stands; what was thought to be the cause was not.
        Stage::Fixing | Stage::Monitoring => Ok(Event::SteppedBack),
        Stage::Recovered { .. } | Stage::Closed { .. } => Err(Refusal::Over(stage.name())),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// The cause is known. May skip Investigating, and may come back from Monitoring.
pub(super) fn identify(stage: &Stage) -> Result<Event, Refusal> {
    match stage {
        Stage::Open | Stage::Investigating | Stage::Monitoring => Ok(Event::Identified),
        Stage::Fixing => Err(Refusal::AlreadyThere(StageName::Fixing)),
        Stage::Recovered { .. } | Stage::Closed { .. } => Err(Refusal::Over(stage.name())),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// The impact has stopped. May skip what lies between.
pub(super) fn mitigate(stage: &Stage) -> Result<Event, Refusal> {
    match stage {
        Stage::Open | Stage::Investigating | Stage::Fixing => Ok(Event::Mitigated),
        Stage::Monitoring => Err(Refusal::AlreadyThere(StageName::Monitoring)),
        Stage::Recovered { .. } | Stage::Closed { .. } => Err(Refusal::Over(stage.name())),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// The system is back to normal, from any stage of work: it may have healed by itself.
pub(super) fn recover(
    incident: &Incident,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Vec<Decided>, Refusal> {
    match &incident.stage {
        Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => {
            let recovered_at = past(at, "the recovery", now)?.unwrap_or(now);
            if at.is_some() {
                let times = KeyTimes { recovered_at: Some(recovered_at), ..incident.times.clone() };
                ordered(&times)?;
                let began = incident.outages.last().map_or(times.started(), |spell| spell.from);
                in_order("the outage's start", began, "the recovery", recovered_at)?;
            }
            Ok(vec![(Event::Recovered, recovered_at)])
        }
        Stage::Recovered { .. } => Err(Refusal::AlreadyThere(StageName::Recovered)),
        Stage::Closed { .. } => Err(Refusal::AlreadyThere(StageName::Closed)),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// Ends the stability window: the post-mortem is owed, or nothing is and the incident closes.
pub(super) fn settle(
    incident: &Incident,
    link_key: &str,
    now: Timestamp,
    policy: &Policy,
) -> Result<Vec<Decided>, Refusal> {
    match &incident.stage {
        Stage::Recovered { settled: false, .. } => {}
        Stage::Recovered { settled: true, .. } => {
            return Err(Refusal::AlreadySo("the stability window has already ended".into()));
        }
        Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => {
            return Err(Refusal::NotRecovered(incident.stage.name()));
        }
        Stage::Closed { .. } => return Err(Refusal::AlreadyThere(StageName::Closed)),
        Stage::Dismissed { .. } => return Err(Refusal::Dismissed),
    }
    if let Postmortem::Drafted { .. } = incident.postmortem {
        // Reopened and recovered again: the page that is there serves.
        return Ok(at(now, Event::Settled { postmortem_owed: true }));
    }
    let owed = !incident.is_drill()
        && policy.severity(incident.worst_severity).is_some_and(|rule| rule.postmortem);
    let mut decided = at(now, Event::Settled { postmortem_owed: owed });
    if !owed {
        decided.push((Event::Closed, now));
    } else if incident.is_private() || !policy.connected.pages {
        // Nothing of a private incident goes to a place that others can read.
        let url = kept_postmortem_url(incident, link_key, policy);
        decided.push((Event::PostmortemDrafted { url, page_id: String::new() }, now));
    }
    Ok(decided)
}

/// Where SIMA shows a post-mortem it keeps itself. The address of a private one ends in a key that
/// nobody can guess and only its channel is told; the identity alone is known to the pager.
fn kept_postmortem_url(incident: &Incident, link_key: &str, policy: &Policy) -> String {
    if incident.is_private() {
        private_postmortem_url(incident, link_key, policy)
    } else {
        format!("{}/incidents/{}/postmortem", policy.public_url, incident.number.0)
    }
}

/// The address of the post-mortem of a private incident.
pub(super) fn private_postmortem_url(
    incident: &Incident,
    link_key: &str,
    policy: &Policy,
) -> String {
    format!("{}/private/{}/postmortem/{link_key}", policy.public_url, incident.id)
}

/// The learning is done: only once the system is back to normal.
pub(super) fn close(stage: &Stage) -> Result<Event, Refusal> {
    match stage {
        Stage::Recovered { .. } => Ok(Event::Closed),
        Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => {
            Err(Refusal::NotRecovered(stage.name()))
        }
        Stage::Closed { .. } => Err(Refusal::AlreadyThere(StageName::Closed)),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// It is not over after all, with a reason.
pub(super) fn reopen(stage: &Stage, reason: &str) -> Result<Event, Refusal> {
    match stage {
        Stage::Recovered { .. } | Stage::Closed { .. } => {
            let reason = text(reason).ok_or(Refusal::TextMissing("the reason"))?;
            Ok(Event::Reopened { reason })
        }
        Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => {
            Err(Refusal::NotOver(stage.name()))
        }
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// It is no incident. Also said of one that is over: its figures go, its history stays.
pub(super) fn dismiss(incident: &Incident, reason: Dismissal) -> Result<Event, Refusal> {
    match &incident.stage {
        Stage::Open
        | Stage::Investigating
        | Stage::Fixing
        | Stage::Monitoring
        | Stage::Recovered { .. }
        | Stage::Closed { .. } => {
            if reason == Dismissal::DuplicateOf(incident.number) {
                return Err(Refusal::DuplicateOfItself);
            }
            Ok(Event::Dismissed { reason })
        }
        Stage::Dismissed { .. } => Err(Refusal::AlreadyThere(StageName::Dismissed)),
    }
}

/// Refuses what only makes sense while people are at it or have just been.
pub(super) fn at_work(stage: &Stage) -> Result<(), Refusal> {
    match stage {
        Stage::Open
        | Stage::Investigating
        | Stage::Fixing
        | Stage::Monitoring
        | Stage::Recovered { .. } => Ok(()),
        Stage::Closed { .. } => Err(Refusal::Over(StageName::Closed)),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// Refuses what makes no sense for something that was no incident.
pub(super) fn not_dismissed(stage: &Stage) -> Result<(), Refusal> {
    match stage {
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
        Stage::Open
        | Stage::Investigating
        | Stage::Fixing
        | Stage::Monitoring
        | Stage::Recovered { .. }
        | Stage::Closed { .. } => Ok(()),
    }
}
