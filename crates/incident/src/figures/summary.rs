//! The figures of many incidents, gathered one by one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Lifetime, Measured, Missing, Share, durations, percentile, survival_percentile};
use crate::{Dismissal, Incident, Stage};

/// Figures in the making: incidents are added one by one, in any order, and none is kept.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    with_private: bool,
    counts: Counts,
    time_to_acknowledge: Collected,
    time_to_repair: Collected,
    time_to_recover: Collected,
    promises_kept: usize,
    promises_missed: usize,
}

/// What is known of one duration so far.
#[derive(Clone, Debug, Default)]
struct Collected {
    /// The durations that are over, in milliseconds.
    ended: Vec<i64>,
    /// When those began that still run.
    running_since: Vec<Timestamp>,
    /// How long those had run that something else ended first, in milliseconds.
    cut_short: Vec<i64>,
    /// How many have no value, by reason.
    missing: BTreeMap<Missing, usize>,
}

/// The figures of a set of incidents as of one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How many incidents of which sort.
    pub incidents: Counts,
    /// From opened to acknowledged.
    pub time_to_acknowledge: Spread,
    /// From acknowledged to back to normal.
    pub time_to_repair: Spread,
    /// From the start of the outage to back to normal.
    pub time_to_recover: Spread,
    /// How many of the updates that were promised came when they were promised, or before.
    pub promises_kept: Share,
}

/// How many incidents of which sort. Only `real` ones are in the figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Those that happened and were incidents; of these are the durations.
    pub real: usize,
    /// Those of the real ones that people are still at work on.
    pub open: usize,
    /// Those dismissed because nothing was wrong.
    pub false_positives: usize,
    /// Those dismissed as a duplicate or as opened by mistake.
    pub dismissed_otherwise: usize,
    /// Those for practice, whatever became of them.
    pub drills: usize,
}

/// One duration over many incidents. Times are in milliseconds; absent where there is nothing to
/// say, or where the percentile is *not reached* because too many still run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// How many incidents have a value.
    pub count: usize,
    /// Of how many real incidents.
    pub of: usize,
    /// Half of them were done by then.
    pub median_ms: Option<i64>,
    /// A quarter was done by then.
    pub p25_ms: Option<i64>,
    /// Three quarters were done by then.
    pub p75_ms: Option<i64>,
    /// Nine in ten were done by then.
    pub p90_ms: Option<i64>,
    /// The mean of those that have a value. A few long incidents move it far: second to the median.
    pub mean_ms: Option<i64>,
    /// How the percentiles were made.
    pub method: Method,
    /// How long the oldest has run that still runs.
    pub oldest_open_ms: Option<i64>,
    /// How many have no value, by reason. With `count` they add up to `of`.
    pub missing: BTreeMap<Missing, usize>,
}

/// How percentiles are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Every value is known: linear interpolation between them, as in spreadsheets and SQL.
    Interpolated,
    /// Some still run: the Kaplan–Meier estimate, which counts them as lasting at least so long.
    KaplanMeier,
}

impl Figures {
    /// Figures that everybody may see: private incidents leave no trace in them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Figures for those who may see private incidents too.
    pub fn with_private() -> Self {
        Self { with_private: true, ..Self::default() }
    }

    /// Takes an incident in.
    pub fn add(&mut self, incident: &Incident) {
        if incident.is_private() && !self.with_private {
            return;
        }
        if incident.is_drill() {
            self.counts.drills += 1;
            return;
        }
        match &incident.stage {
            Stage::Dismissed { reason: Dismissal::FalsePositive, .. } => {
                self.counts.false_positives += 1;
                return;
            }
            Stage::Dismissed { reason: Dismissal::DuplicateOf(_) | Dismissal::Mistake, .. } => {
                self.counts.dismissed_otherwise += 1;
                return;
            }
            Stage::Open
            | Stage::Investigating
            | Stage::Fixing
            | Stage::Monitoring
            | Stage::Recovered { .. }
            | Stage::Closed { .. } => self.counts.real += 1,
        }
        self.promises_kept += incident.promises.kept as usize;
        self.promises_missed += incident.promises.missed as usize;
        self.counts.open += usize::from(incident.stage.is_live());
        let times = &incident.times;
        let measured = durations(incident);
        self.time_to_acknowledge.add(measured.time_to_acknowledge, times.opened_at);
        self.time_to_repair
            .add(measured.time_to_repair, times.acknowledged_at.unwrap_or(times.opened_at));
        self.time_to_recover.add(measured.time_to_recover, times.started());
        if let (None, Some(recovered)) = (times.acknowledged_at, times.recovered_at) {
            // It healed before anybody took it: all it says is that nobody had by then.
            let waited = recovered.as_millisecond() - times.opened_at.as_millisecond();
            self.time_to_acknowledge.cut_short.push(waited.max(0));
        }
    }

    /// The figures so far, as of `now`.
    pub fn summarise(&self, now: Timestamp) -> Summary {
        Summary {
            incidents: self.counts,
            time_to_acknowledge: self.time_to_acknowledge.spread(now, Censoring::Counted),
            // Repair is defined over repairs that are done: one that has not begun has no age.
            time_to_repair: self.time_to_repair.spread(now, Censoring::LeftOut),
            time_to_recover: self.time_to_recover.spread(now, Censoring::Counted),
            promises_kept: Share::new(
                self.promises_kept,
                self.promises_kept + self.promises_missed,
            ),
        }
    }
}

/// What becomes of durations that still run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Censoring {
    /// They count as lasting at least so long.
    Counted,
    /// They are left out, and shown as missing.
    LeftOut,
}

impl Collected {
    fn add(&mut self, measured: Measured, since: Timestamp) {
        match measured {
            Ok(duration) => self.ended.push(duration.as_millis() as i64),
            Err(reason) => {
                *self.missing.entry(reason).or_default() += 1;
                if reason == Missing::Open {
                    self.running_since.push(since);
                }
            }
        }
    }

    fn spread(&self, now: Timestamp, censoring: Censoring) -> Spread {
        let mut sorted = self.ended.clone();
        sorted.sort_unstable();
        let ages: Vec<i64> = self
            .running_since
            .iter()
            .map(|since| (now.as_millisecond() - since.as_millisecond()).max(0))
            .collect();
        // Without one still running all is known, and the plain percentile matches the exports.
        let method = if ages.is_empty() || censoring == Censoring::LeftOut {
            Method::Interpolated
        } else {
            Method::KaplanMeier
        };
        let lifetimes: Vec<Lifetime> = match method {
            Method::Interpolated => Vec::new(),
            Method::KaplanMeier => {
                let known = sorted.iter().map(|ms| Lifetime::Ended(*ms));
                let unknown = ages.iter().chain(&self.cut_short);
                known.chain(unknown.map(|ms| Lifetime::AtLeast(*ms))).collect()
            }
        };
        let at = |p| match method {
            Method::Interpolated => percentile(&sorted, p),
            Method::KaplanMeier => survival_percentile(&lifetimes, p),
        };
        let sum: i128 = sorted.iter().map(|ms| i128::from(*ms)).sum();
        let count = sorted.len();
        Spread {
            count,
            of: count + self.missing.values().sum::<usize>(),
            median_ms: at(0.5),
            p25_ms: at(0.25),
            p75_ms: at(0.75),
            p90_ms: at(0.9),
            mean_ms: (count > 0).then(|| (sum as f64 / count as f64).round() as i64),
            method,
            oldest_open_ms: ages.into_iter().max(),
            missing: self.missing.clone(),
        }
    }
}
