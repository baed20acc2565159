//! A workspace on your own machine: stand-ins for the vendors SIMA speaks to, with a page to act in.
//!
//! It is written from the vendors' documents and knows nothing of SIMA, which reaches it over HTTP only:
//! one misreading cannot agree with itself. [`start`] serves it; the [`Sandbox`] it returns lets a test see
//! what became true, act as a person, and make things fail.

mod acts;
mod call;
pub mod cast;
mod channel;
mod clock;
mod core;
mod delivery;
mod door;
mod events;
mod fault;
mod form;
mod hold;
mod message;
mod notion;
mod page;
mod pagerduty;
mod pagers;
mod people;
mod person;
mod random;
mod receiver;
mod sandbox;
mod server;
mod signing;
mod slack;
mod socket;
mod state;
mod statuspage;
mod vendor;
mod view;

pub use self::acts::Source;
pub use self::call::{Call, Vendor};
pub use self::delivery::Answer;
pub use self::fault::{Fault, Faults, Rule};
pub use self::hold::{Hold, Moment};
pub use self::notion::{NotionBlock, NotionPage};
pub use self::pagerduty::{Assigned, EscalationPolicy, LogEntry, PagerIncident, Service};
pub use self::pagers::OtherPage;
pub use self::receiver::Told;
pub use self::sandbox::{Sandbox, TooLate};
pub use self::server::{Options, start};
pub use self::signing::signature;
pub use self::slack::limits::Limits;
pub use self::state::{
    Bookmark, Channel, Ephemeral, Group, Message, Notice, Notion, Pager, Person, Pin, Reaction,
    State, View,
};
pub use self::statuspage::{PublicIncident, PublicPage, PublicUpdate};
