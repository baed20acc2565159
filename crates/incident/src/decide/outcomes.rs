//! What the worker tells; what is known already is not recorded again.

use jiff::Timestamp;

use super::{Decided, at, timeline::note_message};
use crate::{Event, Incident, Page, PageCause, Postmortem, Receipt, StepDone};

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
        Receipt::Message(read) => note_message(incident, *read, now),
        Receipt::Reminder { update, person, message } => {
            at(now, Event::Reminded { update, person, message })
        }
        Receipt::StepInvited { done, absent } => {
            let mut decided = note(incident, Receipt::Step(done), now);
            decided.extend(note(incident, Receipt::Invited { absent }, now));
            decided
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
