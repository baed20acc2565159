//! The frame around every page: head, navigation, main part and foot.

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

/// The style sheet.
pub const STYLE: &str = include_str!("../../assets/style.css");
/// Where the pages expect [`STYLE`].
pub const STYLE_PATH: &str = "/assets/style.css";
/// The script; every page works without it.
pub const SCRIPT: &str = include_str!("../../assets/page.js");
/// Where the pages expect [`SCRIPT`].
pub const SCRIPT_PATH: &str = "/assets/page.js";
/// Where the script listens for server-sent events. Any event means: something changed, fetch the
/// page again.
pub const LIVE_PATH: &str = "/live";

/// Where in the dashboard a page is, and what its foot says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nav<'a> {
    /// The path of the section to mark as the current one: `/` or `/incidents`; neither if absent.
    pub current: Option<&'a str>,
    /// The name of the time zone in which times are shown, if the page shows any.
    pub zone: Option<&'a str>,
    /// The moment the page shows: its clocks tick on from there.
    pub now: Option<Timestamp>,
    /// Whether the page follows what happens.
    pub live: bool,
    /// Whether the reader is let in; otherwise the sections are not offered.
    pub closed: bool,
}

/// A whole page around a body, which begins with its `h1`.
pub fn layout(title: &str, nav: &Nav<'_>, body: &Markup) -> Markup {
    let live = nav.live.then_some(LIVE_PATH);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · SIMA" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href=(STYLE_PATH);
                script defer src=(SCRIPT_PATH) {}
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header.top {
                    a.mark href="/" { span.glyph aria-hidden="true" {} "SIMA" }
                    @if !nav.closed {
                        nav aria-label="Sections" {
                            (section(nav, "/", "Now"))
                            (section(nav, "/incidents", "Incidents"))
                        }
                    }
                }
                main #main tabindex="-1" data-now=[nav.now] data-live=[live] { (body) }
                footer.foot {
                    @if let Some(zone) = nav.zone { p { "Times are in " (zone) "." } }
                    p #connection role="status" {}
                }
            }
        }
    }
}

fn section(nav: &Nav<'_>, path: &str, name: &str) -> Markup {
    let current = (nav.current == Some(path)).then_some("page");
    html! { a href=(path) aria-current=[current] { (name) } }
}
