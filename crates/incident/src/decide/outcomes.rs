//! What the worker and the monitors tell; what is known already is not recorded again.

use jiff::Timestamp;

use super::{Decided, at, texts::legible};
use crate::{
    AlertEvidence, AlertState, Event, Incident, Page, PageCause, Postmortem, Receipt, StepDone,
};

/// Records what came of an effect; what is known already is not recorded again.
pub(super) fn note(incident: &Incident, receipt: Receipt, now: Timestamp) -> Vec<Decided> {
    match receipt {
        Receipt::Channel(channel) if incident.channel.is_none() => {
            at(now, Event::ChannelOpened { channel })
        }
        Receipt::Brief(message) if incident.brief.is_none() => {
            at(now, Event::BriefPosted { message })
        }
        Receipt::Broadcast(message) if incident.broadcast.is_none() => {
            at(now, Event::BroadcastPosted { message })
        }
        Receipt::Page { dedup_key } if !matches!(incident.page, Page::Accepted { .. }) => {
            at(now, Event::Paged { dedup_key, cause: None })
        }
        Receipt::PageAgain { cause, dedup_key } if is_on_its_way(incident, cause) => {
            at(now, Event::Paged { dedup_key, cause: Some(cause) })
        }
        Receipt::Postmortem { url, page_id }
            if !matches!(incident.postmortem, Postmortem::Drafted { .. }) =>
        {
            at(now, Event::PostmortemDrafted { url, page_id })
        }
        Receipt::Invited { absent } if !absent.is_empty() => {
            at(now, Event::NotInvited { people: absent })
        }
        Receipt::Step(StepDone { step, on, kind, left }) => {
            at(now, Event::StepDone { step, on, kind, left })
        }
        Receipt::Channel(_)
        | Receipt::Brief(_)
        | Receipt::Broadcast(_)
        | Receipt::Page { .. }
        | Receipt::PageAgain { .. }
        | Receipt::Postmortem { .. }
        | Receipt::Invited { .. }
        | Receipt::Done => Vec::new(),
    }
}

/// Whether a page after the first was called for that cause and is not known to have arrived.
fn is_on_its_way(incident: &Incident, cause: PageCause) -> bool {
    let mut called = incident.repages.iter().filter(|repage| repage.cause == cause);
    called.any(|repage| !matches!(repage.page, Page::Accepted { .. }))
}

/// Records that an alert was seen, unless it tells nothing new.
pub(super) fn note_alert(
    incident: &Incident,
    alert: AlertEvidence,
    now: Timestamp,
) -> Vec<Decided> {
    let known = incident
        .alerts
        .iter()
        .find(|known| known.source == alert.source && known.key == alert.key)
        .map(|known| known.state);
    let is_news = match (known, alert.state) {
        (None, _) => true,
        // A repeat while it fires, even one that fires anew, changes nothing for people.
        (Some(AlertState::Firing { .. }), AlertState::Firing { .. }) => false,
        (Some(known), state) => state.is_news_after(known),
    };
    if is_news { vec![alert_seen(alert, now)] } else { Vec::new() }
}

/// An alert as the timeline has it: true since the source's own time, never later than now.
pub(super) fn alert_seen(alert: AlertEvidence, now: Timestamp) -> Decided {
    let happened_at = alert.state.since().min(now);
    let event = Event::AlertSeen {
        source: alert.source,
        key: alert.key,
        title: legible(&alert.title),
        state: alert.state,
    };
    (event, happened_at)
}
