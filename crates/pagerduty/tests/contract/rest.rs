//! The REST API: what is sent, and what its refusals mean.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use sima_incident::{Attempt, EscalateTo, Escalation, Incident, Page, PersonId, Receipt, Setback};
use sima_pagerduty::{PagerDuty, RestSettings, Rota, Settings};
use tokio::sync::Mutex;

use crate::stage::{EMAIL_KEY, incident, policy, time};

/// One request, as it came.
#[derive(Clone, Debug)]
struct Heard {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Value,
}

/// All that was heard.
type Record = Arc<Mutex<Vec<Heard>>>;

/// Answers by the path; what is not there is 404.
type Answers = BTreeMap<&'static str, (u16, Value)>;

/// PagerDuty's REST API on a port of its own, and SIMA's adapter speaking to it.
struct Rest {
    pagerduty: PagerDuty,
    heard: Record,
}

impl Rest {
    async fn answering(answers: Answers) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let heard: Record = Arc::default();
        let router = Router::new().fallback(hear).with_state((heard.clone(), Arc::new(answers)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let pagerduty = PagerDuty::new(Settings {
            events_url: format!("http://{address}/events"),
            routing_keys: BTreeMap::from([(incident().domain, EMAIL_KEY.into())]),
            default_routing_key: None,
            elsewhere: BTreeSet::new(),
            escalation_policies: BTreeMap::new(),
            rest: Some(RestSettings {
                api_url: format!("http://{address}/"),
                api_token: "t0ken".into(),
                from: Some("nour@example.com".into()),
            }),
        });
        Self { pagerduty: pagerduty.expect("settings that fit"), heard }
    }

    /// Everything is there: Malik has the page, Nour comes next.
    async fn ready() -> Self {
        Self::answering(ready()).await
    }

    async fn escalate(
        &self,
        to: EscalateTo,
        unsure: bool,
        address: Option<&str>,
    ) -> Result<Receipt, Setback> {
        let incident = escalated(to);
        let policy = policy();
        let attempt = Attempt {
            effect: &sima_incident::Effect::Escalate { call: 1 },
            incident: &incident,
            policy: &policy,
            reporter: None,
            key: "key",
            unsure,
            now: time("2022-06-30T09:30:00Z"),
        };
        self.pagerduty.escalate(&attempt, 1, address).await
    }

    /// The changes that were asked for.
    async fn changes(&self) -> Vec<Heard> {
        let heard = self.heard.lock().await;
        heard.iter().filter(|one| one.method == Method::PUT).cloned().collect()
    }
}

fn ready() -> Answers {
    let oncall = |user: &str, level: u32, end: Value| {
        json!({
            "user": { "id": user, "summary": user, "email": format!("{user}@example.com") },
            "schedule": { "id": "PS", "summary": "Primary" },
            "escalation_policy": { "id": "PPOLICY" }, "escalation_level": level, "end": end,
        })
    };
    let page = json!({
        "id": "Q1", "escalation_policy": { "id": "PPOLICY", "summary": "Email" },
        "assignments": [{ "at": "2022-06-30T09:09:02Z", "assignee": { "id": "PMALIK" } }],
    });
    let user = json!({ "id": "PTHEO", "email": "Theo@Example.com", "name": "Théo" });
    let like = json!({ "id": "PLIKE", "email": "not.theo@example.com" });
    BTreeMap::from([
        ("/incidents", (200, json!({ "incidents": [page], "more": false }))),
        ("/incidents/Q1", (200, json!({ "incident": {} }))),
        (
            "/oncalls",
            (
                200,
                json!({ "more": false, "oncalls": [
                    oncall("PMALIK", 1, json!("2022-06-30T17:00:00Z")),
                    oncall("PMALIK", 1, Value::Null),
                    oncall("PNOUR", 3, Value::Null),
                    { "of": "tomorrow" },
                ]}),
            ),
        ),
        ("/users", (200, json!({ "users": [like, user], "more": false }))),
        (
            "/services",
            (
                200,
                json!({ "more": false, "services": [{
                    "integrations": [{ "integration_key": null }, { "integration_key": EMAIL_KEY }],
                    "escalation_policy": { "id": "PPOLICY" },
                }]}),
            ),
        ),
    ])
}

/// INC-42, paged, and somebody asks for somebody else.
fn escalated(to: EscalateTo) -> Incident {
    let (at, reason) = (time("2022-06-30T09:20:00Z"), "He does not answer".to_owned());
    let dedup_key = format!("sima:{}:outbound-email", incident().id);
    Incident {
        page: Page::Accepted { at: time("2022-06-30T09:09:01Z"), dedup_key },
        escalations: vec![Escalation { to, reason, at }],
        ..incident()
    }
}

async fn hear(
    State((heard, answers)): State<(Record, Arc<Answers>)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    heard.lock().await.push(Heard { method, path, headers, body });
    let (status, body) = answers.get(uri.path()).cloned().unwrap_or((404, json!({})));
    let mut answer = (StatusCode::from_u16(status).expect("a status"), Json(body)).into_response();
    if status == 429 {
        answer.headers_mut().insert("ratelimit-reset", HeaderValue::from_static("17"));
    }
    answer
}

#[tokio::test]
async fn the_next_level_is_asked_for_as_pagerduty_wants_it() {
    let rest = Rest::ready().await;
    assert_eq!(rest.escalate(EscalateTo::NextLevel, false, None).await, Ok(Receipt::Done));
    let change = rest.changes().await.remove(0);
    assert_eq!(change.path, "/incidents/Q1");
    // There is nobody at level 2, and no status that could open it again.
    let expected = json!({ "incident": { "type": "incident_reference", "escalation_level": 3 } });
    assert_eq!(change.body, expected);
    assert_eq!(change.headers["authorization"], "Token token=t0ken");
    assert_eq!(change.headers["accept"], "application/vnd.pagerduty+json;version=2");
    assert_eq!(change.headers["from"], "nour@example.com");
    let first = rest.heard.lock().await[0].path.clone();
    let key = format!("incident_key=sima%3A{}%3Aoutbound-email", incident().id);
    assert!(first.contains(&key) && first.contains("statuses%5B%5D=acknowledged"), "{first}");
}

#[tokio::test]
async fn what_may_have_been_done_is_looked_for_first() {
    let mut answers = ready();
    let page = json!({
        "id": "Q1", "escalation_policy": { "id": "PPOLICY" },
        "assignments": [{ "at": "2022-06-30T09:20:03Z", "assignee": { "id": "PNOUR" } }],
    });
    answers.insert("/incidents", (200, json!({ "incidents": [page], "more": false })));
    let rest = Rest::answering(answers).await;
    assert_eq!(rest.escalate(EscalateTo::NextLevel, true, None).await, Ok(Receipt::Done));
    assert!(rest.changes().await.is_empty(), "she was called for it");
    // Asked for once only, though somebody was called meanwhile, it is not taken for done.
    let answer = rest.escalate(EscalateTo::NextLevel, false, None).await;
    assert!(matches!(answer, Err(Setback::Refused { .. })), "nobody comes after her: {answer:?}");
}

#[tokio::test]
async fn a_person_is_found_by_the_very_address_and_called_beside_the_others() {
    let rest = Rest::ready().await;
    let theo = || EscalateTo::Person(PersonId("U0THEO".into()));
    rest.escalate(theo(), false, Some("theo@example.com")).await.expect("done");
    let change = rest.changes().await.remove(0);
    let assigned = |id: &str| json!({ "assignee": { "id": id, "type": "user_reference" } });
    let expected = json!([assigned("PMALIK"), assigned("PTHEO")]);
    assert_eq!(change.body["incident"]["assignments"], expected);
    for address in [None, Some("ines@example.com")] {
        let answer = rest.escalate(theo(), false, address).await;
        let Err(Setback::Refused { why }) = answer else { panic!("{answer:?}") };
        assert!(why.contains("call them yourself"), "{why}");
    }
    assert_eq!(rest.changes().await.len(), 1);
}

#[tokio::test]
async fn refusals_say_what_to_mend_and_limits_how_long_to_wait() {
    let error = |code: i64| json!({ "error": { "code": code, "message": "No", "errors": {} } });
    for (status, body, says) in [
        (400, error(1008), "pagerduty.from"),
        (401, error(2006), "pagerduty.api_token"),
        (402, error(0), "plan"),
        (403, Value::Null, "pagerduty.api_token"),
        (400, error(2001), "No"),
    ] {
        let mut answers = ready();
        answers.insert("/incidents/Q1", (status, body));
        let answer = Rest::answering(answers).await;
        let answer = answer.escalate(EscalateTo::NextLevel, false, None).await;
        let Err(Setback::Refused { why }) = answer else { panic!("{status}: {answer:?}") };
        assert!(why.contains(says) && !why.contains("t0ken"), "{status}: {why}");
    }
    for (path, status, unsure, after) in [
        ("/incidents/Q1", 429, false, Some(17)),
        ("/incidents/Q1", 500, true, None),
        // What was only read was surely not done.
        ("/oncalls", 500, false, None),
    ] {
        let mut answers = ready();
        answers.insert(path, (status, json!("<html>")));
        let answer = Rest::answering(answers).await;
        let answer = answer.escalate(EscalateTo::NextLevel, false, None).await;
        let Err(Setback::Retry { after: wait, unsure: may_be, .. }) = answer else {
            panic!("{status}: {answer:?}")
        };
        assert_eq!((wait.map(|wait| wait.as_secs()), may_be), (after, unsure), "{path} {status}");
    }
}

#[tokio::test]
async fn a_page_that_is_not_open_any_more_is_not_touched() {
    let mut answers = ready();
    answers.insert("/incidents", (200, json!({ "incidents": [], "more": false })));
    let rest = Rest::answering(answers).await;
    let answer = rest.escalate(EscalateTo::NextLevel, false, None).await;
    let Err(Setback::Refused { why }) = answer else { panic!("{answer:?}") };
    assert!(why.contains("page anew with /incident page"), "{why}");
    assert!(rest.changes().await.is_empty());
}

#[tokio::test]
async fn who_is_on_call_is_read_once_a_person_and_once_a_minute() {
    let rest = Rest::ready().await;
    let domain = incident().domain;
    let ask = |now: &str| rest.pagerduty.on_call(std::slice::from_ref(&domain), time(now));
    let Some(Rota::People(people)) = ask("2022-06-30T09:00:00Z").await.remove(&domain) else {
        panic!("people")
    };
    let told: Vec<_> = people.iter().map(|one| (one.level, one.name.as_str(), one.until)).collect();
    // In two schedules: the longer of the two, which is for good.
    assert_eq!(told, [(1, "PMALIK", None), (3, "PNOUR", None)]);
    assert_eq!(people[0].schedule.as_deref(), Some("Primary"));
    ask("2022-06-30T09:00:30Z").await;
    assert_eq!(rest.heard.lock().await.len(), 2, "one for the services, one for the people");
    ask("2022-06-30T09:01:30Z").await;
    assert_eq!(rest.heard.lock().await.len(), 4);
    assert_eq!(rest.pagerduty.address_of("PGONE").await, Ok(None));
}
