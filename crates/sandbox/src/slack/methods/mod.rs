//! The Web API methods, by family.

pub(crate) mod access;
pub(crate) mod bookmarks;
pub(crate) mod chat;
pub(crate) mod conversations;
pub(crate) mod history;
pub(crate) mod identity;
pub(crate) mod pins;
pub(crate) mod reactions;
pub(crate) mod usergroups;
pub(crate) mod users;
pub(crate) mod views;

use serde_json::Value;

use super::refusal::Refusal;

/// What a method gives back: the fields of its answer besides `ok`.
pub(crate) type Outcome = Result<Value, Refusal>;
