//! `sima rules test`: what the rules would do with an alert, and why. Nothing is sent or recorded.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Subcommand;
use sima_alerts::{Alert, Delivery, Reading, Rules, Verdict};
use sima_incident::{AlertState, Policy};

use super::print;
use crate::{config::Config, serve::system_clock};

/// What to do with the rules.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Say what would happen with a body that a monitor sends, and why.
    Test {
        /// The file with the body; - for standard input.
        #[arg(value_name = "BODY.json")]
        body: PathBuf,
        /// The source that sends it, as it is named in its URL.
        #[arg(long, default_value = "generic")]
        source: String,
    },
}

/// Does it.
pub fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let Act::Test { body, source } = &arguments.act;
    let policy = config.policy()?;
    let body = read(body)?;
    let now = system_clock().now();
    match sima_alerts::read(source, &Delivery::of_body(&body, now))? {
        Reading::Nothing { why } => print::line(&format!("nothing would happen: {why}")),
        Reading::Alerts(alerts) => {
            let said: Vec<String> =
                alerts.iter().map(|alert| explain(&config.alerts.rules, alert, &policy)).collect();
            print::line(&said.join("\n\n"))
        }
    }
}

/// What would happen with one alert, rule by rule.
fn explain(rules: &Rules, alert: &Alert, policy: &Policy) -> String {
    let state = match alert.state {
        AlertState::Firing { since } => format!("firing since {since}"),
        AlertState::Resolved { since } => format!("resolved since {since}"),
    };
    let mut lines = vec![
        alert.full_title.clone(),
        format!("  {}, {state}, repeated under the key {:?}", alert.source, alert.key),
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
    lines.join("\n")
}

/// What a verdict comes to for this alert.
fn outcome(verdict: &Verdict, alert: &Alert, policy: &Policy) -> String {
    match verdict {
        Verdict::Ignore { .. } => "it is ignored".to_owned(),
        Verdict::Record { .. } => {
            "it is noted at the incident it belongs to, if there is one, and opens none".to_owned()
        }
        Verdict::Open { .. } | Verdict::Propose { .. } if !alert.is_firing() => {
            "it is noted at the incident it belongs to, if there is one; what is over opens none"
                .to_owned()
        }
        Verdict::Propose { domain, severity, .. } => format!(
            "people are asked whether it is an incident in {} at {severity}, unless it belongs to one \
             already",
            policy.domain_name(domain)
        ),
        Verdict::Open { domain, severity, private, .. } => {
            let whether = if *private { "a private incident" } else { "an incident" };
            let paged = policy.connected.pager
                && policy.severity(*severity).is_some_and(|rule| rule.pages)
                && policy.domain(domain).is_some_and(|domain| domain.pages);
            let pages = if paged { "pages whoever is on call" } else { "pages nobody" };
            format!(
                "it opens {whether} in {} at {severity} and {pages}, unless it belongs to an \
                 incident already",
                policy.domain_name(domain)
            )
        }
    }
}

fn read(body: &Path) -> anyhow::Result<Vec<u8>> {
    if body != Path::new("-") {
        return std::fs::read(body).with_context(|| format!("cannot read {}", body.display()));
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
    Ok(bytes)
}
