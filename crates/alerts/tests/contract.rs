//! What sources really send becomes the alert a person would have described.

use jiff::Timestamp;
use serde_json::{Value, json};
use sima_alerts::{
    Alert, Delivery, MAX_FULL_TITLE, MAX_TITLE, Reading, Unreadable, known, read, sources,
};
use sima_incident::{AlertState, Severity};

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn now() -> Timestamp {
    time("2026-08-22T09:20:00Z")
}

fn contract(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/contract/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).expect("a recording of that name")
}

fn changed(name: &str, change: impl Fn(&mut Value)) -> Vec<u8> {
    let mut body = serde_json::from_slice(&contract(name)).expect("JSON");
    change(&mut body);
    body.to_string().into_bytes()
}

fn one(source: &str, body: &[u8]) -> Alert {
    match read(source, &Delivery::of_body(body, now())) {
        Ok(Reading::Alerts(mut alerts)) if alerts.len() == 1 => alerts.remove(0),
        other => panic!("one alert, not {other:?}"),
    }
}

fn unreadable(source: &str, content_type: Option<&str>, body: &[u8]) -> Unreadable {
    let delivery = Delivery { content_type, ..Delivery::of_body(body, now()) };
    read(source, &delivery).expect_err("not an alert")
}

#[test]
fn a_real_alertmanager_body_reads() {
    let alert = one("alertmanager", &contract("alertmanager_small"));
    insta::assert_debug_snapshot!(alert, @r#"
    Alert {
        source: "alertmanager",
        integration: "alertmanager",
        key: "{}:{alertname=thing_dead}",
        state: Firing {
            since: 2017-08-03T19:17:37.804Z,
        },
        title: "No things for over 10 minutes",
        full_title: "No things for over 10 minutes",
        description: Some(
            "No things have been recorded for over 10 minutes. Something terrible is happening.",
        ),
        severity: Some(
            Severity(
                1,
            ),
        ),
        unreplaced: [],
        members: Members {
            told: {
                "sha256:07eeac90b9b133120a659581307f9ca71c3cdf91cf492cf326c3afd9ca5c31e8": Firing {
                    since: 2017-08-03T19:17:37.804Z,
                },
            },
            past: {},
            left_out: 0,
        },
        domain_hints: [],
        links: [
            "http://somehost:9090/graph?g0.expr=sum%28irate%28messages_received_total%5B5m%5D%29%29+%3D%3D+0&g0.tab=0",
            "http://somehost:9093",
        ],
        labels: {
            "alertname": "thing_dead",
            "severity": "critical",
        },
        unless_ruled: Open,
    }
    "#);
}

#[test]
fn a_mixed_group_is_what_still_fires() {
    let alert = one("alertmanager", &contract("alertmanager_mixed"));
    insta::assert_debug_snapshot!(alert, @r#"
    Alert {
        source: "alertmanager",
        integration: "alertmanager",
        key: "{}/{team=\"mail\"}:{alertname=\"QueueNotDraining\"}",
        state: Firing {
            since: 2022-06-30T09:00:30.123456Z,
        },
        title: "Queue eu1 is not draining",
        full_title: "Queue eu1 is not draining",
        description: Some(
            "420k messages, oldest 14 min\n\n2 firing, 1 resolved, 3 more not sent",
        ),
        severity: Some(
            Severity(
                2,
            ),
        ),
        unreplaced: [],
        members: Members {
            told: {
                "0000000000000000": Resolved {
                    since: 2022-06-30T08:58:00Z,
                },
                "1111111111111111": Firing {
                    since: 2022-06-30T09:00:30.123456Z,
                },
                "2222222222222222": Firing {
                    since: 2022-06-30T09:00:00Z,
                },
            },
            past: {},
            left_out: 3,
        },
        domain_hints: [
            "outbound-email",
            "mail",
        ],
        links: [
            "https://runbooks.example/queue",
            "https://prometheus.example/eu1",
            "https://prometheus.example/eu2",
            "https://alertmanager.example",
        ],
        labels: {
            "alertname": "QueueNotDraining",
            "service": "outbound-email",
            "team": "mail",
        },
        unless_ruled: Open,
    }
    "#);
}

#[test]
fn a_resolved_group_keeps_its_key_and_ends_with_its_last_alert() {
    let mixed = one("alertmanager", &contract("alertmanager_mixed"));
    let resolved = one("alertmanager", &contract("alertmanager_resolved"));
    assert_eq!(resolved.key, mixed.key);
    assert_eq!(resolved.state, AlertState::Resolved { since: time("2022-06-30T10:02:00Z") });
}

#[test]
fn alertmanager_titles_fall_back_step_by_step() {
    let titled = |change: fn(&mut Value)| {
        one("alertmanager", &changed("alertmanager_resolved", change)).title
    };
    assert_eq!(
        titled(|body| body["commonAnnotations"] = json!({ "summary": "All queues" })),
        "All queues"
    );
    assert_eq!(titled(|_| {}), "Queue eu1 is not draining");
    assert_eq!(
        titled(|body| {
            body["alerts"][0]["annotations"] = json!({ "summary": "  " });
            body["alerts"][1]["annotations"] = json!(null);
        }),
        "QueueNotDraining"
    );
    assert_eq!(
        titled(|body| *body = json!({ "alerts": [{ "status": "firing" }] })),
        "Alert without a name"
    );
}

#[test]
fn a_group_without_a_key_is_known_by_its_alerts() {
    let key = |change: fn(&mut Value)| {
        let body = changed("alertmanager_mixed", |body| {
            body["groupKey"] = json!(null);
            change(body);
        });
        one("alertmanager", &body).key
    };
    let fingerprints = key(|_| {});
    assert!(fingerprints.starts_with("sha256:"));
    // In whatever order they come.
    assert_eq!(fingerprints, key(|body| body["alerts"].as_array_mut().expect("alerts").reverse()));
    assert_ne!(fingerprints, key(|body| body["alerts"][0]["fingerprint"] = json!("3")));
    // Old versions send no fingerprints.
    assert_ne!(
        one("alertmanager", &changed("alertmanager_small", |body| body["groupKey"] = json!("")))
            .key,
        fingerprints
    );
}

#[test]
fn a_group_that_hides_what_fires_still_fires() {
    // `max_alerts` left only resolved ones in the list.
    let body = changed("alertmanager_mixed", |body| {
        body["alerts"].as_array_mut().expect("alerts").truncate(1);
    });
    assert!(one("alertmanager", &body).is_firing());
}

#[test]
fn times_to_come_are_now() {
    let body = changed("alertmanager_small", |body| {
        body["alerts"][0]["startsAt"] = json!("2099-01-01T00:00:00Z");
    });
    assert_eq!(one("alertmanager", &body).state, AlertState::Firing { since: now() });
}

#[test]
fn our_own_format_reads() {
    let alert = one("generic", &contract("generic"));
    insta::assert_debug_snapshot!(alert, @r#"
    Alert {
        source: "generic",
        integration: "generic",
        key: "queue-depth/eu1",
        state: Firing {
            since: 2026-08-22T09:12:00Z,
        },
        title: "Outbound queue is growing",
        full_title: "Outbound queue is growing",
        description: Some(
            "420k messages, oldest 14 min",
        ),
        severity: Some(
            Severity(
                1,
            ),
        ),
        unreplaced: [],
        members: Members {
            told: {},
            past: {},
            left_out: 0,
        },
        domain_hints: [
            "outbound-email",
        ],
        links: [
            "https://grafana.example/d/abc",
        ],
        labels: {
            "cluster": "eu1",
        },
        unless_ruled: Open,
    }
    "#);
}

#[test]
fn a_title_is_all_it_takes() {
    let alert = one("generic", br#"{"title": 503}"#);
    assert_eq!(alert.title, "503");
    assert_eq!(alert.state, AlertState::Firing { since: now() });
    assert_eq!(alert.severity, None);
    // The same trouble again, and another.
    assert_eq!(alert.key, one("generic", br#"{"title": "503", "status": "ok"}"#).key);
    assert_ne!(alert.key, one("generic", br#"{"title": "503", "service": "api"}"#).key);
}

#[test]
fn long_titles_are_cut_for_the_channel_and_for_the_record() {
    let title = "火🔥 &<> שלום ".repeat(300);
    let alert = one("generic", json!({ "title": title }).to_string().as_bytes());
    assert_eq!(alert.title.chars().count(), MAX_TITLE);
    assert!(alert.full_title.chars().count() <= MAX_FULL_TITLE);
    assert!(alert.full_title.starts_with(alert.title.trim_end_matches('…')));
}

#[test]
fn duplicate_keys_and_foreign_types_are_borne() {
    let body = br#"{"title": "old", "title": "new", "labels": {"a": 1, "b": null, "c": [2]},
        "links": ["https://a.example", {"href": 3}, null], "severity": ["x"], "extra": {}}"#;
    let alert = one("generic", body);
    assert_eq!(alert.title, "new");
    assert_eq!(alert.labels.len(), 1);
    assert_eq!(alert.links, ["https://a.example"]);
    assert_eq!(alert.severity, None);
    assert_eq!(one("generic", br#"{"title": "x", "severity": 2}"#).severity, Severity::new(2));
}

#[test]
fn bodies_that_hold_nothing_are_no_mistake() {
    let bodies: [(&str, &[u8]); 7] = [
        ("alertmanager", b""),
        ("alertmanager", b" \n"),
        ("alertmanager", b"{}"),
        ("alertmanager", br#"{"alerts": []}"#),
        ("generic", b"null"),
        ("generic", b"\xef\xbb\xbf[]"),
        ("generic", br#"{"test": true}"#),
    ];
    for (source, body) in bodies {
        let reading = read(source, &Delivery::of_body(body, now()));
        assert!(matches!(reading, Ok(Reading::Nothing { .. })), "{source}: {reading:?}");
    }
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let cases = [
        (unreadable("nagios", None, b"{}"), "alertmanager, azure, betterstack"),
        (unreadable("generic", None, b"{\"title\":"), "not JSON: EOF"),
        (unreadable("generic", Some("application/x-www-form-urlencoded"), b"title=x"), "form"),
        (unreadable("generic", None, b"\"text\""), "not an object"),
        (unreadable("generic", None, b"{\"titel\":\"x\"}"), "`title` is missing"),
        (unreadable("generic", None, br#"{"title":"x","status":"resloved"}"#), "\"resloved\""),
        (unreadable("alertmanager", None, br#"{"title":"x"}"#), "no list `alerts`"),
    ];
    for (unreadable, expected) in cases {
        let said = unreadable.to_string();
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains('\n'), "{said}");
    }
}

#[test]
fn what_is_known_is_named() {
    assert!(sources().is_sorted());
    assert_eq!(sources().len(), 18);
    assert!(sources().into_iter().all(known));
    assert!(!known("Alertmanager"));
}
