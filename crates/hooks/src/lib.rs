//! Signed webhooks spoken: what SIMA tells another program, by Standard Webhooks.
//!
//! Source: <https://www.standardwebhooks.com>, `spec/standard-webhooks.md` (read 2026-11). A call
//! carries `webhook-id`, `webhook-timestamp` and `webhook-signature`; the id is the same at every
//! try, so the receiver can tell a repetition. [`sign`] is pure; [`Hooks`] sends.

mod address;
mod client;
mod signature;

pub use address::{Address, BadAddress};
pub use client::{Hooks, Unusable};
pub use signature::{BadKey, SigningKey, sign};
