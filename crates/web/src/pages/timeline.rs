//! The timeline of an incident: each event as a sentence.

use maud::{Markup, html};
use sima_incident::{
    Event, Origin, Recorded, Said,
    postmortem::{in_words, is_bookkeeping, with_names},
    stands_at, told,
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
    let rows = told(events);
    html! {
        ol.timeline {
            @for recorded in &rows {
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
            Event::MessageCaptured { said, link: to, .. } => {
                (message(context, &by, said, to.as_deref()))
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

/// A message of the chat, as it says now.
fn message(context: &Context<'_>, by: &Markup, said: &Said, to: Option<&str>) -> Markup {
    let words = with_names(&said.text, &|person| context.name(person).to_owned());
    html! {
        p {
            (by) " wrote"
            @if said.edited.is_some() { " (edited)" }
            @if let Some(to) = to { " " (link(to, &html! { "in the chat" })) }
            ":"
        }
        @if !words.is_empty() { (written(&words)) }
        @for file in &said.files {
            p.written dir="auto" {
                "📎 "
                @match &file.link {
                    Some(to) => (link(to, &html! { (file.name) })),
                    None => (file.name),
                }
            }
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
