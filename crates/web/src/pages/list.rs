//! The list of incidents.

use maud::{Markup, html};
use sima_incident::{Incident, Stage, figures};

use super::{Context, Nav, layout, mark};

/// What the list shows.
#[derive(Clone, Debug)]
pub struct List<'a> {
    /// The incidents of this page, latest first. Private ones are not shown.
    pub incidents: &'a [Incident],
    /// Which were asked for.
    pub which: Which,
    /// Where the older ones are, if there are any: a path with its query.
    pub older: Option<String>,
    /// Where the newer ones are, if there are any.
    pub newer: Option<String>,
}

/// Which incidents are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    #[default]
    All,
    /// Those people are at work on.
    Live,
    /// Those that are recovered or closed.
    Over,
    /// Those that were none.
    Dismissed,
}

impl Which {
    /// Every choice, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::All, Self::Live, Self::Over, Self::Dismissed];

    /// The choice as in the query `show=`: `live`.
    pub fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Live => "live",
            Self::Over => "over",
            Self::Dismissed => "dismissed",
        }
    }

    /// Reads the query `show=`; whatever it is not means every incident.
    pub fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|which| which.key() == key).unwrap_or_default()
    }

    /// Whether an incident in that stage is one of them.
    pub fn includes(self, stage: &Stage) -> bool {
        let dismissed = matches!(stage, Stage::Dismissed { .. });
        match self {
            Self::All => true,
            Self::Live => stage.is_live(),
            Self::Over => !stage.is_live() && !dismissed,
            Self::Dismissed => dismissed,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Live => "Live",
            Self::Over => "Over",
            Self::Dismissed => "Dismissed",
        }
    }
}

/// The page that lists incidents.
pub fn list(context: &Context<'_>, list: &List<'_>) -> Markup {
    let shown: Vec<&Incident> = list.incidents.iter().filter(|one| !one.is_private()).collect();
    let body = html! {
        h1 { "Incidents" }
        nav.choices aria-label="Which incidents" {
            @for which in Which::ALL {
                a href=(format!("/incidents?show={}", which.key()))
                    aria-current=[(which == list.which).then_some("true")] { (which.label()) }
            }
        }
        @if shown.is_empty() {
            p.empty { "No incident here." }
        } @else {
            (table(context, "Incidents, latest first", &shown))
        }
        @if list.newer.is_some() || list.older.is_some() {
            nav.paging aria-label="More incidents" {
                @if let Some(newer) = &list.newer { a href=(newer) rel="prev" { "Newer" } }
                @if let Some(older) = &list.older { a href=(older) rel="next" { "Older" } }
            }
        }
    };
    let zone = context.zone();
    let nav = Nav {
        current: Some("/incidents"),
        zone: Some(&zone),
        now: Some(context.now),
        live: true,
        ..Nav::default()
    };
    layout("Incidents", &nav, &body)
}

/// Incidents as a table; on a narrow screen each row becomes a block of its own.
pub(super) fn table(context: &Context<'_>, caption: &str, incidents: &[&Incident]) -> Markup {
    html! {
        table.incidents {
            caption.unseen { (caption) }
            thead {
                tr {
                    th scope="col" { "Incident" }
                    th scope="col" { "Severity" }
                    th scope="col" { "Stage" }
                    th scope="col" { "Domain" }
                    th scope="col" { "Opened" }
                    th.long scope="col" { "Time to recover" }
                }
            }
            tbody { @for incident in incidents { (row(context, incident)) } }
        }
    }
}

fn row(context: &Context<'_>, incident: &Incident) -> Markup {
    html! {
        tr {
            th scope="row" dir="auto" {
                a href=(mark::path(incident)) {
                    span.number { (incident.number) } " " (incident.summary)
                }
                (mark::special(incident))
            }
            td { (mark::severity(incident.severity)) }
            td { (mark::stage(&incident.stage)) }
            td { bdi { (context.policy.domain_name(&incident.domain)) } }
            td.said data-label="Opened" { (context.when(incident.times.opened_at)) }
            @match figures::durations(incident).time_to_recover {
                Ok(took) => {
                    td.long.said data-label="Took" {
                        (figures::in_words(took.as_millis() as i64))
                    }
                }
                Err(reason) => td.long { span.none { (reason.in_words()) } },
            }
        }
    }
}
