//! What can go wrong with a vendor, on demand.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::Vendor;
use crate::core::Core;
use crate::hold::{Hold, Moment};
use crate::slack::limits::Limits;
use crate::socket;

/// One way to fail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum Fault {
    /// The connection is dropped; nothing was done.
    Down,
    /// The deed is done at once, the answer comes this much later.
    Slow {
        /// Milliseconds of waiting.
        millis: u64,
    },
    /// A 500 with an HTML body; nothing was done.
    ServerError,
    /// A 429; nothing was done.
    Throttled {
        /// Seconds in `Retry-After`.
        retry_after: u64,
    },
    /// The deed is done, then the connection is closed without an answer.
    AnswerLost,
    /// The deed is done, the answer is cut in the middle of its JSON.
    Truncated,
    /// The token has been revoked.
    TokenRevoked,
    /// The token lacks a scope or a capability; Slack names this one.
    MissingScope {
        /// The scope in `needed`.
        needed: String,
    },
    /// The vendor refuses with this code (`restricted_action`, `hash_conflict`, …); nothing was done.
    Refused {
        /// The vendor's error code.
        error: String,
    },
    /// `conversations.invite` succeeds for everybody but this person.
    InviteFails {
        /// The user id that fails.
        user: String,
        /// The error for that person, such as `cant_invite`.
        error: String,
    },
    /// Somebody archives the channel just before the deed.
    ArchivedUnderUs,
}

/// A [`Fault`] and the calls it befalls.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// Which vendor.
    pub vendor: Vendor,
    /// Which method; `None` befalls them all.
    #[serde(default)]
    pub method: Option<String>,
    /// How many matching calls pass unharmed first.
    #[serde(default)]
    pub skip: u32,
    /// How many calls it befalls; `None` until removed.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens to them.
    #[serde(flatten)]
    pub fault: Fault,
}

impl Rule {
    /// A fault of all calls to this vendor, until removed.
    pub fn of(vendor: Vendor, fault: Fault) -> Self {
        Self { vendor, method: None, skip: 0, times: None, fault }
    }

    /// Only calls of this method.
    #[must_use]
    pub fn on(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only so many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Only after so many calls.
    #[must_use]
    pub fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    last_id: u64,
    rules: Vec<(u64, Rule)>,
}

impl Rules {
    /// Takes the fault that befalls this call, if any; the oldest rule that matches wins.
    pub(crate) fn strike(&mut self, vendor: Vendor, method: &str) -> Option<Fault> {
        let at = self.rules.iter_mut().position(|(_, rule)| {
            let matches = rule.vendor == vendor
                && rule.method.as_deref().is_none_or(|only| only == method)
                && rule.times != Some(0);
            if matches && rule.skip > 0 {
                rule.skip -= 1;
                return false;
            }
            matches
        })?;
        let (_, rule) = &mut self.rules[at];
        if let Some(times) = &mut rule.times {
            *times -= 1;
        }
        let fault = rule.fault.clone();
        self.rules.retain(|(_, rule)| rule.times != Some(0));
        Some(fault)
    }
}

/// Control over what goes wrong.
#[derive(Clone, Debug)]
pub struct Faults {
    pub(crate) core: Arc<Core>,
}

impl Faults {
    /// Puts a rule in force and returns its number.
    pub fn set(&self, rule: Rule) -> u64 {
        let mut rules = self.core.rules.lock().expect("rules");
        rules.last_id += 1;
        let id = rules.last_id;
        rules.rules.push((id, rule));
        id
    }

    /// Lifts one rule.
    pub fn remove(&self, id: u64) {
        self.core.rules.lock().expect("rules").rules.retain(|(other, _)| *other != id);
    }

    /// Lifts every rule; deliveries are single and in order again, the rate limits at their default.
    pub fn clear(&self) {
        self.core.rules.lock().expect("rules").rules.clear();
        self.events_twice(false);
        self.events_reversed(false);
        self.rate_limits(Limits::Generous);
    }

    /// The rules in force with their numbers.
    pub fn in_force(&self) -> Vec<(u64, Rule)> {
        self.core.rules.lock().expect("rules").rules.clone()
    }

    /// Drops every connection to this vendor until [`Faults::clear`] or [`Faults::remove`].
    pub fn down(&self, vendor: Vendor) -> u64 {
        self.set(Rule::of(vendor, Fault::Down))
    }

    /// Delays every answer of this vendor.
    pub fn slow(&self, vendor: Vendor, by: Duration) -> u64 {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.set(Rule::of(vendor, Fault::Slow { millis }))
    }

    /// Counts Slack's rate limits generously, as the tiers are written, or not at all.
    pub fn rate_limits(&self, limits: Limits) {
        self.core.change(|state| state.meter.limits = limits);
    }

    /// Delivers every event a second time, with the same `event_id`.
    pub fn events_twice(&self, on: bool) {
        self.core.change(|state| state.events_twice = on);
    }

    /// Holds back events from now on; they go out in reverse order when switched off.
    pub fn events_reversed(&self, on: bool) {
        self.core.change(|state| {
            state.events_held = on;
            if !on {
                let mut held = std::mem::take(&mut state.events_in_hold);
                held.reverse();
                state.outgoing.extend(held);
            }
        });
    }

    /// Cuts every socket without a word, as a network does.
    pub fn cut_sockets(&self) {
        self.core.sockets.cut_all();
        self.core.change(|_| {});
    }

    /// Says on every socket that it will be closed for this reason, and closes it ten seconds later by the
    /// sandbox's clock.
    pub fn disconnect_sockets(&self, reason: &str) {
        socket::disconnect_all(&self.core, reason);
    }

    /// Cuts the socket by which the next envelope of this type goes: before it arrives, or when it is
    /// acknowledged, which then nobody hears.
    pub fn cut_at_envelope(&self, kind: &str, moment: Moment) {
        self.core.sockets.cut_at(kind, moment);
    }

    /// Sends every envelope over two sockets, as the same.
    pub fn envelopes_twice(&self, on: bool) {
        self.core.sockets.send_twice(on);
    }

    /// Divides the waits between the attempts to deliver an event (60 s, 300 s).
    pub fn retry_pace(&self, divisor: u32) {
        self.core.change(|state| state.retry_divisor = divisor.max(1));
    }

    /// Pauses the `nth` call from now (1 is the next) to this vendor and method, before or after its deed.
    pub fn hold(
        &self,
        vendor: Option<Vendor>,
        method: Option<&str>,
        nth: usize,
        moment: Moment,
    ) -> Hold {
        self.core.holds.place(vendor, method, Box::new(|_| true), nth, moment)
    }

    /// Pauses the next call of this method whose arguments are the ones meant, for calls of one method
    /// that come in no certain order.
    pub fn hold_one(
        &self,
        method: &str,
        is_meant: impl Fn(&Value) -> bool + Send + 'static,
        moment: Moment,
    ) -> Hold {
        self.core.holds.place(None, Some(method), Box::new(is_meant), 1, moment)
    }
}
