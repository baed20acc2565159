//! The stage: an incident with the cast, and a pager that answers as it is told.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;
use sima_incident::{
    Actor, Attempt, ChannelRef, Command, Connected, Declaration, Domain, DomainKey, Effect, Impact,
    Incident, IncidentId, IncidentNumber, Kind as IncidentKind, Page, PersonId, Policy, Receipt,
    Setback, Severity, SeverityRule, Visibility, decide,
};
use sima_pagers::{Kind, Pagers, Settings};
use tokio::sync::Mutex;

/// The key of the incident's first page.
pub const KEY: &str = "sima:0190a5c0-0000-7000-8000-00000000002a@night:payments";

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn policy() -> Policy {
    Policy {
        domains: vec![Domain {
            key: DomainKey("payments".into()),
            name: "Payments".into(),
            stakeholders: Vec::new(),
            pages: true,
            channel: None,
        }],
        severities: vec![SeverityRule {
            severity: Severity::new(1).expect("1 to 9"),
            meaning: "It hurts".into(),
            pages: true,
            postmortem: true,
            update_every: SignedDuration::from_mins(30),
        }],
        default_domain: DomainKey("payments".into()),
        default_severity: Severity::new(1).expect("1 to 9"),
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

/// INC-42 in payments, opened by Inès, its channel open.
pub fn incident() -> Incident {
    let declaration = Declaration {
        assessment: None,
        id: IncidentId("0190a5c0-0000-7000-8000-00000000002a".parse().expect("a UUID")),
        number: IncidentNumber(42),
        summary: "Checkout is down".into(),
        description: Some("Every card is declined".into()),
        domain: DomainKey("payments".into()),
        severity: Severity::new(1).expect("1 to 9"),
        impact: Impact::Clients(1200),
        kind: IncidentKind::Real,
        visibility: Visibility::Company,
        started_at: None,
        detected_at: None,
        channel_name: "incident_06_30_checkout".into(),
        alert: None,
        links: Vec::new(),
    };
    let by = Actor::in_slack(PersonId("U0INES".into()));
    let command = Command::Declare(Box::new(declaration));
    let events = decide(None, command, &by, time("2022-06-30T09:09:00Z"), &policy());
    let mut incident = Incident::replay(None, &events.expect("complete")).expect("declared");
    incident.channel =
        Some(ChannelRef { id: "C0INC42".into(), name: "incident_06_30_checkout".into() });
    incident
}

/// The incident after the pager took its page in.
pub fn paged() -> Incident {
    let page = Page::Accepted { at: time("2022-06-30T09:09:01Z"), dedup_key: KEY.into() };
    Incident { page, ..incident() }
}

/// One request, as it came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub path: String,
    pub body: Value,
    headers: HeaderMap,
}

impl Heard {
    pub fn header(&self, name: &str) -> String {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    }
}

/// A pager on a port of its own, and SIMA's adapter speaking to it.
pub struct Stage {
    pagers: Pagers,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Stage {
    pub async fn answering(kind: Kind, status: u16) -> Self {
        Self::of(kind, status, &["payments"]).await
    }

    /// The domain has another pager by now.
    pub async fn without_domains() -> Self {
        Self::of(Kind::Jsm, 202, &[]).await
    }

    async fn of(kind: Kind, status: u16, domains: &[&str]) -> Self {
        // Whoever is first installs it; the others find it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let status = StatusCode::from_u16(status).expect("a status");
        let router = Router::new().fallback(hear).with_state((heard.clone(), status));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let secret = match kind {
            Kind::Webhook => "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            Kind::GrafanaOnCall | Kind::GoAlert | Kind::Jsm => "t0ken",
        };
        let domains: BTreeSet<DomainKey> =
            domains.iter().map(|key| DomainKey((*key).to_owned())).collect();
        let settings = Settings {
            name: "night".into(),
            kind,
            // A slash too many is what people paste.
            url: format!("http://{address}/"),
            secret: secret.into(),
            domains,
        };
        let pagers = Pagers::new(&[settings]).expect("settings that fit");
        pagers.know_team("T1");
        Self { pagers, heard }
    }

    pub async fn heard(&self) -> Vec<Heard> {
        self.heard.lock().await.clone()
    }

    pub async fn perform(&self, effect: Effect, incident: &Incident) -> Result<Receipt, Setback> {
        let attempt = Attempt {
            effect: &effect,
            incident,
            policy: &policy(),
            reporter: None,
            key: "key",
            unsure: false,
            now: time("2022-06-30T09:09:01Z"),
        };
        self.pagers.perform(&attempt).await
    }
}

async fn hear(
    State((heard, status)): State<(Arc<Mutex<Vec<Heard>>>, StatusCode)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let path = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    heard.lock().await.push(Heard { path, body, headers });
    status
}

/// A recording of `tests/contract/`.
pub fn contract(name: &str) -> Value {
    let path = format!("{}/tests/contract/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("a recording of that name");
    serde_json::from_str(&text).expect("JSON")
}
