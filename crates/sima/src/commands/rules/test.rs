//! `sima rules test`: what would happen with a body that a monitor sends, rule by rule.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow, bail};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sima_alerts::{
    Alert, Delivery, Integration, Integrations, OnResolved, Reading, Rules, Verdict,
};
use sima_incident::{AlertState, DomainKey, Policy, Severity};

use crate::{commands::print, config::Config, serve::system_clock};

/// Which body, and who would send it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The file with the body; - for standard input.
    #[arg(value_name = "BODY.json")]
    body: PathBuf,
    /// The source that sends it, where no integration is configured for it.
    #[arg(long, default_value = "generic", conflicts_with = "integration")]
    source: String,
    /// The configured integration through which it comes, as it is named in its URL.
    #[arg(long)]
    integration: Option<String>,
    /// Print JSON: a list with one object an alert.
    #[arg(long)]
    json: bool,
}

/// Says it.
pub fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let policy = config.policy()?;
    let rules = &config.alerts.rules;
    let integration = integration(config, arguments)?;
    let body = read(&arguments.body)?;
    let now = system_clock().now();
    let alerts = match integration.read(&Delivery::of_body(&body, now))?.reading {
        Reading::Alerts(alerts) => alerts,
        Reading::Nothing { why } if arguments.json => {
            return print::line(&json!({ "alerts": [], "why": why }).to_string());
        }
        Reading::Nothing { why } => {
            return print::line(&format!("nothing would happen: {why}"));
        }
    };
    if arguments.json {
        let told: Vec<Value> = alerts.iter().map(|alert| as_json(rules, alert, &policy)).collect();
        return print::line(&serde_json::to_string_pretty(&json!({ "alerts": told }))?);
    }
    let said: Vec<String> = alerts.iter().map(|alert| explain(rules, alert, &policy)).collect();
    print::line(&said.join("\n\n"))
}

/// Who would send it.
fn integration(config: &Config, arguments: &Arguments) -> anyhow::Result<Integration> {
    let Some(name) = &arguments.integration else {
        let source = arguments.source.clone();
        return Ok(Integration { name: source.clone(), source, ..Integration::default() });
    };
    let known = Integrations::new(&config.alerts.integrations, &config.alerts.token);
    known.named(name).cloned().ok_or_else(|| {
        let names: Vec<&str> = known.names().collect();
        anyhow!("there is no integration {name:?}; known are {}", names.join(", "))
    })
}

/// What would happen with one alert, rule by rule.
fn explain(rules: &Rules, alert: &Alert, policy: &Policy) -> String {
    let state = match alert.state {
        AlertState::Firing { since } => format!("firing since {since}"),
        AlertState::Resolved { since } => format!("resolved since {since}"),
    };
    let mut lines = vec![
        alert.full_title.clone(),
        format!("  {}, {state}, repeated under the key {:?}", alert.integration, alert.key),
    ];
    let tried = rules.explain(alert);
    for one in &tried {
        lines.push(if one.decides() {
            format!("  {}: decides", one.rule)
        } else {
            format!("  {}: not for it: {}", one.rule, one.mismatches.join("; "))
        });
    }
    if !tried.iter().any(sima_alerts::Tried::decides) {
        lines.push("  no rule is for it, so what is usual for its source counts".to_owned());
    }
    let verdict = rules.judge(alert, policy);
    lines.push(format!("  so: {}", outcome(&verdict, alert, policy)));
    if alert.is_firing()
        && let Some(how) = How::of(&verdict)
    {
        lines.push(format!("  {}", how.grouping()));
        if *how.on_resolved == OnResolved::Recover {
            lines.push("  when all its alerts are resolved, it has recovered".to_owned());
        }
    }
    lines.join("\n")
}

/// How an incident would come about.
struct How<'v> {
    domain: &'v DomainKey,
    severity: Severity,
    private: bool,
    group: &'v str,
    within: SignedDuration,
    on_resolved: &'v OnResolved,
}

impl<'v> How<'v> {
    fn of(verdict: &'v Verdict) -> Option<Self> {
        match verdict {
            Verdict::Ignore { .. } | Verdict::Record { .. } => None,
            Verdict::Open { domain, severity, private, group, within, on_resolved, .. }
            | Verdict::Propose { domain, severity, private, group, within, on_resolved, .. } => {
                Some(Self {
                    domain,
                    severity: *severity,
                    private: *private,
                    group,
                    within: *within,
                    on_resolved,
                })
            }
        }
    }

    fn grouping(&self) -> String {
        if self.within.is_zero() {
            return "grouped with nothing: every other alert is a trouble of its own".to_owned();
        }
        let within = format!("{:#}", self.within);
        // A list in JSON, unless it was too long to be kept as it is.
        let parts: Option<Vec<String>> = serde_json::from_str(self.group).ok();
        let group = parts.map_or_else(|| self.group.to_owned(), |parts| parts.join(", "));
        format!("one trouble with whatever comes within {within} after it in the group ({group})")
    }
}

/// What a verdict comes to for this alert.
fn outcome(verdict: &Verdict, alert: &Alert, policy: &Policy) -> String {
    match (verdict, How::of(verdict)) {
        (Verdict::Ignore { .. }, _) => "it is ignored".to_owned(),
        (_, None) => {
            "it is noted at the incident it belongs to, if there is one, and opens none".to_owned()
        }
        (_, Some(_)) if !alert.is_firing() => {
            "it is noted at the incident it belongs to, if there is one; what is over opens none"
                .to_owned()
        }
        (Verdict::Propose { .. }, Some(how)) => {
            let channel = policy.domain(how.domain).and_then(|domain| domain.channel.as_deref());
            format!(
                "people are asked in {} whether it is an incident in {} at {}, unless it belongs to \
                 one already",
                channel.map_or_else(|| "no channel".to_owned(), |name| format!("#{name}")),
                policy.domain_name(how.domain),
                how.severity
            )
        }
        (_, Some(how)) => {
            let whether = if how.private { "a private incident" } else { "an incident" };
            let pages =
                if pages(&how, policy) { "pages whoever is on call" } else { "pages nobody" };
            format!(
                "it opens {whether} in {} at {} and {pages}, unless it belongs to an incident already",
                policy.domain_name(how.domain),
                how.severity
            )
        }
    }
}

fn pages(how: &How<'_>, policy: &Policy) -> bool {
    policy.connected.pager
        && policy.severity(how.severity).is_some_and(|rule| rule.pages)
        && policy.domain(how.domain).is_some_and(|domain| domain.pages)
}

/// The same for programs.
fn as_json(rules: &Rules, alert: &Alert, policy: &Policy) -> Value {
    let tried: Vec<Value> = rules
        .explain(alert)
        .into_iter()
        .map(|one| json!({ "rule": one.rule, "decides": one.decides(), "because": one.mismatches }))
        .collect();
    let verdict = rules.judge(alert, policy);
    let then = match verdict {
        Verdict::Ignore { .. } => "ignore",
        Verdict::Record { .. } => "record",
        Verdict::Propose { .. } => "propose",
        Verdict::Open { .. } => "open",
    };
    let how = How::of(&verdict).map(|how| {
        json!({
            "domain": how.domain,
            "severity": how.severity.to_string(),
            "private": how.private,
            "pages": then == "open" && pages(&how, policy),
            "group": how.group,
            "within_secs": how.within.as_secs(),
            "on_resolved": how.on_resolved,
        })
    });
    json!({
        "title": alert.full_title,
        "integration": alert.integration,
        "source": alert.source,
        "key": alert.key,
        "firing": alert.is_firing(),
        "labels": alert.labels,
        "tried": tried,
        "then": then,
        "how": how,
    })
}

fn read(body: &Path) -> anyhow::Result<Vec<u8>> {
    /// More than any source sends.
    const LARGEST: u64 = 16 << 20;
    let mut bytes = Vec::new();
    if body == Path::new("-") {
        let mut input = std::io::stdin().take(LARGEST + 1);
        input.read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        let file =
            std::fs::File::open(body).with_context(|| format!("cannot read {}", body.display()))?;
        file.take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read {}", body.display()))?;
    }
    if bytes.len() as u64 > LARGEST {
        bail!("{} is larger than 16 MiB: no monitor sends that", body.display());
    }
    Ok(bytes)
}
