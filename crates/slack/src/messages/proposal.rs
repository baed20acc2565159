//! A proposal: the one message that asks whether what a monitor saw is an incident. Always edited,
//! never repeated.

use serde_json::Value;
use sima_incident::{Answer, Answered, Policy, Proposal};

use super::{
    Message, badge, blocks, buttons,
    escape::line,
    mention,
    moment::{moment, span, time},
};
use crate::{actions::Action, channels::is_id};

/// Links shown at most.
const MAX_LINKS: usize = 3;

/// A proposal as it is.
pub fn proposal(proposal: &Proposal, policy: &Policy) -> Message {
    let suggestion = &proposal.suggestion;
    let domain = line(policy.domain_name(&suggestion.domain), 80);
    let about = format!("{} · {domain}", suggestion.severity);
    let heading = match &proposal.answer {
        Answer::Awaited => {
            format!("{} *Is this an incident?* · {about}", badge::of_severity(suggestion.severity))
        }
        Answer::Opened { number, by, .. } => {
            format!("🚨 *{}* · {about} · opened by {}", number, mention::person(by))
        }
        Answer::Dismissed { by, .. } => {
            format!("🚫 *Not an incident*, says {} · {about}", mention::person(by))
        }
        Answer::Expired { .. } => format!("⏳ *Nobody answered, nothing was opened* · {about}"),
    };
    let mut shown = vec![blocks::section(&heading), blocks::title(&suggestion.title, 300)];
    if let Some(description) = &suggestion.description
        && !description.trim().is_empty()
        && proposal.is_awaited()
    {
        shown.push(blocks::words(description, 600));
    }
    shown.push(blocks::section(&seen(proposal)));
    shown.extend(proposal.instead_of.as_deref().map(not_there));
    shown.push(blocks::context(&small_print(proposal)));
    shown.extend(blocks::actions(steps(proposal, policy)));
    Message { text: format!("{heading}: {}", line(&suggestion.title, 500)), blocks: shown }
}

/// Somebody answered before; `answered` says what.
pub fn answered_before(answered: &Answered, policy: &Policy) -> Message {
    let (told, steps) = match answered {
        Answered::Opened { number, by } => (
            format!("🚨 {} has opened {number} for it. Follow it there.", mention::person(by)),
            vec![
                buttons::link(&format!("Go to {number}"), &short_link(*number, policy)),
                buttons::button("Open incidents", &Action::ListIncidents),
            ],
        ),
        Answered::Dismissed { by } => (
            format!(
                "🚫 {} has said that it is no incident. If you see it otherwise, open one there.",
                mention::person(by)
            ),
            vec![buttons::button("Open incidents", &Action::ListIncidents)],
        ),
    };
    with_steps(told, steps)
}

/// It is noted that it is no incident.
pub fn dismissed() -> Message {
    let told = "🚫 Noted: not an incident. SIMA stays quiet about it until the trouble ends and \
                begins anew.";
    with_steps(told.to_owned(), vec![buttons::help(None)])
}

/// The button is of a proposal that is not there any more.
pub fn proposal_gone() -> Message {
    let told =
        "🕰️ SIMA no longer knows what this was about. If something is wrong, open an incident.";
    let steps = vec![
        buttons::button("🚨 Open an incident", &Action::OpenForm),
        buttons::button("Open incidents", &Action::ListIncidents),
    ];
    with_steps(told.to_owned(), steps)
}

/// Who sees the trouble, since when, how often it was said, and whether it is over.
fn seen(proposal: &Proposal) -> String {
    let since = moment(proposal.began_at);
    let mut told = vec![match proposal.ended_at {
        None => format!("👁️ {} sees it since {since}", line(&proposal.first.integration, 80)),
        Some(ended_at) => format!(
            "✅ *The monitor sees it no more* since {} · it lasted {}",
            time(ended_at),
            span(ended_at.duration_since(proposal.began_at))
        ),
    }];
    if proposal.alerts > 1 {
        told.push(match proposal.ended_at {
            None => format!("{} alerts, {} still firing", proposal.alerts, proposal.firing),
            Some(_) => format!("{} alerts", proposal.alerts),
        });
    }
    if proposal.reports > proposal.alerts {
        told.push(format!("reported {} times", proposal.reports));
    }
    told.join(" · ")
}

/// Why it is asked here, and how the others can be asked where they are.
fn not_there(first: &str) -> Value {
    let first = if is_id(first) {
        format!("<#{first}>")
    } else {
        line(&format!("#{}", first.trim_start_matches('#')), 90)
    };
    blocks::context(&format!(
        "⚠️ SIMA cannot post in {first}, so it asks here. If that channel is there, invite SIMA in it: \
         `/invite @SIMA`"
    ))
}

/// Where to read on, and what the answers do.
fn small_print(proposal: &Proposal) -> String {
    let links: Vec<String> = proposal
        .suggestion
        .links
        .iter()
        .take(MAX_LINKS)
        .enumerate()
        .map(|(place, url)| mention::link(url, &format!("link {}", place + 1)))
        .collect();
    let read_on =
        if links.is_empty() { String::new() } else { format!("Read on: {} · ", links.join(", ")) };
    let then = match &proposal.answer {
        Answer::Awaited => "One answer is enough; repeats only change this message".to_owned(),
        Answer::Opened { at, .. } => format!("Opened {}", moment(*at)),
        Answer::Dismissed { at, .. } => {
            format!("Said {} · quiet until the trouble ends and begins anew", moment(*at))
        }
        Answer::Expired { at } => format!("Closed {}", moment(*at)),
    };
    format!("{read_on}{then}")
}

fn steps(proposal: &Proposal, policy: &Policy) -> Vec<Value> {
    let open = |label| buttons::button(label, &Action::OpenProposed(proposal.id));
    match &proposal.answer {
        Answer::Awaited => vec![
            buttons::first("🚨 Open an incident", &Action::OpenProposed(proposal.id)),
            buttons::button("Not an incident", &Action::DismissProposed(proposal.id)),
        ],
        Answer::Opened { incident, number, .. } => vec![
            buttons::link(&format!("Go to {number}"), &short_link(*number, policy)),
            buttons::button("ℹ️ Info", &Action::ShowInfo(*incident)),
        ],
        Answer::Dismissed { .. } | Answer::Expired { .. } => {
            vec![open("🚨 Open an incident after all")]
        }
    }
}

fn short_link(number: sima_incident::IncidentNumber, policy: &Policy) -> String {
    format!("{}/i/{number}", policy.public_url)
}

fn with_steps(told: String, steps: Vec<Value>) -> Message {
    let mut shown = vec![blocks::section(&told)];
    shown.extend(blocks::actions(steps));
    Message { text: told, blocks: shown }
}
