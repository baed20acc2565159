//! Slack spoken both ways: requests become commands, effects become Web API calls.
//!
//! - inwards: [`signature`] says whether Slack sent it, [`requests`] reads it, [`commands`] and
//!   [`actions`] and [`modals`] say what the person asks;
//! - outwards: [`Slack::perform`] carries out an effect, [`messages`] and [`modals`] render what
//!   people see.
//!
//! Nothing here decides, stores or reads a clock.

pub mod actions;
mod channels;
mod client;
pub mod commands;
mod examine;
mod identity;
pub mod manifest;
pub mod messages;
pub mod modals;
mod people;
mod perform;
pub mod requests;
mod respond;
mod said;
pub mod scopes;
pub mod shortcuts;
pub mod signature;
pub mod socket;
mod views;
mod wire;

pub use client::{BadSettings, CallError, Refused, Settings, Slack};
pub use examine::{Examined, Seen};
pub use identity::Identity;
pub use people::Member;
pub use perform::shows;
pub use respond::{Place, RespondError};
pub use views::OpenView;
