//! The page of one incident: its facts, its times, its timeline.

use jiff::Timestamp;
use maud::{Markup, html};
use sima_incident::{
    AlertState, Incident, Page, Postmortem, Recorded, Role, StageName,
    figures::{Measured, downtime, durations, in_words},
    postmortem::impact_in_words,
};

use super::{
    Context, Nav,
    context::{link, written},
    figure::counted,
    layout, mark,
    timeline::timeline,
};

/// The page of one incident with its events, oldest first.
pub fn incident(context: &Context<'_>, incident: &Incident, events: &[Recorded]) -> Markup {
    let title = format!("{} {}", incident.number, incident.summary);
    let body = html! {
        header.title {
            p.kicker {
                (mark::severity_in_words(context, incident.severity)) (mark::special(incident))
            }
            h1 dir="auto" { span.number { (incident.number) } " " (incident.summary) }
            p.status {
                (mark::stage(&incident.stage))
                span { bdi { (context.policy.domain_name(&incident.domain)) } }
                @if incident.stage.is_live() {
                    span { (context.since(incident.times.started())) " since it started" }
                }
                @if incident.reopened > 0 { span { "reopened " (times(incident.reopened)) } }
            }
            (ways_on(context, incident))
        }
        (troubles(context, incident))
        div.columns {
            div.main {
                @if let Some(update) = &incident.update {
                    section aria-labelledby="update" {
                        h2 #update { "Where things stand" }
                        blockquote.update {
                            p.written dir="auto" { (update.text) }
                            footer { (context.actor(&update.by)) ", " (context.when(update.at)) }
                        }
                    }
                }
                @if let Some(description) = &incident.description {
                    section aria-labelledby="description" {
                        h2 #description { "Description" }
                        (written(description))
                    }
                }
                (measured(incident))
                section aria-labelledby="timeline" {
                    h2 #timeline { "Timeline" }
                    (timeline(context, events))
                }
            }
            aside aria-label="Facts" {
                (facts(context, incident))
                (key_times(context, incident))
                (alerts(context, incident))
                (links(incident))
            }
        }
    };
    // A private incident announces nothing: others must not learn when something happens to it.
    let live = !incident.is_private();
    let zone = context.zone();
    let nav = Nav {
        current: Some("/incidents"),
        zone: Some(&zone),
        now: Some(context.now),
        live,
        ..Nav::default()
    };
    layout(&title, &nav, &body)
}

/// Where the reader may want to go from here.
fn ways_on(context: &Context<'_>, incident: &Incident) -> Markup {
    html! {
        p.ways {
            @if let Some(channel) = context.channel(incident) {
                span.way { span.what { "Channel" } " " (channel) }
            }
            @match &incident.postmortem {
                Postmortem::None => {}
                Postmortem::Owed => {
                    span.way { span.what { "Post-mortem" } " being drafted" }
                }
                Postmortem::Drafted { url, .. } => {
                    span.way {
                        span.what { "Post-mortem" } " " (link(url, &html! { "read it" }))
                    }
                }
            }
        }
    }
}

/// What could not be done for it.
fn troubles(context: &Context<'_>, incident: &Incident) -> Markup {
    html! {
        @if !incident.troubles.is_empty() {
            section.alarm aria-labelledby="troubles" {
                h2 #troubles { "SIMA could not do everything" }
                ul {
                    @for trouble in &incident.troubles {
                        li {
                            strong { "Could not " (trouble.what) } ", " (context.when(trouble.at))
                            ". " span.why dir="auto" { (trouble.why) }
                        }
                    }
                }
            }
        }
    }
}

fn facts(context: &Context<'_>, incident: &Incident) -> Markup {
    html! {
        section aria-labelledby="facts" {
            h2 #facts { "Facts" }
            dl.rows {
                @for role in Role::ALL {
                    div {
                        dt.first-large { (role.name()) }
                        dd {
                            @match incident.holder(role) {
                                Some(person) => (context.person(person)),
                                None => span.none { "nobody" },
                            }
                        }
                    }
                }
                div { dt { "Opened by" } dd { (context.actor(&incident.reporter)) } }
                div { dt { "Affected" } dd { (impact_in_words(incident.impact)) } }
                @if incident.worst_severity != incident.severity {
                    div { dt { "At its worst" } dd { (mark::severity(incident.worst_severity)) } }
                }
                @if incident.stage.is_live() {
                    div {
                        dt { "Next update" }
                        dd {
                            @match incident.next_update_due() {
                                Some(due) => (context.promised(due)),
                                None => span.none { "not promised" },
                            }
                        }
                    }
                }
                div { dt { "Updates posted" } dd { (incident.updates) } }
                div { dt { "On-call person" } dd { (page(context, incident)) } }
            }
        }
    }
}

fn page(context: &Context<'_>, incident: &Incident) -> Markup {
    html! {
        @match &incident.page {
            Page::None => span.none { "not paged" },
            Page::Sent if incident.stage.is_live() => "being paged",
            // Over before the pager took it in: the page was let go, or its receipt is still due.
            Page::Sent => span.none { "not reached" },
            Page::Accepted { at, .. } => { "paged at " (context.when(*at)) }
            Page::Failed => strong { "could not be paged" },
        }
    }
}

/// Each key time, and how long after the one before it.
fn key_times(context: &Context<'_>, incident: &Incident) -> Markup {
    let times = &incident.times;
    let name = incident.stage.name();
    let rows = [
        ("Started", times.started_at),
        ("Detected", times.detected_at),
        ("Opened", Some(times.opened_at)),
        ("Acknowledged", times.acknowledged_at),
        ("Identified", times.identified_at),
        ("Mitigated", times.mitigated_at),
        ("Recovered", times.recovered_at),
        ("Closed", times.closed_at),
    ];
    let mut before: Option<Timestamp> = None;
    html! {
        section aria-labelledby="key-times" {
            h2 #key-times { "Key times" }
            table.times {
                thead.unseen {
                    tr {
                        th scope="col" { "What" }
                        th scope="col" { "When" }
                        th scope="col" { "After the one before" }
                    }
                }
                tbody {
                    @for (place, (what, at)) in rows.into_iter().enumerate() {
                        tr.absent[at.is_none()] {
                            th scope="row" { (what) }
                            @match at {
                                Some(at) => {
                                    td { (context.when(at)) }
                                    td.gap { (after(before.replace(at), at)) }
                                }
                                None => {
                                    td colspan="2" { (absent(place, name)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How long after another moment this one was; nothing if it was the first or came before.
fn after(before: Option<Timestamp>, at: Timestamp) -> String {
    before
        .map(|before| at.as_millisecond() - before.as_millisecond())
        .filter(|ms| *ms >= 0)
        .map_or_else(String::new, |ms| format!("+{}", in_words(ms)))
}

/// Why a key time is absent; `place` counts them from the start of the outage.
fn absent(place: usize, stage: StageName) -> &'static str {
    let still_ahead = match stage {
        StageName::Open => place >= 3,
        StageName::Investigating => place >= 4,
        StageName::Fixing => place >= 5,
        StageName::Monitoring => place >= 6,
        StageName::Recovered => place >= 7,
        StageName::Closed | StageName::Dismissed => false,
    };
    if still_ahead {
        "to come"
    } else if place < 3 {
        "not given"
    } else {
        "not recorded"
    }
}

/// The three durations, or why each cannot be said.
fn measured(incident: &Incident) -> Markup {
    let durations = durations(incident);
    html! {
        section aria-labelledby="durations" {
            h2 #durations { "Durations" }
            dl.tiles {
                (tile("Time to acknowledge", "opened to acknowledged", durations.time_to_acknowledge))
                (tile("Time to repair", "acknowledged to recovered", durations.time_to_repair))
                (tile("Time to recover", "started to recovered", durations.time_to_recover))
                @if incident.reopened > 0 {
                    (tile("Downtime", "without the pauses in between", downtime(incident)))
                }
            }
            @if incident.times.started_at.is_none() {
                p.note { "Nobody said when it started, so it counts from its opening." }
            }
        }
    }
}

fn tile(name: &str, ends: &str, measured: Measured) -> Markup {
    html! {
        div {
            dt { (name) span.ends { (ends) } }
            dd {
                @match measured {
                    Ok(took) => (in_words(took.as_millis() as i64)),
                    Err(reason) => span.none { (reason.in_words()) },
                }
            }
        }
    }
}

fn alerts(context: &Context<'_>, incident: &Incident) -> Markup {
    html! {
        @if !incident.alerts.is_empty() {
            section aria-labelledby="alerts" {
                h2 #alerts { (counted(incident.tally().total as usize, "alert")) }
                ul.plain-list {
                    @for alert in &incident.alerts {
                        li {
                            span dir="auto" { (alert.title) }
                            span.ends {
                                (alert.source) ", "
                                @match alert.state {
                                    AlertState::Firing { since } => {
                                        strong { "firing" } " since " (context.when(since))
                                    }
                                    AlertState::Resolved { since } => {
                                        "resolved " (context.when(since))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn links(incident: &Incident) -> Markup {
    html! {
        @if !incident.links.is_empty() {
            section aria-labelledby="links" {
                h2 #links { "Opened from" }
                ul.plain-list {
                    @for url in &incident.links { li.url { (link(url, &html! { (url) })) } }
                }
            }
        }
    }
}

/// How often, in words.
fn times(count: u32) -> String {
    match count {
        1 => "once".into(),
        2 => "twice".into(),
        many => format!("{many} times"),
    }
}
