//! The stand-in for Atlassian Statuspage: one page, its components and its incidents.

mod call;
mod page;

pub(crate) use self::call::call;
pub use self::page::{PublicIncident, PublicPage, PublicUpdate};
