//! The program: configuration, wiring, the outbox worker, the command line.
//!
//! Only this crate sees everything: it wires and runs. It is also the only place that reads the
//! system's clock.
#![allow(clippy::disallowed_methods, reason = "the system's clock is read here and handed on")]

pub mod commands;
pub mod config;
pub mod doctor;
mod logging;
pub mod outside;
pub mod serve;
mod worker;
