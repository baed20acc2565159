//! What people see and do in a browser: the sandbox's page and the dashboard, in Chromium.
//!
//! A test opens a [`tab::Tab`] over a [`stage::Stage`], finds things as somebody with a screen reader
//! finds them, by role and name, and uses a real mouse and keyboard. It waits for what the page shows,
//! never for time. Without Chromium each test says by name that it was skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod accessible;
mod chromium;
mod dashboard;
mod keyboard;
mod markup;
mod newcomer;
mod pictures;
mod stage;
mod tab;
