//! The intake: alerts that were taken in are judged by the rules, in batches and in their order.
//!
//! A batch is recorded with what came of it, so a process that ends anywhere leaves the others
//! waiting, for itself or for another replica. In a storm the batches are large and few: each is one
//! event and one edit of the brief.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use jiff::SignedDuration;
use sima_alerts::{Alert, OnResolved, Rules, Verdict};
use sima_desk::{Desk, Opening, RuledAlert, Ruling, Wanted};
use sima_incident::{AlertEvidence, Members, StormLimit, Suggestion, Visibility};
use sima_store::{LoggedAlert, StoreError};
use tokio_util::sync::CancellationToken;

/// The most alerts of an integration judged together: few enough that those which come meanwhile hardly
/// wait for the transaction that records it. More while nobody sends.
const BATCH: u32 = 250;
const LARGE_BATCH: u32 = 1000;

/// While more wait than fit into a batch, so many times as long as the last took is left to those who
/// send: what they were told is recorded comes before what comes of it.
const LEFT_TO_SENDERS: u32 = 2;

/// How long to look away while all that waits is of integrations that are held back.
const GLANCE: Duration = Duration::from_millis(50);

/// How often the log is looked at for what other replicas left behind.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How soon to look again when somebody was faster at all that was tried.
const CONTENDED: Duration = Duration::from_millis(10);

/// How many batches may follow each other at once, and how long each takes after that unless it is
/// full: what comes meanwhile is judged together.
const BATCHES_AT_ONCE: u32 = 20;
const BREATH: Duration = Duration::from_millis(500);

/// How often an alert is tried that fails while others do not.
const TRIES: u32 = 5;

/// How much is forgotten at a time, and how often.
const BITE: u32 = 500;
const FORGET_EVERY: Duration = Duration::from_mins(1);

/// Judges what was taken in.
pub struct Intake {
    /// Where it is recorded.
    pub desk: Desk,
    /// What to do with which alert.
    pub rules: Rules,
    /// When many incidents at once are a storm.
    pub storm: StormLimit,
}

/// What came of one look at what waits.
enum Round {
    /// Nothing waits.
    Idle,
    /// Some were judged; of one integration as many as fit into a batch, or fewer of each.
    Judged { full: bool },
    /// All that waits is of integrations whose next batch is not due before so long.
    Held(Duration),
    /// Somebody was faster.
    Contended,
    /// Nothing could be judged, by a fault.
    Failed,
}

impl Intake {
    /// Judges until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let wakes = self.desk.store().alerts_wake();
        let mut looking = Looking::new();
        while !stop.is_cancelled() {
            // Listened for before looking, so that nothing taken in between is missed.
            let woken = wakes.notified();
            tokio::pin!(woken);
            let began = Instant::now();
            let round = self.round(&mut looking).await;
            let pause = match round {
                Ok(Round::Judged { full }) => {
                    let sent = tokio::select! {
                        biased;
                        () = &mut woken => true,
                        () = std::future::ready(()) => false,
                    };
                    looking.batch = if full && !sent { LARGE_BATCH } else { BATCH };
                    if !(full && sent) {
                        continue;
                    }
                    began.elapsed() * LEFT_TO_SENDERS
                }
                Ok(Round::Held(wait)) => wait.min(GLANCE),
                Ok(Round::Contended) => CONTENDED,
                Ok(Round::Idle | Round::Failed) => {
                    tokio::select! {
                        () = &mut woken => {}
                        () = tokio::time::sleep(LOOK_AGAIN) => {}
                        () = stop.cancelled() => {}
                    }
                    continue;
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "alerts that wait cannot be read");
                    LOOK_AGAIN
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Judges what waits, up to a batch of each integration. None waits for another: the one of which
    /// least waits comes first.
    async fn round(&self, looking: &mut Looking) -> Result<Round, StoreError> {
        let waiting = self.desk.store().waiting_alerts(looking.batch).await?;
        if waiting.is_empty() {
            looking.failures.clear();
            return Ok(Round::Idle);
        }
        let (mut judged, mut failed, mut full) = (0, Vec::new(), false);
        let mut held: Option<Duration> = None;
        // How long each integration is held back, asked once.
        let mut waits: HashMap<String, Duration> = HashMap::new();
        let mut tried = false;
        for (integration, alerts) in batches(waiting, &looking.failures) {
            let is_full = alerts.len() >= looking.batch as usize;
            let wait = *waits.entry(integration.clone()).or_insert_with(|| {
                if is_full { Duration::ZERO } else { looking.pace_of(&integration).breath() }
            });
            if !wait.is_zero() {
                held = Some(held.map_or(wait, |least| least.min(wait)));
                continue;
            }
            full |= is_full;
            tried = true;
            let alerts: Vec<RuledAlert> =
                alerts.into_iter().map(|logged| self.ruled(logged)).collect();
            let ids: Vec<i64> = alerts.iter().map(|alert| alert.id).collect();
            match self.desk.take_in(&integration, alerts, self.storm).await {
                Ok(taken) => {
                    judged += taken.judged;
                    failed.extend(taken.failed);
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "alerts could not be judged");
                    failed.extend(ids);
                }
            }
        }
        if judged == 0 {
            return Ok(match held {
                Some(wait) if !tried => Round::Held(wait),
                _ if failed.is_empty() => {
                    looking.give_back(waits);
                    Round::Contended
                }
                _ => Round::Failed,
            });
        }
        // Others were judged: it is not the database that fails.
        for id in failed {
            let tries = looking.failures.entry(id).or_default();
            *tries += 1;
            if *tries >= TRIES {
                let why = "it could not be judged, however often it was tried; the log says why";
                if let Err(error) = self.desk.give_alert_up(id, why).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, alert.id = id, "an alert could not be given up");
                }
            }
        }
        Ok(Round::Judged { full })
    }

    /// What the rules say about an alert of the log.
    fn ruled(&self, logged: LoggedAlert) -> RuledAlert {
        let read: Result<Alert, _> = serde_json::from_str(&logged.alert);
        let evidence = |title: &str| AlertEvidence {
            source: logged.integration.clone(),
            key: logged.key.clone(),
            title: title.to_owned(),
            state: logged.state,
            members: None,
        };
        if let Ok(alert) = &read
            && !alert.unreplaced.is_empty()
        {
            let (integration, variables) = (&alert.integration, alert.unreplaced.join(", "));
            tracing::warn!(
                alert.id = logged.id,
                integration,
                variables,
                "the title of an alert has variables that its monitor did not replace"
            );
        }
        match read {
            Ok(alert) => RuledAlert {
                id: logged.id,
                evidence: evidence(&alert.title),
                ruling: self.ruling(&alert),
                source: logged.source,
                members: alert.members,
            },
            Err(error) => {
                tracing::error!(alert.id = logged.id, %error, "a recorded alert cannot be read");
                let why = "it was recorded in a form that cannot be read any more".to_owned();
                let ruling = Ruling::Leave { outcome: "unreadable", why };
                let evidence = evidence("");
                let (id, members) = (logged.id, Members::default());
                RuledAlert { id, evidence, members, ruling, source: logged.source }
            }
        }
    }

    fn ruling(&self, alert: &Alert) -> Ruling {
        match self.rules.judge(alert, self.desk.policy()) {
            Verdict::Ignore { rule } => Ruling::Leave { outcome: "ignored", why: rule },
            Verdict::Record { rule } => {
                Ruling::Note { why: format!("{rule}: it is only recorded") }
            }
            Verdict::Propose { domain, severity, group, within, .. } => {
                Ruling::Propose(Box::new(Suggestion {
                    domain,
                    severity,
                    title: alert.full_title.clone(),
                    description: alert.description.clone(),
                    links: alert.links.clone(),
                    group,
                    within,
                }))
            }
            Verdict::Open { domain, severity, private, group, within, on_resolved, .. } => {
                let visibility = if private { Visibility::Private } else { Visibility::Company };
                let opening = Opening {
                    description: alert.description.clone(),
                    domain: Some(domain),
                    severity: Some(severity),
                    visibility,
                    started_at: alert.is_firing().then(|| alert.state.since()),
                    links: alert.links.clone(),
                    ..Opening::of(alert.full_title.clone())
                };
                let recovers = on_resolved == OnResolved::Recover;
                Ruling::Open(Box::new(Wanted { opening, group, within, recovers }))
            }
        }
    }
}

/// Alerts by integration, in their order, the fewest first. Those that failed before come alone: they
/// fail nobody else.
fn batches(
    waiting: Vec<LoggedAlert>,
    failures: &HashMap<i64, u32>,
) -> Vec<(String, Vec<LoggedAlert>)> {
    let mut together: Vec<(String, Vec<LoggedAlert>)> = Vec::new();
    let mut alone = Vec::new();
    for logged in waiting {
        let integration = logged.integration.clone();
        if failures.contains_key(&logged.id) {
            alone.push((integration, vec![logged]));
            continue;
        }
        match together.iter_mut().find(|(name, _)| *name == integration) {
            Some((_, alerts)) => alerts.push(logged),
            None => together.push((integration, vec![logged])),
        }
    }
    together.sort_by_key(|(_, alerts)| alerts.len());
    together.extend(alone);
    together
}

/// What is known from one look at the log to the next.
struct Looking {
    /// The most alerts of an integration judged together.
    batch: u32,
    /// How often alerts failed.
    failures: HashMap<i64, u32>,
    paces: HashMap<String, Pace>,
}

impl Looking {
    fn new() -> Self {
        Self { batch: BATCH, failures: HashMap::new(), paces: HashMap::new() }
    }

    /// Somebody was faster: that was no batch.
    fn give_back(&mut self, waits: HashMap<String, Duration>) {
        for (integration, _) in waits.into_iter().filter(|(_, wait)| wait.is_zero()) {
            let pace = self.pace_of(&integration);
            pace.left = pace.left.saturating_add(1).min(BATCHES_AT_ONCE);
        }
    }

    fn pace_of(&mut self, integration: &str) -> &mut Pace {
        self.paces.entry(integration.to_owned()).or_insert_with(Pace::new)
    }
}

/// How fast batches of an integration that are not full may follow each other.
struct Pace {
    left: u32,
    since: Instant,
}

impl Pace {
    fn new() -> Self {
        Self { left: BATCHES_AT_ONCE, since: Instant::now() }
    }

    /// How long to wait before the next batch.
    fn breath(&mut self) -> Duration {
        let passed = self.since.elapsed();
        let regained = (passed.as_millis() / BREATH.as_millis()) as u32;
        if regained > 0 {
            self.left = self.left.saturating_add(regained).min(BATCHES_AT_ONCE);
            self.since += BREATH * regained;
        }
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Duration::ZERO
            }
            None => BREATH.saturating_sub(self.since.elapsed()),
        }
    }
}

/// Forgets alerts that were kept for long enough, a little at a time, until told to stop.
pub async fn forget_alerts(desk: Desk, keep: SignedDuration, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let moved = desk.clock().moved();
        let now = desk.clock().now();
        let before = now.saturating_sub(keep).unwrap_or(now);
        match desk.store().forget_alerts(before, now, BITE).await {
            Ok(forgotten) if forgotten >= u64::from(BITE) => {
                tokio::task::yield_now().await;
                continue;
            }
            Ok(_) => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "old alerts could not be forgotten");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(FORGET_EVERY) => {}
            () = moved => {}
            () = stop.cancelled() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sima_alerts::{Rule, Then};
    use sima_desk::Clock;
    use sima_incident::AlertState;
    use sima_store::{NewAlert, Store};

    use super::*;
    use crate::config::Config;

    const AT: &str = "2026-01-05T09:00:00Z";

    fn alerts(integration: &str, count: u32) -> Vec<NewAlert> {
        let source = if integration == "flood" { "grafana" } else { "generic" };
        (0..count)
            .map(|number| {
                let state = AlertState::Firing { since: AT.parse().expect("a time") };
                let key = format!("{integration}-{number}");
                let alert = serde_json::json!({
                    "source": source, "integration": integration, "key": key, "state": state,
                    "title": key, "full_title": key, "description": null, "severity": null,
                    "domain_hints": [], "links": [], "labels": { "n": number.to_string() }, "unless_ruled": "open",
                });
                NewAlert { source: source.into(), key, state, alert: alert.to_string() }
            })
            .collect()
    }

    /// Whatever becomes of the four thousand that one integration has sent before, the one of another is
    /// judged at the first look.
    #[tokio::test]
    async fn a_flood_of_one_integration_holds_up_no_other() {
        for then in [Then::Record, Then::Ignore, Then::Propose, Then::Open] {
            let folder = tempfile::tempdir().expect("a folder");
            let url = format!("sqlite:{}", folder.path().join("sima.db").display());
            let store = Store::open(&url).await.expect("a database");
            let clock = Clock::new(|| AT.parse().expect("a time"));
            let policy = Config::default().policy().expect("a policy");
            let desk = Desk::new(store.clone(), Arc::new(policy), clock);
            let of_the_flood = Rule {
                source: Some("grafana".into()),
                group_by: vec!["n".into()],
                then,
                ..Rule::default()
            };
            let rules = Rules(vec![of_the_flood]);
            let intake = Intake { desk: desk.clone(), rules, storm: StormLimit(5) };
            for (integration, count) in [("flood", 4000), ("quiet", 1)] {
                let alerts = alerts(integration, count);
                let _ = desk.take_delivery(integration, None, alerts).await.expect("recorded");
            }
            let mut looking = Looking::new();
            let round = intake.round(&mut looking).await.expect("a round");
            assert!(matches!(round, Round::Judged { full: true }), "{then:?}");
            let judged = store.alert_judged(4001).await.expect("a database").expect("judged");
            assert_eq!(judged.outcome, "opened", "{then:?}");
            let left = store.waiting_alerts(10_000).await.expect("a database");
            assert_eq!(left.len(), 4000 - BATCH as usize, "{then:?}");

            // Held back in its pace, the one does not hold the other back.
            looking.paces.insert("flood".into(), Pace { left: 0, since: Instant::now() });
            looking.batch = 10_000;
            let alerts = alerts("quiet", 2);
            let _ = desk.take_delivery("quiet", None, alerts).await.expect("recorded");
            intake.round(&mut looking).await.expect("a round");
            let left = store.waiting_alerts(10_000).await.expect("a database");
            assert!(left.iter().all(|alert| alert.integration == "flood"), "{then:?}");
        }
    }
}
