//! Paging spoken: PagerDuty Events v2 and REST out, webhooks v3 in.
//!
//! [`PagerDuty::perform`] carries out the effects of the pager's lane. A page has one dedup key for
//! all its life, which also says whose routing key it went out with (`routing.rs`): what is sent
//! again, acknowledged or resolved always meets the same alert. The REST API says who is on call and
//! has somebody else called. [`webhooks`] reads what people do in PagerDuty itself.

mod client;
mod escalate;
mod on_call;
mod page;
mod perform;
mod rest;
mod routing;
pub mod webhooks;
mod wire;

pub use on_call::{OnCall, Rota};
pub use perform::{PagerDuty, RestSettings, Settings};

/// The pager cannot be spoken to.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// An address is no URL, or there is no TLS on this machine.
    #[error("cannot make an HTTP client for PagerDuty")]
    Http(#[source] reqwest::Error),
    /// The key holds what no header can.
    #[error("pagerduty.api_token holds characters that no key has")]
    Token,
    /// The address holds what no header can.
    #[error("pagerduty.from is no e-mail address")]
    From,
}
