//! A company, its alert, and rules as they are written.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Deserialize;
use sima_alerts::{Alert, Rules, Then};
use sima_incident::{
    AlertState, Connected, Domain, DomainKey, Members, Policy, Severity, SeverityRule,
};

pub const INTEGRATIONS: [&str; 3] = ["alertmanager", "generic", "prometheus-eu"];

pub fn policy() -> Policy {
    let domain = |key: &str, name: &str| Domain {
        key: DomainKey(key.into()),
        name: name.into(),
        stakeholders: Vec::new(),
        pages: true,
        channel: None,
    };
    let rule = |level| SeverityRule {
        severity: severity(level),
        meaning: String::new(),
        pages: true,
        postmortem: true,
        update_every: SignedDuration::from_mins(30),
    };
    Policy {
        domains: vec![domain("email", "Outbound Email"), domain("api", "API")],
        severities: vec![rule(1), rule(2), rule(3)],
        default_domain: DomainKey("api".into()),
        default_severity: severity(2),
        impact_questions: Vec::new(),
        stability_window: SignedDuration::from_mins(15),
        page_patience: SignedDuration::from_secs(1),
        repage_after: SignedDuration::from_mins(5),
        remind_before: SignedDuration::from_mins(5),
        steps: Vec::new(),
        connected: Connected { chat: true, broadcast: true, pager: true, pages: true },
        time_zone: TimeZone::UTC,
        public_url: "https://sima.example".into(),
        slash_command: "/incident".into(),
    }
}

pub fn severity(level: u8) -> Severity {
    Severity::new(level).expect("1 to 9")
}

pub fn alert() -> Alert {
    let label = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Alert {
        source: "alertmanager".into(),
        integration: "alertmanager".into(),
        key: "{}:{}".into(),
        state: AlertState::Firing { since: Timestamp::UNIX_EPOCH },
        title: "Queue eu1 is not draining".into(),
        full_title: "Queue eu1 is not draining".into(),
        description: None,
        severity: None,
        domain_hints: Vec::new(),
        links: Vec::new(),
        labels: BTreeMap::from([label("team", "mail-eu"), label("severity", "page")]),
        unless_ruled: Then::Open,
        members: Members::default(),
        unreplaced: Vec::new(),
    }
}

pub fn rules(toml: &str) -> Rules {
    #[derive(Deserialize)]
    struct Config {
        rules: Rules,
    }
    toml::from_str::<Config>(toml).map(|config| config.rules).expect("rules")
}
