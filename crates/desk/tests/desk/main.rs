//! The desk's promises: what is asked twice or by many at once becomes true once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod alerts;
mod looking_alike;
mod opening;
mod proposing;
mod settling;
mod stage;
mod together;
