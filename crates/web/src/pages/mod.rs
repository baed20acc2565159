//! The dashboard's pages: pure functions from what is known to HTML.
//!
//! Nothing here asks the store, and nothing decides who may look: a handler does both and hands
//! over a [`Context`] with what the page shows. Whatever people wrote is escaped by `maud`; a link
//! they gave is a link only if it leads to a web page. Pages read and print without JavaScript;
//! where there is some, [`SCRIPT`] ticks the clocks and fetches the page again when
//! [`LIVE_PATH`] says that something changed.
//!
//! To add a page: a file here with one function that ends in [`layout`], and its path in a handler.

mod channel_on_its_way;
mod context;
mod figure;
mod home;
mod incident;
mod layout;
mod list;
mod mark;
mod not_found;
mod postmortem;
mod refused;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
mod timeline;

pub use channel_on_its_way::channel_on_its_way;
pub use context::{Context, People};
pub use home::{GivenUp, Home, home};
pub use incident::incident;
pub use layout::{LIVE_PATH, Nav, SCRIPT, SCRIPT_PATH, STYLE, STYLE_PATH, layout};
pub use list::{List, Which, list};
pub use not_found::not_found;
pub use postmortem::postmortem;
pub use refused::{Refused, refused};
