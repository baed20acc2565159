//! `views.*`: modals and App Home.

use serde_json::{Value, json};

use super::Outcome;
use crate::slack::arguments::Arguments;
use crate::slack::blockkit::{self, Surface};
use crate::slack::refusal::Refusal;
use crate::slack::trigger;
use crate::state::State;
use crate::view::View;

/// How many modals may lie on one another.
pub(crate) const STACK_MAX: usize = 3;

fn body(args: &Arguments, surface: Surface) -> Result<Value, Refusal> {
    let view =
        args.structure("view", "invalid_arguments")?.ok_or_else(|| Refusal::missing("view"))?;
    check(view, surface)
}

/// Checks a view and adds what Slack adds.
pub(crate) fn check(mut view: Value, surface: Surface) -> Result<Value, Refusal> {
    if view.to_string().len() > 250_000 {
        return Err(Refusal::new("view_too_large"));
    }
    let complaints = blockkit::check_view(&view, surface);
    if !complaints.is_empty() {
        let messages: Vec<String> =
            complaints.iter().map(|complaint| format!("[ERROR] {complaint}")).collect();
        return Err(Refusal::new("invalid_arguments")
            .with("response_metadata", json!({"messages": messages})));
    }
    if let Some(Value::Array(blocks)) = view.get_mut("blocks").map(Value::take) {
        view["blocks"] = json!(blockkit::complete(blocks));
    }
    Ok(view)
}

fn unique(state: &State, view: &Value, own: Option<&str>) -> Result<(), Refusal> {
    let Some(external) = view["external_id"].as_str().filter(|id| !id.is_empty()) else {
        return Ok(());
    };
    let taken = state
        .modals
        .values()
        .flatten()
        .chain(state.homes.values())
        .any(|other| other.body["external_id"] == external && own != Some(other.id.as_str()));
    if taken { Err(Refusal::new("duplicate_external_id")) } else { Ok(()) }
}

fn described(view: &View) -> Value {
    json!({"view": view.describe()})
}

pub(crate) fn open(state: &mut State, args: &Arguments) -> Outcome {
    let view = body(args, Surface::Modal)?;
    let id = args.filled("trigger_id").ok_or_else(|| Refusal::missing("trigger_id"))?;
    let trigger = trigger::exchange(state, &id)?;
    unique(state, &view, None)?;
    let view = View::new(&trigger.user, view, state.clock.micros());
    let answer = described(&view);
    state.modals.insert(trigger.user, vec![view]);
    Ok(answer)
}

pub(crate) fn push(state: &mut State, args: &Arguments) -> Outcome {
    let view = body(args, Surface::Modal)?;
    let id = args.filled("trigger_id").ok_or_else(|| Refusal::missing("trigger_id"))?;
    let trigger = trigger::exchange(state, &id)?;
    unique(state, &view, None)?;
    // Only what happened inside a modal lets another be put on top of it.
    let open = trigger.view.is_some_and(|from| {
        state
            .modals
            .get(&trigger.user)
            .is_some_and(|stack| stack.iter().any(|view| view.id == from))
    });
    if !open {
        return Err(Refusal::new("not_found"));
    }
    let view = stack(state, &trigger.user, view)?;
    Ok(described(&view))
}

/// Puts a checked view on top of a person's modals.
pub(crate) fn stack(state: &mut State, user: &str, body: Value) -> Result<View, Refusal> {
    let now = state.clock.micros();
    let stack = state.modals.entry(user.to_owned()).or_default();
    if stack.len() >= STACK_MAX {
        return Err(Refusal::new("push_limit_reached"));
    }
    let mut view = View::new(user, body, now);
    if let Some(below) = stack.last() {
        view.root_id.clone_from(&below.root_id);
        view.previous_id = Some(below.id.clone());
    }
    stack.push(view.clone());
    Ok(view)
}

pub(crate) fn update(state: &mut State, args: &Arguments) -> Outcome {
    let by_id = args.filled("view_id");
    let by_external = args.filled("external_id");
    if by_id.is_some() == by_external.is_some() {
        return Err(Refusal::invalid("exactly one of view_id and external_id is needed"));
    }
    let found = state
        .modals
        .values()
        .flatten()
        .chain(state.homes.values())
        .find(|view| match (&by_id, &by_external) {
            (Some(id), _) => view.id == *id,
            (_, Some(external)) => view.body["external_id"] == external.as_str(),
            _ => false,
        })
        .cloned()
        .ok_or_else(|| Refusal::new("not_found"))?;
    let surface = if found.kind() == "home" { Surface::Home } else { Surface::Modal };
    let view = body(args, surface)?;
    if args.filled("hash").is_some_and(|hash| hash != found.hash) {
        return Err(Refusal::new("hash_conflict"));
    }
    unique(state, &view, Some(&found.id))?;
    let now = state.clock.micros();
    let shown = state.view_mut(&found.id).ok_or_else(|| Refusal::new("not_found"))?;
    shown.replace(view, now);
    Ok(described(shown))
}

pub(crate) fn publish(state: &mut State, args: &Arguments) -> Outcome {
    let view = body(args, Surface::Home)?;
    let user = args.need("user_id")?;
    if !state.people.iter().any(|person| person.id == user && !person.is_bot) {
        return Err(Refusal::invalid("invalid `user_id`"));
    }
    let now = state.clock.micros();
    let own = state.homes.get(&user).map(|home| home.id.clone());
    unique(state, &view, own.as_deref())?;
    if let Some(home) = state.homes.get_mut(&user) {
        if args.filled("hash").is_some_and(|hash| hash != home.hash) {
            return Err(Refusal::new("hash_conflict"));
        }
        home.replace(view, now);
        return Ok(described(home));
    }
    let home = View::new(&user, view, now);
    let answer = described(&home);
    state.homes.insert(user, home);
    Ok(answer)
}
