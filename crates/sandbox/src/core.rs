//! The one place that owns the state: every change passes here, wakes whoever waits, and sends what it caused.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::call::{Call, Vendor};
use crate::clock::Clock;
use crate::events;
use crate::fault::Rules;
use crate::hold::Holds;
use crate::socket::Sockets;
use crate::state::State;

/// Shared by the server's handlers and the [`crate::Sandbox`] handles.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) address: SocketAddr,
    pub(crate) app_url: RwLock<Option<String>>,
    pub(crate) dashboard_url: Option<String>,
    pub(crate) latency: Duration,
    pub(crate) clock: Clock,
    pub(crate) rules: Mutex<Rules>,
    pub(crate) holds: Holds,
    pub(crate) sockets: Sockets,
    pub(crate) http: reqwest::Client,
    pub(crate) stopped: CancellationToken,
    pub(crate) version: watch::Sender<u64>,
    started: Instant,
    calls: Mutex<Vec<Call>>,
    state: Mutex<State>,
}

impl Core {
    #[expect(
        clippy::disallowed_methods,
        reason = "calls are timed on the real clock, whatever the sandbox's says"
    )]
    pub(crate) fn new(
        address: SocketAddr,
        options: &crate::Options,
        http: reqwest::Client,
    ) -> Self {
        let clock = Clock::real();
        Self {
            address,
            app_url: RwLock::new(options.app_url.clone()),
            dashboard_url: options.dashboard_url.clone(),
            latency: options.latency,
            rules: Mutex::default(),
            holds: Holds::default(),
            sockets: Sockets::default(),
            http,
            stopped: CancellationToken::new(),
            version: watch::Sender::new(1),
            started: Instant::now(),
            calls: Mutex::default(),
            state: Mutex::new(State::new(clock.clone(), format!("http://{address}"))),
            clock,
        }
    }

    /// Changes the state, then wakes the waiting and sends the events that came of it.
    pub(crate) fn change<T>(self: &Arc<Self>, act: impl FnOnce(&mut State) -> T) -> T {
        let (answer, version, outgoing) = {
            let mut state = self.lock();
            let answer = act(&mut state);
            state.version += 1;
            let mut outgoing = std::mem::take(&mut state.outgoing);
            if state.events_held {
                let held = std::mem::take(&mut outgoing);
                state.events_in_hold.extend(held);
            }
            if self.app_url.read().expect("app url").is_none() && state.socket_tickets.is_none() {
                outgoing.clear();
            }
            if state.events_twice {
                outgoing = outgoing.into_iter().flat_map(|event| [event.clone(), event]).collect();
            }
            state.deliveries_pending += outgoing.len();
            (answer, state.version, outgoing)
        };
        self.version.send_replace(version);
        for event in outgoing {
            tokio::spawn(events::deliver(self.clone(), event));
        }
        answer
    }

    /// Looks at the state.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// The state, even after an assertion has failed while looking at it: looking breaks nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the arrival of a call and returns its place in the record.
    pub(crate) fn arrived(&self, vendor: Vendor, method: &str, args: Value) -> usize {
        let mut calls = self.calls.lock().expect("calls");
        calls.push(Call {
            at: self.micros_since_start(),
            vendor,
            method: method.to_owned(),
            args,
            answered_at: None,
            outcome: String::new(),
        });
        calls.len() - 1
    }

    /// Notes how a call ended.
    pub(crate) fn answered(&self, call: usize, outcome: String) {
        let at = self.micros_since_start();
        if let Some(call) = self.calls.lock().expect("calls").get_mut(call) {
            call.answered_at = Some(at);
            call.outcome = outcome;
        }
        self.version.send_modify(|_| {});
    }

    /// Every call so far, in order of arrival.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("calls").clone()
    }

    fn micros_since_start(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
