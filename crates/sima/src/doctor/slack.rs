//! Slack: tokens, scopes, channels, addresses, clocks.

use std::collections::BTreeSet;

use jiff::{Timestamp, fmt::rfc2822};
use sima_slack::{Examined, Slack, scopes, socket::Sockets};

use super::Finding;
use crate::config::{ActSetting, Config, SlackMode, is_set};

const AREA: &str = "slack";

/// How far the clocks may be apart before it is worth a word, and before Slack's requests are refused.
const NOTEWORTHY_SECS: i64 = 30;
const TOO_MUCH_SECS: i64 = 240;

/// Looks at Slack.
///
/// # Errors
/// When Slack's address cannot be used.
pub async fn examine(
    config: &Config,
    now: &impl Fn() -> Timestamp,
) -> anyhow::Result<Vec<Finding>> {
    let mut findings = vec![address(config)];
    if let Some(sockets) = crate::serve::sockets(config)?
        && is_set(&config.slack.app_token)
    {
        findings.push(app_token(&sockets).await);
    }
    let Some(slack) = crate::serve::slack(config)? else { return Ok(findings) };
    let examined = match slack.examine().await {
        Ok(examined) => examined,
        Err(error) => {
            findings.push(Finding::ill(
                AREA,
                "the bot token could not be tried",
                format!("{} (slack.bot_token, slack.base_url)", error.in_words()),
            ));
            return Ok(findings);
        }
    };
    findings.push(Finding::well(AREA, "the bot token is good"));
    findings.extend(clock(&examined, now()));
    findings.extend(granted(&examined));
    for channel in channels(config) {
        findings.push(channel_stands(&slack, &channel, &examined).await);
    }
    let says = "Slack does not tell a bot what its app subscribes to";
    let repair = "after an update paste what sima manifest prints under App Manifest";
    findings.push(Finding::unseen(AREA, says, repair));
    Ok(findings)
}

/// Where Slack's requests come in.
fn address(config: &Config) -> Finding {
    let url = config.public_url();
    // A server that is compatible with Slack, on this machine, needs no TLS.
    let needs_tls = config.slack.base_url.starts_with("https://");
    match config.slack.mode {
        SlackMode::Socket => Finding::well(AREA, "Slack's requests come over Socket Mode"),
        SlackMode::Http if needs_tls && !url.starts_with("https://") => Finding::ill(
            AREA,
            format!("Slack cannot send to {url}"),
            "set SIMA_HTTP__PUBLIC_URL to an address that begins with https://, or slack.mode = \
             \"socket\"",
        ),
        SlackMode::Http => Finding::unseen(
            AREA,
            format!("whether Slack reaches {url} cannot be seen from here"),
            format!("open {url}/healthz from outside your network: it says alive"),
        ),
    }
}

async fn app_token(sockets: &Sockets) -> Finding {
    match sockets.ask_for_address().await {
        Ok(()) => Finding::well(AREA, "the app token opens connections"),
        Err(why) => Finding::ill(AREA, "the app token opens no connection", why),
    }
}

/// Whether the clocks agree, as far as Slack's answer says.
fn clock(examined: &Examined, now: Timestamp) -> Option<Finding> {
    let theirs = rfc2822::parse(examined.date.as_deref()?).ok()?.timestamp();
    let apart = (now.as_second() - theirs.as_second()).abs();
    let says = format!("this machine's clock is {apart} s from Slack's");
    let repair =
        "let the machine keep its time by NTP; beyond five minutes SIMA refuses what Slack sends";
    Some(if apart >= TOO_MUCH_SECS {
        Finding::ill(AREA, says, repair)
    } else if apart >= NOTEWORTHY_SECS {
        Finding::weak(AREA, says, repair)
    } else {
        Finding::well(AREA, "this machine's clock agrees with Slack's")
    })
}

/// What the app was granted, and what it lacks.
fn granted(examined: &Examined) -> Vec<Finding> {
    if examined.identity.scopes.is_empty() {
        let says = "Slack did not list the scopes";
        let repair = "compare them with what sima manifest prints";
        return vec![Finding::unseen(AREA, says, repair)];
    }
    let missing = scopes::missing(&examined.identity.scopes);
    if missing.is_empty() {
        return vec![Finding::well(AREA, "every scope is granted")];
    }
    let lacks = |scope: &&scopes::Scope| {
        let says = format!("the scope {} is not granted: {}", scope.name, scope.why);
        let repair = format!(
            "add {} under OAuth & Permissions, Bot Token Scopes, and install the app again",
            scope.name
        );
        if scope.optional {
            Finding::weak(AREA, says, repair)
        } else {
            Finding::ill(AREA, says, repair)
        }
    };
    missing.iter().map(lacks).collect()
}

/// Every channel that is configured, each once, with the settings that name it.
fn channels(config: &Config) -> Vec<Named> {
    let mut named: Vec<Named> = Vec::new();
    let mut name = |channel: &str, setting: String, edits: bool| {
        let channel = channel.trim().trim_start_matches('#');
        if channel.is_empty() {
            return;
        }
        match named.iter_mut().find(|one| one.channel == channel) {
            Some(known) => {
                known.settings.insert(setting);
                known.edits |= edits;
            }
            None => named.push(Named {
                channel: channel.to_owned(),
                settings: BTreeSet::from([setting]),
                edits,
            }),
        }
    };
    name(&config.broadcast.channel, "broadcast.channel".into(), true);
    name(&config.alerts.proposals_channel, "alerts.proposals_channel".into(), true);
    for domain in &config.domains {
        name(&domain.channel, format!("channel of the domain {}", domain.key), true);
    }
    for step in &config.steps {
        if let ActSetting::Post { channel, .. } = &step.act {
            name(channel, format!("the step {}", step.name), false);
        }
    }
    named
}

/// A channel as it is configured.
struct Named {
    channel: String,
    settings: BTreeSet<String>,
    /// Whether SIMA edits what it posts there.
    edits: bool,
}

async fn channel_stands(slack: &Slack, named: &Named, examined: &Examined) -> Finding {
    let Named { channel, settings, .. } = named;
    let settings = settings.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let seen = match slack.look_at_channel(channel).await {
        Ok(seen) => seen,
        Err(error) => {
            let says = format!("#{channel} could not be looked at ({settings})");
            return Finding::ill(AREA, says, error.in_words());
        }
    };
    let Some(seen) = seen else {
        return Finding::ill(
            AREA,
            format!("there is no channel {channel} that SIMA knows of ({settings})"),
            "make it, or correct the setting; if it is private, invite the bot into it",
        );
    };
    let name = &seen.name;
    if seen.is_archived {
        let says = format!("#{name} is archived ({settings})");
        return Finding::ill(AREA, says, "unarchive it, or name another channel");
    }
    if seen.is_member {
        return Finding::well(AREA, format!("the bot is in #{name} ({settings})"));
    }
    let invite = format!("invite the bot: /invite @SIMA in #{name}");
    let may_post = examined.identity.scopes.iter().any(|scope| scope == "chat:write.public");
    if may_post && !seen.is_private {
        let says = format!("the bot posts into #{name} without being in it ({settings})");
        return if named.edits {
            Finding::weak(AREA, says, invite)
        } else {
            Finding::well(AREA, says)
        };
    }
    Finding::ill(AREA, format!("the bot is not in #{name} ({settings})"), invite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Health;

    #[test]
    fn slack_sends_to_https_alone() {
        let mut config = Config::default();
        assert_eq!(address(&config).health, Health::Ill);
        config.http.public_url = Some("https://sima.example.com".into());
        let finding = address(&config);
        assert_eq!(finding.health, Health::Unseen);
        assert!(finding.repair.is_some_and(|repair| repair.contains("/healthz")));
        config.http.public_url = None;
        config.slack.mode = SlackMode::Socket;
        assert_eq!(address(&config).health, Health::Well);
    }
}
