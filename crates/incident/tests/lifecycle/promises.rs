//! What must hold at every moment of every life.

use jiff::Timestamp;
use proptest::{prelude::*, test_runner::TestCaseError};
use sima_incident::{
    Destination, Effect, EscalateTo, Event, Incident, KeyTime, MAX_LISTED_ALERTS, MAX_ROUNDS,
    MAX_SUMMARY, MAX_TEXT, PageCause, PersonId, Planned, Policy, Recorded, Stage,
    figures::{Figures, Measured, Spread, downtime, durations},
};

use crate::story::Story;

type Kept = Result<(), TestCaseError>;

/// Versions are consecutive, replay equals state, and what is stored reads back the same.
pub fn of_the_record(incident: &Incident, events: &[Recorded]) -> Kept {
    for (place, recorded) in events.iter().enumerate() {
        prop_assert_eq!(recorded.version as usize, place);
        prop_assert!(recorded.happened_at <= recorded.at, "true before it was recorded");
    }
    prop_assert_eq!(incident.version as usize, events.len());
    let replayed = Incident::replay(None, events);
    prop_assert_eq!(replayed.as_ref(), Some(incident), "replay equals state");

    let stored = serde_json::to_string(events).expect("events are stored as JSON");
    let read: Vec<Recorded> = serde_json::from_str(&stored).expect("and read back");
    prop_assert_eq!(read.as_slice(), events);
    let stored = serde_json::to_string(incident).expect("so is the incident");
    let read: Incident = serde_json::from_str(&stored).expect("and read back");
    prop_assert_eq!(&read, incident);

    let tally = incident.tally();
    prop_assert!(tally.firing <= tally.total, "{:?}", tally);
    prop_assert!(incident.alerts.len() <= MAX_LISTED_ALERTS.min(tally.total as usize));

    let length = incident.summary.chars().count();
    prop_assert!((1..=MAX_SUMMARY).contains(&length), "a summary of {length} characters");
    let line = |letter: char| letter != '\n' && letter != '\0';
    prop_assert!(incident.summary.chars().all(line), "{:?}", incident.summary);
    if let Some(description) = &incident.description {
        prop_assert!(description.chars().count() <= MAX_TEXT);
        // PostgreSQL keeps no such text.
        prop_assert!(!description.contains('\0'));
    }
    Ok(())
}

/// Times are in order, the stage carries the same ones, and an event stands behind each.
pub fn of_the_times(incident: &Incident, events: &[Recorded]) -> Kept {
    let times = &incident.times;
    let opened = Some(times.opened_at);
    let began = times.started_at.or(times.detected_at).or(opened);
    ordered("started", times.started_at, "detected", times.detected_at)?;
    ordered("started", times.started_at, "opened", opened)?;
    ordered("detected", times.detected_at, "opened", opened)?;
    ordered("opened", opened, "acknowledged", times.acknowledged_at)?;
    ordered("began", began, "identified", times.identified_at)?;
    ordered("began", began, "mitigated", times.mitigated_at)?;
    ordered("mitigated", times.mitigated_at, "recovered", times.recovered_at)?;
    ordered("started", Some(times.started()), "recovered", times.recovered_at)?;
    ordered("recovered", times.recovered_at, "closed", times.closed_at)?;

    prop_assert_eq!(incident.outages.len(), incident.reopened as usize + 1);
    prop_assert_eq!(
        incident.outages[0].from,
        times.started(),
        "the first outage began at the start"
    );
    for spell in &incident.outages {
        ordered("an outage's start", Some(spell.from), "its end", spell.until)?;
    }
    for pair in incident.outages.windows(2) {
        prop_assert!(pair[0].until.is_some(), "only the last outage may last");
        ordered("an outage's end", pair[0].until, "the next one's start", Some(pair[1].from))?;
    }
    let last = incident.outages.last().expect("there is one");
    prop_assert_eq!(last.until, times.recovered_at, "the last outage ended at the recovery");
    match &incident.stage {
        Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => {
            prop_assert_eq!(times.recovered_at, None);
            prop_assert_eq!(times.closed_at, None);
        }
        Stage::Recovered { recovered_at, .. } => {
            prop_assert_eq!(times.recovered_at, Some(*recovered_at));
            prop_assert_eq!(times.closed_at, None);
        }
        Stage::Closed { recovered_at, closed_at } => {
            prop_assert_eq!(times.recovered_at, Some(*recovered_at));
            prop_assert_eq!(times.closed_at, Some(*closed_at));
        }
        Stage::Dismissed { dismissed_at, .. } => {
            ordered("opened", opened, "dismissed", Some(*dismissed_at))?;
        }
    }
    nothing_is_invented(incident, events)
}

/// A time is there only if an event said so: one that was true then, or a correction to it.
fn nothing_is_invented(incident: &Incident, events: &[Recorded]) -> Kept {
    let times = &incident.times;
    let said =
        |name: &str, at: Option<Timestamp>, which: Option<KeyTime>, by: fn(&Event) -> bool| {
            let Some(at) = at else { return Ok(()) };
            let found = events.iter().any(|recorded| match &recorded.event {
                Event::TimeCorrected { which: corrected, to, .. } => {
                    Some(*corrected) == which && *to == at
                }
                Event::Declared { started_at, detected_at, .. } => match which {
                    Some(KeyTime::Started) => *started_at == Some(at),
                    Some(KeyTime::Detected) => *detected_at == Some(at),
                    _ => false,
                },
                event => by(event) && recorded.happened_at == at,
            });
            prop_assert!(found, "{} at {} was never said", name, at);
            Ok(())
        };
    said("started", times.started_at, Some(KeyTime::Started), |_| false)?;
    said("detected", times.detected_at, Some(KeyTime::Detected), |_| false)?;
    said("acknowledged", times.acknowledged_at, Some(KeyTime::Acknowledged), |event| {
        *event == Event::Acknowledged
    })?;
    said("identified", times.identified_at, Some(KeyTime::Identified), |event| {
        *event == Event::Identified
    })?;
    said("mitigated", times.mitigated_at, Some(KeyTime::Mitigated), |event| {
        *event == Event::Mitigated
    })?;
    said("recovered", times.recovered_at, Some(KeyTime::Recovered), |event| {
        *event == Event::Recovered
    })?;
    said("closed", times.closed_at, None, |event| *event == Event::Closed)?;
    prop_assert_eq!(times.opened_at, events[0].at, "the opening never changes");
    Ok(())
}

/// Nothing is planned for what is not there, and nothing that would break a confidence or wake
/// somebody for practice.
pub fn of_the_runbook(
    incident: &Incident,
    new: &[Recorded],
    planned: &[Planned],
    policy: &Policy,
) -> Kept {
    let connected = policy.connected;
    for Planned { effect, due_at } in planned {
        let there = match effect.destination() {
            Destination::Slack => connected.chat,
            Destination::PagerDuty => connected.pager,
            Destination::Notion => connected.pages,
            Destination::Hooks | Destination::StatusPage | Destination::Desk => true,
        };
        prop_assert!(there, "{} has nowhere to go", effect.kind());
        let tells_the_company = matches!(
            effect,
            Effect::PostBroadcast | Effect::EditBroadcast | Effect::ReplyUnderBroadcast { .. }
        );
        if tells_the_company {
            prop_assert!(connected.broadcast, "{}", effect.kind());
            prop_assert!(!incident.is_private(), "{} of a private incident", effect.kind());
            prop_assert!(!incident.is_drill(), "{} of a drill", effect.kind());
        }
        if effect.destination() == Destination::PagerDuty {
            prop_assert!(!incident.is_drill(), "{} of a drill", effect.kind());
        }
        if matches!(effect, Effect::InviteResponder { .. }) {
            prop_assert!(!incident.is_private(), "whoever may use the pager could come in");
        }
        if effect.destination() == Destination::Notion {
            prop_assert!(!incident.is_private(), "{} of a private incident", effect.kind());
        }
        if let (Effect::Invite { people }, true) = (effect, incident.is_private()) {
            let reporter = incident.reporter.person().map(|person| person.0.as_str());
            for person in people {
                let is_asked_for = incident.escalations.iter().any(|asked| match &asked.to {
                    EscalateTo::Person(PersonId(whom)) | EscalateTo::Group(whom) => whom == person,
                    _ => false,
                });
                let is_reporter = Some(person.as_str()) == reporter;
                let has_a_role = incident.roles.values().any(|holder| holder.0 == *person);
                let is_guest = incident.guests.contains(person);
                let is_meant = is_reporter || is_asked_for || has_a_role || is_guest;
                prop_assert!(is_meant, "{} is nobody's guest", person);
            }
        }
        if let Effect::Step { step, .. } = effect {
            let step = policy.step(step).expect("it is configured");
            prop_assert!(step.is_for(incident), "{} is not for it", step.name);
            prop_assert!(step.private || !incident.is_private(), "{} tells of it", step.name);
        }
        let leaves_the_chat =
            matches!(effect.destination(), Destination::Hooks | Destination::StatusPage);
        prop_assert!(!leaves_the_chat || !incident.is_drill(), "{} of a drill", effect.kind());
        let recorded_at = new.iter().map(|recorded| recorded.at).min();
        ordered("the events", recorded_at, "what follows", Some(*due_at))?;
        let stored = serde_json::to_string(effect).expect("effects are stored as JSON");
        let read: Effect = serde_json::from_str(&stored).expect("and read back");
        prop_assert_eq!(&read, effect);
    }
    Ok(())
}

/// Nobody is called twice for one cause, nor for ever, nor while somebody is on it.
pub fn of_the_pages(before: Option<&Incident>, new: &[Recorded], events: &[Recorded]) -> Kept {
    let called = |recorded: &Recorded| match &recorded.event {
        Event::PageCalled { cause } => Some(*cause),
        _ => None,
    };
    if !new.iter().any(|recorded| called(recorded).is_some()) {
        return Ok(());
    }
    let reopened = |recorded: &Recorded| matches!(recorded.event, Event::Reopened { .. });
    let unattended = before.is_some_and(Incident::is_unattended);
    prop_assert!(unattended || new.iter().any(reopened), "somebody was on it");
    prop_assert!(!before.is_some_and(Incident::is_drill), "for practice");
    let causes: Vec<PageCause> = events.iter().filter_map(called).collect();
    for (place, cause) in causes.iter().enumerate() {
        prop_assert!(!causes[..place].contains(cause), "{} called twice", cause);
    }
    let unanswered = |cause: &&PageCause| matches!(cause, PageCause::Unanswered { .. });
    prop_assert!(causes.iter().filter(unanswered).count() <= usize::from(MAX_ROUNDS));
    Ok(())
}

/// No figure is negative, and what has no value has a reason.
pub fn of_the_figures(story: &Story) -> Kept {
    let Some(incident) = &story.incident else { return Ok(()) };
    let measured = durations(incident);
    let three = [measured.time_to_acknowledge, measured.time_to_repair, measured.time_to_recover];
    for measured in three.into_iter().chain([downtime(incident)]) {
        prop_assert!(never_negative(measured), "{:?}", measured);
    }
    if let (Ok(down), Ok(span)) = (downtime(incident), measured.time_to_recover) {
        prop_assert!(down <= span, "down for {} of {}", down, span);
    }
    for mut figures in [Figures::new(), Figures::with_private()] {
        figures.add(incident);
        let summary = figures.summarise(story.now);
        let spreads =
            [&summary.time_to_acknowledge, &summary.time_to_repair, &summary.time_to_recover];
        for spread in spreads {
            adds_up(spread)?;
            prop_assert_eq!(spread.of, summary.incidents.real);
        }
    }
    Ok(())
}

fn adds_up(spread: &Spread) -> Kept {
    prop_assert_eq!(spread.count + spread.missing.values().sum::<usize>(), spread.of);
    let values = [spread.p25_ms, spread.median_ms, spread.p75_ms, spread.p90_ms];
    prop_assert!(values.into_iter().chain([spread.mean_ms]).flatten().all(|ms| ms >= 0));
    let known: Vec<i64> = values.into_iter().flatten().collect();
    prop_assert!(known.is_sorted(), "{:?}", values);
    Ok(())
}

fn never_negative(measured: Measured) -> bool {
    measured.is_ok_and(|took| !took.is_negative()) || measured.is_err()
}

fn ordered(
    earlier: &str,
    first: Option<Timestamp>,
    later: &str,
    second: Option<Timestamp>,
) -> Kept {
    if let (Some(first), Some(second)) = (first, second) {
        prop_assert!(first <= second, "{} {} is after {} {}", earlier, first, later, second);
    }
    Ok(())
}
