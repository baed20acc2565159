//! What the page asks for: one act of one person at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State as Shared;
use serde_json::{Value, json};

use crate::acts::{self, Source};
use crate::call::Vendor;
use crate::core::Core;
use crate::delivery::Answer;
use crate::fault::{Fault, Faults, Rule};
use crate::pagerduty;

/// Answers `POST /sandbox/act`.
pub(crate) async fn act(Shared(core): Shared<Arc<Core>>, Json(asked): Json<Value>) -> Json<Value> {
    Json(match run(&core, &asked).await {
        Ok(mut answer) => {
            answer["ok"] = json!(true);
            answer
        }
        Err(mut answer) => {
            answer["ok"] = json!(false);
            answer
        }
    })
}

/// Answers `POST /sandbox/faults`: a rule to put in force, or `{"clear": true}`.
pub(crate) async fn faults(
    Shared(core): Shared<Arc<Core>>,
    Json(asked): Json<Value>,
) -> Json<Value> {
    let faults = Faults { core };
    if asked["clear"] == true {
        faults.clear();
        return Json(json!({"ok": true}));
    }
    match serde_json::from_value::<Rule>(asked) {
        Ok(rule) => Json(json!({"ok": true, "id": faults.set(rule)})),
        Err(error) => Json(json!({"ok": false, "error": format!("not a fault: {error}")})),
    }
}

async fn run(core: &Arc<Core>, asked: &Value) -> Result<Value, Value> {
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let who = text("as");
    let channel = text("channel");
    let ts = text("ts");
    match text("kind") {
        "say" => {
            let said = acts::say(core, who, channel, text("text"), asked["thread_ts"].as_str());
            said.map(|ts| json!({"ts": ts})).map_err(refused)
        }
        "slash" => {
            let typed = text("text").trim();
            let (command, rest) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
            answered(&acts::slash(core, who, channel, command, rest).await)
        }
        "action" => {
            let source = source(asked)?;
            let action = &asked["action"];
            let action_id = action["action_id"].as_str().unwrap_or_default();
            let block_id = asked["block_id"].as_str();
            // A button's value is its own; other elements say what was chosen.
            let given = if action["type"] == "button" { &Value::Null } else { action };
            let typed = &asked["state_values"];
            answered(&acts::act(core, who, &source, block_id, action_id, given, typed).await)
        }
        "submit" => {
            let view_id = text("view_id");
            let answer = acts::submit(core, who, view_id, &asked["values"]).await;
            let errors = core.read(|state| {
                state.view(view_id).map(|view| view.errors.clone()).unwrap_or_default()
            });
            if !errors.is_empty() {
                return Err(json!({"error": "Some fields need a look.", "errors": errors}));
            }
            answered(&answer)
        }
        "close_view" => {
            answered(&acts::close(core, who, text("view_id"), asked["all"] == true).await)
        }
        "suggest" => {
            let action_id = asked["action_id"].as_str().or(asked["action"]["action_id"].as_str());
            let block_id = asked["block_id"].as_str();
            let typed = asked["value"].as_str().or(asked["query"].as_str()).unwrap_or_default();
            let source = source(asked)?;
            acts::suggest(core, who, &source, block_id, action_id.unwrap_or_default(), typed)
                .await
                .map_err(refused)
        }
        "join" => done(acts::join(core, who, channel)),
        "leave" => done(acts::leave(core, who, channel)),
        "react" => done(acts::react(core, who, channel, ts, text("name"))),
        "unreact" => done(acts::unreact(core, who, channel, ts, text("name"))),
        "pin" => done(acts::pin(core, who, channel, ts)),
        "unpin" => done(acts::unpin(core, who, channel, ts)),
        "edit" => done(acts::edit(core, who, channel, ts, text("text"))),
        "delete" => done(acts::erase(core, who, channel, ts)),
        "archive" => done(acts::archive(core, who, channel)),
        "unarchive" => done(acts::unarchive(core, who, channel)),
        "rename" => done(acts::rename(core, who, channel, text("name"))),
        "open_home" => done(acts::open_home(core, who)),
        "shortcut" => answered(&acts::shortcut(core, who, text("callback_id")).await),
        "message_shortcut" => {
            answered(&acts::message_shortcut(core, who, text("callback_id"), channel, ts).await)
        }
        "dismiss" => {
            let id = text("id");
            core.change(|state| {
                state.ephemerals.retain(|message| message.id != id);
                state.notices.retain(|notice| notice.id != id);
            });
            Ok(json!({}))
        }
        "pager_ack" => done(pagerduty::tell(core, text("id"), "acknowledge", "malik")),
        "pager_resolve" => done(pagerduty::tell(core, text("id"), "resolve", "malik")),
        "faults" => set_fault(core, asked),
        other => Err(refused(format!("nobody can do {other:?} here"))),
    }
}

fn refused(why: impl Into<String>) -> Value {
    json!({"error": why.into()})
}

fn done(outcome: Result<(), String>) -> Result<Value, Value> {
    outcome.map(|()| json!({})).map_err(refused)
}

fn answered(answer: &Answer) -> Result<Value, Value> {
    match &answer.trouble {
        None => Ok(json!({})),
        Some(trouble) => Err(refused(trouble)),
    }
}

fn source(asked: &Value) -> Result<Source, Value> {
    serde_json::from_value(asked["source"].clone())
        .map_err(|error| refused(format!("no source: {error}")))
}

/// The page's switch for one vendor: works, down, slow or rate limited.
fn set_fault(core: &Arc<Core>, asked: &Value) -> Result<Value, Value> {
    let vendor: Vendor = serde_json::from_value(asked["vendor"].clone())
        .map_err(|_| refused("there is no such vendor"))?;
    let fault = match asked["fault"].as_str().unwrap_or("none") {
        "none" => None,
        "down" => Some(Fault::Down),
        "slow" => Some(Fault::Slow { millis: 2_000 }),
        "rate_limited" => Some(Fault::Throttled { retry_after: 5 }),
        other => return Err(refused(format!("there is no fault {other:?}"))),
    };
    let faults = Faults { core: core.clone() };
    for (id, rule) in faults.in_force() {
        if is_switch(&rule) && rule.vendor == vendor {
            faults.remove(id);
        }
    }
    if let Some(fault) = fault {
        faults.set(Rule::of(vendor, fault));
    }
    core.change(|_| {});
    Ok(json!({}))
}

/// Whether a rule is one that the page's switch sets: all calls, until removed.
fn is_switch(rule: &Rule) -> bool {
    rule.method.is_none() && rule.times.is_none() && rule.skip == 0
}

/// How the page's switches stand.
pub(super) fn page_faults(core: &Arc<Core>) -> Value {
    let vendors = ["slack", "pagerduty", "notion", "statuspage", "receiver", "pagers"];
    let mut shown: Value =
        vendors.map(|vendor| (vendor.to_owned(), json!("none"))).into_iter().collect();
    for (_, rule) in (Faults { core: core.clone() }).in_force() {
        let name = match rule.fault {
            Fault::Down => "down",
            Fault::Slow { .. } => "slow",
            Fault::Throttled { .. } => "rate_limited",
            _ => continue,
        };
        if let (true, Ok(Value::String(vendor))) =
            (is_switch(&rule), serde_json::to_value(rule.vendor))
        {
            shown[vendor] = json!(name);
        }
    }
    shown
}
