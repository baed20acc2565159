//! The front page: what is happening now, the figures, and what ended lately.

use jiff::Timestamp;
use maud::{Markup, html};
use sima_incident::{
    Incident, IncidentNumber, Role,
    figures::{Counts, Summary},
    postmortem::impact_in_words,
};

use super::{
    Context, Nav,
    figure::{Scale, counted, figure, share},
    layout,
    list::table,
    mark,
};

/// What the front page shows.
#[derive(Clone, Copy, Debug)]
pub struct Home<'a> {
    /// The incidents people are at work on, the most severe first. Private ones are not shown.
    pub live: &'a [Incident],
    /// Those that ended lately, latest first. Private ones are not shown.
    pub ended: &'a [Incident],
    /// The figures.
    pub figures: &'a Summary,
    /// What the figures are over, in words that follow "over": `the last 90 days`.
    pub period: &'a str,
    /// What could not be done and nobody has mended yet, latest first.
    pub given_up: &'a [GivenUp],
}

/// One thing SIMA could not do and has given up.
#[derive(Clone, Debug)]
pub struct GivenUp {
    /// The incident it was for; absent if that is private.
    pub incident: Option<IncidentNumber>,
    /// What should have happened, in words that follow "could not": `page the on-call person`.
    pub what: String,
    /// Why it did not; absent if the incident is private.
    pub why: Option<String>,
    /// When it was given up.
    pub at: Timestamp,
}

/// The front page.
pub fn home(context: &Context<'_>, home: &Home<'_>) -> Markup {
    let live: Vec<&Incident> = home.live.iter().filter(|one| !one.is_private()).collect();
    let ended: Vec<&Incident> = home.ended.iter().filter(|one| !one.is_private()).collect();
    let figures = home.figures;
    let scale = Scale::over(&[
        &figures.time_to_acknowledge,
        &figures.time_to_repair,
        &figures.time_to_recover,
    ]);
    let title = match live.len() {
        0 => "All quiet".to_owned(),
        many => format!("{} live", counted(many, "incident")),
    };
    let body = html! {
        (given_up(context, home.given_up))
        section aria-labelledby="now" {
            h1 #now { (title) }
            @if live.is_empty() {
                p.lead {
                    "Nobody is at work on an incident. If something is broken, type "
                    code { (context.policy.slash_command) " open" } " in Slack."
                }
            } @else {
                ul.cards { @for incident in &live { li { (card(context, incident)) } } }
            }
        }
        section aria-labelledby="figures" {
            div.heading {
                h2 #figures { "Figures" }
                p { "over " (home.period) ": " (counts(figures)) }
            }
            div.figures {
                (figure("Time to acknowledge", "from opened to a responder on it",
                    &figures.time_to_acknowledge, &scale))
                (figure("Time to repair", "from acknowledged to back to normal",
                    &figures.time_to_repair, &scale))
                (figure("Time to recover", "from the start of the outage to back to normal",
                    &figures.time_to_recover, &scale))
                (share("Promises kept", "updates that came when they were promised, or before",
                    "promises", &figures.promises_kept))
            }
        }
        section aria-labelledby="ended" {
            div.heading {
                h2 #ended { "Ended lately" }
                @if !ended.is_empty() { p { a href="/incidents" { "All incidents" } } }
            }
            @if ended.is_empty() {
                p.empty { "No incident has ended yet." }
            } @else {
                (table(context, "Incidents that ended lately, latest first", &ended))
            }
        }
    };
    let zone = context.zone();
    let nav = Nav {
        current: Some("/"),
        zone: Some(&zone),
        now: Some(context.now),
        live: true,
        ..Nav::default()
    };
    layout(&title, &nav, &body)
}

/// One live incident.
fn card(context: &Context<'_>, incident: &Incident) -> Markup {
    let class = format!("card edge{}", incident.severity.level().min(4));
    html! {
        article class=(class) {
            div.head {
                p.kicker {
                    (mark::severity_in_words(context, incident.severity)) (mark::special(incident))
                }
                h2 dir="auto" {
                    a href=(mark::path(incident)) {
                        span.number { (incident.number) } " " (incident.summary)
                    }
                }
                p.status {
                    (mark::stage(&incident.stage))
                    span { bdi { (context.policy.domain_name(&incident.domain)) } }
                    span { "Affected: " (impact_in_words(incident.impact)) }
                    @if let Some(channel) = context.channel(incident) { span { (channel) } }
                }
            }
            p.elapsed {
                span.big { (context.since(incident.times.started())) }
                span.small { "since it started" }
            }
            dl.rows {
                div {
                    dt { "Next update" }
                    dd {
                        @match incident.next_update_due() {
                            Some(due) => (context.promised(due)),
                            None => span.none { "not promised" },
                        }
                    }
                }
                @for role in Role::ALL {
                    div {
                        dt { (titled(role.name())) }
                        dd {
                            @match incident.holder(role) {
                                Some(person) => (context.person(person)),
                                None => span.none { "nobody yet" },
                            }
                        }
                    }
                }
            }
            @if let Some(update) = &incident.update {
                blockquote.update {
                    p.written dir="auto" { (update.text) }
                    footer { (context.actor(&update.by)) ", " (context.when(update.at)) }
                }
            }
            @if !incident.troubles.is_empty() {
                p.trouble {
                    strong { "Could not be done: " }
                    @for (place, trouble) in incident.troubles.iter().enumerate() {
                        @if place > 0 { "; " }
                        (trouble.what)
                    }
                }
            }
        }
    }
}

/// What SIMA could not do, at the head of the page: somebody must do it by hand.
fn given_up(context: &Context<'_>, given_up: &[GivenUp]) -> Markup {
    html! {
        @if !given_up.is_empty() {
            section.alarm aria-labelledby="given-up" {
                h2 #given-up { "SIMA could not do everything" }
                ul {
                    @for one in given_up {
                        li {
                            strong { "Could not " (one.what) }
                            @match one.incident {
                                Some(number) => {
                                    " for " a href=(format!("/incidents/{}", number.0)) { (number) }
                                }
                                None => " for a private incident",
                            }
                            ", " (context.when(one.at)) "."
                            @if let Some(why) = &one.why { " " span.why { (why) } }
                        }
                    }
                }
                p { "Do it by hand, mend the cause, then see " code { "sima outbox" } "." }
            }
        }
    }
}

/// How many incidents of which sort, in words.
fn counts(figures: &Summary) -> String {
    let counts = figures.incidents;
    if counts == Counts::default() {
        return "no incident yet".into();
    }
    let beside = [
        (counts.open, format!("{} of them open", counts.open)),
        (counts.false_positives, counted(counts.false_positives, "false positive")),
        (counts.dismissed_otherwise, format!("{} dismissed otherwise", counts.dismissed_otherwise)),
        (counts.drills, counted(counts.drills, "drill")),
    ];
    let mut words = vec![counted(counts.real, "real incident")];
    words.extend(beside.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words));
    words.join(", ")
}

/// A name with its first letter large.
fn titled(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}
