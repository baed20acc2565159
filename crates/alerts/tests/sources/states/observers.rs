//! What the words of those who observe metrics and errors mean.

use serde_json::{Value, json};
use sima_incident::Severity;

use super::table;
use crate::{changed, one, outcome, sample, try_read};

#[test]
fn datadog() {
    let (transition, kind) = ("/alert_transition", "/alert_type");
    let at = "2022-06-30T09:00:00Z";
    let fires = format!("firing since {at}");
    let repeats = format!("{fires}, recorded");
    table(
        "datadog",
        "datadog_triggered",
        &[
            (&[(transition, json!("Triggered"))], &fires),
            (&[(transition, json!("Warn"))], &fires),
            (&[(transition, json!("No Data"))], &fires),
            (&[(transition, json!("Re-Triggered"))], &repeats),
            (&[(transition, json!("Re-No Data"))], &repeats),
            (&[(transition, json!("Renotify"))], &repeats),
            (&[(transition, json!("Recovered"))], &format!("resolved {at}")),
            (&[(transition, json!("$ALERT_TRANSITION"))], &fires),
            (&[(transition, json!("")), (kind, json!("success"))], &format!("resolved {at}")),
            (
                &[(transition, json!("")), (kind, json!("info"))],
                "nothing: it is an event that no monitor sent",
            ),
            (
                &[(transition, json!("Odd"))],
                "nothing: \"odd\" is neither an alert nor its recovery",
            ),
            (&[("/date", json!(1_656_579_600_000_i64))], &fires),
        ],
    );
    table(
        "datadog",
        "datadog_template",
        &[(&[], "nothing: no variable in it was replaced: it is a test")],
    );
    // One monitor, two hosts: two troubles, unless Datadog says itself which is which.
    let key =
        |changes: &[(&str, Value)]| one("datadog", &changed("datadog_triggered", changes)).key;
    assert_ne!(key(&[]), key(&[("/alert_scope", json!("queue:eu2"))]));
    assert_eq!(key(&[]), key(&[("/id", json!("other")), ("/date", json!(0))]));
    assert_eq!(key(&[("/alert_cycle_key", json!(5))]), "5");
    let severity = |changes: &[(&str, Value)]| {
        one("datadog", &changed("datadog_triggered", changes)).severity.map(Severity::level)
    };
    assert_eq!(severity(&[]), Some(2));
    assert_eq!(severity(&[("/alert_priority", json!("P1"))]), Some(1));
    assert_eq!(severity(&[("/alert_priority", json!("$ALERT_PRIORITY"))]), Some(2));
    assert_eq!(severity(&[("/alert_priority", json!("")), (transition, json!("Warn"))]), Some(3));
}

#[test]
fn elastic() {
    let group = "/action_group";
    table(
        "elastic",
        "elastic_active",
        &[
            (&[], "firing since 2022-06-30T09:00:00Z"),
            (&[(group, json!("recovered"))], "resolved 2022-06-30T09:00:00Z"),
            (&[(group, json!("Recovered")), ("/date", json!(""))], "resolved now"),
            (
                &[(group, json!("{{alert.actionGroup}}"))],
                "nothing: its variables were not replaced: it is a test",
            ),
            (
                &[(group, json!(null))],
                "refused: the body is not what elastic sends: it has no `action_group`: use the body \
                 of our guide",
            ),
        ],
    );
    table(
        "elastic",
        "elastic_template",
        &[(&[], "nothing: its variables were not replaced: it is a test")],
    );
    let nested = json!({
        "rule": { "id": "1a2b3c4d", "name": "Queue", "tags": ["severity:warning"] },
        "alert": { "id": "eu1", "actionGroup": "query matched" }, "date": "{{date}}",
    });
    let alert = one("elastic", nested.to_string().as_bytes());
    assert_eq!(alert.key, one("elastic", &sample("elastic_active")).key);
    assert_eq!(alert.severity.map(Severity::level), Some(3));
}

#[test]
fn grafana() {
    let status = "/alerts/0/status";
    let name = "/alerts/0/labels/alertname";
    table(
        "grafana",
        "grafana_firing",
        &[
            (&[], "firing since 2022-06-30T09:00:00Z"),
            (
                &[
                    (status, json!("resolved")),
                    ("/status", json!("resolved")),
                    ("/alerts/0/endsAt", json!("2022-06-30T10:02:00Z")),
                ],
                "resolved 2022-06-30T10:02:00Z",
            ),
            (&[(name, json!("DatasourceNoData"))], "firing since 2022-06-30T09:00:00Z, recorded"),
            (&[(name, json!("DatasourceError"))], "firing since 2022-06-30T09:00:00Z, recorded"),
            (
                &[(name, json!("TestAlert")), ("/alerts/0/labels/instance", json!("Grafana"))],
                "nothing: it is the test of a contact point",
            ),
            (&[("/alerts", json!([]))], "nothing: the group holds no alerts"),
        ],
    );
    let with = |pointer: &str, value: Value| {
        one("grafana", &changed("grafana_firing", &[(pointer, value)]))
    };
    assert_ne!(with("/orgId", json!(2)).key, with("/orgId", json!(1)).key);
    assert_eq!(with("/title", json!("Mail is stuck")).title, "Mail is stuck");
    assert_eq!(with("/title", json!("[RESOLVED] x")).title, "Outbound queue eu1 is not draining");

    let of_a_dashboard = |state: &str, name: &str| {
        let body = json!({
            "ruleId": 5, "ruleName": name, "orgId": 1, "state": state, "title": "[Alerting] Queue",
            "ruleUrl": "https://grafana.example/d/mail", "message": "Long", "evalMatches": [],
        });
        outcome(try_read("grafana", body.to_string().as_bytes()))
    };
    assert_eq!(of_a_dashboard("alerting", "Queue"), "firing since now");
    assert_eq!(of_a_dashboard("no_data", "Queue"), "firing since now, recorded");
    assert_eq!(of_a_dashboard("ok", "Queue"), "resolved now");
    assert_eq!(
        of_a_dashboard("pending", "Queue"),
        "nothing: the rule is neither alerting nor ok, but \"pending\""
    );
    assert_eq!(
        of_a_dashboard("alerting", "Test notification"),
        "nothing: it is the test of a notification channel"
    );
}

#[test]
fn newrelic() {
    let state = "/state";
    table(
        "newrelic",
        "newrelic_issue",
        &[
            (&[], "firing since 2022-06-30T09:00:00Z"),
            (&[(state, json!("created"))], "firing since 2022-06-30T09:00:00Z"),
            (&[(state, json!("ACKNOWLEDGED"))], "firing since 2022-06-30T09:00:00Z"),
            (&[(state, json!("CLOSED"))], "resolved 2022-06-30T09:01:00Z"),
            (&[(state, json!("Odd"))], "nothing: \"Odd\" is neither open nor closed"),
            (&[(state, json!("{{state}}"))], "nothing: the template was not filled: it is a test"),
        ],
    );
    let real = [
        ("/details", json!("Queue depth > 100000")),
        ("/targets/0/product", json!("NRQL")),
        ("/incident_id", json!(77)),
    ];
    let with = |state: &str| {
        let mut changes = real.to_vec();
        changes.push(("/current_state", json!(state)));
        changed("newrelic_test", &changes)
    };
    let says = |state: &str| outcome(try_read("newrelic", &with(state)));
    assert_eq!(says("open"), "firing since 2020-09-25T11:23:27.849Z");
    assert_eq!(says("acknowledged"), "firing since 2020-09-25T11:23:27.849Z, recorded");
    assert_eq!(says("closed"), "resolved 2020-09-25T11:23:27.849Z");
    assert_eq!(one("newrelic", &with("open")).key, "77");
    table("newrelic", "newrelic_test", &[(&[], "nothing: it is the test of a destination")]);
}

#[test]
fn sentry() {
    let action = "/action";
    table(
        "sentry",
        "sentry_metric_alert",
        &[
            (&[], "resolved now"),
            (
                &[("/data/metric_alert/date_closed", json!("2020-09-13T13:00:00Z"))],
                "resolved 2020-09-13T13:00:00Z",
            ),
            (&[(action, json!("critical"))], "firing since 2020-09-13T12:26:40Z"),
            (&[(action, json!("warning"))], "firing since 2020-09-13T12:26:40Z"),
            (&[(action, json!("odd"))], "nothing: \"odd\" is neither an alert nor its end"),
        ],
    );
    let issue = |action: &str| {
        json!({ "action": action, "data": { "issue": {
            "id": "1117540176", "title": "ReferenceError", "level": "fatal",
            "firstSeen": "2019-08-19T21:06:17Z", "lastSeen": "2019-08-20T21:06:17Z",
            "project": { "slug": "front-end" }, "web_url": "https://sentry.io/issues/1/",
        } } })
        .to_string()
        .into_bytes()
    };
    let says = |action: &str| outcome(try_read("sentry", &issue(action)));
    assert_eq!(says("created"), "firing since 2019-08-19T21:06:17Z, recorded");
    assert_eq!(says("unresolved"), "firing since 2019-08-20T21:06:17Z, recorded");
    assert_eq!(says("resolved"), "resolved now, recorded");
    assert_eq!(says("assigned"), "nothing: an issue was \"assigned\", which is no alert");
    // The issue and the alert about it are one trouble, so the one ends the other.
    assert_eq!(
        one("sentry", &issue("resolved")).key,
        one("sentry", &sample("sentry_issue_alert")).key
    );
}

#[test]
fn zabbix() {
    let value = "/event_value";
    table(
        "zabbix",
        "zabbix_problem",
        &[
            (&[], "firing since now"),
            (&[("/event_timestamp", json!("1755704741"))], "firing since 2025-08-20T15:45:41Z"),
            (&[(value, json!(0))], "resolved now"),
            (&[("/event_recovery_value", json!("0"))], "resolved now"),
            (&[("/event_recovery_value", json!("{EVENT.RECOVERY.VALUE}"))], "firing since now"),
            (&[("/event_update_status", json!("1"))], "firing since now, recorded"),
            (&[("/event_source", json!("3"))], "firing since now, recorded"),
            (
                &[("/event_source", json!("2"))],
                "nothing: it is about a host that was found or has registered",
            ),
            (
                &[(value, json!("{EVENT.VALUE}"))],
                "nothing: its macros were not replaced: it is a test",
            ),
            (
                &[(value, json!(null))],
                "refused: the body is not what zabbix sends: it has no `event_value`: use the media \
                 type of our guide",
            ),
        ],
    );
    let alert = one(
        "zabbix",
        &changed(
            "zabbix_problem",
            &[
                ("/title", json!("Resolved in 5m 3s: Queue: eu1")),
                ("/event_tagsjson", json!(r#"[{"tag":"service","value":"mail"}]"#)),
                ("/event_nseverity", json!("0")),
                ("/zabbix_url", json!("{$ZABBIX.URL}")),
            ],
        ),
    );
    assert_eq!(alert.title, "Queue: eu1");
    assert_eq!(alert.domain_hints, ["mail"]);
    assert!(alert.severity.is_none() && alert.links.is_empty());
}
