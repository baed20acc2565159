//! The stage: an incident with a step for the status page, and a page that answers as it is told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;
use sima_incident::{
    Actor, Attempt, Command, Connected, Declaration, Domain, DomainKey, Effect, Impact, Incident,
    IncidentId, IncidentNumber, Kind, Occasion, PersonId, Placeholder, Policy, PublicNotice,
    Receipt, Setback, Severities, Severity, SeverityRule, Step, StepAct, StepKind, Template,
    Visibility, decide,
};
use sima_statuspage::{Settings, StatusPage};

pub const TOKEN: &str = "89a229ce1a8dbcf9ff30430fbe35eb4c";

/// One answer of the page.
#[derive(Clone)]
pub struct Answer {
    status: u16,
    body: String,
    retry_after: Option<u32>,
}

impl Answer {
    pub fn of(status: u16, body: &str) -> Self {
        Self { status, body: body.to_owned(), retry_after: None }
    }

    pub fn after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

/// One call that came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub method: String,
    pub path: String,
    pub authorization: String,
    pub body: Value,
}

#[derive(Default)]
struct Page {
    answers: VecDeque<Answer>,
    heard: Vec<Heard>,
}

/// An incident, its policy, and the page it is told on.
pub struct Stage {
    page: Arc<Mutex<Page>>,
    status_page: StatusPage,
    policy: Policy,
    incident: Incident,
}

impl Stage {
    pub async fn that_answers(answers: impl IntoIterator<Item = Answer>) -> Self {
        // Whoever was first in this process has installed it; any of them will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let answers = answers.into_iter().collect();
        let page = Arc::new(Mutex::new(Page { answers, heard: Vec::new() }));
        let app = Router::new().fallback(answer).with_state(page.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let settings = Settings { base_url, token: TOKEN.into() };
        let status_page = StatusPage::new(settings).expect("a client");
        let policy = policy();
        let incident = incident(&policy);
        Self { page, status_page, policy, incident }
    }

    pub fn does(&mut self, command: Command) {
        let before = &self.incident;
        let events = decide(Some(before), command, &ines(), now(), &self.policy);
        let events = events.expect("it may be done");
        let after = Incident::replay(Some(before.clone()), &events);
        self.incident = after.expect("it stays");
    }

    pub async fn performs(&self, effect: &Effect, unsure: bool) -> Result<Receipt, Setback> {
        let attempt = Attempt {
            effect,
            incident: &self.incident,
            policy: &self.policy,
            reporter: None,
            key: "key",
            unsure,
            now: now(),
        };
        self.status_page.perform(&attempt).await
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.page.lock().expect("nobody panicked").heard.clone()
    }
}

async fn answer(
    State(page): State<Arc<Mutex<Page>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok());
    let mut page = page.lock().expect("nobody panicked");
    page.heard.push(Heard {
        method: method.to_string(),
        path: uri.path().to_owned(),
        authorization: authorization.unwrap_or_default().to_owned(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let Answer { status, body, retry_after } =
        page.answers.pop_front().unwrap_or_else(|| Answer::of(500, "nothing more was expected"));
    let status = StatusCode::from_u16(status).expect("a status");
    match retry_after {
        Some(seconds) => (status, [("retry-after", seconds.to_string())], body).into_response(),
        None => (status, body).into_response(),
    }
}

/// The step's effect that opens an incident on the page.
pub fn open() -> Effect {
    Effect::Step {
        step: "Public page".into(),
        on: Occasion::Acknowledged,
        kind: StepKind::StatusPage,
    }
}

/// The effect that says when it is over.
pub fn follow() -> Effect {
    Effect::FollowStatusPage { step: "Public page".into() }
}

fn now() -> Timestamp {
    "2022-06-30T09:12:00Z".parse().expect("a time")
}

fn ines() -> Actor {
    Actor::in_slack(PersonId("U0INES".into()))
}

fn policy() -> Policy {
    let severity = Severity::new(1).expect("1 to 9");
    let template = |text| Template::read(text, &Placeholder::ALL).expect("a template");
    let notice = PublicNotice {
        page_id: "kctbh9vrtdwd".into(),
        component_ids: vec!["ftgks51sfs2d".into()],
        title: template("Trouble with {domain}"),
        body: template("We are looking into it ({severity})."),
        resolved: Some(template("This is over.")),
        notify: false,
    };
    Policy {
        domains: vec![Domain {
            key: DomainKey("email".into()),
            name: "Email".into(),
            stakeholders: Vec::new(),
            pages: false,
            channel: None,
        }],
        severities: vec![SeverityRule {
            severity,
            meaning: "It hurts".into(),
            pages: false,
            postmortem: true,
            update_every: SignedDuration::from_mins(30),
        }],
        default_domain: DomainKey("email".into()),
        default_severity: severity,
        impact_questions: Vec::new(),
        stability_window: SignedDuration::from_mins(15),
        page_patience: SignedDuration::from_secs(1),
        repage_after: SignedDuration::from_mins(5),
        remind_before: SignedDuration::from_mins(5),
        steps: vec![Step {
            name: "Public page".into(),
            on: Occasion::Acknowledged,
            domains: Vec::new(),
            severities: Severities::All,
            private: false,
            act: StepAct::StatusPage(notice),
        }],
        connected: Connected { chat: true, broadcast: true, pager: false, pages: false },
        time_zone: TimeZone::UTC,
        public_url: "https://sima.example".into(),
        slash_command: "/incident".into(),
    }
}

fn incident(policy: &Policy) -> Incident {
    let declaration = Declaration {
        assessment: None,
        id: IncidentId("0190a5c0-0000-7000-8000-00000000002a".parse().expect("a UUID")),
        number: IncidentNumber(42),
        summary: "Again our fault".into(),
        description: None,
        domain: DomainKey("email".into()),
        severity: Severity::new(1).expect("1 to 9"),
        impact: Impact::Unknown,
        kind: Kind::Real,
        visibility: Visibility::Company,
        started_at: None,
        detected_at: None,
        channel_name: "incident_06_30_email".into(),
        alert: None,
        links: Vec::new(),
    };
    let command = Command::Declare(Box::new(declaration));
    let events = decide(None, command, &ines(), now(), policy).expect("the declaration is whole");
    Incident::replay(None, &events).expect("it was declared")
}
