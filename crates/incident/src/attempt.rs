//! How an adapter is asked to carry out an effect, and how it answers when it could not.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Effect, Incident, Policy};

/// One try at carrying out an effect. An adapter answers with a [`crate::Receipt`] or a [`Setback`].
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// What is to be done.
    pub effect: &'a Effect,
    /// The incident as it is now, which may be later than when the effect was planned.
    pub incident: &'a Incident,
    /// What the company has configured.
    pub policy: &'a Policy,
    /// The name of the person who opened it, if it was a person and their name is known.
    pub reporter: Option<&'a str>,
    /// The effect's own key, the same at every try: what makes doing it twice look like once.
    pub key: &'a str,
    /// Whether an earlier try may have done it: its answer was lost, or SIMA died meanwhile. The
    /// adapter must look before it repeats what cannot be repeated.
    pub unsure: bool,
    /// The time.
    pub now: Timestamp,
}

/// Why an effect was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Setback {
    /// Trying again later may help.
    #[error("{why}")]
    Retry {
        /// What went wrong, for people; without secrets.
        why: String,
        /// How long the vendor asked to wait; otherwise the worker's own backoff counts.
        after: Option<Duration>,
        /// Whether it may have been done all the same.
        unsure: bool,
    },
    /// Trying again cannot help; a person must mend something.
    #[error("{why}")]
    Refused {
        /// What is wrong and what to do about it, for people; without secrets.
        why: String,
    },
}

impl Setback {
    /// It was surely not done, and may work later.
    pub fn later(why: impl Into<String>) -> Self {
        Self::Retry { why: why.into(), after: None, unsure: false }
    }

    /// The answer was lost: it may have been done.
    pub fn unsure(why: impl Into<String>) -> Self {
        Self::Retry { why: why.into(), after: None, unsure: true }
    }

    /// The vendor asked to wait. Everything of this effect's kind waits with it.
    pub fn rate_limited(after: Duration) -> Self {
        let why = format!("rate limited; asked to wait {} s", after.as_secs());
        Self::Retry { why, after: Some(after), unsure: false }
    }

    /// It cannot work until a person mends something.
    pub fn refused(why: impl Into<String>) -> Self {
        Self::Refused { why: why.into() }
    }
}
