//! Other pagers spoken: a signed webhook, Grafana OnCall, GoAlert, Jira Service Management.
//!
//! All are used alike: a page is opened under a key that SIMA makes, acknowledged and resolved under
//! the same, and opened twice it is one. What a pager cannot do is said, never faked. To add one: a
//! file in `kinds/` with its three calls, and a line in [`Kind`].

mod call;
mod client;
mod key;
mod kinds;
mod page;
mod perform;
mod settings;

pub use kinds::Kind;
pub use perform::{BadSettings, Pagers};
pub use settings::{Settings, Unfit};

/// There is no TLS on this machine.
#[derive(Debug, thiserror::Error)]
#[error("cannot make an HTTP client for the pagers")]
pub struct Unusable(#[source] Box<dyn std::error::Error + Send + Sync>);
