//! Opening an incident: what is given is checked, and what was not said stays unsaid.

use jiff::Timestamp;

use super::{
    Decided,
    alerts::alert_seen,
    known::{known_domain, known_severity},
    texts::{summary, text},
    times::{in_order, past},
};
use crate::{Declaration, Event, Kind, Policy, Refusal};

/// Opens an incident.
pub(super) fn declare(
    given: Declaration,
    now: Timestamp,
    policy: &Policy,
) -> Result<Vec<Decided>, Refusal> {
    known_domain(&given.domain, policy)?;
    let rule = known_severity(given.severity, policy)?;
    let (summary, overflow) = summary(&given.summary)?;
    let started_at = past(given.started_at, "the start", now)?;
    let detected_at = past(given.detected_at, "the detection", now)?;
    if let (Some(started), Some(detected)) = (started_at, detected_at) {
        in_order("the start", started, "the detection", detected)?;
    }
    let pages = policy.connected.pager
        && given.kind == Kind::Real
        && rule.pages
        && policy.domain(&given.domain).is_some_and(|domain| domain.pages);
    let declared = Event::Declared {
        id: given.id,
        number: given.number,
        summary,
        description: given.description.as_deref().and_then(text).or(overflow),
        domain: given.domain,
        severity: given.severity,
        impact: given.impact,
        kind: given.kind,
        visibility: given.visibility,
        started_at,
        detected_at,
        channel_name: given.channel_name,
        pages,
        links: given.links,
        assessment: given.assessment,
    };
    let mut decided = vec![(declared, now)];
    decided.extend(given.alert.map(|alert| alert_seen(alert, now)));
    Ok(decided)
}
