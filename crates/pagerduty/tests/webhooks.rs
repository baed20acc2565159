//! Webhooks are known by their signature and read whatever they say.

use secrecy::SecretString;
use serde_json::{Value, json};
use sima_incident::{IncidentId, PagerNews, PagerTold};
use sima_pagerduty::webhooks::{BadSignature, Reading, Told, read, verify};

const SECRET: &str = "sima-test-secret";
const TRIGGERED: &str = r#"{"event":{"id":"01SIMA","event_type":"incident.triggered"}}"#;
const TRIGGERED_SIGNED: &str =
    "v1=a3dfb603eff222ef5988168a63c84a8c8dff1912de1b023df9197d79de4084a6";

/// An example of `developer.pagerduty.com/docs/webhooks-overview`, in its exact bytes, as the tests of
/// PagerDuty's own Go client have it.
fn recorded() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/webhook_priority_updated.json");
    std::fs::read(path).expect("the recording")
}

fn verified(secret: &str, header: Option<&str>, body: &[u8]) -> Result<(), BadSignature> {
    verify(&SecretString::from(secret), header, body)
}

#[test]
fn the_vectors_of_the_contract_are_signed_so() {
    let go_secret = "lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK";
    let annotated = r#"{"event":{"id":"01SIMA","event_type":"incident.annotated","data":{"content":"café ☃"}}}"#;
    let vectors = [
        (
            go_secret,
            recorded(),
            "v1=0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd",
        ),
        (SECRET, TRIGGERED.into(), TRIGGERED_SIGNED),
        (
            SECRET,
            annotated.into(),
            "v1=c9a05d02fc18bf80d5cb26aa4e6aef077cae6f6ea0b795d3cab507afa9c93438",
        ),
    ];
    for (secret, body, signature) in vectors {
        assert_eq!(verified(secret, Some(signature), &body), Ok(()));
        assert_eq!(verified("another", Some(signature), &body), Err(BadSignature::Wrong));
        let mut changed = body.clone();
        changed.push(b'\n');
        assert_eq!(verified(secret, Some(signature), &changed), Err(BadSignature::Wrong));
    }
}

#[test]
fn while_secrets_are_rotated_one_signature_that_fits_is_enough() {
    let other = "v1=0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd";
    for header in [
        format!("{other},{TRIGGERED_SIGNED}"),
        format!("{TRIGGERED_SIGNED} , {other}"),
        format!("v0=abc, v2=def,  {TRIGGERED_SIGNED}"),
    ] {
        assert_eq!(verified(SECRET, Some(&header), TRIGGERED.as_bytes()), Ok(()), "{header}");
    }
}

#[test]
fn what_is_not_signed_by_pagerduty_is_known() {
    let body = TRIGGERED.as_bytes();
    let bare = &TRIGGERED_SIGNED["v1=".len()..];
    let (v0, v2) = (format!("v0={bare}"), format!("v2={bare}"));
    let upper = TRIGGERED_SIGNED.to_uppercase();
    for header in [None, Some(""), Some(","), Some(bare), Some(&*v0), Some(&*v2), Some(&*upper)] {
        assert_eq!(verified(SECRET, header, body), Err(BadSignature::Missing), "{header:?}");
    }
    let short = &TRIGGERED_SIGNED[..40];
    for header in ["v1=", "v1=,v1=", short] {
        assert_eq!(verified(SECRET, Some(header), body), Err(BadSignature::Wrong), "{header}");
    }
}

#[test]
fn the_recorded_webhook_reads() {
    let Reading::Told(told) = read(&recorded()) else { panic!("it tells something") };
    let expected = Told {
        event_id: Some("01BWDWL3NYY7LUFPZCC28QUCMK".into()),
        incident: None,
        by: "Tenex Engineer".into(),
        told: PagerTold {
            pager_id: Some("PGR0VU2".into()),
            user: Some("PLH1HKV".into()),
            at: Some("2021-04-26T17:36:27.458Z".parse().expect("a time")),
            news: PagerNews::Prioritised { priority: Some("P1".into()) },
        },
    };
    assert_eq!(told, expected);
}

fn told(event_type: &str, data: &Value) -> Option<Told> {
    let body = json!({ "event": { "event_type": event_type, "data": data } });
    match read(body.to_string().as_bytes()) {
        Reading::Told(told) => Some(told),
        Reading::Ping | Reading::Nothing { .. } => None,
    }
}

#[test]
fn every_kind_that_tells_people_something_is_read() {
    let data = json!({
        "id": "Q1", "type": "incident", "content": "Looking", "priority": null,
        "assignees": [{ "summary": "Nour" }, { "summary": "  " }, {}, "Théo"],
    });
    let to = vec!["Nour".to_owned()];
    for (kind, news) in [
        ("incident.triggered", PagerNews::Triggered),
        ("incident.acknowledged", PagerNews::Acknowledged),
        ("incident.unacknowledged", PagerNews::Unacknowledged),
        ("incident.escalated", PagerNews::Escalated { to: to.clone() }),
        ("incident.reassigned", PagerNews::Reassigned { to: to.clone() }),
        ("incident.delegated", PagerNews::Reassigned { to }),
        ("incident.reopened", PagerNews::Reopened),
        ("incident.priority_updated", PagerNews::Prioritised { priority: None }),
        ("incident.annotated", PagerNews::Annotated { text: "Looking".into() }),
        ("incident.resolved", PagerNews::Resolved),
    ] {
        assert_eq!(told(kind, &data).map(|told| told.told.news), Some(news), "{kind}");
    }
}

#[test]
fn our_incident_is_found_by_the_key_of_its_page() {
    let id = "0190a5c0-0000-7000-8000-00000000002a";
    let ours = Some(IncidentId(id.parse().expect("a UUID")));
    for (key, expected) in [
        (format!("sima:{id}"), ours),
        (format!("sima:{id}:outbound-email"), ours),
        (format!("sima:{id}:outbound-email#unanswered-1"), ours),
        (format!("sima:{id}#sev1"), ours),
        (format!("other:{id}"), None),
        ("sima:".into(), None),
        ("sima:nonsense:api".into(), None),
        ("monitoring/42".into(), None),
    ] {
        let read = told("incident.acknowledged", &json!({ "id": "Q1", "incident_key": key }));
        assert_eq!(read.expect("it tells something").incident, expected, "{key}");
    }
    let keyless = told("incident.acknowledged", &json!({ "id": "Q1", "incident_key": null }));
    assert_eq!(keyless.expect("it tells something").incident, None);
}

#[test]
fn a_note_names_the_incident_it_belongs_to() {
    let data = json!({
        "id": "PNOTE", "type": "incident_note", "content": "Queue eu1", "trimmed": false,
        "incident": { "id": "Q1", "type": "incident_reference" },
    });
    let read = told("incident.annotated", &data).expect("it tells something");
    assert_eq!(read.told.pager_id.as_deref(), Some("Q1"));
}

#[test]
fn nothing_that_is_signed_breaks_the_reading() {
    let ping = json!({ "event": { "event_type": "pagey.ping", "data": { "message": "Hi" } } });
    assert_eq!(read(ping.to_string().as_bytes()), Reading::Ping);
    let mut bodies: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"null".into(),
        b"[]".into(),
        b"{}".into(),
        b"\xff\xfe".into(),
        b"{\"event\":".into(),
        "[".repeat(100_000).into(),
    ];
    for event in [
        json!(7),
        json!({ "event_type": 7 }),
        json!({ "event_type": "incident.of.tomorrow", "data": {} }),
        json!({ "event_type": "service.updated", "data": { "id": "P1" } }),
        json!({ "event_type": "incident.annotated", "data": { "content": null } }),
    ] {
        bodies.push(json!({ "event": event }).to_string().into());
    }
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        assert!(matches!(read(&body), Reading::Nothing { .. }), "{shown}");
    }
    // Nothing but its kind is known: it is news all the same, of an incident nobody can name.
    let bare = told("incident.acknowledged", &json!([])).expect("it tells something");
    assert_eq!((bare.by.as_str(), bare.incident, bare.told.pager_id), ("PagerDuty", None, None));
}
