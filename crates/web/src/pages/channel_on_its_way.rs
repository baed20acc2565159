//! The page somebody who was paged sees while the incident's channel is still being made.

use maud::{Markup, html};
use sima_incident::IncidentNumber;

use super::{Nav, layout};

/// Says that the channel is on its way. It tells nothing about the incident: whoever holds the
/// link may read it without signing in. The handler makes the browser ask again.
pub fn channel_on_its_way(number: IncidentNumber) -> Markup {
    let body = html! {
        h1 { "The channel of " span.number { (number) } " is on its way" }
        p.lead { "Slack has not made it yet. This page leads there as soon as it exists." }
        p { "If Slack is down, load this page again later; the link stays the same." }
    };
    layout(&format!("{number}"), &Nav { closed: true, ..Nav::default() }, &body)
}
