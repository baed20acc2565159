//! What people do in the workspace: typing, clicking, submitting, joining. Each act of theirs that the app
//! must hear of goes out as a signed delivery, and the app's answer is judged as strictly as Slack does.

mod command;
mod entry;
mod home;
mod interaction;
mod modal;
mod room;
mod shortcut;
mod suggestion;
mod typed;

pub(crate) use self::command::{COMMAND, slash};
pub(crate) use self::home::open_home;
pub use self::interaction::Source;
pub(crate) use self::interaction::act;
pub(crate) use self::modal::{close, submit};
pub(crate) use self::room::{
    archive, edit, erase, join, leave, pin, react, rename, say, share, unarchive, unpin, unreact,
};
pub(crate) use self::shortcut::{message_shortcut, shortcut};
pub(crate) use self::suggestion::suggest;

use crate::state::State;

/// The id of a person given by id or name.
pub(crate) fn person(state: &State, who: &str) -> Result<String, String> {
    state
        .person(who)
        .map(|person| person.id.clone())
        .ok_or_else(|| format!("there is nobody called {who}"))
}

/// The id of a channel given by id or name, if this person may see it.
pub(crate) fn channel(state: &State, what: &str, by: &str) -> Result<String, String> {
    state
        .channel(what)
        .filter(|channel| channel.visible_to(by))
        .map(|channel| channel.id.clone())
        .ok_or_else(|| format!("there is no channel {what}"))
}
