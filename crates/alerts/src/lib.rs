//! Alert sources spoken: bytes become alerts, one file a source; and the rules that judge them.
//!
//! Pure: a door reads the bytes, [`authentic`] says whether the sender is who it should be, [`read`]
//! makes an [`Alert`] of them, and [`Rules::judge`] says what is to be done about it.

pub mod authentic;

mod alert;
mod delivery;
mod explained;
mod identified;
mod integration;
mod lenient;
mod mended;
mod percent;
mod replay;
mod rules;
mod severity;
mod sources;
mod told;
mod unreplaced;

pub use alert::{Alert, MAX_FULL_TITLE, MAX_TITLE};
pub use delivery::Delivery;
pub use explained::Tried;
pub use integration::{
    Believed, Delivered, Fields, GENERAL_TOKEN, Integration, Integrations, Pointer, Problem,
};
pub use replay::{Replay, Would};
pub use rules::{GROUP_WITHIN, Label, OnResolved, Pattern, Reported, Rule, Rules, Then, Verdict};
pub use severity::{Severities, severity_of};
pub use sources::{Reading, Unreadable, known, read, sources};
