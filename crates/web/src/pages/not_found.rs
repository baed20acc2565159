//! The page for an address that leads nowhere.

use maud::{Markup, html};

use super::{Nav, layout};

/// Says that there is no such page. An incident the reader may not see gets the same words: that
/// it exists is part of what is hidden.
pub fn not_found() -> Markup {
    let body = html! {
        h1 { "There is nothing here" }
        p.lead { "The address may be mistyped, or the incident may be hidden from you." }
        p { a.button href="/incidents" { "All incidents" } }
    };
    layout("Not found", &Nav::default(), &body)
}
