//! Incidents as they are lived, end to end over the sandbox.
//!
//! A story begins with SIMA running over a workspace of its own, lets people act, and says what
//! they see. At its end nothing unexpected may have happened: [`story::Story::ends`] looks.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a story that cannot go on has failed")]

mod alerting;
mod api;
mod capturing;
mod commands;
mod doors;
mod escalating;
mod examined;
mod failing;
mod frontline;
mod fuzzed;
mod groups;
mod hostile;
mod hosts;
mod inviting;
mod joining;
mod looking;
mod monitor;
mod noting;
mod opening;
mod outside;
mod pager;
mod pagers;
mod paging;
mod private;
mod prometheus;
mod promising;
mod proposing;
mod quiet;
mod recovering;
mod repaging;
mod replayed;
mod seen;
mod signed;
mod sockets;
mod steps;
mod storms;
mod story;
mod uninstalled;
mod updating;
mod vouched;
mod worse;
