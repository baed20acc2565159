//! What an incident is, every way it may change, what must follow, and its figures.
//!
//! Nothing here does I/O, reads a clock or makes an id: time, ids and the [`Policy`] are arguments,
//! so the only way to fail is to refuse.
//!
//! - [`decide`] turns a [`Command`] into [`Event`]s, or a [`Refusal`];
//! - [`Incident::replay`] turns events into the [`Incident`];
//! - [`runbook`] turns events into [`Effect`]s: what must be done about them in the world.

mod actor;
mod alert;
mod assessment;
mod attempt;
mod capture;
mod command;
mod decide;
mod effect;
mod escalation;
mod event;
mod evolve;
pub mod figures;
mod frontline;
mod identity;
mod incident;
mod legible;
mod likeness;
mod members;
pub mod naming;
mod pager;
mod policy;
pub mod postmortem;
mod promise;
mod proposal;
mod queue;
mod refusal;
mod runbook;
mod stage;
mod step;
mod storm;
mod template;

pub use actor::{Actor, Origin, Who};
pub use alert::{AlertState, AlertTally, LinkedAlert, MAX_LISTED_ALERTS, NotedAlert};
pub use assessment::{Assessment, ImpactAnswer, ImpactQuestion, ImpactReply, assess};
pub use attempt::{Attempt, Setback};
pub use capture::{
    Capture, CaptureEnd, FoundMessage, MAX_CAPTURES, MessageChange, MessageRead, Said, SharedFile,
    is_later, named, stands_at, told, written_at,
};
pub use command::{AlertEvidence, Command, Declaration, Receipt};
pub use decide::{MAX_SUMMARY, MAX_TEXT, decide};
pub use effect::{Destination, Effect, Lane, Meeting, Notice, Planned, Told};
pub use escalation::{EscalateTo, Escalation};
pub use event::{Absentee, Event, Recorded};
pub use frontline::{
    CustomerReport, Frontline, GivenAnswer, MAX_LISTED_REPORTS, MAX_QUESTIONS, Question, Wording,
};
pub use identity::{
    ChannelRef, DomainKey, IncidentId, IncidentNumber, MessageRef, PersonId, Role, Severity,
};
pub use incident::{
    Impact, Incident, KeyTime, KeyTimes, Kind, Outage, Page, Postmortem, Trouble, Update,
    Visibility,
};
pub use legible::legible;
pub use likeness::{MOST_LOOK_ALIKES, Sketch, likeness, look_alikes};
pub use members::{Heard, KnownAlert, Members};
pub use pager::{MAX_ROUNDS, PageCause, PagerNews, PagerTold, Repage};
pub use policy::{Connected, Domain, Policy, SeverityRule};
pub use promise::{MAX_REMINDERS, Minding, PostedReminder, Promises, Snooze};
pub use proposal::{
    Answer, Answered, PROPOSAL_LASTS, Proposal, ProposalId, ProposedAlert, Suggestion,
};
pub use refusal::Refusal;
pub use runbook::runbook;
pub use stage::{Dismissal, Stage, StageName};
pub use step::{Left, Occasion, PublicNotice, Severities, Step, StepAct, StepDone, StepKind};
pub use storm::{STORM_SPAN, StormLimit, is_one_trouble};
pub use template::{BadTemplate, Placeholder, Template};
