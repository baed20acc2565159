//! The clock everything goes by, so that a story can move time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, futures::Notified};

/// Tells the time, in whole microseconds: no database keeps more.
#[derive(Clone)]
pub struct Clock {
    source: fn() -> Timestamp,
    ahead_micros: Arc<AtomicI64>,
    moved: Arc<Notify>,
}

impl Clock {
    /// A clock over a source of time, such as the system's.
    pub fn new(source: fn() -> Timestamp) -> Self {
        Self { source, ahead_micros: Arc::new(AtomicI64::new(0)), moved: Arc::new(Notify::new()) }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        let micros = (self.source)().as_microsecond() + self.ahead_micros.load(Ordering::Relaxed);
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock ahead of its source. Whoever waits for a time looks again.
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.ahead_micros.fetch_add(micros, Ordering::Relaxed);
        self.moved.notify_waiters();
    }

    /// Completes when the clock is moved after this was called, awaited already or not.
    pub fn moved(&self) -> Notified<'_> {
        self.moved.notified()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_whole_microseconds_and_can_be_moved() {
        let clock = Clock::new(|| "2026-11-22T10:00:00.123456789Z".parse().expect("a time"));
        assert_eq!(clock.now().to_string(), "2026-11-22T10:00:00.123456Z");
        clock.clone().advance(SignedDuration::from_secs(60));
        assert_eq!(clock.now().to_string(), "2026-11-22T10:01:00.123456Z");
    }
}
