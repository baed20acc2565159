//! Paging spoken: PagerDuty Events v2 out, webhooks v3 in.
//!
//! [`PagerDuty::perform`] carries out the effects of the pager's lane. A page has one dedup key for
//! all its life, which also says whose routing key it went out with (`routing.rs`): what is sent
//! again, acknowledged or resolved always meets the same alert. [`webhooks`] reads what people do in
//! PagerDuty itself.

mod client;
mod page;
mod perform;
mod routing;
pub mod webhooks;
mod wire;

pub use perform::{PagerDuty, Settings};

/// The pager cannot be spoken to: its address is no URL, or there is no TLS on this machine.
#[derive(Debug)]
pub struct Unusable(reqwest::Error);

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cannot make an HTTP client for PagerDuty")
    }
}

impl std::error::Error for Unusable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
