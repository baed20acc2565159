//! What the crate promises without Slack: signatures, requests, commands, messages, forms.

mod cast;
mod commands;
mod frontline;
mod lanes;
mod limits;
mod manifest;
mod messages;
mod modals;
mod perform;
mod proposals;
mod reading;
mod requests;
mod signature;
mod stand_in;
