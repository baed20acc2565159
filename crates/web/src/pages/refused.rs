//! The page for a reader who is not let in.

use maud::{Markup, html};

use super::{Nav, layout};

/// Why a reader is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nobody has opened the dashboard: no password is configured.
    Closed,
    /// The password is not the one that is configured, or none was given.
    WrongPassword,
}

/// Says that the reader is not let in, and what can be done about it.
pub fn refused(why: Refused) -> Markup {
    let body = match why {
        Refused::Closed => html! {
            h1 { "The dashboard is closed" }
            p.lead {
                "Incidents and figures are not public, so it stays closed until somebody says who "
                "may read them."
            }
            p { "Whoever runs SIMA opens it in " code { "sima.toml" } ", with a password:" }
            pre { code { "[dashboard]\npassword = \"a long one\"" } }
            p {
                "or with " code { "SIMA_DASHBOARD__PASSWORD" } " in the environment. On a machine "
                "that nobody else reaches, " code { "open_to_all = true" } " does without."
            }
        },
        Refused::WrongPassword => html! {
            h1 { "That password does not open it" }
            p.lead { "Load the page again and give the password; the user name may be anything." }
            p {
                "It is the " code { "password" } " under " code { "[dashboard]" }
                " in SIMA's configuration: ask whoever runs SIMA."
            }
        },
    };
    layout("Not let in", &Nav { closed: true, ..Nav::default() }, &body)
}
