//! The company in which the lives are lived.

use jiff::{SignedDuration, tz::TimeZone};
use proptest::prelude::*;
use sima_incident::{Connected, Domain, DomainKey, Policy, Severity, SeverityRule};

/// Which of the world's services are there: mostly all of them.
pub fn connected() -> impl Strategy<Value = Connected> {
    let all = Connected { chat: true, broadcast: true, pager: true, pages: true };
    let some = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(chat, broadcast, pager, pages)| Connected { chat, broadcast, pager, pages });
    prop_oneof![3 => Just(all), 2 => some]
}

/// The rules of the company.
pub fn policy(connected: Connected) -> Policy {
    let domain = |key: &str, pages| Domain {
        key: DomainKey(key.into()),
        name: key.to_uppercase(),
        stakeholders: vec!["U0STAKE".into()],
        pages,
        channel: None,
    };
    let rule = |level, pages, postmortem| SeverityRule {
        severity: severity(level),
        meaning: "so bad".into(),
        pages,
        postmortem,
        update_every: SignedDuration::from_mins(30),
    };
    Policy {
        domains: vec![domain("payments", true), domain("email", false)],
        severities: vec![rule(1, true, true), rule(2, true, true), rule(3, false, false)],
        default_domain: DomainKey("payments".into()),
        default_severity: severity(3),
        stability_window: SignedDuration::from_mins(15),
        page_patience: SignedDuration::from_secs(2),
        repage_after: SignedDuration::from_mins(5),
        connected,
        time_zone: TimeZone::UTC,
        public_url: "https://sima.test".into(),
        slash_command: "/incident".into(),
    }
}

/// A severity by its level.
pub fn severity(level: u8) -> Severity {
    Severity::new(level).expect("a level from 1 to 9")
}
