//! Pausing one call before or after its deed, for as long as a test wants.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use crate::call::Vendor;

/// Tells by its arguments whether a call is the one to pause.
pub(crate) type Matches = Box<dyn Fn(&Value) -> bool + Send>;

/// Where in a call to pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The request has arrived; nothing is done yet.
    BeforeDeed,
    /// It is done; the answer has not left.
    AfterDeed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Waiting,
    Reached,
    Released,
    Aborted,
}

/// A pause that was asked for. Dropping it lets the call go on.
#[derive(Debug)]
pub struct Hold {
    phase: watch::Sender<Phase>,
}

impl Hold {
    /// Waits until a call has stopped here; `false` when none did within the time.
    pub async fn reached(&self, within: Duration) -> bool {
        let mut phase = self.phase.subscribe();
        let arrived = phase.wait_for(|phase| *phase != Phase::Waiting);
        tokio::time::timeout(within, arrived).await.is_ok_and(|phase| phase.is_ok())
    }

    /// Lets the call go on, as a network does with a request whose sender has died.
    pub fn release(&self) {
        self.phase.send_replace(Phase::Released);
    }

    /// Drops the call where it stands: before the deed it never happens, after it the answer is lost.
    pub fn abort(&self) {
        self.phase.send_replace(Phase::Aborted);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.phase.send_if_modified(|phase| {
            let open = matches!(phase, Phase::Waiting | Phase::Reached);
            if open {
                *phase = Phase::Released;
            }
            open
        });
    }
}

struct Place {
    vendor: Option<Vendor>,
    method: Option<String>,
    matches: Matches,
    calls_left: usize,
    moment: Moment,
    phase: watch::Sender<Phase>,
}

/// All pauses that wait for their call.
#[derive(Default)]
pub(crate) struct Holds(Mutex<Vec<Place>>);

impl std::fmt::Debug for Holds {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Holds").finish_non_exhaustive()
    }
}

/// The pause that one call has run into.
#[derive(Debug)]
pub(crate) struct Stop {
    moment: Moment,
    phase: watch::Sender<Phase>,
}

impl Holds {
    pub(crate) fn place(
        &self,
        vendor: Option<Vendor>,
        method: Option<&str>,
        matches: Matches,
        nth: usize,
        moment: Moment,
    ) -> Hold {
        let phase = watch::Sender::new(Phase::Waiting);
        self.0.lock().expect("holds").push(Place {
            vendor,
            method: method.map(str::to_owned),
            matches,
            calls_left: nth.max(1),
            moment,
            phase: phase.clone(),
        });
        Hold { phase }
    }

    /// Counts a call; answers the stop it has to make, if it is the one.
    pub(crate) fn meet(&self, vendor: Vendor, method: &str, args: &Value) -> Option<Arc<Stop>> {
        let mut places = self.0.lock().expect("holds");
        places.retain(|place| *place.phase.borrow() == Phase::Waiting);
        let mut stop = None;
        places.retain_mut(|place| {
            let matches = place.vendor.is_none_or(|only| only == vendor)
                && place.method.as_deref().is_none_or(|only| only == method)
                && (place.matches)(args);
            if matches {
                place.calls_left -= 1;
            }
            let hit = matches && place.calls_left == 0 && stop.is_none();
            if hit {
                stop = Some(Arc::new(Stop { moment: place.moment, phase: place.phase.clone() }));
            }
            !(matches && place.calls_left == 0)
        });
        stop
    }
}

impl Stop {
    /// Pauses if this is the moment; `false` when the call was aborted meanwhile.
    pub(crate) async fn at(&self, moment: Moment) -> bool {
        if moment != self.moment {
            return true;
        }
        let mut phase = self.phase.subscribe();
        self.phase.send_if_modified(|phase| {
            let first = *phase == Phase::Waiting;
            if first {
                *phase = Phase::Reached;
            }
            first
        });
        phase
            .wait_for(|phase| matches!(phase, Phase::Released | Phase::Aborted))
            .await
            .is_ok_and(|phase| *phase == Phase::Released)
    }
}
