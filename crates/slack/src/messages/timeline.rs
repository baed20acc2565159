//! What happened, in order, for one person: a page of it.

use jiff::Timestamp;
use sima_incident::{Incident, Policy, Recorded, postmortem::is_bookkeeping};

use super::{Message, badge, blocks, buttons, row::row};
use crate::actions::Action;

/// Rows on a page: what a phone shows without much scrolling.
const ROWS: usize = 12;
/// Rows in one paragraph.
const TOGETHER: usize = 4;
/// The longest row, in characters.
const LONGEST: usize = 300;

/// Which page of a timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimelinePage {
    /// How many pages before the last: whoever asks wants to know what happened last.
    pub back: u32,
    /// Whether everything that was recorded is shown, not only what matters.
    pub all: bool,
}

/// A page of the timeline; `events` are those that [`sima_incident::told`] tells.
pub fn timeline(
    incident: &Incident,
    events: &[Recorded],
    policy: &Policy,
    page: TimelinePage,
    now: Timestamp,
) -> Message {
    let rows: Vec<&Recorded> =
        events.iter().filter(|event| page.all || !is_bookkeeping(&event.event)).collect();
    let pages = rows.len().div_ceil(ROWS).max(1);
    // The last page is full; the first has what is left. A page that is gone is the nearest there is.
    let back = (page.back as usize).min(pages - 1);
    let end = rows.len() - back * ROWS;
    let begin = end.saturating_sub(ROWS);
    let what = if page.all { "everything that was recorded" } else { "what matters" };
    let heading = format!("*Timeline of {}* · {what}", badge::headline(incident));
    let mut shown = vec![blocks::section(&heading)];
    for together in rows[begin..end].chunks(TOGETHER) {
        let lines: Vec<String> =
            together.iter().map(|recorded| row(recorded, policy, now, LONGEST)).collect();
        shown.push(blocks::section(&lines.join("\n")));
    }
    let place = format!("{} to {} of {}, the newest last", begin + 1, end, rows.len());
    shown.push(blocks::context(&place));
    let turn = |back: usize, all| {
        let back = u32::try_from(back).unwrap_or(u32::MAX);
        Action::TurnTimeline { incident: incident.id, back, all }
    };
    let mut steps = Vec::new();
    if begin > 0 {
        steps.push(buttons::button("⬆️ Earlier", &turn(back + 1, page.all)));
    }
    if back > 0 {
        steps.push(buttons::button("⬇️ Later", &turn(back - 1, page.all)));
    }
    let filter = if page.all { "Only what matters" } else { "Show everything" };
    steps.push(buttons::button(filter, &turn(0, !page.all)));
    steps.push(buttons::note(incident));
    steps.push(buttons::info(incident));
    steps.extend(buttons::page(incident, policy));
    shown.extend(blocks::actions(steps));
    let last = rows.last().map(|recorded| row(recorded, policy, now, LONGEST)).unwrap_or_default();
    Message {
        text: format!("Timeline of {}, {place}. Last: {last}", incident.number),
        blocks: shown,
    }
}
