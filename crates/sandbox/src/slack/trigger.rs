//! Triggers: the proof, good once and for three seconds, that a person has just acted.

use super::refusal::Refusal;
use crate::random;
use crate::state::State;

/// How long a trigger is good for, in microseconds.
const LIFE: i64 = 3_000_000;

/// A trigger that was handed out.
#[derive(Clone, Debug)]
pub(crate) struct Trigger {
    pub(crate) user: String,
    issued: i64,
    used: bool,
    /// The modal it came from, which is what lets another be pushed on top.
    pub(crate) view: Option<String>,
}

/// Hands out a trigger for what this person just did.
pub(crate) fn issue(state: &mut State, user: &str, view: Option<&str>) -> String {
    let now = state.clock.micros();
    let id = format!("{}.{}.{}", now / 1000, 100_000_000_001_i64, random::hex(16));
    let trigger =
        Trigger { user: user.to_owned(), issued: now, used: false, view: view.map(str::to_owned) };
    state.triggers.insert(id.clone(), trigger);
    id
}

/// Takes a trigger back; refuses an unknown, late or used one.
pub(crate) fn exchange(state: &mut State, id: &str) -> Result<Trigger, Refusal> {
    let now = state.clock.micros();
    let trigger = state.triggers.get_mut(id).ok_or_else(|| Refusal::new("invalid_trigger_id"))?;
    if trigger.used {
        return Err(Refusal::new("exchanged_trigger_id"));
    }
    if now - trigger.issued > LIFE {
        return Err(Refusal::new("expired_trigger_id"));
    }
    trigger.used = true;
    Ok(trigger.clone())
}
