//! The configuration: one documented TOML file, and `SIMA_…` variables over it.
//!
//! Each setting is defined once, here, with its words; a setting lives only while something reads
//! it. Environment names are `SIMA_` and the path with `__` between levels: `SIMA_HTTP__LISTEN`.

mod apply;
mod fault;
mod impact;
mod pagers;
mod read;
mod steps;

use std::{collections::BTreeMap, net::SocketAddr};

use jiff::{SignedDuration, tz::TimeZone};
use secrecy::SecretString;
use serde::Deserialize;
use sima_alerts::{Integration, Rules};

pub use apply::is_set;
pub use fault::ConfigFault;
pub use impact::{ImpactAnswerSetting, ImpactQuestionSetting};
pub use read::{Source, read, source};
pub use steps::{ActSetting, Receivers, SeveritiesSetting, StepSetting};

/// What PagerDuty is called among the pagers.
pub const PAGERDUTY: &str = "pagerduty";

/// Everything that can be configured.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The company's workspace.
    pub workspace: Workspace,
    /// Where SIMA listens and is reached.
    pub http: Http,
    /// Where everything is recorded.
    pub database: Database,
    /// Slack.
    pub slack: Slack,
    /// The company-wide channel.
    pub broadcast: Broadcast,
    /// PagerDuty.
    pub pagerduty: PagerDuty,
    /// Other pagers, by the names domains call them.
    pub pagers: BTreeMap<String, PagerSetting>,
    /// Notion.
    pub notion: Notion,
    /// The public status page.
    pub statuspage: Statuspage,
    /// Alerts from monitors.
    pub alerts: Alerts,
    /// The HTTP API for programs.
    pub api: Api,
    /// The deploy gate.
    pub gate: Gate,
    /// Messages that people put on the timeline.
    pub timeline: Timeline,
    /// Updates and what is promised with them.
    pub updates: Updates,
    /// What happens once the system is back to normal.
    pub recovery: Recovery,
    /// The dashboard.
    pub dashboard: Dashboard,
    /// What counts when nobody says otherwise.
    pub defaults: Defaults,
    /// What people are asked to find out how bad it is; the customary questions if absent.
    pub impact_questions: Option<Vec<ImpactQuestionSetting>>,
    /// The severities, worst first.
    pub severities: Vec<SeveritySetting>,
    /// The domains, in the order they are offered.
    pub domains: Vec<DomainSetting>,
    /// What the company adds to the runbook, in the order written.
    pub steps: Vec<StepSetting>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            workspace: Workspace::default(),
            http: Http::default(),
            database: Database::default(),
            slack: Slack::default(),
            broadcast: Broadcast::default(),
            pagerduty: PagerDuty::default(),
            pagers: BTreeMap::new(),
            notion: Notion::default(),
            statuspage: Statuspage::default(),
            alerts: Alerts::default(),
            api: Api::default(),
            gate: Gate::default(),
            timeline: Timeline::default(),
            updates: Updates::default(),
            recovery: Recovery::default(),
            dashboard: Dashboard::default(),
            defaults: Defaults::default(),
            impact_questions: None,
            severities: SeveritySetting::customary(),
            domains: vec![DomainSetting::everything()],
            steps: Vec::new(),
        }
    }
}

/// The company's workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Workspace {
    /// The time zone of dates in channel names and reports, by its IANA name.
    #[serde(deserialize_with = "read::time_zone")]
    pub time_zone: TimeZone,
    /// The slash command.
    pub slash_command: String,
}

impl Default for Workspace {
    fn default() -> Self {
        Self { time_zone: TimeZone::UTC, slash_command: "/incident".into() }
    }
}

/// Where SIMA listens and is reached.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// Where people and Slack reach it from outside; by default the address it listens on.
    pub public_url: Option<String>,
    /// A page that may show the dashboard inside itself, such as the sandbox.
    pub framed_by: Option<String>,
}

impl Default for Http {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), public_url: None, framed_by: None }
    }
}

/// Where everything is recorded.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:path` or `postgres://user:password@host/database`.
    pub url: SecretString,
    /// How long it is remembered what was done in the world, at least a week; what must never be done
    /// again is remembered for ever.
    #[serde(deserialize_with = "read::days")]
    pub keep_done: SignedDuration,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite:sima.db".into(), keep_done: SignedDuration::from_hours(90 * 24) }
    }
}

/// Slack.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Slack {
    /// The Web API, up to where the method name follows.
    pub base_url: String,
    /// The bot token (`xoxb-…`).
    pub bot_token: SecretString,
    /// The signing secret of the app.
    pub signing_secret: SecretString,
    /// How Slack's requests come: over HTTP, or over sockets that SIMA opens.
    pub mode: SlackMode,
    /// The app-level token (`xapp-…`) of Socket Mode.
    pub app_token: SecretString,
    /// How many connections to keep with Socket Mode.
    pub connections: u8,
}

/// How Slack's requests come.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum SlackMode {
    /// To the public URL, signed.
    #[default]
    Http,
    /// Over WebSockets that SIMA opens.
    Socket,
}

impl Default for Slack {
    fn default() -> Self {
        Self {
            base_url: "https://slack.com/api/".into(),
            bot_token: SecretString::default(),
            signing_secret: SecretString::default(),
            mode: SlackMode::Http,
            app_token: SecretString::default(),
            connections: 2,
        }
    }
}

/// Messages that people put on the timeline, by an emoji or a pin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeline {
    /// The emoji that puts a message on the timeline, as a pin does; empty for pins alone.
    pub emoji: String,
    /// The emoji SIMA shows on a message that it took; empty for none.
    pub taken_emoji: String,
}

impl Default for Timeline {
    fn default() -> Self {
        Self { emoji: "pushpin".into(), taken_emoji: "memo".into() }
    }
}

/// The company-wide channel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Broadcast {
    /// Its id or name; empty for no broadcast.
    pub channel: String,
}

impl Default for Broadcast {
    fn default() -> Self {
        Self { channel: "production-issues-bot".into() }
    }
}

/// PagerDuty.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PagerDuty {
    /// The Events API, without `/v2/enqueue`. In Europe: `https://events.eu.pagerduty.com`.
    pub events_url: String,
    /// The REST API. In Europe: `https://api.eu.pagerduty.com`.
    pub api_url: String,
    /// A key of the REST API: to say who is on call, and to escalate.
    pub api_token: SecretString,
    /// The e-mail address of the user on whose behalf pages are escalated.
    pub from: String,
    /// The integration key of domains that have none of their own; empty for no paging.
    pub routing_key: SecretString,
    /// How long a page waits for the channel's link before it leaves without.
    pub patience: SignedDuration,
    /// How long a page may go untaken before it is sent again, three times at most; zero for never.
    pub repage_after: SignedDuration,
    /// The secret of the webhook subscription; without it nothing is heard from PagerDuty.
    pub webhook_secret: SecretString,
}

impl Default for PagerDuty {
    fn default() -> Self {
        Self {
            events_url: "https://events.pagerduty.com".into(),
            api_url: "https://api.pagerduty.com".into(),
            api_token: SecretString::default(),
            from: String::new(),
            routing_key: SecretString::default(),
            patience: SignedDuration::from_millis(1500),
            repage_after: SignedDuration::from_mins(5),
            webhook_secret: SecretString::default(),
        }
    }
}

/// A pager beside PagerDuty.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagerSetting {
    /// What it is: `webhook`, `grafana-oncall`, `goalert` or `jsm`.
    #[serde(deserialize_with = "read::pager_kind")]
    pub kind: sima_pagers::Kind,
    /// Where it is, without a path; of a webhook the whole address. JSM needs none.
    #[serde(default)]
    pub url: String,
    /// Its token; of a webhook the key it is signed with (`whsec_…`).
    #[serde(default)]
    pub secret: SecretString,
}

/// Notion.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Notion {
    /// The API, without `/v1`.
    pub base_url: String,
    /// The version of the API to speak.
    pub version: String,
    /// The connection's secret; empty to keep post-mortems in SIMA.
    pub token: SecretString,
    /// The database post-mortems are created in.
    pub database_id: String,
}

impl Default for Notion {
    fn default() -> Self {
        Self {
            base_url: "https://api.notion.com".into(),
            version: "2026-03-11".into(),
            token: SecretString::default(),
            database_id: String::new(),
        }
    }
}

/// The public status page, by Atlassian Statuspage; steps say when it is told what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Statuspage {
    /// The API, without `/v1`.
    pub base_url: String,
    /// The API key.
    pub token: SecretString,
}

impl Default for Statuspage {
    fn default() -> Self {
        Self { base_url: "https://api.statuspage.io".into(), token: SecretString::default() }
    }
}

/// Alerts from monitors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// The bearer token of every source that has no integration of its name.
    pub token: SecretString,
    /// Senders with a proof of their own, each at `/alerts/{name}`.
    pub integrations: Vec<Integration>,
    /// The channel in which people are asked about alerts of domains that have none of their own, by
    /// id or name; empty for none.
    pub proposals_channel: String,
    /// What to do with which alert; the first rule that matches decides.
    pub rules: Rules,
    /// How many incidents the alerts of one integration may open within five minutes; what would open
    /// more is gathered in one.
    pub storm_after: u32,
    /// How long alerts are kept for rules to be tried on.
    #[serde(deserialize_with = "read::days")]
    pub keep: SignedDuration,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            token: SecretString::default(),
            integrations: Vec::new(),
            rules: Rules::default(),
            proposals_channel: String::new(),
            storm_after: 5,
            keep: SignedDuration::from_hours(35 * 24),
        }
    }
}

/// The HTTP API for programs, and `sima open`, which speaks to it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    /// The bearer token; without it the API is closed.
    pub token: SecretString,
}

/// The deploy gate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gate {
    /// The level of the mildest severity that closes it.
    pub severity: u8,
}

impl Default for Gate {
    fn default() -> Self {
        Self { severity: 2 }
    }
}

/// Updates and what is promised with them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Updates {
    /// How long before a promised update is due somebody is reminded of it; as long after, once more.
    /// Zero for never.
    pub remind_before: SignedDuration,
}

impl Default for Updates {
    fn default() -> Self {
        Self { remind_before: SignedDuration::from_mins(5) }
    }
}

/// What happens once the system is back to normal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recovery {
    /// How long it must stay so before the post-mortem is drafted.
    pub stability_window: SignedDuration,
}

impl Default for Recovery {
    fn default() -> Self {
        Self { stability_window: SignedDuration::from_mins(15) }
    }
}

/// The dashboard.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dashboard {
    /// The password that opens it (any user name); empty keeps it closed.
    pub password: SecretString,
    /// Whether everyone who reaches it may read it. Only on this machine alone.
    pub open_to_all: bool,
}

/// What counts when nobody says otherwise.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// The key of the domain; by default the first one.
    pub domain: Option<String>,
    /// The level of the severity; by default the last but one.
    pub severity: Option<u8>,
}

/// One severity.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeveritySetting {
    /// Its level: 1 is the worst.
    pub level: u8,
    /// What it means, in one line.
    pub meaning: String,
    /// Whether the on-call person is paged.
    #[serde(default)]
    pub pages: bool,
    /// Whether a post-mortem is owed.
    #[serde(default)]
    pub postmortem: bool,
    /// How long after an update the next one is promised unless somebody says otherwise.
    pub update_every: SignedDuration,
}

impl SeveritySetting {
    /// The four that most companies begin with.
    fn customary() -> Vec<Self> {
        let severity = |level, meaning: &str, pages, postmortem, minutes| Self {
            level,
            meaning: meaning.into(),
            pages,
            postmortem,
            update_every: SignedDuration::from_mins(minutes),
        };
        vec![
            severity(1, "A core service is down for many, or data is exposed", true, true, 20),
            severity(2, "A major feature is down, or many are slowed", true, true, 30),
            severity(3, "Part is affected and there is a way round", true, true, 60),
            severity(4, "Minor or internal", false, false, 240),
        ]
    }
}

/// One domain.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainSetting {
    /// Its key, as in alerts and commands.
    pub key: String,
    /// Its name as people say it.
    pub name: String,
    /// Who needs to know: Slack user ids or e-mail addresses.
    #[serde(default)]
    pub stakeholders: Vec<String>,
    /// Its own PagerDuty integration key.
    #[serde(default)]
    pub routing_key: SecretString,
    /// The channel of its people, in which they are asked about alerts, by id or name.
    #[serde(default)]
    pub channel: String,
    /// The name of the pager that pages for it; empty or `pagerduty` for PagerDuty.
    #[serde(default)]
    pub pager: String,
    /// The id of its PagerDuty escalation policy, where the routing key does not lead to it.
    #[serde(default)]
    pub escalation_policy: String,
}

impl DomainSetting {
    /// Whether another pager than PagerDuty pages for it.
    pub fn is_paged_elsewhere(&self) -> bool {
        !matches!(self.pager.trim(), "" | PAGERDUTY)
    }

    /// The one domain of a company that has configured none.
    fn everything() -> Self {
        Self {
            key: "global".into(),
            name: "Global".into(),
            stakeholders: Vec::new(),
            routing_key: SecretString::default(),
            channel: String::new(),
            pager: String::new(),
            escalation_policy: String::new(),
        }
    }
}
