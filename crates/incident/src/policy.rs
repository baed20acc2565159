//! What the company has configured, as far as decisions depend on it.

use jiff::{SignedDuration, tz::TimeZone};

use crate::{DomainKey, ImpactQuestion, Severity, Step};

/// The configured rules a decision may look at. Made once at start, never changed.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The domains, in the order they are offered. Never empty.
    pub domains: Vec<Domain>,
    /// The severities, worst first. Never empty.
    pub severities: Vec<SeverityRule>,
    /// The domain of an incident whose domain nobody gave.
    pub default_domain: DomainKey,
    /// The severity of an incident whose severity nobody gave.
    pub default_severity: Severity,
    /// What people are asked to find out how bad it is, in this order; nothing if there is none.
    pub impact_questions: Vec<ImpactQuestion>,
    /// How long the system must stay recovered before the learning begins.
    pub stability_window: SignedDuration,
    /// How long the page waits for the channel's link before it leaves without.
    pub page_patience: SignedDuration,
    /// How long a page may go untaken before it is sent again; zero for never.
    pub repage_after: SignedDuration,
    /// How long before a promised update somebody is reminded of it; zero for never.
    pub remind_before: SignedDuration,
    /// What the company adds to the runbook, in the order written.
    pub steps: Vec<Step>,
    /// Which of the world's services are there.
    pub connected: Connected,
    /// The workspace's time zone: dates in channel names and reports.
    pub time_zone: TimeZone,
    /// Where SIMA is reached from outside, without a slash at the end.
    pub public_url: String,
    /// The slash command, such as `/incident`.
    pub slash_command: String,
}

/// A part of the business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Its key.
    pub key: DomainKey,
    /// Its name as people say it.
    pub name: String,
    /// Who needs to know: user ids of the chat, or e-mail addresses.
    pub stakeholders: Vec<String>,
    /// Whether somebody is on call for it.
    pub pages: bool,
    /// The channel in which its people are asked about alerts, by id or name; absent if nowhere.
    pub channel: Option<String>,
}

/// What a severity means and asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeverityRule {
    /// Which.
    pub severity: Severity,
    /// What it means, in one line.
    pub meaning: String,
    /// Whether the on-call person is paged.
    pub pages: bool,
    /// Whether a post-mortem is owed.
    pub postmortem: bool,
    /// How long after an update the next one is promised unless somebody says otherwise.
    pub update_every: SignedDuration,
}

/// Which of the world's services are there. Nothing is planned for one that is not.
#[allow(clippy::struct_excessive_bools, reason = "four independent answers, not one state")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connected {
    /// A chat to hold the incident in.
    pub chat: bool,
    /// A channel to tell the company in.
    pub broadcast: bool,
    /// A pager.
    pub pager: bool,
    /// A place for post-mortem pages; without one SIMA keeps them.
    pub pages: bool,
}

impl Policy {
    /// The domain of that key.
    pub fn domain(&self, key: &DomainKey) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.key == *key)
    }

    /// The name of a domain as people say it; its key if it is no longer configured.
    pub fn domain_name<'a>(&'a self, key: &'a DomainKey) -> &'a str {
        self.domain(key).map_or(key.0.as_str(), |domain| domain.name.as_str())
    }

    /// The step of that name.
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// The rule of that severity.
    pub fn severity(&self, severity: Severity) -> Option<&SeverityRule> {
        self.severities.iter().find(|rule| rule.severity == severity)
    }
}
