//! The timeline of an incident: each event as a sentence.

use jiff::Timestamp;
use maud::{Markup, html};
use sima_incident::{
    Event, Origin, Recorded,
    postmortem::{in_words, is_bookkeeping},
};

use super::{
    Context,
    context::{link, written},
    mark,
};

/// Recorded this many milliseconds after it was true, an event says so.
const LATE_MS: i64 = 60_000;

/// The events as a list, in the order they were true.
pub(super) fn timeline(context: &Context<'_>, events: &[Recorded]) -> Markup {
    let mut rows: Vec<&Recorded> = events.iter().collect();
    // Stable: what was true at the same time stays in the order it was recorded.
    rows.sort_by_key(|recorded| stands_at(recorded));
    html! {
        ol.timeline {
            @for recorded in rows {
                li class=(weight(&recorded.event)) {
                    span.at { (context.when(stands_at(recorded))) }
                    div.what {
                        (sentence(context, recorded))
                        (origin(context, recorded))
                    }
                }
            }
        }
    }
}

/// Where an event stands: when it was true; a correction, which tells of another time, when it was
/// made.
fn stands_at(recorded: &Recorded) -> Timestamp {
    match recorded.event {
        Event::TimeCorrected { .. } => recorded.at,
        _ => recorded.happened_at,
    }
}

/// How much an event matters to somebody who reads what happened.
fn weight(event: &Event) -> &'static str {
    let turns = matches!(
        event,
        Event::Declared { .. }
            | Event::Acknowledged
            | Event::Identified
            | Event::Mitigated
            | Event::SteppedBack
            | Event::Recovered
            | Event::Closed
            | Event::Reopened { .. }
            | Event::Dismissed { .. }
    );
    if turns {
        "turn"
    } else if matches!(event, Event::GivenUp { .. }) {
        "bad"
    } else if is_bookkeeping(event) {
        "quiet"
    } else {
        "step"
    }
}

/// Who did what, with what they wrote set apart.
fn sentence(context: &Context<'_>, recorded: &Recorded) -> Markup {
    let by = context.actor(&recorded.by);
    let words = || in_words(recorded, context.policy, &|person| context.name(person).to_owned());
    html! {
        @match &recorded.event {
            Event::UpdatePosted { text, next_due } => {
                p {
                    (by) " posted an update"
                    @if let Some(due) = next_due { ", the next promised by " (context.when(*due)) }
                    ":"
                }
                (written(text))
            }
            Event::NoteAdded { text } => {
                p { (by) " noted:" }
                (written(text))
            }
            Event::Reopened { reason } => {
                p { (by) " reopened it:" }
                (written(reason))
            }
            Event::Dismissed { reason } => {
                p { (by) " dismissed it: " (mark::dismissal(reason)) }
            }
            Event::Edited { description: Some(description), .. } => {
                p { (by) " " (words()) ":" }
                (written(description))
            }
            Event::PostmortemDrafted { url, .. } => {
                p { (by) " " (words()) ": " (link(url, &html! { "read it" })) }
            }
            _ => p dir="auto" { (by) " " (words()) },
        }
    }
}

/// Which door it came through, and when it was recorded if that was later.
fn origin(context: &Context<'_>, recorded: &Recorded) -> Markup {
    let door = match recorded.by.origin {
        Origin::Api => Some("over the API"),
        Origin::Web => Some("on the web"),
        Origin::CommandLine => Some("on the command line"),
        Origin::Pager => Some("in PagerDuty"),
        // Slack is where people are; alerts and SIMA's own doings say so by their name.
        Origin::Slack | Origin::Alert | Origin::Clock | Origin::Effect => None,
    };
    let lag = recorded.at.as_millisecond() - stands_at(recorded).as_millisecond();
    let late = lag >= LATE_MS;
    html! {
        @if door.is_some() || late {
            p.origin {
                @if let Some(door) = door { (door) }
                @if late {
                    @if door.is_some() { ", " }
                    "recorded " (context.when(recorded.at))
                }
            }
        }
    }
}
