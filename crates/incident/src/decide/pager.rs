//! Calling the on-call person again, and what the pager tells: taken there is taken here; over there
//! is only a hint.

use jiff::Timestamp;

use super::{
    Decided,
    texts::{legible, text},
};
use crate::{
    Event, Incident, MAX_ROUNDS, Page, PageCause, PagerNews, PagerTold, Policy, Severity, Stage,
};

/// Calls because it was not over after all, if it is so bad that somebody is called for it.
pub(super) fn page_for_reopening(incident: &Incident, policy: &Policy) -> Option<Event> {
    let calls = policy.connected.pager
        && !incident.is_drill()
        && policy.severity(incident.severity).is_some_and(|rule| rule.pages)
        && policy.domain(&incident.domain).is_some_and(|domain| domain.pages);
    let cause = PageCause::Reopened { time: incident.reopened + 1 };
    calls.then_some(Event::PageCalled { cause })
}

/// Calls again when the waiting that began with so many pages is over, unless somebody is on it or
/// was called since.
pub(super) fn page_again(incident: &Incident, after: u32, policy: &Policy) -> Option<Event> {
    let unanswered = |cause| matches!(cause, PageCause::Unanswered { .. });
    let rounds = incident.repages.iter().filter(|repage| unanswered(repage.cause)).count();
    let cause = PageCause::Unanswered { round: rounds as u8 + 1 };
    let calls = rounds < usize::from(MAX_ROUNDS)
        // An escalation alone does not make its own on-call person wanted.
        && incident.page != Page::None
        && !incident.was_called_since(after)
        && may_call(incident, policy);
    calls.then_some(Event::PageCalled { cause })
}

/// Calls because it becomes worse than it ever was, to a severity that pages, while nobody is on it.
pub(super) fn page_for_severity(
    incident: &Incident,
    to: Severity,
    policy: &Policy,
) -> Option<Event> {
    let cause = PageCause::Raised { to };
    // Back to where it has been is no news: whoever was called then was called for that.
    let calls = to < incident.worst_severity
        && policy.severity(to).is_some_and(|rule| rule.pages)
        && policy.domain(&incident.domain).is_some_and(|domain| domain.pages)
        && may_call(incident, policy);
    calls.then_some(Event::PageCalled { cause })
}

fn may_call(incident: &Incident, policy: &Policy) -> bool {
    policy.connected.pager && !incident.is_drill() && incident.is_unattended()
}

/// Records what happened at the pager, as far as it is news.
///
/// What SIMA told the pager comes back from there as well: somebody is on it, or it is over. By then
/// the incident is past that, which is what keeps the two from answering each other for ever.
pub(super) fn note_pager(incident: &Incident, told: PagerTold, now: Timestamp) -> Vec<Decided> {
    let spell = incident.outages.last().filter(|_| incident.reopened > 0);
    let began = spell.map_or(incident.times.opened_at, |spell| spell.from);
    let at = told.at.unwrap_or(now).min(now);
    if at < began && incident.reopened > 0 {
        // It is about the spell before the incident was reopened, and comes late.
        return Vec::new();
    }
    // The pager's clock may run behind the one that recorded the opening.
    let at = at.max(began).min(now);
    let is_live = incident.stage.is_live();
    let event = match told.news {
        PagerNews::Acknowledged => {
            // Our own word comes back as said by the service, not by a person.
            let taken = told.user.map(|user| Event::PagerTold {
                pager_id: told.pager_id,
                user: Some(user),
                news: PagerNews::Acknowledged,
            });
            let taken = taken.map(|event| (event, at)).into_iter();
            return match incident.stage {
                Stage::Open => std::iter::once((Event::Acknowledged, at)).chain(taken).collect(),
                // Somebody is on it already, and now another.
                Stage::Investigating | Stage::Fixing | Stage::Monitoring => taken.collect(),
                Stage::Recovered { .. } | Stage::Closed { .. } | Stage::Dismissed { .. } => {
                    Vec::new()
                }
            };
        }
        PagerNews::Triggered => {
            let known = |id: &String| incident.pager_ids.contains(id);
            if told.pager_id.as_ref().is_none_or(known) {
                return Vec::new();
            }
            PagerNews::Triggered
        }
        PagerNews::Annotated { text: note } => match text(&note) {
            Some(text) => PagerNews::Annotated { text },
            None => return Vec::new(),
        },
        PagerNews::Reopened => PagerNews::Reopened,
        news @ (PagerNews::Unacknowledged | PagerNews::Resolved) if is_live => news,
        PagerNews::Escalated { to } if is_live => PagerNews::Escalated { to: names(&to) },
        PagerNews::Reassigned { to } if is_live => PagerNews::Reassigned { to: names(&to) },
        PagerNews::Prioritised { priority } if is_live => {
            PagerNews::Prioritised { priority: priority.map(|name| legible(&name)) }
        }
        PagerNews::Unacknowledged
        | PagerNews::Resolved
        | PagerNews::Escalated { .. }
        | PagerNews::Reassigned { .. }
        | PagerNews::Prioritised { .. } => return Vec::new(),
    };
    vec![(Event::PagerTold { pager_id: told.pager_id, user: None, news: event }, at)]
}

fn names(given: &[String]) -> Vec<String> {
    given.iter().map(|name| legible(name)).collect()
}
