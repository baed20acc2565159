//! The document and the routes are one: every example in it is taken, every path of it answers.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use jiff::{SignedDuration, tz::TimeZone};
use serde_json::{Value, json};
use sima_desk::{Clock, Desk};
use sima_incident::{Connected, Domain, DomainKey, Policy, Severity, SeverityRule};
use sima_store::Store;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::{Api, documented};
use crate::{App, Dashboard};

/// SIMA's routes over a store of their own; what it answers.
struct Asked {
    app: App,
    _folder: TempDir,
}

impl Asked {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("api.db").display());
        let store = Store::open(&url).await.unwrap();
        let app = App {
            desk: Desk::new(
                store,
                Arc::new(policy()),
                Clock::new(|| "2026-01-05T10:00:00Z".parse().unwrap()),
            ),
            slack: None,
            pagerduty: None,
            paged_elsewhere: std::collections::BTreeMap::new(),
            signing_secret: Some("secret".into()),
            slack_line: None,
            integrations: Arc::default(),
            notary: Arc::new(crate::Notary::new(Arc::new(Nowhere))),
            pager_secret: None,
            api: Api { token: Some("token".into()), gate: Severity::new(2).unwrap() },
            dashboard: Dashboard { password: None, open_to_all: false, framed_by: None },
            stop: tokio_util::sync::CancellationToken::new(),
        };
        Self { app, _folder: folder }
    }

    async fn answers(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let mut request =
            Request::builder().method(method).uri(path).header("authorization", "Bearer token");
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.body(body).unwrap();
        let answer = crate::router(self.app.clone()).oneshot(request).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }
}

/// Nobody is asked anything here.
struct Nowhere;

impl crate::Outside for Nowhere {
    fn get<'a>(
        &'a self,
        _: &'a str,
    ) -> futures_util::future::BoxFuture<'a, Result<Vec<u8>, crate::Unreached>> {
        Box::pin(async { Err(crate::Unreached::Failed("nobody is there".into())) })
    }
}

fn policy() -> Policy {
    let domain = |key: &str, name: &str| Domain {
        key: DomainKey(key.into()),
        name: name.into(),
        stakeholders: Vec::new(),
        pages: false,
        channel: None,
    };
    let severity = |level| SeverityRule {
        severity: Severity::new(level).unwrap(),
        meaning: "bad".into(),
        pages: false,
        postmortem: false,
        update_every: SignedDuration::from_mins(30),
    };
    Policy {
        domains: vec![
            domain("global", "Global"),
            domain("api", "API"),
            domain("outbound-email", "Outbound Email Delivery"),
        ],
        severities: (1..=4).map(severity).collect(),
        default_domain: DomainKey("global".into()),
        default_severity: Severity::new(3).unwrap(),
        impact_questions: Vec::new(),
        stability_window: SignedDuration::from_mins(15),
        page_patience: SignedDuration::from_secs(1),
        repage_after: SignedDuration::from_mins(5),
        remind_before: SignedDuration::from_mins(5),
        steps: Vec::new(),
        connected: Connected { chat: false, broadcast: false, pager: false, pages: false },
        time_zone: TimeZone::UTC,
        public_url: "https://sima.example.com".into(),
        slash_command: "/incident".into(),
    }
}

/// The document, as it is served.
async fn document(asked: &Asked) -> Value {
    let (status, document) = asked.answers(Method::GET, super::DOCUMENT_PATH, None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{document}");
    document
}

/// Every operation of the document: method, path, and what it says.
fn operations(document: &Value) -> Vec<(Method, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, said)| {
            (method.to_uppercase().parse().unwrap(), path.clone(), said.clone())
        })
    });
    each.collect()
}

#[tokio::test]
async fn the_document_names_every_route_and_no_other() {
    let asked = Asked::new().await;
    let document = document(&asked).await;
    let operations = operations(&document);
    let named: BTreeSet<String> =
        operations.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let expected = [
        "GET /api/v1/gate/{domain}",
        "GET /api/v1/incidents",
        "GET /api/v1/incidents/{number}",
        "POST /api/v1/alerts",
        "POST /api/v1/incidents",
    ];
    assert_eq!(named.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");

    for (method, path, said) in &operations {
        assert!(said["security"][0]["token"].is_array(), "{path} does not say it needs a token");
        // A method that the document does not name for a path is not allowed there.
        let answers = |method: Method| {
            let path = path.replace("{domain}", "api").replace("{number}", "1");
            let asked = &asked;
            async move { asked.answers(method, &path, Some(&json!({}))).await.0 }
        };
        assert_ne!(answers(method.clone()).await, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        for other in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if !named.contains(&format!("{other} {path}")) {
                let status = answers(other.clone()).await;
                assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{other} {path}");
            }
        }
    }
}

#[tokio::test]
async fn every_example_of_the_document_is_taken() {
    let asked = Asked::new().await;
    let document = document(&asked).await;
    let mut taken = 0;
    for (method, path, said) in operations(&document) {
        let content = &said["requestBody"]["content"]["application/json"];
        for (name, example) in content["examples"].as_object().into_iter().flatten() {
            let (status, answer) =
                asked.answers(method.clone(), &path, Some(&example["value"])).await;
            assert!(status.is_success(), "{path}, {name}: {status} {answer}");
            assert_fits(&document, &said, status, &answer);
            taken += 1;
        }
        if content.is_object() {
            assert!(content["examples"].is_object(), "{path} has no example");
        }
    }
    assert_eq!(taken, 5);
    let example = &document["components"]["schemas"]["NewIncident"]["example"];
    let (status, answer) = asked.answers(Method::POST, "/api/v1/incidents", Some(example)).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");

    for (method, path, said) in operations(&document) {
        if method == Method::GET {
            let path = path.replace("{domain}", "api").replace("{number}", "INC-1");
            let (status, answer) = asked.answers(method, &path, None).await;
            assert!(status.is_success() || status == StatusCode::LOCKED, "{path}: {answer}");
            assert_fits(&document, &said, status, &answer);
        }
    }
}

/// The document describes an answer of that status, and every field of it.
fn assert_fits(document: &Value, said: &Value, status: StatusCode, answer: &Value) {
    let described = &said["responses"][status.as_str()]["content"]["application/json"]["schema"];
    let schema = described["$ref"].as_str().unwrap_or_else(|| panic!("{status} is not in {said}"));
    let fields = &document.pointer(schema.trim_start_matches('#')).unwrap()["properties"];
    for field in answer.as_object().unwrap().keys() {
        assert!(fields[field].is_object(), "{schema} does not know {field}");
    }
    for field in fields.as_object().unwrap().keys() {
        assert!(answer.get(field).is_some(), "{field} of {schema} is not answered");
    }
}

#[test]
fn every_operation_has_a_name_and_words() {
    let document = serde_json::to_value(documented().into_openapi()).unwrap();
    for (_, path, said) in operations(&document) {
        assert!(said["operationId"].is_string() && said["summary"].is_string(), "{path}: {said}");
    }
}
