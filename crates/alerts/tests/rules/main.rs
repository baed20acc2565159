//! Rules about alerts: what is judged, what is explained, and what would have been.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod judged;
mod patterns;
mod replayed;
mod ruled;
