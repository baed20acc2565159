//! `users.*`.

use serde_json::{Value, json};

use super::Outcome;
use crate::slack::arguments::{self, Arguments};
use crate::slack::refusal::Refusal;
use crate::state::State;

fn sees_email(state: &State) -> bool {
    state.scopes.iter().any(|scope| scope == "users:read.email")
}

pub(crate) fn info(state: &mut State, args: &Arguments) -> Outcome {
    let id = args.need("user")?;
    let person = state
        .people
        .iter()
        .find(|person| person.id == id)
        .ok_or_else(|| Refusal::new("user_not_found"))?;
    Ok(json!({"user": person.describe(sees_email(state))}))
}

pub(crate) fn list(state: &mut State, args: &Arguments) -> Outcome {
    let (limit, offset) = args.page(1000, 1000)?;
    let email = sees_email(state);
    let all: Vec<Value> = state.people.iter().map(|person| person.describe(email)).collect();
    let (members, next) = arguments::cut(all, limit, offset);
    Ok(json!({
        "members": members,
        "cache_ts": state.clock.seconds(),
        "response_metadata": {"next_cursor": next},
    }))
}

pub(crate) fn lookup_by_email(state: &mut State, args: &Arguments) -> Outcome {
    let email = args.need("email")?;
    let person = state
        .people
        .iter()
        .find(|person| {
            !person.deleted
                && person.email.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(&email))
        })
        .ok_or_else(|| Refusal::new("users_not_found"))?;
    Ok(json!({"user": person.describe(true)}))
}
