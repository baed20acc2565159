//! Lives that end at random moments, drawn from a seed that is printed.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::scene::Scene;

/// How many incidents are opened unless `SWEEP_OPENINGS` says otherwise.
const OPENINGS: usize = 8;

/// What a vendor's call takes, so that kills fall into calls as often as between them.
const LATENCY: Duration = Duration::from_millis(20);

/// An opening is over within this time; kills fall into it.
const FIRST_LIFE: u64 = 150;

/// Taking over waits for two seconds and then has as much to do; second kills fall into that.
const SECOND_LIFE: u64 = 2_600;

/// A run of many openings.
pub struct Run {
    /// What the moments are drawn from.
    pub seed: u64,
    /// How many.
    pub openings: usize,
}

/// One opening, and when its processes are killed.
#[derive(Clone, Copy)]
pub struct Life {
    number: usize,
    first_kill: Duration,
    second_kill: Option<Duration>,
}

impl Run {
    /// What `SEED` and `SWEEP_OPENINGS` ask for, or a few of a fresh seed.
    pub fn wanted() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            seed: variable("SEED").unwrap_or(u64::from(now.subsec_nanos()) ^ now.as_secs()),
            openings: variable("SWEEP_OPENINGS").unwrap_or(OPENINGS),
        }
    }

    /// Draws the lives.
    pub fn lives(&self) -> impl Iterator<Item = Life> {
        let mut chance = Chance(self.seed);
        (1..=self.openings).map(move |number| Life {
            number,
            first_kill: chance.up_to(FIRST_LIFE),
            second_kill: chance.next().is_multiple_of(2).then(|| chance.up_to(SECOND_LIFE)),
        })
    }
}

impl Life {
    /// Opens, is killed, starts again, and looks whether everything is there once.
    pub async fn plays(self) {
        let mut scene = Scene::begins_with(LATENCY).await;
        // The kill may come before the form is answered; then Inès sends it once more.
        let answered = scene.submits_to_one_who_dies_after(self.first_kill).await;
        scene.starts_again().await;
        if !answered {
            scene.opens().await;
        }
        if let Some(second_kill) = self.second_kill {
            tokio::time::sleep(second_kill).await;
            scene.dies();
            scene.starts_again().await;
        }
        scene.completes_once(&self.to_string()).await;
    }
}

impl fmt::Display for Life {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "opening {}: killed after {} ms", self.number, self.first_kill.as_millis())?;
        match self.second_kill {
            Some(second) => write!(to, ", and again {} ms after its return", second.as_millis()),
            None => Ok(()),
        }
    }
}

/// Numbers that follow from a seed (SplitMix64: Steele, Lea, Flood 2014).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn up_to(&mut self, millis: u64) -> Duration {
        Duration::from_micros(self.next() % (millis * 1_000))
    }
}

fn variable<T: FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}
