//! What people ask by typing: `/incident <word> <the rest>`.
//!
//! To add a command: a row in [`REGISTRY`], what it gives in [`Asked`], and a reader beside the
//! others. Help, examples and did-you-mean follow from the row.

mod escalate;
mod frontline;
mod hearing;
mod invite;
mod length;
mod marks;
mod nearest;
mod note;
mod opening;
mod registry;
mod role;
mod scale;
mod stage;
mod typed;
mod update;
mod when;

use jiff::SignedDuration;
use sima_incident::{Command, EscalateTo, IncidentNumber, PersonId, Role};

pub use marks::plain;
pub use opening::{Heard, Opening, domain_named, understand};
pub use registry::{REGISTRY, Spec, Where, about};
pub(crate) use scale::clients;
pub use when::When;

/// What somebody asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// Open an incident. With nothing in the line: show the form. [`understand`] reads the line.
    Open {
        /// What followed the word, without Slack's marks.
        line: String,
    },
    /// Show an incident: the one of this channel, or the one meant.
    Info {
        /// Which, if another.
        number: Option<IncidentNumber>,
    },
    /// Tell everybody where things stand. With nothing in the text: show the form.
    Update {
        /// What is so.
        text: String,
        /// When the next one is promised.
        next: Next,
    },
    /// Put words on the timeline. With nothing in the text: show the form.
    Note {
        /// What happened.
        text: String,
        /// When it did.
        when: When,
    },
    /// Say which part of the business it is about. [`domain_named`] reads it.
    Domain {
        /// The domain, as it was typed.
        given: String,
    },
    /// Show what happened, in order.
    Timeline {
        /// Of which incident, if another than this channel's.
        number: Option<IncidentNumber>,
        /// Whether everything is wanted, not only what matters.
        all: bool,
    },
    /// Say in a few lines what one has to know now.
    CatchUp {
        /// Of which incident, if another than this channel's.
        number: Option<IncidentNumber>,
    },
    /// Change the incident; the command says it all.
    Change(Command),
    /// Recover the incident, as of a while ago.
    Recover {
        /// How long ago it was back to normal.
        ago: SignedDuration,
    },
    /// Give a role, or take it.
    GiveRole {
        /// Which.
        role: Role,
        /// To whom; to the person who asks if to nobody.
        to: Option<PersonId>,
    },
    /// Reopen: show the form that asks why.
    ReopenForm,
    /// Dismiss: show the form that asks why.
    DismissForm,
    /// Call somebody else. Without whom or why: show the form.
    Escalate {
        /// Whom, if the text says so by a mark or a word; it may begin with a domain.
        to: Option<EscalateTo>,
        /// Why, or a domain and why.
        why: String,
        /// Whether the on-call person is meant unless somebody else is named.
        page: bool,
    },
    /// Invite people and groups, by their ids. Without any: show the form.
    Invite {
        /// Whom.
        people: Vec<String>,
    },
    /// Make it private: say what that means, or do it.
    Private {
        /// Whether that was read and is wanted.
        confirmed: bool,
    },
    /// Count customers who told us of it. With neither: show the form.
    Report {
        /// How many.
        customers: Option<u64>,
        /// What they say.
        example: Option<String>,
    },
    /// Ask a question. Without a text: show the form.
    Question {
        /// What.
        text: String,
    },
    /// Answer questions. Without a text: show the form.
    Answer {
        /// Which, if one is meant; all that wait otherwise.
        question: Option<u32>,
        /// The answer.
        text: String,
    },
    /// Show what customers may be told.
    Wording,
    /// Approve what customers may be told: show the form.
    WordingForm,
    /// Approve what customers may be told.
    ApproveWording {
        /// The words.
        text: String,
    },
    /// Say where the post-mortem is, or when it comes.
    Postmortem,
    /// Open an incident for practice. With nothing in the line: show the form.
    Practise {
        /// As in [`Self::Open`].
        line: String,
    },
    /// Something SIMA has no command of its own for: say what to do instead.
    Instead(Instead),
    /// Show who is on call.
    OnCall {
        /// For which domain; for all if empty.
        domain: String,
    },
    /// Show the figures.
    Metrics,
    /// Show the open incidents.
    List,
    /// Show the commands, or one of them.
    Help {
        /// Which one.
        about: Option<&'static Spec>,
    },
    /// A command without what it needs: say how it goes.
    Incomplete {
        /// Which one.
        command: &'static Spec,
        /// What is missing or wrong, in a sentence.
        why: String,
    },
    /// No command at all.
    Mistyped {
        /// The word that was typed.
        given: String,
        /// The word that was probably meant.
        nearest: Option<&'static str>,
        /// What followed it, as Slack escaped it.
        rest: String,
    },
}

/// What people ask for that is done in another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// Why it happened: written in the post-mortem.
    RootCause,
    /// Who changes what by when: written in the post-mortem.
    Tasks,
    /// How it went for those who took part.
    Feedback,
    /// Learn how it is done.
    Tutorial,
}

/// When the next update is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// As the severity asks.
    Usual,
    /// So long from now.
    In(SignedDuration),
    /// Nothing is promised.
    Unpromised,
}

/// Reads what somebody typed after the slash command.
///
/// ```
/// # use sima_slack::commands::{Asked, parse};
/// # use sima_incident::Command;
/// assert_eq!(parse("Ack"), Asked::Change(Command::Acknowledge));
/// let Asked::Mistyped { nearest, .. } = parse("reslove") else { panic!() };
/// assert_eq!(nearest, Some("resolve"));
/// ```
pub fn parse(text: &str) -> Asked {
    let typed = typed::split(text);
    if typed.word.is_empty() {
        return Asked::Help { about: None };
    }
    if let Some(spec) = about(&typed.word) {
        return (spec.read)(&typed).unwrap_or_else(|why| Asked::Incomplete { command: spec, why });
    }
    Asked::Mistyped {
        nearest: nearest::nearest(&typed.word),
        given: typed.word,
        rest: typed.rest.to_owned(),
    }
}
