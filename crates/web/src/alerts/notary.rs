//! The public keys that AWS and Microsoft sign with: fetched once, and kept.
//!
//! This is the one place where a door waits for somebody outside, because a delivery whose signature
//! nobody could check must not be written down (decision 0014). It visits only addresses that the
//! pure part has found to lead to those two, waits a few seconds at most, and a few at a time.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

/// How many are fetched at a time.
const AT_A_TIME: usize = 2;

/// How many are kept.
const MOST: usize = 64;

/// Fetches a document over https, with a limit of time and size, following no redirect.
pub trait Outside: Send + Sync {
    /// Fetches it.
    fn get<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<u8>, Unreached>>;
}

/// Why a document was not fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreached {
    /// There is none: the answer was of this status.
    Refused(u16),
    /// Nobody could be asked, or the answer did not come whole.
    Failed(String),
}

/// Fetches what signatures are checked with, and keeps it.
pub struct Notary {
    outside: Arc<dyn Outside>,
    kept: Mutex<BTreeMap<String, Kept>>,
    turns: Semaphore,
}

#[derive(Clone)]
struct Kept {
    found: Result<Arc<[u8]>, Unreached>,
    at: Timestamp,
}

impl Notary {
    /// One that has fetched nothing yet.
    pub fn new(outside: Arc<dyn Outside>) -> Self {
        let turns = Semaphore::new(AT_A_TIME);
        Self { outside, kept: Mutex::default(), turns }
    }

    /// A document: as it is kept, unless that was longer ago than `at_most`.
    ///
    /// # Errors
    /// Why it was not fetched, now or a moment ago.
    pub async fn document(
        &self,
        url: &str,
        at_most: SignedDuration,
        now: Timestamp,
    ) -> Result<Arc<[u8]>, Unreached> {
        if let Some(found) = self.kept(url, at_most, now) {
            return found;
        }
        let _turn = self.turns.acquire().await;
        // Whoever was before us may have asked for the same.
        if let Some(found) = self.kept(url, at_most, now) {
            return found;
        }
        let found = self.outside.get(url).await.map(Arc::from);
        self.keep(url, Kept { found: found.clone(), at: now });
        found
    }

    /// Visits an address once and keeps nothing.
    ///
    /// # Errors
    /// Why it could not be visited.
    pub async fn visit(&self, url: &str) -> Result<(), Unreached> {
        let _turn = self.turns.acquire().await;
        self.outside.get(url).await.map(drop)
    }

    fn kept(
        &self,
        url: &str,
        at_most: SignedDuration,
        now: Timestamp,
    ) -> Option<Result<Arc<[u8]>, Unreached>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let one = kept.get(url)?;
        let holds = match &one.found {
            Ok(_) => at_most,
            Err(Unreached::Refused(_)) => SignedDuration::from_mins(5),
            // Long enough that a burst asks once.
            Err(Unreached::Failed(_)) => SignedDuration::from_secs(2),
        };
        (now.duration_since(one.at).abs() < holds).then(|| one.found.clone())
    }

    fn keep(&self, url: &str, one: Kept) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(url.to_owned(), one);
        while kept.len() > MOST {
            // What was refused goes first: whoever sends forgeries must not drive keys out.
            let oldest = kept.iter().min_by_key(|(_, one)| (one.found.is_ok(), one.at));
            let Some(url) = oldest.map(|(url, _)| url.clone()) else { return };
            kept.remove(&url);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// The world outside, which counts what it is asked.
    struct World {
        asked: AtomicUsize,
        says: fn(&str) -> Result<Vec<u8>, Unreached>,
    }

    impl Outside for World {
        fn get<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<u8>, Unreached>> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move { (self.says)(url) })
        }
    }

    fn notary(says: fn(&str) -> Result<Vec<u8>, Unreached>) -> (Notary, Arc<World>) {
        let world = Arc::new(World { asked: AtomicUsize::new(0), says });
        (Notary::new(world.clone()), world)
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(secs).expect("a time")
    }

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    #[tokio::test]
    async fn what_was_fetched_is_kept_for_its_time() {
        let (notary, world) = notary(|_| Ok(b"pem".to_vec()));
        for (now, asked) in [(0, 1), (86_399, 1), (86_400, 2)] {
            let found = notary.document("a", DAY, at(now)).await;
            assert_eq!(found.as_deref(), Ok(&b"pem"[..]));
            assert_eq!(world.asked.load(Ordering::SeqCst), asked, "{now}");
        }
    }

    #[tokio::test]
    async fn a_burst_of_deliveries_asks_once() {
        let (notary, world) = notary(|_| Err(Unreached::Failed("no route".into())));
        let burst = (0..50).map(|_| notary.document("a", DAY, at(0)));
        let found = futures_util::future::join_all(burst).await;
        assert!(found.iter().all(Result::is_err));
        assert!(world.asked.load(Ordering::SeqCst) <= AT_A_TIME);
        let _ = notary.document("a", DAY, at(3)).await;
        assert!(world.asked.load(Ordering::SeqCst) >= 2, "it is tried again soon");
    }

    #[tokio::test]
    async fn forgeries_do_not_drive_out_what_is_needed() {
        let (notary, world) = notary(|url| match url {
            "good" => Ok(b"pem".to_vec()),
            _ => Err(Unreached::Refused(403)),
        });
        notary.document("good", DAY, at(0)).await.expect("it is there");
        for forged in 0..500 {
            let _ = notary.document(&format!("forged/{forged}"), DAY, at(1 + forged)).await;
        }
        let asked = world.asked.load(Ordering::SeqCst);
        notary.document("good", DAY, at(501)).await.expect("it is kept");
        assert_eq!(world.asked.load(Ordering::SeqCst), asked);
        assert!(notary.kept.lock().unwrap_or_else(PoisonError::into_inner).len() <= MOST);
    }
}
