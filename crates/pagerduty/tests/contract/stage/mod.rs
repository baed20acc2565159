//! The stage: an incident with the cast, and a pager that answers as it is told.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use secrecy::SecretString;
use serde_json::Value;
use sima_incident::{
    Actor, Attempt, ChannelRef, Command, Connected, Declaration, Domain, DomainKey, Effect, Impact,
    Incident, IncidentId, IncidentNumber, Kind, Page, PersonId, Policy, Receipt, Setback, Severity,
    SeverityRule, Visibility, decide,
};
use sima_pagerduty::{PagerDuty, Settings};
use tokio::sync::Mutex;

pub const EMAIL_KEY: &str = "0123456789abcdef0123456789abcdef";
pub const DEFAULT_KEY: &str = "fedcba9876543210fedcba9876543210";

/// A company with a domain that has a routing key of its own, and one that has not.
pub fn policy() -> Policy {
    let domain = |key: &str, name: &str| Domain {
        key: DomainKey(key.into()),
        name: name.into(),
        stakeholders: Vec::new(),
        pages: true,
        channel: None,
    };
    let rule = |level| SeverityRule {
        severity: Severity::new(level).expect("1 to 9"),
        meaning: "It hurts".into(),
        pages: true,
        postmortem: true,
        update_every: SignedDuration::from_mins(30),
    };
    Policy {
        domains: vec![domain("outbound-email", "Outbound Email Delivery"), domain("api", "API")],
        severities: (1..=4).map(rule).collect(),
        default_domain: DomainKey("api".into()),
        default_severity: Severity::new(3).expect("1 to 9"),
        impact_questions: Vec::new(),
        stability_window: SignedDuration::from_mins(15),
        page_patience: SignedDuration::from_secs(1),
        repage_after: SignedDuration::from_mins(5),
        remind_before: SignedDuration::from_mins(5),
        steps: Vec::new(),
        connected: Connected { chat: true, broadcast: true, pager: true, pages: true },
        time_zone: TimeZone::get("Europe/Rome").expect("a zone of the bundled database"),
        public_url: "https://sima.example".into(),
        slash_command: "/incident".into(),
    }
}

/// INC-42 in outbound email, opened by Inès, its channel open.
pub fn incident() -> Incident {
    let declaration = Declaration {
        assessment: None,
        id: IncidentId("0190a5c0-0000-7000-8000-00000000002a".parse().expect("a UUID")),
        number: IncidentNumber(42),
        summary: "Outbound email delivery is down".into(),
        description: Some("Queue is not draining".into()),
        domain: DomainKey("outbound-email".into()),
        severity: Severity::new(1).expect("1 to 9"),
        impact: Impact::Unknown,
        kind: Kind::Real,
        visibility: Visibility::Company,
        started_at: None,
        detected_at: Some(time("2022-06-30T09:07:00Z")),
        channel_name: "incident_06_30_outbound-email".into(),
        alert: None,
        links: Vec::new(),
    };
    let by = Actor::in_slack(PersonId("U0INES".into()));
    let command = Command::Declare(Box::new(declaration));
    let events = decide(None, command, &by, time("2022-06-30T09:09:00Z"), &policy());
    let events = events.expect("the declaration is complete");
    let mut incident = Incident::replay(None, &events).expect("it was declared");
    incident.channel =
        Some(ChannelRef { id: "C0INC42".into(), name: "incident_06_30_outbound-email".into() });
    incident
}

/// The incident after the pager took its page in.
pub fn paged(receipt: Receipt) -> Incident {
    let Receipt::Page { dedup_key } = receipt else { panic!("a page's receipt: {receipt:?}") };
    Incident { page: Page::Accepted { at: time("2022-06-30T09:09:01Z"), dedup_key }, ..incident() }
}

pub fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// What the pager answers.
#[derive(Clone)]
pub enum Mood {
    Answers(u16, Value),
    AsksToWait(u64),
}

/// A pager on a port of its own, and SIMA's adapter speaking to it.
pub struct Stage {
    pub pagerduty: PagerDuty,
    heard: Heard,
}

type Heard = Arc<Mutex<Vec<Value>>>;

impl Stage {
    pub async fn with(mood: Mood) -> Self {
        let heard: Heard = Arc::default();
        let router =
            Router::new().route("/v2/enqueue", post(enqueue)).with_state((heard.clone(), mood));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move { axum::serve(listener, router).await });
        // A slash too many is what people paste.
        Self { pagerduty: adapter(&format!("http://{address}/")), heard }
    }

    pub async fn accepting() -> Self {
        Self::with(Mood::Answers(202, contract("accepted_202"))).await
    }

    pub async fn heard(&self) -> Vec<Value> {
        self.heard.lock().await.clone()
    }

    pub async fn perform(&self, effect: Effect, incident: &Incident) -> Result<Receipt, Setback> {
        perform(&self.pagerduty, effect, incident).await
    }
}

pub fn adapter(events_url: &str) -> PagerDuty {
    // Whoever is first installs it; the others find it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    PagerDuty::new(Settings {
        events_url: events_url.into(),
        routing_keys: BTreeMap::from([(
            DomainKey("outbound-email".into()),
            SecretString::from(EMAIL_KEY),
        )]),
        default_routing_key: Some(SecretString::from(DEFAULT_KEY)),
        elsewhere: std::collections::BTreeSet::new(),
        escalation_policies: BTreeMap::new(),
        rest: None,
    })
    .expect("an address")
}

pub async fn perform(
    pagerduty: &PagerDuty,
    effect: Effect,
    incident: &Incident,
) -> Result<Receipt, Setback> {
    let attempt = Attempt {
        effect: &effect,
        incident,
        policy: &policy(),
        reporter: Some("Inès"),
        key: "key",
        unsure: false,
        now: time("2022-06-30T09:09:01Z"),
    };
    pagerduty.perform(&attempt).await
}

async fn enqueue(
    State((heard, mood)): State<(Heard, Mood)>,
    Json(body): Json<Value>,
) -> (StatusCode, [(&'static str, String); 1], Json<Value>) {
    heard.lock().await.push(body);
    let (status, retry_after, body) = match mood {
        Mood::Answers(status, body) => (status, String::new(), body),
        Mood::AsksToWait(seconds) => (429, seconds.to_string(), Value::Null),
    };
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [("Retry-After", retry_after)], Json(body))
}

/// A recording of `tests/contract/`.
pub fn contract(name: &str) -> Value {
    let path = format!("{}/tests/contract/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("a recording of that name");
    serde_json::from_str(&text).expect("JSON")
}
