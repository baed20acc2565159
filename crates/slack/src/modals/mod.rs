//! Forms: how they are shown and what was filled in. Pure both ways.
//!
//! To add a form: a file with its view and its reader here, and an arm in [`read`].

mod again;
mod escalate;
mod fields;
mod frontline;
mod invite;
mod note;
mod open;
mod reason;
mod said;
mod update;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use again::again;
pub use escalate::{EscalateForm, escalate};
pub use frontline::{AnswerForm, ReportForm, TextForm, answer, outcome, question, report, wording};
pub use invite::{InviteForm, invite};
pub use note::{NoteForm, note};
pub use open::{Draft, Kept, OpenForm, Prefill, draft, open, quoting};
pub use reason::{DismissForm, ReopenForm, dismiss, reopen};
pub use said::said;
pub use update::{Promise, UpdateForm, update};

use crate::requests::View;

/// A form that was filled in as it should be.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// Open an incident.
    Open(OpenForm),
    /// Tell everybody where things stand.
    Update(UpdateForm),
    /// Put something on the timeline.
    Note(NoteForm),
    /// Reopen an incident.
    Reopen(ReopenForm),
    /// Dismiss an incident.
    Dismiss(DismissForm),
    /// Call somebody else.
    Escalate(EscalateForm),
    /// Invite people.
    Invite(InviteForm),
    /// Count customers who told us of it.
    Report(ReportForm),
    /// Ask a question.
    Ask(TextForm),
    /// Answer questions.
    Answer(AnswerForm),
    /// Approve what customers may be told.
    Wording(TextForm),
}

impl Form {
    /// The block of the field that must be filled in: the place for an error about the whole form,
    /// for a form shows errors nowhere else.
    pub fn main_field(&self) -> &'static str {
        match self {
            Self::Open(_) => open::SUMMARY,
            Self::Update(_) => update::TEXT,
            Self::Note(_) => note::TEXT,
            Self::Reopen(_) | Self::Dismiss(_) => reason::REASON,
            Self::Escalate(_) => escalate::REASON,
            Self::Invite(_) => invite::PEOPLE,
            Self::Report(_) | Self::Ask(_) | Self::Answer(_) | Self::Wording(_) => frontline::TEXT,
        }
    }
}

/// Why a form is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Some fields are to be mended: the form stays open and says which.
    #[error("{} fields are to be mended", .0.0.len())]
    Fields(FieldErrors),
    /// It is none of our forms, or no longer has what it was given to keep.
    #[error("the form {0:?} cannot be read")]
    Unknown(String),
}

/// What is wrong with which field, by the `block_id` of its input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(pub BTreeMap<&'static str, String>);

impl FieldErrors {
    /// One error.
    pub fn one(block: &'static str, what: impl Into<String>) -> Self {
        Self(BTreeMap::from([(block, what.into())]))
    }

    /// The answer that keeps the form open and shows them.
    pub fn answer(&self) -> Value {
        json!({ "response_action": "errors", "errors": self.0 })
    }
}

/// Reads a submitted form.
///
/// # Errors
/// [`Rejected`] says which fields are to be mended, or that it is none of our forms.
pub fn read(view: &View) -> Result<Form, Rejected> {
    match view.callback_id.as_str() {
        open::CALLBACK => open::read(view).map(Form::Open),
        update::CALLBACK => update::read(view).map(Form::Update),
        note::CALLBACK => note::read(view).map(Form::Note),
        reason::REOPEN => reason::read_reopen(view).map(Form::Reopen),
        reason::DISMISS => reason::read_dismiss(view).map(Form::Dismiss),
        escalate::CALLBACK => escalate::read(view).map(Form::Escalate),
        invite::CALLBACK => invite::read(view).map(Form::Invite),
        frontline::REPORT => frontline::read_report(view).map(Form::Report),
        frontline::ASK => frontline::read_text(view, "Write your question.").map(Form::Ask),
        frontline::ANSWER => frontline::read_answer(view).map(Form::Answer),
        frontline::WORDING => {
            frontline::read_text(view, "Write what customers may be told.").map(Form::Wording)
        }
        other => Err(Rejected::Unknown(other.to_owned())),
    }
}
