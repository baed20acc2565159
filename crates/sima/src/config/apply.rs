//! What the configuration means: the policy of the core, and whether the settings fit together.

use std::{collections::BTreeSet, net::IpAddr};

use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use sima_alerts::Integrations;
use sima_incident::{Connected, Domain, DomainKey, Policy, Severity, SeverityRule};
use sima_slack::socket::MOST_CONNECTIONS;

use super::{Config, ConfigFault, DomainSetting, SlackMode};

impl Config {
    /// Where SIMA is reached from outside, without a slash at the end.
    pub fn public_url(&self) -> String {
        let url = self.http.public_url.clone();
        url.unwrap_or_else(|| format!("http://{}", self.http.listen)).trim_end_matches('/').into()
    }

    /// Whether somebody can be paged at all.
    pub fn pages(&self) -> bool {
        self.has_pagerduty() || self.domains.iter().any(DomainSetting::is_paged_elsewhere)
    }

    /// Whether PagerDuty pages for anybody.
    pub fn has_pagerduty(&self) -> bool {
        is_set(&self.pagerduty.routing_key)
            || self.domains.iter().any(|domain| is_set(&domain.routing_key))
    }

    /// Whether post-mortems go to Notion.
    pub fn has_notion(&self) -> bool {
        is_set(&self.notion.token) && !self.notion.database_id.is_empty()
    }

    /// Makes the rules the core decides by.
    ///
    /// # Errors
    /// The first setting that does not fit the others, with what to do about it.
    pub fn policy(&self) -> Result<Policy, ConfigFault> {
        self.addresses()?;
        let mut severities = Vec::new();
        for setting in &self.severities {
            let severity = Severity::new(setting.level).ok_or_else(|| {
                fault("severities.level", "a level is 1 to 9", "number the severities from 1")
            })?;
            severities.push(SeverityRule {
                severity,
                meaning: setting.meaning.clone(),
                pages: setting.pages,
                postmortem: setting.postmortem,
                update_every: setting.update_every,
            });
        }
        severities.sort_by_key(|rule| rule.severity);
        if severities.is_empty() {
            return Err(fault("severities", "there is none", "configure at least one severity"));
        }
        if severities.windows(2).any(|pair| pair[0].severity == pair[1].severity) {
            return Err(fault("severities.level", "one level is there twice", "take one out"));
        }
        if self.domains.is_empty() {
            return Err(fault("domains", "there is none", "configure at least one domain"));
        }
        let mut keys = BTreeSet::new();
        for domain in &self.domains {
            let good = !domain.key.is_empty()
                && domain.key.chars().all(|letter| {
                    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-'
                });
            if !good {
                let wrong = format!("{:?} is no key", domain.key);
                return Err(fault("domains.key", &wrong, "write a-z, 0-9 and - only"));
            }
            if !keys.insert(domain.key.as_str()) {
                let wrong = format!("{:?} is there twice", domain.key);
                return Err(fault("domains.key", &wrong, "give each domain a key of its own"));
            }
        }
        let default_domain = match &self.defaults.domain {
            Some(key) if keys.contains(key.as_str()) => key.clone(),
            Some(key) => {
                let wrong = format!("{key:?} is no configured domain");
                return Err(fault("defaults.domain", &wrong, "name the key of a domain"));
            }
            None => self.domains[0].key.clone(),
        };
        let default_severity = match self.defaults.severity {
            Some(level) => severities
                .iter()
                .map(|rule| rule.severity)
                .find(|severity| severity.level() == level)
                .ok_or_else(|| {
                    let wrong = format!("{level} is no configured severity");
                    fault("defaults.severity", &wrong, "name the level of a severity")
                })?,
            None => severities[severities.len().saturating_sub(2)].severity,
        };
        if self.recovery.stability_window.is_negative() {
            let repair = "write a duration such as 15m";
            return Err(fault("recovery.stability_window", "it is negative", repair));
        }
        if self.pagerduty.repage_after.is_negative() {
            let repair = "write a duration such as 5m, or 0s for never";
            return Err(fault("pagerduty.repage_after", "it is negative", repair));
        }
        if self.updates.remind_before.is_negative() {
            let repair = "write a duration such as 5m, or 0s for never";
            return Err(fault("updates.remind_before", "it is negative", repair));
        }
        let from = self.pagerduty.from.trim();
        if !from.is_empty() && !is_address(from) {
            let repair = "write the address of one of its users, as sima@example.com";
            return Err(fault("pagerduty.from", "it is no e-mail address", repair));
        }
        if self.alerts.storm_after == 0 {
            let repair = "write how many incidents alerts may open within five minutes, such as 5";
            return Err(fault("alerts.storm_after", "nothing could be opened", repair));
        }
        if self.database.keep_done < SignedDuration::from_hours(7 * 24) {
            let repair = "write a number of days such as 90d, at least seven";
            return Err(fault("database.keep_done", "it is shorter than a week", repair));
        }
        if self.alerts.keep < SignedDuration::from_hours(24) {
            let repair = "write a number of days such as 35d, at least one";
            return Err(fault("alerts.keep", "it is shorter than a day", repair));
        }
        if !(1..=MOST_CONNECTIONS).contains(&self.slack.connections) {
            let repair = format!("write 1 to {MOST_CONNECTIONS}; two are enough for most");
            let wrong = "Slack does not allow so many or so few";
            return Err(fault("slack.connections", wrong, &repair));
        }
        if !is_slash_command(&self.workspace.slash_command) {
            let repair =
                "begin it with / and go on with lower case letters, digits, - or _, as /incident";
            return Err(fault("workspace.slash_command", "Slack takes no such command", repair));
        }
        self.marks()?;
        self.other_pagers()?;
        let shared_key = is_set(&self.pagerduty.routing_key);
        let policy = Policy {
            domains: self
                .domains
                .iter()
                .map(|domain| Domain {
                    key: DomainKey(domain.key.clone()),
                    name: domain.name.clone(),
                    stakeholders: domain.stakeholders.clone(),
                    pages: shared_key || is_set(&domain.routing_key) || domain.is_paged_elsewhere(),
                    channel: self.channel_of(domain),
                })
                .collect(),
            impact_questions: super::impact::questions(
                self.impact_questions.as_deref(),
                &severities,
            )?,
            severities,
            default_domain: DomainKey(default_domain),
            default_severity,
            stability_window: self.recovery.stability_window,
            page_patience: self.pagerduty.patience,
            repage_after: self.pagerduty.repage_after,
            remind_before: self.updates.remind_before,
            steps: self.steps()?,
            connected: Connected {
                chat: is_set(&self.slack.bot_token),
                broadcast: !self.broadcast.channel.trim().is_empty(),
                pager: self.pages(),
                pages: self.has_notion(),
            },
            time_zone: self.workspace.time_zone.clone(),
            public_url: self.public_url(),
            slash_command: self.workspace.slash_command.clone(),
        };
        self.gate_severity()?;
        let configured = self.alerts.integrations.iter().map(|one| one.name.as_str());
        let integrations: Vec<&str> = configured.chain(sima_alerts::sources()).collect();
        if let Some(problem) = self.alerts.rules.problems(&policy, &integrations).first() {
            return Err(fault("alerts.rules", problem, "correct the rule, or take it out"));
        }
        if let Some(problem) =
            Integrations::problems(&self.alerts.integrations, &policy).into_iter().next()
        {
            let setting = format!("alerts.integrations[{}].{}", problem.place, problem.setting);
            return Err(fault(&setting, &problem.wrong, &problem.repair));
        }
        Ok(policy)
    }

    /// The emoji by which people put messages on the timeline, and by which SIMA shows that it took
    /// them.
    ///
    /// # Errors
    /// When one is no name of an emoji, or both are the same.
    pub fn marks(&self) -> Result<(String, String), ConfigFault> {
        let read = |setting: &str, given: &str| {
            let name = given.trim().trim_matches(':');
            let is_part = |byte: u8| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_+-".contains(&byte)
            };
            if name.bytes().all(is_part) {
                return Ok(name.to_owned());
            }
            let repair = "write the name of an emoji as Slack shows it, such as pushpin";
            Err(fault(setting, &format!("{given:?} is no name of an emoji"), repair))
        };
        let mark = read("timeline.emoji", &self.timeline.emoji)?;
        let taken = read("timeline.taken_emoji", &self.timeline.taken_emoji)?;
        if !mark.is_empty() && mark == taken {
            let wrong = "it is the same as timeline.emoji";
            let repair = "choose another: nobody could see who marked a message";
            return Err(fault("timeline.taken_emoji", wrong, repair));
        }
        Ok((mark, taken))
    }

    /// The channel in which people are asked about alerts of a domain, without its `#`.
    fn channel_of(&self, domain: &DomainSetting) -> Option<String> {
        let channels = [&domain.channel, &self.alerts.proposals_channel];
        let mut channels = channels.into_iter().map(|name| name.trim().trim_start_matches('#'));
        channels.find(|name| !name.is_empty()).map(ToOwned::to_owned)
    }

    /// The mildest severity that closes the deploy gate.
    ///
    /// # Errors
    /// When no level is so mild or severe.
    pub fn gate_severity(&self) -> Result<Severity, ConfigFault> {
        let repair = "write the level of the mildest severity that shall stop deployments";
        Severity::new(self.gate.severity)
            .ok_or_else(|| fault("gate.severity", "a level is 1 to 9", repair))
    }

    /// Refuses addresses that secrets must not be sent to, or that nobody can follow.
    fn addresses(&self) -> Result<(), ConfigFault> {
        let reads_pager = is_set(&self.pagerduty.api_token);
        for (setting, url, is_used) in [
            ("slack.base_url", &self.slack.base_url, true),
            ("pagerduty.events_url", &self.pagerduty.events_url, self.has_pagerduty()),
            ("pagerduty.api_url", &self.pagerduty.api_url, reads_pager),
            ("notion.base_url", &self.notion.base_url, self.has_notion()),
            ("statuspage.base_url", &self.statuspage.base_url, self.has_status_page()),
        ] {
            match url.trim().split_once("://") {
                _ if !is_used => {}
                Some(("https", rest)) if !rest.is_empty() => {}
                Some(("http", rest)) if is_loopback(rest) => {}
                Some(("http", _)) => {
                    let wrong = "it is plain http, which is accepted on this machine alone";
                    return Err(fault(setting, wrong, "begin it with https://"));
                }
                _ => return Err(fault(setting, "it is no URL", "begin it with https://")),
            }
        }
        let public_url = self.public_url();
        let rest = public_url.strip_prefix("https://").or(public_url.strip_prefix("http://"));
        if rest.is_none_or(str::is_empty) {
            let repair = "begin it with https://, as https://sima.example.com";
            return Err(fault("http.public_url", "it is no URL", repair));
        }
        let version = self.notion.version.trim();
        if self.has_notion() && !sima_notion::VERSIONS.contains(&version) {
            let repair = format!("write one of {}", sima_notion::VERSIONS.join(", "));
            return Err(fault("notion.version", "SIMA does not speak this version", &repair));
        }
        let url = self.database.url.expose_secret();
        sima_store::check_address(url).map_err(|refusal| {
            let repair = "sima.example.toml shows both kinds of address";
            fault("database.url", &refusal.to_string(), repair)
        })
    }

    /// Says what the server needs that is not there.
    pub fn missing(&self) -> Vec<ConfigFault> {
        let mut missing = Vec::new();
        let mut need = |secret: &SecretString, setting: &str, whence: &str| {
            if !is_set(secret) {
                let variable = setting.to_uppercase().replace('.', "__");
                missing.push(ConfigFault {
                    place: "configuration".into(),
                    setting: setting.into(),
                    wrong: "it is missing".into(),
                    repair: format!("set SIMA_{variable}, or {setting} in the file: {whence}"),
                });
            }
        };
        need(&self.slack.bot_token, "slack.bot_token", "the app's page, OAuth & Permissions");
        let basics = "the app's page, Basic Information";
        match self.slack.mode {
            SlackMode::Http => need(&self.slack.signing_secret, "slack.signing_secret", basics),
            SlackMode::Socket => need(
                &self.slack.app_token,
                "slack.app_token",
                &format!("{basics}, App-Level Tokens, with the scope connections:write"),
            ),
        }
        missing
    }

    /// Says what will not work as people may expect, without being wrong.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.pages() {
            remarks.push("pagerduty.routing_key is not set: nobody is paged".to_owned());
        } else if self.has_pagerduty() && !is_set(&self.pagerduty.webhook_secret) {
            let missing = "pagerduty.webhook_secret is not set";
            remarks.push(format!("{missing}: what people do in PagerDuty is not heard"));
        }
        if is_set(&self.notion.token) && self.notion.database_id.is_empty() {
            remarks.push("notion.database_id is not set: SIMA keeps the post-mortems".to_owned());
        } else if !self.has_notion() {
            remarks.push("notion.token is not set: SIMA keeps the post-mortems".to_owned());
        }
        if !is_set(&self.alerts.token) && self.alerts.integrations.is_empty() {
            remarks
                .push("alerts.token is not set, nor any integration: no alert is taken".to_owned());
        }
        for one in &self.alerts.integrations {
            if one.source == "grafana" && is_set(&one.secret) && one.time_header.is_none() {
                let risk = "a delivery that somebody saw can be sent again";
                remarks.push(format!("alerts integration {} has no time_header: {risk}", one.name));
            }
        }
        if !is_set(&self.api.token) {
            remarks.push("api.token is not set: the API, the gate and sima open are closed".into());
        }
        if self.broadcast.channel.trim().is_empty() {
            remarks.push("broadcast.channel is empty: the company is not told".to_owned());
        }
        if !is_set(&self.dashboard.password) && !self.dashboard.open_to_all {
            remarks.push("dashboard.password is not set: the dashboard is closed".to_owned());
        }
        if is_set(&self.slack.app_token) && self.slack.mode == SlackMode::Http {
            let unused = "slack.app_token is set, but Slack is spoken to over HTTP";
            remarks.push(format!("{unused}: set slack.mode = \"socket\" to use it"));
        }
        if self.has_pagerduty() && !is_set(&self.pagerduty.api_token) {
            let missing = "pagerduty.api_token is not set";
            remarks.push(format!("{missing}: nobody sees who is on call, nor can escalate"));
        } else if self.has_pagerduty() && self.pagerduty.from.trim().is_empty() {
            remarks.push("pagerduty.from is not set: nobody can escalate".to_owned());
        }
        remarks
    }
}

/// Whether Slack takes it as a slash command: 2 to 32 characters, the slash with them.
fn is_slash_command(text: &str) -> bool {
    let taken = |letter: char| {
        letter.is_ascii_digit() || matches!(letter, '-' | '_') || letter.is_lowercase()
    };
    let word = text.strip_prefix('/').unwrap_or_default();
    (1..=31).contains(&word.chars().count()) && word.chars().all(taken)
}

/// Whether it can be an e-mail address.
fn is_address(text: &str) -> bool {
    let visible = text.chars().all(|letter| !letter.is_whitespace() && !letter.is_control());
    visible && text.split_once('@').is_some_and(|(who, host)| !who.is_empty() && !host.is_empty())
}

/// Whether what follows `http://` leads to this very machine.
fn is_loopback(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // What stands before an @ is a name and a password, and the host comes after it.
    if authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let address = host.parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether a secret says something.
pub fn is_set(secret: &SecretString) -> bool {
    !secret.expose_secret().trim().is_empty()
}

pub(super) fn fault(setting: &str, wrong: &str, repair: &str) -> ConfigFault {
    ConfigFault {
        place: "configuration".into(),
        setting: setting.into(),
        wrong: wrong.into(),
        repair: repair.into(),
    }
}
