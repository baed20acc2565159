//! What people read: one file a kind of message, each a pure function of the incident.
//!
//! Every message has a plain `text` for notifications and screen readers, keeps Slack's limits
//! whatever people wrote, pings nobody by what they wrote, and offers what to do next. To add one:
//! a file with its function here, and a line in the tests that walk all of them.

mod alike;
mod assessed;
mod badge;
mod blocks;
mod brief;
mod broadcast;
mod buttons;
mod catch_up;
mod choose;
mod confirmation;
mod elsewhere;
mod escape;
mod figures;
mod frontline;
mod greeting;
mod help;
mod home;
mod info;
mod link_back;
mod list;
mod mention;
mod mistyped;
mod moment;
mod not_shown;
mod notice;
mod offered;
mod on_call;
mod privacy;
mod proposal;
mod refusal;
mod reminder;
mod row;
mod step;
mod timeline;
mod topic;
mod which_domain;

use serde_json::{Value, json};

pub(crate) use alike::alike;
pub use alike::let_in;
pub(crate) use assessed::proposed;
pub(crate) use badge::{of_severity as severity_badge, of_stage as stage_badge};
pub use brief::brief;
pub use broadcast::{broadcast, withdrawn};
pub use catch_up::{News, catch_up};
pub use choose::choose;
pub use confirmation::{done, noted, opened, opening, opening_by_line, posted, snoozed};
pub use elsewhere::{instead, postmortem};
pub(crate) use escape::plain_line;
pub use figures::{FigureRow, FiguresSummary, figures};
pub use frontline::{answered, asked, questions, reported, wording};
pub use greeting::greeting;
pub use help::{help, incomplete};
pub use home::home;
pub use info::info;
pub use link_back::{link_back, not_linked_back};
pub use list::list;
pub use mistyped::mistyped;
pub use not_shown::not_shown;
pub use notice::{Audience, notice};
pub use offered::offered;
pub use on_call::{OnCallPerson, OnCallRow, Standing, on_call};
pub use privacy::make_private;
pub use proposal::{answered_before, dismissed, proposal, proposal_gone};
pub use refusal::{fault, refusal};
pub use reminder::{SNOOZES, reminder};
pub use step::step_post;
pub(crate) use step::{step_address, step_title};
pub use timeline::{TimelinePage, timeline};
pub use topic::topic;
pub use which_domain::which_domain;

/// A message as Slack takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// What a notification or a screen reader says.
    pub text: String,
    /// What is shown.
    pub blocks: Vec<Value>,
}

impl Message {
    /// As an answer that only the person who asked sees.
    pub fn privately(&self) -> Value {
        json!({
            "response_type": "ephemeral",
            "replace_original": false,
            "text": self.text,
            "blocks": self.blocks,
            "unfurl_links": false,
            "unfurl_media": false,
        })
    }

    /// As an answer that takes the place of the message whose button was pressed.
    pub fn instead(&self) -> Value {
        json!({ "replace_original": true, "text": self.text, "blocks": self.blocks })
    }
}
