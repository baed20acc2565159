//! Why something that was asked for is not done: what is so, and what one can do.

use crate::{Role, StageName};

/// The incident does not allow what was asked. Shown to the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such incident.
    #[error("there is no such incident")]
    NoSuchIncident,
    /// It was opened before.
    #[error("this incident is already open")]
    AlreadyDeclared,
    /// The summary is empty.
    #[error("an incident needs a summary: say in one line what is broken")]
    SummaryMissing,
    /// A text that must say something is empty.
    #[error("{0} is empty: say in a sentence what is so")]
    TextMissing(&'static str),
    /// The domain is not configured.
    #[error("there is no domain {given:?}; known are {known}")]
    UnknownDomain {
        /// What was given.
        given: String,
        /// The configured keys, in words.
        known: String,
    },
    /// The severity is not configured.
    #[error("there is no severity {given}; known are {known}")]
    UnknownSeverity {
        /// What was given.
        given: String,
        /// The configured severities, in words.
        known: String,
    },
    /// It is in that stage already.
    #[error("the incident is already {}", .0.label())]
    AlreadyThere(StageName),
    /// It is over; it would have to be reopened first.
    #[error("the incident is {}; reopen it first if it is not over", .0.label())]
    Over(StageName),
    /// It was dismissed; a new one would have to be opened.
    #[error("the incident was dismissed; open a new one if something is wrong after all")]
    Dismissed,
    /// Only a recovered incident can be closed.
    #[error("the incident is {}; recover or dismiss it before closing it", .0.label())]
    NotRecovered(StageName),
    /// Only a recovered or closed incident can be reopened.
    #[error("the incident is {}, so there is nothing to reopen", .0.label())]
    NotOver(StageName),
    /// What was asked for is so already.
    #[error("{0}")]
    AlreadySo(String),
    /// Somebody else was faster, or holds the role since long.
    #[error("somebody else is {} already; to take over all the same, type role {} and your own name", .0.name(), .0.word())]
    RoleHeld(Role),
    /// Nobody holds that role.
    #[error("nobody is {}", .0.name())]
    RoleEmpty(Role),
    /// Nobody is on call for that domain.
    #[error("nobody is on call for {0}: escalate to another domain, or to a person")]
    NobodyOnCall(String),
    /// There is no page that could be passed on.
    #[error(
        "nobody was paged for this incident yet: page the on-call person of a domain, or escalate to a person"
    )]
    NotPaged,
    /// It is for somebody else to say.
    #[error("{0}")]
    Reserved(&'static str),
    /// A time lies ahead of now.
    #[error("{0} cannot lie in the future")]
    InTheFuture(&'static str),
    /// Two times are the wrong way round.
    #[error("{earlier} cannot be after {later}")]
    OutOfOrder {
        /// The one that must come first.
        earlier: &'static str,
        /// The one that must come second.
        later: &'static str,
    },
    /// Whoever asks was not reminded of anything.
    #[error("you were not reminded of an update that is due")]
    NotReminded,
    /// A promise lies in the past.
    #[error("the next update must be promised for a time to come")]
    PromiseInThePast,
    /// An incident cannot be a duplicate of itself.
    #[error("an incident cannot be a duplicate of itself")]
    DuplicateOfItself,
}
