//! A desk over a database of its own, and who comes to it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use sima_desk::{Clock, Desk, Opened, Opening};
use sima_incident::{
    Actor, Connected, Domain, DomainKey, Event, Incident, IncidentId, PersonId, Policy, Severity,
    SeverityRule,
};
use sima_store::{Claim, Delivery, Leased, Store};
use tempfile::TempDir;

/// A desk, whose time is 30 June 2022 at nine until it is moved.
pub struct Stage {
    pub desk: Desk,
    _folder: TempDir,
}

impl Stage {
    /// A desk that has seen nothing yet.
    pub async fn begins() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("desk.db").display());
        let store = Store::open(&url).await.expect("a database");
        let clock = Clock::new(|| Timestamp::from_second(1_656_579_600).expect("a time"));
        let desk = Desk::new(store, Arc::new(policy()), clock);
        Self { desk, _folder: folder }
    }

    /// Inès opens an incident.
    pub async fn opens(&self, summary: &str) -> Incident {
        match self.desk.open(Opening::of(summary), &ines(), None).await.expect("it is allowed") {
            Opened::New(incident) => incident,
            other => panic!("{other:?}"),
        }
    }

    /// What is recorded of an incident.
    pub async fn events(&self, id: IncidentId) -> Vec<Event> {
        let recorded = self.desk.store().events(id).await.expect("the events");
        recorded.into_iter().map(|recorded| recorded.event).collect()
    }

    /// The worker takes what is due.
    pub async fn claims(&self) -> Vec<Leased> {
        let now = self.desk.clock().now();
        let lease_until = now + SignedDuration::from_secs(60);
        let claim = Claim { owner: "worker", now, lease_until, limit: 50 };
        self.desk.store().claim(claim).await.expect("what is due")
    }
}

/// Inès, who reports.
pub fn ines() -> Actor {
    Actor::in_slack(PersonId("UINES".into()))
}

/// Malik, who is on call.
pub fn malik() -> Actor {
    Actor::in_slack(PersonId("UMALIK".into()))
}

/// A delivery of Slack's.
pub fn delivery(id: &str) -> Delivery {
    Delivery { door: "slack".into(), id: id.into() }
}

fn policy() -> Policy {
    let rule = |level| SeverityRule {
        severity: Severity::new(level).expect("a severity"),
        meaning: "something is down".into(),
        pages: true,
        postmortem: true,
        update_every: SignedDuration::from_mins(30),
    };
    let domain = |key: &str| Domain {
        key: DomainKey(key.into()),
        name: key.to_uppercase(),
        stakeholders: Vec::new(),
        pages: true,
        channel: Some(format!("{key}-team")),
    };
    Policy {
        domains: vec![domain("api"), domain("email")],
        severities: vec![rule(1), rule(2)],
        default_domain: DomainKey("email".into()),
        default_severity: Severity::new(2).expect("a severity"),
        impact_questions: Vec::new(),
        stability_window: SignedDuration::from_mins(15),
        page_patience: SignedDuration::from_millis(1500),
        repage_after: SignedDuration::from_mins(5),
        remind_before: SignedDuration::from_mins(5),
        steps: Vec::new(),
        connected: Connected { chat: true, broadcast: true, pager: true, pages: true },
        time_zone: TimeZone::UTC,
        public_url: "http://localhost:8080".into(),
        slash_command: "/incident".into(),
    }
}
