//! What one has to know now, for one person: what, whom, who, tried, next, and what is new to them.

use jiff::{SignedDuration, Timestamp};
use sima_incident::{Event, Incident, Policy, Recorded, Stage, postmortem::is_bookkeeping};

use super::{Message, badge, blocks, buttons, escape::line, greeting, moment, row::row};

/// The most rows of what was tried, and of what is new; the rest is counted.
const MOST_TRIED: usize = 5;
const MOST_NEW: usize = 6;
/// The longest row, in characters.
const LONGEST: usize = 220;

/// What is new to somebody who looked before.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// When they last looked.
    pub since: Timestamp,
    /// What happened since, as [`sima_incident::told`] tells it.
    pub events: Vec<Recorded>,
}

/// What somebody has to know now; `events` are those that [`sima_incident::told`] tells.
pub fn catch_up(
    incident: &Incident,
    events: &[Recorded],
    news: Option<&News>,
    policy: &Policy,
    now: Timestamp,
) -> Message {
    let facts = [
        format!(
            "*What* · {} · {}",
            line(policy.domain_name(&incident.domain), 80),
            greeting::lasting(incident, now)
        ),
        format!("*Impact* · {}", badge::impact(incident.impact)),
        format!("*Who* · {}", greeting::people(incident, None)),
        format!("*Now* · {}", greeting::standing(incident)),
    ];
    let mut shown = vec![
        blocks::section(&format!("*{}*", badge::headline(incident))),
        blocks::title(&incident.summary, 300),
        blocks::section(&facts.join("\n")),
    ];
    let tried: Vec<&Recorded> = events.iter().filter(|event| is_work(&event.event)).collect();
    shown.extend(
        rows("Said and tried", &tried, MOST_TRIED, policy, now).map(|rows| blocks::section(&rows)),
    );
    shown.push(blocks::section(&format!("*Next* · {}", next(incident))));
    shown.extend(news.map(|news| blocks::section(&told_anew(news, policy, now))));
    let mut steps = buttons::next_steps(incident);
    steps.extend(buttons::escalation(incident));
    steps.push(buttons::timeline(incident));
    steps.push(buttons::note(incident));
    steps.push(buttons::info(incident));
    shown.extend(blocks::actions(steps));
    Message {
        text: format!(
            "{}: {}. {}",
            badge::headline(incident),
            line(&incident.summary, 300),
            greeting::standing(incident)
        ),
        blocks: shown,
    }
}

/// What is new since somebody last looked, in a few rows.
pub(super) fn told_anew(news: &News, policy: &Policy, now: Timestamp) -> String {
    let since = moment::time(news.since);
    let ago = now.duration_since(news.since).max(SignedDuration::ZERO);
    let heading = format!("New since you last looked at {since}, {} ago", moment::span(ago));
    let fresh: Vec<&Recorded> =
        news.events.iter().filter(|event| !is_bookkeeping(&event.event)).collect();
    rows(&heading, &fresh, MOST_NEW, policy, now)
        .unwrap_or_else(|| format!("Nothing is new since you last looked at {since}."))
}

/// A headed list of the last of many rows, with those before counted.
fn rows(
    heading: &str,
    events: &[&Recorded],
    most: usize,
    policy: &Policy,
    now: Timestamp,
) -> Option<String> {
    if events.is_empty() {
        return None;
    }
    let before = events.len().saturating_sub(most);
    let mut lines = vec![format!("*{heading}*")];
    if before > 0 {
        lines.push(format!("{before} before these: see the timeline"));
    }
    lines.extend(events[before..].iter().map(|event| row(event, policy, now, LONGEST)));
    Some(lines.join("\n"))
}

/// Whether an event tells what people found, said or did about the trouble itself.
fn is_work(event: &Event) -> bool {
    matches!(
        event,
        Event::NoteAdded { .. }
            | Event::MessageCaptured { .. }
            | Event::UpdatePosted { .. }
            | Event::Escalated { .. }
            | Event::Identified
            | Event::Mitigated
            | Event::SteppedBack
            | Event::Reopened { .. }
    )
}

/// What is to come: what nobody has done yet, and what was promised.
fn next(incident: &Incident) -> String {
    let stage = match &incident.stage {
        Stage::Open => "somebody has to take it",
        Stage::Investigating => "find the cause",
        Stage::Fixing => "repair it",
        Stage::Monitoring => "see whether it holds",
        Stage::Recovered { settled: false, .. } => "see whether it holds, then the post-mortem",
        Stage::Recovered { settled: true, .. } => "write the post-mortem, then close it",
        Stage::Closed { .. } | Stage::Dismissed { .. } => "nothing: it is over",
    };
    let promised =
        incident.next_update_due().map(|due| format!("⏱️ update by {}", moment::time(due)));
    let mut told = vec![stage.to_owned()];
    told.extend(promised);
    told.join(" · ")
}
