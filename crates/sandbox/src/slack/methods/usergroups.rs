//! `usergroups.*`, reading only.

use serde_json::{Value, json};

use super::Outcome;
use crate::cast;
use crate::slack::arguments::Arguments;
use crate::slack::refusal::Refusal;
use crate::state::State;

#[expect(clippy::unnecessary_wraps, reason = "every method has this signature")]
pub(crate) fn list(state: &mut State, args: &Arguments) -> Outcome {
    let groups: Vec<Value> = state
        .groups
        .iter()
        .filter(|group| !group.disabled || args.flag("include_disabled"))
        .map(|group| {
            let mut described = json!({
                "id": group.id, "team_id": cast::TEAM, "is_usergroup": true, "name": group.name,
                "handle": group.handle, "description": group.description, "is_external": false,
                "date_create": 1_700_000_000, "date_update": 1_700_000_000,
                "date_delete": i64::from(group.disabled) * 1_700_000_000, "auto_type": null,
                "prefs": {"channels": [], "groups": []},
            });
            if args.flag("include_users") {
                described["users"] = json!(group.users);
            }
            if args.flag("include_count") {
                described["user_count"] = json!(group.users.len().to_string());
            }
            described
        })
        .collect();
    Ok(json!({"usergroups": groups}))
}

pub(crate) fn users(state: &mut State, args: &Arguments) -> Outcome {
    let id = args.need("usergroup")?;
    let group = state
        .groups
        .iter()
        .find(|group| group.id == id && (!group.disabled || args.flag("include_disabled")))
        .ok_or_else(|| Refusal::new("no_such_subteam"))?;
    Ok(json!({"users": group.users}))
}
