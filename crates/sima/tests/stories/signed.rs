//! Monitors prove who they are, each in its own way; what does not prove it is turned away with what
//! its sender can do, and nothing comes of it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use sima_alerts::Integration;

use crate::story::{Story, mins};

/// A secret of an integration.
const SECRET: &str = "a secret of the stories";
/// Another, which is nobody's.
const GUESSED: &str = "a secret that is guessed";

/// An integration as people write it.
pub fn integration(text: &str) -> Integration {
    toml::from_str(text).expect("an integration")
}

/// A story with integrations, and with the general token as every story has it.
async fn story_with(texts: &[&str]) -> Story {
    let integrations: Vec<Integration> = texts.iter().map(|text| integration(text)).collect();
    Story::begins_with(|config| config.alerts.integrations = integrations).await
}

/// What a sender puts into its header, of a secret and a body.
type Signer<'a> = Box<dyn Fn(&str, &str) -> String + 'a>;

fn mac(secret: &str, parts: &[&str]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
    for part in parts {
        mac.update(part.as_bytes());
    }
    hex::encode(mac.finalize().into_bytes())
}

/// Each source signs the bytes as they are sent, with its own header.
#[tokio::test]
async fn what_a_monitor_signed_is_taken_and_nothing_else() {
    let story = story_with(&[
        "name = \"team-grafana\"\nsource = \"grafana\"\nsecret = \"a secret of the stories\"",
        "name = \"sentry\"\nsource = \"sentry\"\nsecret = \"a secret of the stories\"",
        "name = \"pagerduty\"\nsource = \"pagerduty\"\nsecret = \"a secret of the stories\"",
        "name = \"own\"\nsource = \"generic\"\nsecret = \"a secret of the stories\"",
    ])
    .await;
    let group = crate::alerting::queue_is_stuck("2026-01-05T09:00:00Z").to_string();
    let metric = json!({ "action": "critical", "data": { "description_title": "Too many errors",
        "metric_alert": { "id": 7, "alert_rule": { "id": 8 }, "projects": [] } } })
    .to_string();
    let paged = json!({ "event": { "id": "01EVENT", "event_type": "incident.triggered",
        "occurred_at": "2026-01-05T09:00:00Z",
        "data": { "id": "PABC", "type": "incident", "title": "The queue is stuck" } } })
    .to_string();
    let own = json!({ "title": "Disk is full on db-1" }).to_string();
    let now = story.now().as_second().to_string();
    let sima =
        |secret: &str, at: &str, body: &str| format!("t={at},v1={}", mac(secret, &[at, ".", body]));
    let cases: [(&str, &str, &String, Signer<'_>); 5] = [
        (
            "team-grafana",
            "x-grafana-alerting-signature",
            &group,
            Box::new(|secret, body| mac(secret, &[body])),
        ),
        ("sentry", "sentry-hook-signature", &metric, Box::new(|secret, body| mac(secret, &[body]))),
        (
            "pagerduty",
            "x-pagerduty-signature",
            &paged,
            Box::new(|secret, body| format!("v1={}", mac(secret, &[body]))),
        ),
        ("own", "x-sima-signature", &own, Box::new(|secret, body| sima(secret, &now, body))),
        (
            "own",
            "x-hub-signature-256",
            &own,
            Box::new(|secret, body| format!("sha256={}", mac(secret, &[body]))),
        ),
    ];
    for (name, header, body, sign) in &cases {
        let path = format!("/alerts/{name}");
        let bytes = body.as_bytes();
        let general = "Bearer sandbox";
        let of_another = sign(SECRET, &format!("{body} "));
        let guessed = sign(GUESSED, body);
        for (headers, what) in [
            (vec![], "nothing"),
            (vec![("authorization", general)], "the general token"),
            (vec![(*header, guessed.as_str())], "another secret"),
            (vec![(*header, of_another.as_str())], "other bytes"),
            (vec![(*header, ""), ("authorization", general)], "an empty signature"),
        ] {
            let answered = story.sends("POST", &path, &headers, bytes).await;
            assert_eq!(answered.status, 401, "{name} with {what}: {answered:?}");
            let told = answered.body.to_lowercase();
            assert!(told.contains(header), "{name} with {what}: {answered:?}");
            assert_eq!(answered.body.trim().lines().count(), 1, "{answered:?}");
            assert!(!answered.body.contains(SECRET), "{answered:?}");
        }
        let signed = sign(SECRET, body);
        let by_path = story.sends("POST", &format!("{path}/sandbox"), &[], bytes).await;
        assert_eq!(by_path.status, 401, "{name}: {by_path:?}");
        let good = story.sends("POST", &path, &[(header, &signed)], bytes).await;
        assert_eq!(good.status / 100, 2, "{name}: {good:?}");
    }
    // Three webhooks turned away in a row disable a subscription of PagerDuty's for a day.
    for odd in ["{\"event\": 5}", "[]", "no JSON", "{\"hello\": \"world\"}"] {
        let signature = format!("v1={}", mac(SECRET, &[odd]));
        let headers = [("x-pagerduty-signature", signature.as_str())];
        let answered = story.sends("POST", "/alerts/pagerduty", &headers, odd).await;
        assert_eq!(answered.status, 200, "{odd}: {answered:?}");
    }
    let old = sima(SECRET, &(story.now().as_second() - 301).to_string(), &own);
    let replayed = story.sends("POST", "/alerts/own", &[("x-sima-signature", &old)], own).await;
    assert_eq!(replayed.status, 401, "{replayed:?}");
    assert!(replayed.body.contains("five minutes old"), "{replayed:?}");
    story
        .until("one incident for each trouble", |state| {
            let count =
                state.channels.iter().filter(|one| one.name.starts_with("incident")).count();
            (count == 4).then_some(())
        })
        .await;
    story.is_quiet().await;
    story.ends().await;
}

/// Grafana signs the time with the body when it is told to: then an old delivery is refused.
#[tokio::test]
async fn an_old_delivery_of_grafana_cannot_be_sent_again() {
    let story = story_with(&["name = \"grafana\"\nsource = \"grafana\"\n\
        secret = \"a secret of the stories\"\ntime_header = \"X-Grafana-Alerting-Timestamp\""])
    .await;
    let body = crate::alerting::queue_is_stuck("2026-01-05T09:00:00Z").to_string();
    for (age, time_sent, status) in
        [(0, true, 200), (299, true, 200), (302, true, 401), (-302, true, 401), (0, false, 401)]
    {
        let time = (story.now().as_second() - age).to_string();
        let signature = mac(SECRET, &[&time, ":", &body]);
        let mut headers = vec![("X-Grafana-Alerting-Signature", signature.as_str())];
        if time_sent {
            headers.push(("X-Grafana-Alerting-Timestamp", &time));
        }
        let answered = story.sends("PUT", "/alerts/grafana", &headers, body.clone()).await;
        assert_eq!(answered.status / 100 * 100, status / 100 * 100, "{age}: {answered:?}");
    }
    story.ends().await;
}

/// An integration has a token of its own, wherever its sender can put one; the general one, which
/// opens every source nobody configured, does not open it.
#[tokio::test]
async fn an_integration_is_opened_by_its_own_token_alone() {
    let story = story_with(&[
        "name = \"robot\"\nsource = \"uptimerobot\"\ntoken = \"a-token-of-the-robot\"",
        "name = \"google\"\nsource = \"google\"\ntoken = \"a-token-of-google\"",
    ])
    .await;
    let robot = "monitorID=1&monitorFriendlyName=Shop&alertType=2";
    let basic = "Basic YW55Ym9keTphLXRva2VuLW9mLXRoZS1yb2JvdA==";
    for (path, headers, opens) in [
        (format!("/alerts/robot?{robot}"), vec![], false),
        (format!("/alerts/robot/sandbox?{robot}"), vec![], false),
        (format!("/alerts/robot/a-token-of-google?{robot}"), vec![], false),
        (format!("/alerts/robot?{robot}"), vec![("authorization", "Bearer sandbox")], false),
        (format!("/alerts/robot/a-token-of-the-robot?{robot}"), vec![], true),
        (
            format!("/alerts/robot?{robot}"),
            vec![("authorization", "bearer a-token-of-the-robot")],
            true,
        ),
        (format!("/alerts/robot?{robot}"), vec![("authorization", basic)], true),
        (format!("/alerts/robot?auth_token=a-token-of-the-robot&{robot}"), vec![], true),
        (format!("/alerts/uptimerobot?{robot}"), vec![("authorization", "Bearer sandbox")], true),
    ] {
        let answered = story.sends("GET", &path, &headers, "").await;
        let expected = if opens { 200 } else { 401 };
        assert_eq!(answered.status, expected, "{path} {headers:?}: {answered:?}");
        assert!(opens || answered.body.contains("Authorization"), "{answered:?}");
        assert!(!answered.body.contains("a-token-of"), "{answered:?}");
    }
    let by_query =
        story.sends("POST", "/alerts/google?auth_token=a-token-of-google", &[], "{}").await;
    assert_eq!(by_query.status, 200, "{by_query:?}");
    assert!(story.incident_channels().is_empty());
    story.ends().await;
}

/// Each address takes what its senders send, and says so to whoever comes otherwise.
#[tokio::test]
async fn each_address_takes_the_methods_of_its_senders() {
    let story = story_with(&[]).await;
    let token = [("authorization", "Bearer sandbox")];
    for (method, path, status) in [
        ("PUT", "/alerts/elastic", 200),
        ("PUT", "/alerts/grafana", 200),
        ("GET", "/alerts/uptimekuma?msg=Shop%20Testing&monitor=", 200),
        ("GET", "/alerts/grafana", 405),
        ("DELETE", "/alerts/uptimerobot", 405),
        ("OPTIONS", "/alerts/datadog", 405),
        ("PATCH", "/alerts/cloudevents", 405),
    ] {
        let answered = story.sends(method, path, &token, "").await;
        assert_eq!(answered.status, status, "{method} {path}: {answered:?}");
        if status == 405 {
            let allowed = answered.headers.get("allow").expect("what is allowed");
            assert!(answered.body.contains(allowed.as_str()), "{answered:?}");
        }
    }
    story.ends().await;
}

/// Senders of CloudEvents ask first whether they may, and send in three forms.
#[tokio::test]
async fn a_sender_of_cloud_events_is_given_permission() {
    let story =
        story_with(&["name = \"grid\"\nsource = \"cloudevents\"\ntoken = \"a-token-of-the-grid\""])
            .await;
    let origin = ("webhook-request-origin", "eventgrid.azure.net");
    for (path, headers, status) in [
        ("/alerts/grid", vec![origin], 200),
        ("/alerts/grid/a-token-of-the-grid", vec![origin], 200),
        ("/alerts/grid/a-token-of-nobody", vec![origin], 401),
        ("/alerts/grid", vec![], 400),
    ] {
        let answered = story.sends("OPTIONS", path, &headers, "").await;
        assert_eq!(answered.status, status, "{path}: {answered:?}");
        let allowed = answered.headers.get("webhook-allowed-origin").map(String::as_str);
        assert_eq!(allowed, (status == 200).then_some("eventgrid.azure.net"), "{path}");
        assert_eq!(answered.headers.contains_key("webhook-allowed-rate"), status == 200, "{path}");
    }
    let path = "/alerts/grid/a-token-of-the-grid";
    let event = |id: &str, subject: &str| {
        json!({ "specversion": "1.0", "id": id, "source": "/disks", "type": "disk.full.firing",
            "subject": subject, "data": { "title": format!("{subject} is full") } })
    };
    let binary = [
        ("ce-specversion", "1.0"),
        ("ce-id", "3"),
        ("ce-source", "/disks"),
        ("ce-type", "disk.full.firing"),
        ("ce-subject", "db%2D3"),
        ("content-type", "application/json"),
    ];
    let structured = [("content-type", "application/cloudevents+json; charset=utf-8")];
    let batched = [("content-type", "application/cloudevents-batch+json")];
    let xml = [("content-type", "application/cloudevents+xml")];
    let batch = Value::from(vec![event("2", "db-2"), event("4", "db-4")]);
    for (headers, body, status) in [
        (&structured[..], event("1", "db-1").to_string(), 200),
        (&batched[..], batch.to_string(), 200),
        (&binary[..], json!({ "title": "db-3 is full" }).to_string(), 200),
        (&xml[..], "<event/>".to_owned(), 415),
    ] {
        let answered = story.sends("POST", path, headers, body).await;
        assert_eq!(answered.status / 100, status / 100, "{headers:?}: {answered:?}");
        assert!(status < 300 || answered.status == status, "{answered:?}");
    }
    let came = story.came_of_alerts().await;
    assert_eq!(came, ["opened INC-1", "attached INC-1", "attached INC-1", "attached INC-1"]);
    story.is_quiet().await;
    let channels = story.incident_channels();
    assert_eq!(channels.len(), 1, "{channels:?}");
    story.brief_reads(&channels[0], "4 alerts, all firing").await;
    story.ends().await;
}

/// A foreign body is read where its pointers say, and its words mean what was configured.
#[tokio::test]
async fn a_foreign_body_is_read_where_its_pointers_say() {
    let story = story_with(&["name = \"plant\"\nsource = \"generic\"\n\
        token = \"a-token-of-the-plant\"\ndefault_severity = 4\n\
        severities = { blocker = \"SEV1\" }\n\
        [fields]\ntitle = \"/data/essentials/rule\"\nseverity = \"/data/level\"\n\
        status = \"/data/state\"\nresolved = [\"gone\"]\nfiring = [\"here\"]\n\
        key = \"/data/id\"\nlinks = [\"/data/page\"]"])
    .await;
    let body = |id: u32, state: &str, level: Value| {
        json!({ "data": { "id": id, "state": state, "level": level, "page": "https://plant.example",
            "essentials": { "rule": "The press stands still" } } })
    };
    let send =
        async |body: Value| story.posts("/alerts/plant", Some("a-token-of-the-plant"), &body).await;
    let strange = send(json!({ "data": {} })).await;
    assert_eq!(strange.status, 400, "{strange:?}");
    assert!(strange.body.contains("/data/essentials/rule"), "{strange:?}");
    let neither = send(body(1, "being watched", Value::Null)).await;
    assert_eq!(neither.status, 200, "{neither:?}");
    assert!(story.incident_channels().is_empty());
    assert_eq!(send(body(1, "here", json!("Blocker"))).await.status / 100, 2);
    let count = |state: &sima_sandbox::State| {
        state.channels.iter().filter(|one| one.name.starts_with("incident")).count()
    };
    story.until("it is open", |state| (count(state) == 1).then_some(())).await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    story.brief_reads(&channel, "SEV1").await;
    assert_eq!(send(body(1, "gone", Value::Null)).await.status / 100, 2);
    story.reads(&channel, "The alert cleared").await;
    // Later it is a trouble of its own.
    story.time_passes(mins(6)).await;
    assert_eq!(send(body(2, "here", Value::Null)).await.status / 100, 2);
    story.until("another is open", |state| (count(state) == 2).then_some(())).await;
    story.is_quiet().await;
    let other = story.incident_channels().into_iter().find(|name| *name != channel);
    story.brief_reads(&other.expect("the other"), "SEV4").await;
    story.ends().await;
}

/// A sender that only tries the address, by its test button, is told that it is right.
#[tokio::test]
async fn every_source_answers_a_test_button_kindly() {
    let story = story_with(&[]).await;
    for source in sima_alerts::sources() {
        for body in ["", " \n", "{}", "[]", "null"] {
            let path = format!("/alerts/{source}/sandbox");
            let answered = story.sends("POST", &path, &[], body).await;
            assert_eq!(answered.status, 200, "{source} {body:?}: {answered:?}");
            assert!(answered.body.contains("nothing"), "{source} {body:?}: {answered:?}");
        }
    }
    story.is_quiet().await;
    assert!(story.incident_channels().is_empty());
    story.ends().await;
}

/// The test button of a template sends its variables as they were typed.
#[tokio::test]
async fn variables_that_nobody_replaced_open_nothing() {
    let story = story_with(&[]).await;
    for (source, body) in [
        ("datadog", json!({ "alert_transition": "$ALERT_TRANSITION", "title": "$ALERT_TITLE" })),
        ("zabbix", json!({ "event_value": "{EVENT.VALUE}", "event_name": "{EVENT.NAME}" })),
        (
            "elastic",
            json!({ "action_group": "{{alert.actionGroup}}", "rule_name": "{{rule.name}}" }),
        ),
        ("uptimerobot", json!({ "monitorID": "*monitorID*", "alertType": "*alertType*" })),
        ("generic", json!({ "title": "{{ rule.name }}", "status": "{EVENT.VALUE}" })),
        ("generic", json!({ "title": "$ALERT_TITLE" })),
    ] {
        let answered = story.posts(&format!("/alerts/{source}"), Some("sandbox"), &body).await;
        assert_eq!(answered.status, 200, "{source}: {answered:?}");
        assert!(answered.body.contains("test"), "{source}: {answered:?}");
    }
    story.is_quiet().await;
    assert!(story.incident_channels().is_empty());
    story.ends().await;
}
