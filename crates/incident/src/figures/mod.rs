//! The figures of incidents: three durations with their count, their quantiles and what is missing.
//!
//! - [`durations`] measures one incident; what cannot be measured says why;
//! - [`Figures`] takes incidents in one by one and [`Figures::summarise`]s them;
//! - [`in_words`] writes a duration for people.
//!
//! Every name says both ends. There is no bare "MTTR": *time to repair* begins when a responder
//! takes it, *time to recover* when customers first felt it.
//!
//! A share, such as of the promises that were kept, has its interval beside it.
//!
//! To add a figure: measure it in `duration.rs`, collect it in `summary.rs`, and give it the
//! worked example of its definition as a test.

mod duration;
mod percentile;
mod share;
mod summary;
mod survival;
mod words;

pub use duration::{Durations, Measured, Missing, downtime, durations};
pub use percentile::percentile;
pub use share::Share;
pub use summary::{Counts, Figures, Method, Spread, Summary};
pub use survival::{Lifetime, survival_percentile};
pub use words::in_words;
