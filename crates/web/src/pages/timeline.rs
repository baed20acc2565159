//! The timeline of an incident: each event as a sentence.

use maud::{Markup, html};
use sima_incident::{AlertState, Event, Impact, KeyTime, Origin, Recorded};

use super::{
    Context,
    context::{link, written},
    mark,
};

/// Recorded this many milliseconds after it was true, an event says so.
const LATE_MS: i64 = 60_000;

/// The events as a list, oldest first.
pub(super) fn timeline(context: &Context<'_>, events: &[Recorded]) -> Markup {
    html! {
        ol.timeline {
            @for recorded in events {
                li class=(weight(&recorded.event)) {
                    span.at { (context.when(recorded.happened_at)) }
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
    match event {
        Event::Declared { .. }
        | Event::Acknowledged
        | Event::Identified
        | Event::Mitigated
        | Event::SteppedBack
        | Event::Recovered
        | Event::Closed
        | Event::Reopened { .. }
        | Event::Dismissed { .. } => "turn",
        Event::GivenUp { .. } => "bad",
        Event::UpdatePosted { .. }
        | Event::SeverityChanged { .. }
        | Event::ImpactChanged { .. }
        | Event::Edited { .. }
        | Event::TimeCorrected { .. }
        | Event::RoleTaken { .. }
        | Event::RoleDropped { .. }
        | Event::AlertSeen { .. }
        | Event::PostmortemDrafted { .. } => "step",
        Event::Settled { .. }
        | Event::PersonJoined { .. }
        | Event::ChannelOpened { .. }
        | Event::BriefPosted { .. }
        | Event::BroadcastPosted { .. }
        | Event::Paged { .. } => "quiet",
    }
}

/// What happened, in a sentence.
fn sentence(context: &Context<'_>, recorded: &Recorded) -> Markup {
    let by = context.actor(&recorded.by);
    html! {
        @match &recorded.event {
            Event::Declared { summary, severity, domain, .. } => {
                p {
                    (by) " opened the incident: " strong dir="auto" { (summary) } ", " (severity)
                    ", " bdi { (context.policy.domain_name(domain)) } "."
                }
            }
            Event::Acknowledged => p { (by) " acknowledged it: " strong { "Investigating" } "." },
            Event::Identified => p { (by) " knows the cause: " strong { "Fixing" } "." },
            Event::Mitigated => {
                p { (by) " says the impact has stopped: " strong { "Monitoring" } "." }
            }
            Event::SteppedBack => {
                p { (by) " went back to looking for the cause: " strong { "Investigating" } "." }
            }
            Event::Recovered => {
                p { (by) " says the system is back to normal: " strong { "Recovered" } "." }
            }
            Event::Settled { postmortem_owed } => {
                p {
                    "It held through the stability window; "
                    @if *postmortem_owed { "a post-mortem is owed." }
                    @else { "no post-mortem is owed." }
                }
            }
            Event::Closed => p { (by) " closed it: the learning is done." },
            Event::Reopened { reason } => {
                p { (by) " reopened it:" }
                (written(reason))
            }
            Event::Dismissed { reason } => p { (by) " dismissed it: " (mark::dismissal(reason)) "." },
            Event::SeverityChanged { from, to } => {
                p { (by) " changed the severity from " (from) " to " strong { (to) } "." }
            }
            Event::ImpactChanged { from, to } => {
                p { (by) " said how many are affected: " strong { (mark::impact(*to)) }
                    @if let Impact::Clients(_) = from { ", before " (mark::impact(*from)) }
                    "." }
            }
            Event::Edited { summary, description, domain } => {
                p {
                    (by) " edited it."
                    @if let Some(summary) = summary {
                        " The summary is now " strong dir="auto" { (summary) } "."
                    }
                    @if let Some(domain) = domain {
                        " The domain is now " bdi { (context.policy.domain_name(domain)) } "."
                    }
                    @if description.is_some() { " The description is now:" }
                }
                @if let Some(description) = description { (written(description)) }
            }
            Event::TimeCorrected { which, from, to } => {
                p {
                    (by) " set when it " (key_time(*which)) ": " (context.when(*to))
                    @if let Some(from) = from { ", before " (context.when(*from)) }
                    "."
                }
            }
            Event::RoleTaken { role, person } => {
                p {
                    @if recorded.by.person() == Some(person) {
                        (by) " became " (role.name()) "."
                    } @else {
                        (by) " made " (context.person(person)) " " (role.name()) "."
                    }
                }
            }
            Event::RoleDropped { role, person } => {
                p {
                    @if recorded.by.person() == Some(person) {
                        (by) " is no longer " (role.name()) "."
                    } @else {
                        (by) " left the role of " (role.name()) " empty, held by "
                        (context.person(person)) "."
                    }
                }
            }
            Event::UpdatePosted { text, next_due } => {
                p {
                    (by) " posted an update"
                    @if let Some(due) = next_due { ", the next promised by " (context.when(*due)) }
                    ":"
                }
                (written(text))
            }
            Event::PersonJoined { person } => p { (context.person(person)) " joined the channel." },
            Event::AlertSeen { source, title, state, .. } => {
                p {
                    bdi { (source) } ": " span dir="auto" { (title) } " "
                    @match state {
                        AlertState::Firing { .. } => { "is " strong { "firing" } "." }
                        AlertState::Resolved { .. } => { "is " strong { "resolved" } "." }
                    }
                }
            }
            Event::ChannelOpened { channel } => p { "The channel #" (channel.name) " was made." },
            Event::BriefPosted { .. } => p { "The brief was posted." },
            Event::BroadcastPosted { .. } => p { "The company was told." },
            Event::Paged { .. } => p { "The pager took the page in." },
            Event::PostmortemDrafted { url, .. } => {
                p { "The post-mortem was drafted: " (link(url, &html! { "read it" })) "." }
            }
            Event::GivenUp { what, why, .. } => {
                p { strong { "Could not " (what) "." } " " span.why dir="auto" { (why) } }
            }
        }
    }
}

/// Which door it came through, and when it was recorded if that was later.
fn origin(context: &Context<'_>, recorded: &Recorded) -> Markup {
    let door = match recorded.by.origin {
        Origin::Slack => Some("in Slack"),
        Origin::Alert => Some("by alert"),
        Origin::Api => Some("over the API"),
        Origin::Web => Some("on the web"),
        Origin::CommandLine => Some("on the command line"),
        // What SIMA does by itself says so already.
        Origin::Clock | Origin::Effect => None,
    };
    let lag = recorded.at.as_millisecond() - recorded.happened_at.as_millisecond();
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

/// A key time as a verb that follows "it".
fn key_time(which: KeyTime) -> &'static str {
    match which {
        KeyTime::Started => "started",
        KeyTime::Detected => "was first noticed",
        KeyTime::Acknowledged => "was acknowledged",
        KeyTime::Identified => "was understood",
        KeyTime::Mitigated => "was mitigated",
        KeyTime::Recovered => "was back to normal",
    }
}
