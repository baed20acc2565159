//! Key times that people know better, and the order they must keep.

use jiff::Timestamp;

use super::{Decided, stages::not_dismissed};
use crate::{Event, Incident, KeyTime, KeyTimes, Refusal};

/// The latest time known of an incident. A clock that runs behind the one that recorded it (another
/// replica's, or one set back) waits there, or the times would come out of order.
pub(super) fn latest(incident: &Incident) -> Timestamp {
    let times = &incident.times;
    let known = [
        times.acknowledged_at,
        times.identified_at,
        times.mitigated_at,
        times.recovered_at,
        times.closed_at,
        incident.outages.last().map(|spell| spell.until.unwrap_or(spell.from)),
    ];
    known.into_iter().flatten().fold(times.opened_at, Timestamp::max)
}

/// Sets a key time that people know better, as long as the times stay in order.
pub(super) fn correct_time(
    incident: &Incident,
    which: KeyTime,
    at: Timestamp,
    now: Timestamp,
) -> Result<Vec<Decided>, Refusal> {
    not_dismissed(&incident.stage)?;
    past(Some(at), "a key time", now)?;
    let mut times = incident.times.clone();
    let slot = match which {
        KeyTime::Started => &mut times.started_at,
        KeyTime::Detected => &mut times.detected_at,
        KeyTime::Acknowledged => &mut times.acknowledged_at,
        KeyTime::Identified => &mut times.identified_at,
        KeyTime::Mitigated => &mut times.mitigated_at,
        KeyTime::Recovered => &mut times.recovered_at,
    };
    let from = *slot;
    if from == Some(at) {
        return Err(Refusal::AlreadySo("that time is already recorded so".into()));
    }
    // A recovery is made by recovering, so that the stage and its time cannot part.
    if which == KeyTime::Recovered && from.is_none() {
        return Err(Refusal::NotRecovered(incident.stage.name()));
    }
    *slot = Some(at);
    ordered(&times)?;
    if let (KeyTime::Recovered, Some(spell)) = (which, incident.outages.last()) {
        in_order("the outage's start", spell.from, "the recovery", at)?;
    }
    if let (KeyTime::Started, Some(until)) =
        (which, incident.outages.first().and_then(|spell| spell.until))
    {
        in_order("the start", at, "the first recovery", until)?;
    }
    Ok(vec![(Event::TimeCorrected { which, from, to: at }, at)])
}

pub(super) fn past(
    given: Option<Timestamp>,
    what: &'static str,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    match given {
        Some(at) if at > now => Err(Refusal::InTheFuture(what)),
        other => Ok(other),
    }
}

pub(super) fn in_order(
    earlier: &'static str,
    first: Timestamp,
    later: &'static str,
    second: Timestamp,
) -> Result<(), Refusal> {
    if first <= second { Ok(()) } else { Err(Refusal::OutOfOrder { earlier, later }) }
}

/// Refuses key times that cannot all be true. An acknowledgement may come after the recovery: it
/// healed before anybody looked.
pub(super) fn ordered(times: &KeyTimes) -> Result<(), Refusal> {
    let opened = Some(times.opened_at);
    let started = times.started_at.or(times.detected_at).or(opened);
    let pairs = [
        ("the start", times.started_at, "the detection", times.detected_at),
        ("the start", times.started_at, "the opening", opened),
        ("the detection", times.detected_at, "the opening", opened),
        ("the opening", opened, "the acknowledgement", times.acknowledged_at),
        ("the start", started, "the identification", times.identified_at),
        ("the start", started, "the mitigation", times.mitigated_at),
        ("the mitigation", times.mitigated_at, "the recovery", times.recovered_at),
        ("the start", started, "the recovery", times.recovered_at),
        ("the recovery", times.recovered_at, "the closing", times.closed_at),
    ];
    for (earlier, first, later, second) in pairs {
        if let (Some(first), Some(second)) = (first, second) {
            in_order(earlier, first, later, second)?;
        }
    }
    Ok(())
}
