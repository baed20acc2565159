//! The company in which the lives are lived.

use jiff::{SignedDuration, tz::TimeZone};
use proptest::prelude::*;
use sima_incident::{
    Connected, Domain, DomainKey, Occasion, Placeholder, Policy, PublicNotice, Severities,
    Severity, SeverityRule, Step, StepAct, Template,
};

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
        impact_questions: Vec::new(),
        stability_window: SignedDuration::from_mins(15),
        page_patience: SignedDuration::from_secs(2),
        repage_after: SignedDuration::from_mins(5),
        remind_before: SignedDuration::from_mins(5),
        steps: steps(),
        connected,
        time_zone: TimeZone::UTC,
        public_url: "https://sima.test".into(),
        slash_command: "/incident".into(),
    }
}

/// A step of every kind, for every occasion, and for more or less of the incidents.
fn steps() -> Vec<Step> {
    let template = |text| Template::read(text, &Placeholder::ALL).expect("a template");
    let step = |name: &str, on, act| Step {
        name: name.into(),
        on,
        domains: Vec::new(),
        severities: Severities::All,
        private: false,
        act,
    };
    let (title, link) = (template("{number}"), template("https://meet.test/{number}"));
    let notice = PublicNotice {
        page_id: "page".into(),
        component_ids: Vec::new(),
        title: template("{domain}"),
        body: template("We are looking into it."),
        resolved: Some(template("It is over.")),
        notify: false,
    };
    vec![
        Step {
            severities: Severities::AtLeast(severity(2)),
            domains: vec![DomainKey("payments".into())],
            ..step("Leads", Occasion::Opened, StepAct::InviteUserGroup { group: "@leads".into() })
        },
        step(
            "Desk",
            Occasion::Acknowledged,
            StepAct::Post { channel: "care".into(), text: template("{summary}") },
        ),
        step(
            "Runbook",
            Occasion::Opened,
            StepAct::Bookmark { title: title.clone(), link: link.clone() },
        ),
        Step {
            private: true,
            ..step("Call", Occasion::SeverityRaised, StepAct::VideoCall { title, link })
        },
        step("Program", Occasion::Recovered, StepAct::Webhook),
        step("Archive", Occasion::Closed, StepAct::Webhook),
        step("Page", Occasion::Acknowledged, StepAct::StatusPage(notice)),
    ]
}

/// A severity by its level.
pub fn severity(level: u8) -> Severity {
    Severity::new(level).expect("a level from 1 to 9")
}
