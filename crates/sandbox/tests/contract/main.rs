//! What the sandbox promises: that it behaves as the vendors' documents say, fails on demand, and shows it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod channels;
mod commands;
mod events;
mod faults;
mod messages;
mod notion;
mod page;
mod pagerduty;
mod receiver;
mod sockets;
mod stage;
mod statuspage;
mod views;
