//! Who asked for something, and by which door.

use serde::{Deserialize, Serialize};

use crate::PersonId;

/// Who did something and through which door it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who it was.
    pub who: Who,
    /// Where the request came in.
    pub origin: Origin,
}

impl Actor {
    /// A person who acted in the chat.
    pub fn in_slack(person: PersonId) -> Self {
        Self { who: Who::Person(person), origin: Origin::Slack }
    }

    /// A monitor that sent an alert; `source` is the name in the URL, such as `alertmanager`.
    pub fn monitor(source: impl Into<String>) -> Self {
        Self { who: Who::Monitor(source.into()), origin: Origin::Alert }
    }

    /// Another program that wrote in the chat, by the name it gives itself there.
    pub fn program_in_slack(name: impl Into<String>) -> Self {
        Self { who: Who::Monitor(name.into()), origin: Origin::Slack }
    }

    /// Somebody or something at the pager, by the name it gives.
    pub fn in_pager(name: impl Into<String>) -> Self {
        Self { who: Who::Pager(name.into()), origin: Origin::Pager }
    }

    /// SIMA itself, noting the outcome of something it did.
    pub fn sima() -> Self {
        Self { who: Who::Sima, origin: Origin::Effect }
    }

    /// The clock: something became due.
    pub fn clock() -> Self {
        Self { who: Who::Sima, origin: Origin::Clock }
    }

    /// The person, if it was one.
    pub fn person(&self) -> Option<&PersonId> {
        match &self.who {
            Who::Person(person) => Some(person),
            Who::Monitor(_) | Who::Pager(_) | Who::Sima => None,
        }
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A person of the workspace.
    Person(PersonId),
    /// A monitor, by the name of its source, or another program, by the name it gives itself.
    Monitor(String),
    /// Somebody or something at the pager, by the name it gives: whom the chat knows by another.
    Pager(String),
    /// SIMA itself.
    Sima,
}

/// The door a request came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A command, button, form or event of the chat.
    Slack,
    /// An alert webhook.
    Alert,
    /// A webhook of the pager.
    Pager,
    /// The HTTP API.
    Api,
    /// The dashboard.
    Web,
    /// The `sima` command.
    CommandLine,
    /// Something that had become due.
    Clock,
    /// The outcome of an effect, noted by the worker.
    Effect,
}
