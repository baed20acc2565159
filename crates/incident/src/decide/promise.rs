//! Promises of updates: kept, missed, and who is reminded of them.

use jiff::Timestamp;

use super::{Decided, at, stages::at_work, texts::text};
use crate::{Event, Incident, Minding, PersonId, Policy, Refusal};

/// Tells everybody where things stand; that keeps what was promised, or comes too late.
pub(super) fn post_update(
    incident: &Incident,
    given: &str,
    next_due: Option<Timestamp>,
    now: Timestamp,
) -> Result<Vec<Decided>, Refusal> {
    at_work(&incident.stage)?;
    let text = text(given).ok_or(Refusal::TextMissing("the update"))?;
    if next_due.is_some_and(|due| due <= now) {
        return Err(Refusal::PromiseInThePast);
    }
    // Of one that is over nothing more is promised.
    let next_due = next_due.filter(|_| incident.stage.is_live());
    let mut decided = made_good(incident, now);
    decided.push((Event::UpdatePosted { text, next_due }, now));
    Ok(decided)
}

/// Everybody hears something: the promise in force is kept, or was missed.
pub(super) fn made_good(incident: &Incident, now: Timestamp) -> Vec<Decided> {
    match incident.promise_in_force() {
        Some(due) if now <= due => at(now, Event::PromiseKept { due }),
        Some(due) => at(now, Event::PromiseMissed { due }),
        None => Vec::new(),
    }
}

/// The clock looks at the promise made with an update.
pub(super) fn mind_promise(
    incident: &Incident,
    update: u32,
    spoken_at: Option<Timestamp>,
    now: Timestamp,
    policy: &Policy,
) -> Vec<Decided> {
    let Minding::Act { missed, remind } = incident.mind_promise(update, spoken_at, now, policy)
    else {
        return Vec::new();
    };
    let due = incident.promise_in_force().filter(|_| missed);
    let mut events: Vec<Event> = due.map(|due| Event::PromiseMissed { due }).into_iter().collect();
    if remind {
        events.push(Event::ReminderCalled { person: incident.to_be_reminded() });
    }
    events.into_iter().map(|event| (event, now)).collect()
}

/// Somebody who was reminded wants to be reminded later.
pub(super) fn snooze(
    incident: &Incident,
    person: PersonId,
    until: Timestamp,
    now: Timestamp,
) -> Result<Event, Refusal> {
    at_work(&incident.stage)?;
    if incident.next_update_due().is_none() {
        return Err(Refusal::AlreadySo("the update you were reminded of is posted".into()));
    }
    if incident.reminder_of(&person).is_none() {
        return Err(Refusal::NotReminded);
    }
    if until <= now {
        return Err(Refusal::PromiseInThePast);
    }
    match &incident.promises.snooze {
        // A second press, or another person: the longer one stands.
        Some(snooze) if snooze.until >= until => {
            Err(Refusal::AlreadySo("the reminder is put off already".into()))
        }
        _ => Ok(Event::ReminderSnoozed { person, until }),
    }
}
