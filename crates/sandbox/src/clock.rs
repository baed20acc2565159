//! The sandbox's own clock: the real one, plus as much as a test has moved it forward.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

/// A clock that only ever goes forward; clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
    moved: watch::Sender<()>,
}

impl Clock {
    pub(crate) fn real() -> Self {
        Self { ahead_micros: Arc::new(AtomicI64::new(0)), moved: watch::Sender::new(()) }
    }

    /// The time in the sandbox, in microseconds since 1970.
    #[expect(
        clippy::disallowed_methods,
        reason = "the sandbox is a world of its own, with its own clock"
    )]
    pub fn micros(&self) -> i64 {
        Timestamp::now().as_microsecond() + self.ahead_micros.load(Ordering::SeqCst)
    }

    /// The time in the sandbox, in whole seconds since 1970.
    pub fn seconds(&self) -> i64 {
        self.micros() / 1_000_000
    }

    /// The time in the sandbox as RFC 3339 text.
    pub fn text(&self) -> String {
        rfc3339(self.micros())
    }

    /// The time in the sandbox as RFC 3339 text in whole seconds.
    pub fn whole_seconds(&self) -> String {
        Timestamp::from_second(self.seconds()).map(|at| at.to_string()).unwrap_or_default()
    }

    /// Moves the clock forward; whoever waits for a time that has now come is woken.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX / 4);
        self.ahead_micros.fetch_add(micros, Ordering::SeqCst);
        self.moved.send_replace(());
    }

    /// Waits until the sandbox's time is `due`, whether it comes by itself or by [`Clock::advance`].
    pub(crate) async fn reaches(&self, due: i64) {
        let mut moved = self.moved.subscribe();
        loop {
            let Ok(left) = u64::try_from(due - self.micros()) else {
                return;
            };
            if left == 0 {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_micros(left)) => {}
                _ = moved.changed() => {}
            }
        }
    }
}

/// Writes microseconds since 1970 as RFC 3339 text.
pub(crate) fn rfc3339(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map(|at| format!("{at:.3}")).unwrap_or_default()
}
