//! The marks of an incident: its severity, its stage, its number. Words first, colour beside them.

use maud::{Markup, html};
use sima_incident::{Dismissal, Incident, Severity, Stage};

use super::Context;

/// The severity as a badge.
pub(super) fn severity(severity: Severity) -> Markup {
    let class = format!("badge sev{}", severity.level().min(4));
    html! { span class=(class) { (severity) } }
}

/// The severity as a badge with what it means.
pub(super) fn severity_in_words(context: &Context<'_>, of: Severity) -> Markup {
    html! {
        (severity(of))
        @if let Some(rule) = context.policy.severity(of) { " " span.meaning { (rule.meaning) } }
    }
}

/// The stage as a pill; a live one has a filled dot.
pub(super) fn stage(stage: &Stage) -> Markup {
    let class = format!("stage {}", stage.name().key());
    html! {
        span class=(class) {
            (stage.name())
            @if let Stage::Dismissed { reason, .. } = stage { ": " (dismissal(reason)) }
        }
    }
}

/// Why it was no incident, with a link to the one that covers it.
pub(super) fn dismissal(reason: &Dismissal) -> Markup {
    html! {
        @match reason {
            Dismissal::DuplicateOf(number) => {
                "duplicate of " a href=(format!("/incidents/{}", number.0)) { (number) }
            }
            Dismissal::FalsePositive | Dismissal::Mistake => (reason),
        }
    }
}

/// What is special about it: private, or for practice.
pub(super) fn special(incident: &Incident) -> Markup {
    html! {
        @if incident.is_private() { " " span.badge.plain { "Private" } }
        @if incident.is_drill() { " " span.badge.plain { "Drill" } }
    }
}

/// The page of an incident on the dashboard.
pub(super) fn path(incident: &Incident) -> String {
    format!("/incidents/{}", incident.number.0)
}
