//! `sima rules replay`: what the rules would have done with the alerts that came, beside what was done.

use std::{
    collections::BTreeMap,
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
};

use anyhow::{Context as _, bail};
use jiff::{Span, SpanRelativeTo, Timestamp};
use serde_json::json;
use sima_alerts::{Alert, Replay, Rules, Would};
use sima_incident::{Policy, StormLimit};
use sima_store::{LoggedAlert, Store};

use crate::{
    commands::{existing, print},
    config::{self, Alerts, Config},
    serve::system_clock,
};

/// How many alerts are read at a time: never all are held.
const PAGE: u32 = 1000;

/// How many differences are shown to people.
const SHOWN: usize = 20;

/// Which alerts, and which rules.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How far to go back, such as 30d or 12h.
    #[arg(long, default_value = "30d")]
    since: String,
    /// A file of configuration whose rules, domains and severities to try, in place of those in force.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Print JSON, one object a line: the alerts that would be different, and last what it comes to.
    #[arg(long)]
    json: bool,
}

/// Says it.
pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let since = since(&arguments.since, system_clock().now())?;
    let other = arguments
        .rules
        .as_deref()
        .map(|file| config::read(&config::source(Some(file), BTreeMap::new())))
        .transpose()?;
    let tried = other.as_ref().unwrap_or(config);
    let policy = tried.policy()?;
    let store = existing::store(config).await?;
    let told = replay(&store, since, &tried.alerts, &policy, arguments.json).await;
    store.close().await;
    told
}

async fn replay(
    store: &Store,
    since: Timestamp,
    alerts: &Alerts,
    policy: &Policy,
    as_json: bool,
) -> anyhow::Result<()> {
    let mut sums = Sums::of(alerts, policy);
    let mut progress = Progress::new();
    let mut last = 0;
    loop {
        let page = store.alert_log(since, last, PAGE).await.context("cannot read the alerts")?;
        let Some(end) = page.last() else { break };
        last = end.id;
        for logged in &page {
            if let Some(difference) = sums.hear(logged) {
                if as_json {
                    print::line(&difference.json())?;
                } else if sums.differences.len() < SHOWN {
                    sums.differences.push(difference.line());
                }
            }
        }
        progress.at(sums.alerts);
    }
    progress.over();
    if as_json { print::line(&sums.json(since)) } else { print::line(&sums.lines(since)) }
}

/// What it comes to.
struct Sums<'r> {
    replay: Replay<'r>,
    rules: &'r Rules,
    limit: StormLimit,
    policy: &'r Policy,
    alerts: u64,
    unreadable: u64,
    /// How often each came of an alert, by the word in the log.
    then: BTreeMap<String, u64>,
    different: u64,
    differences: Vec<String>,
}

/// An alert of which something else would have come.
struct Difference {
    logged: LoggedAlert,
    title: String,
    then: String,
    would: Would,
    rule: Option<String>,
}

impl<'r> Sums<'r> {
    fn of(alerts: &'r Alerts, policy: &'r Policy) -> Self {
        let limit = StormLimit(alerts.storm_after);
        Self {
            replay: Replay::new(&alerts.rules, policy, limit),
            rules: &alerts.rules,
            limit,
            policy,
            alerts: 0,
            unreadable: 0,
            then: BTreeMap::new(),
            different: 0,
            differences: Vec::new(),
        }
    }

    /// Hears one alert; what is different now, if anything is.
    fn hear(&mut self, logged: &LoggedAlert) -> Option<Difference> {
        self.alerts += 1;
        let then = logged.judged.as_ref().map_or("waiting", |judged| judged.outcome.as_str());
        *self.then.entry(then.to_owned()).or_default() += 1;
        let Ok(alert) = serde_json::from_str::<Alert>(&logged.alert) else {
            self.unreadable += 1;
            return None;
        };
        let would = self.replay.hear(&alert, logged.received_at);
        // That an incident more or less is opened is a difference too.
        let opens = |word: &str| word == Would::Open.word();
        if comes_to(then)? == would.comes_to() && opens(then) == opens(would.word()) {
            return None;
        }
        self.different += 1;
        let tried = self.rules.explain(&alert);
        let rule = tried.into_iter().next_back().filter(sima_alerts::Tried::decides);
        Some(Difference {
            logged: logged.clone(),
            title: alert.full_title,
            then: then.to_owned(),
            would,
            rule: rule.map(|tried| tried.rule),
        })
    }

    fn lines(&self, since: Timestamp) -> String {
        let mut lines = vec![
            format!("{} alerts since {}", self.alerts, short(since)),
            String::new(),
            format!("{:<24} {:>12} {:>12}", "", "then", "now"),
        ];
        for would in Would::ALL {
            let then = self.then.get(would.word()).copied().unwrap_or_default();
            let now = self.replay.count(would);
            lines.push(format!("{:<24} {then:>12} {now:>12}", in_words(would)));
        }
        let others = self
            .then
            .iter()
            .filter(|(word, _)| Would::ALL.into_iter().all(|would| would.word() != word.as_str()));
        for (word, then) in others {
            lines.push(format!("{:<24} {then:>12} {:>12}", word.replace('_', " "), ""));
        }
        lines.push(String::new());
        if self.replay.opened().is_empty() {
            lines.push("No incident would be opened by a monitor.".to_owned());
        } else {
            lines.push("Incidents that would be opened by monitors".to_owned());
            for ((domain, severity), count) in self.replay.opened() {
                let domain = self.policy.domain_name(domain);
                lines.push(format!("  {domain:<30} {severity} {count:>9}"));
            }
        }
        lines.push(String::new());
        let (then, now) = (self.opened_then(), self.replay.count(Would::Open));
        if then != now {
            lines.push(format!("Incidents opened by monitors: {then} then, {now} now"));
        }
        lines.push(match self.different {
            0 => "Nothing would be different for anybody.".to_owned(),
            1 => "1 alert would come to something else".to_owned(),
            many => format!("{many} alerts would come to something else"),
        });
        lines.extend(self.differences.iter().map(|line| format!("  {line}")));
        let more = self.different.saturating_sub(self.differences.len() as u64);
        if more > 0 {
            lines.push(format!("  and {more} more: --json shows all"));
        }
        let StormLimit(limit) = self.limit;
        lines.push(String::new());
        lines.push(format!(
            "It is assumed that nothing was open before, that people end an incident once its alerts \
             are resolved and the time of its group has passed, and that what would open more than \
             {limit} incidents for an integration within five minutes (alerts.storm_after) is one."
        ));
        if self.unreadable > 0 {
            lines.push(format!("{} cannot be read any more and are left out", self.unreadable));
        }
        lines.join("\n")
    }

    fn opened_then(&self) -> u64 {
        self.then.get(Would::Open.word()).copied().unwrap_or_default()
    }

    fn json(&self, since: Timestamp) -> String {
        let now: BTreeMap<&str, u64> =
            Would::ALL.into_iter().map(|would| (would.word(), self.replay.count(would))).collect();
        let opened: Vec<_> = self
            .replay
            .opened()
            .iter()
            .map(|((domain, severity), count)| {
                json!({ "domain": domain, "severity": severity.to_string(), "count": count })
            })
            .collect();
        json!({
            "since": since,
            "alerts": self.alerts,
            "unreadable": self.unreadable,
            "then": self.then,
            "now": now,
            "opened": opened,
            "different": self.different,
        })
        .to_string()
    }
}

impl Difference {
    fn line(&self) -> String {
        let rule = self.rule.as_deref().unwrap_or("no rule");
        format!(
            "{}  {}: {:?}: {} then, {} now ({rule})",
            short(self.logged.received_at),
            self.logged.integration,
            self.title,
            self.then,
            self.would.word()
        )
    }

    fn json(&self) -> String {
        json!({
            "alert": self.logged.id,
            "received_at": self.logged.received_at,
            "integration": self.logged.integration,
            "key": self.logged.key,
            "title": self.title,
            "then": self.then,
            "now": self.would.word(),
            "rule": self.rule,
        })
        .to_string()
    }
}

/// What an outcome in the log came to for people; nothing if it was none of the rules'.
fn comes_to(then: &str) -> Option<&'static str> {
    Would::ALL.into_iter().find(|would| would.word() == then).map(Would::comes_to)
}

fn in_words(would: Would) -> &'static str {
    match would {
        Would::Open => "opened an incident",
        Would::Attach => "belonged to one",
        Would::Propose => "asked people",
        Would::Repeat => "were asked about before",
        Would::Nothing => "came to nothing",
        Would::Ignore => "ignored",
    }
}

fn short(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// The time so long ago, a day being 24 hours.
fn since(ago: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let ago: Span = ago
        .parse()
        .with_context(|| format!("{ago:?} is no length of time: write --since 30d or 12h"))?;
    let ago = ago
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .context("--since takes weeks, days, hours and minutes")?;
    if ago.is_negative() || ago.is_zero() {
        bail!("--since looks back: write a length of time such as 30d");
    }
    now.checked_sub(ago).context("--since goes back further than time does")
}

/// Says how far it is, where somebody watches.
struct Progress {
    watched: bool,
}

impl Progress {
    fn new() -> Self {
        Self { watched: std::io::stderr().is_terminal() }
    }

    fn at(&mut self, alerts: u64) {
        if self.watched {
            let _ = write!(std::io::stderr(), "\r{alerts} alerts …");
        }
    }

    fn over(&mut self) {
        if self.watched {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_length_of_time_that_looks_back() {
        let now = Timestamp::from_second(1_656_579_600).expect("a time");
        for (text, hours) in [("30d", 720), ("12h", 12), ("1w", 168), ("1d 2h", 26)] {
            let at = since(text, now).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(now.duration_since(at).as_hours(), hours, "{text}");
        }
        for text in ["", "soon", "-3d", "0d", "1 month", "99999999w"] {
            let told = format!("{:#}", since(text, now).expect_err(text));
            assert!(told.contains("--since") || told.contains("no length of time"), "{told}");
        }
    }
}
