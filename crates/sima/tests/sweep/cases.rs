//! Where exactly SIMA is killed: at which call, and at which moment of it.

use std::fmt;

use serde_json::Value;
use sima_sandbox::{Faults, Hold, Moment, Sandbox};

use crate::scene::{BROADCAST, PATIENCE, Scene};

/// One call of an opening.
pub struct Call {
    /// What it is for.
    pub name: &'static str,
    method: &'static str,
    is_meant: fn(&Value) -> bool,
}

/// All of them.
pub const CALLS: [Call; 9] = [
    any("the channel", "conversations.create"),
    Call { name: "the brief", method: "chat.postMessage", is_meant: |args| !to_all(args) },
    Call { name: "the broadcast", method: "chat.postMessage", is_meant: to_all },
    any("the pin", "pins.add"),
    any("the invitations", "conversations.invite"),
    any("the topic", "conversations.setTopic"),
    any("the page", "enqueue"),
    any("the reporter's answer", "response_url"),
    any("the greeting", "chat.postEphemeral"),
];

/// The message that asks people whether it is an incident.
pub const QUESTION: Call = Call {
    name: "the question",
    method: "chat.postMessage",
    is_meant: |args| args["channel"] == "#payments",
};

/// When SIMA is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The call has arrived, and will never be carried out.
    Undone,
    /// The call has arrived; it is carried out when its sender is dead, before another starts.
    LateForTheDead,
    /// The same, but another has started already.
    LateForTheNext,
    /// It was carried out; the answer never leaves.
    Unanswered,
    /// The answer has just left.
    Answered,
}

/// Every moment of a call.
pub const MOMENTS: [When; 5] =
    [When::Undone, When::LateForTheDead, When::LateForTheNext, When::Unanswered, When::Answered];

/// One kill.
#[derive(Clone, Copy)]
pub struct Case {
    /// The call at which it happens; none for the instant after the form was answered.
    pub call: Option<&'static Call>,
    /// Which moment of it.
    pub moment: When,
}

impl Case {
    /// Nothing is known but that the form was answered.
    pub const AFTER_THE_FORM: Self = Self { call: None, moment: When::Answered };

    /// Kills and starts again, and looks whether everything is there once.
    pub async fn plays(self) {
        let mut scene = Scene::begins().await;
        let faults = scene.sandbox.faults();
        let hold = self.holds(&faults);
        scene.opens().await;
        self.is_reached(hold.as_ref(), &scene.sandbox).await;
        scene.dies();
        self.happens_late(hold.as_ref(), false);
        scene.starts_again().await;
        self.happens_late(hold.as_ref(), true);
        scene.completes_once(&self.to_string()).await;
    }

    /// Has the call stopped where it is to be.
    pub fn holds(self, faults: &Faults) -> Option<Hold> {
        let (call, moment) = self.call.zip(self.holds_at())?;
        Some(faults.hold_one(call.method, call.is_meant, moment))
    }

    /// Waits until it is there.
    pub async fn is_reached(self, hold: Option<&Hold>, sandbox: &Sandbox) {
        match (self.call, hold) {
            (None, _) => {}
            (Some(call), Some(hold)) => {
                assert!(hold.reached(PATIENCE).await, "{} is never asked for", call.name);
            }
            (Some(call), None) => {
                let answered = |calls: &[sima_sandbox::Call]| {
                    let is_it = |one: &&sima_sandbox::Call| {
                        one.method == call.method && (call.is_meant)(&one.args)
                    };
                    calls.iter().filter(is_it).find_map(|one| one.answered_at)
                };
                let answered = sandbox.wait_for_calls(PATIENCE, answered).await;
                answered.expect("the call is answered");
            }
        }
    }

    /// Where the call has to be stopped.
    fn holds_at(self) -> Option<Moment> {
        match self.moment {
            When::Undone | When::LateForTheDead | When::LateForTheNext => Some(Moment::BeforeDeed),
            When::Unanswered => Some(Moment::AfterDeed),
            When::Answered => None,
        }
    }

    /// What becomes of the stopped call once its sender is dead, before or after the next starts.
    pub fn happens_late(self, hold: Option<&Hold>, next_is_there: bool) {
        let Some(hold) = hold else { return };
        match (self.moment, next_is_there) {
            (When::Undone | When::Unanswered, false) => hold.abort(),
            (When::LateForTheDead, false) | (When::LateForTheNext, true) => hold.release(),
            _ => {}
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(call) = self.call else { return write!(to, "killed when the form was answered") };
        let name = call.name;
        match self.moment {
            When::Undone => write!(to, "{name}: killed before it, it never happens"),
            When::LateForTheDead => write!(to, "{name}: killed before it, it happens late"),
            When::LateForTheNext => write!(to, "{name}: killed before it, it happens even later"),
            When::Unanswered => write!(to, "{name}: killed after it, the answer is lost"),
            When::Answered => write!(to, "{name}: killed just after its answer"),
        }
    }
}

const fn any(name: &'static str, method: &'static str) -> Call {
    Call { name, method, is_meant: |_| true }
}

fn to_all(args: &Value) -> bool {
    args["channel"] == BROADCAST
}
