//! What each source's words mean: a table a source of what fires, what ends and what is neither.

use serde_json::{Value, json};
use sima_incident::Severity;

use super::{changed, one, outcome, sample, try_read};

/// Asserts what becomes of a sample with some fields changed.
fn table(source: &str, name: &str, cases: &[(&[(&str, Value)], &str)]) {
    for (changes, wanted) in cases {
        let said = outcome(try_read(source, &changed(name, changes)));
        assert_eq!(said, *wanted, "{source}: {changes:?}");
    }
}

#[test]
fn azure() {
    let (condition, schema) = ("/data/essentials/monitorCondition", "/schemaId");
    table(
        "azure",
        "azure_resolved",
        &[
            (&[], "resolved 2019-03-22T14:03:16.224631Z"),
            (&[("/data/essentials/resolvedDateTime", json!(null))], "resolved now"),
            (&[(condition, json!("fired"))], "firing since 2019-03-22T13:58:24.371321Z"),
            (&[(condition, json!("Other"))], "nothing: \"Other\" is neither Fired nor Resolved"),
            (
                &[(schema, json!("AzureMonitorMetricAlert"))],
                "refused: the body is not what azure sends: it is of an older schema: switch \
                 \"common alert schema\" on in the action group, for this webhook",
            ),
        ],
    );
    let key = |name: &str, id: Value| {
        one("azure", &changed(name, &[("/data/essentials/alertId", id)])).key
    };
    assert_eq!(key("azure_fired", json!(7)), key("azure_resolved", json!("7")));
    assert_eq!(key("azure_fired", json!(null)), key("azure_resolved", json!("")));
}

#[test]
fn betterstack() {
    let status = "/data/attributes/status";
    let began = "firing since 2026-04-18T14:00:00Z";
    table(
        "betterstack",
        "betterstack_resolved",
        &[
            (&[(status, json!("Resolved"))], "resolved 2026-04-18T14:15:00Z"),
            (&[(status, json!("STARTED"))], began),
            (&[(status, json!("Acknowledged"))], began),
            (&[(status, json!("Validating"))], began),
            (&[(status, json!(null))], "resolved 2026-04-18T14:15:00Z"),
            (&[(status, json!(null)), ("/data/attributes/resolved_at", json!(null))], began),
            (
                &[(status, json!("Acknowledged")), ("/data/attributes/started_at", json!(null))],
                "firing since now, recorded",
            ),
            (&[(status, json!("Odd"))], "nothing: \"Odd\" is neither started nor resolved"),
            (
                &[("/data/type", json!("monitor"))],
                "refused: the body is not what betterstack sends: its `data` is not of type incident",
            ),
        ],
    );
}

#[test]
fn cloudevents() {
    let kind = "/type";
    let at = "2018-04-05T17:31:00Z";
    table(
        "cloudevents",
        "cloudevents_structured",
        &[
            (&[], &format!("firing since {at}, recorded")),
            (&[(kind, json!("com.example.Alarm"))], &format!("firing since {at}")),
            (&[(kind, json!("com.example.recovered"))], &format!("resolved {at}")),
            (&[("/data/status", json!("resolved"))], &format!("resolved {at}")),
            (&[("/data/state", json!("FIRING"))], &format!("firing since {at}")),
            (&[("/time", json!("later")), (kind, json!("a.alarm"))], "firing since now"),
            (&[("/data/test", json!(true))], "nothing: it is a test"),
            (
                &[("/specversion", json!("0.3"))],
                "refused: the body is not what cloudevents sends: its `specversion` is \"0.3\": send 1.0",
            ),
        ],
    );
    let fires = changed("cloudevents_structured", &[("/subject", json!("disk/1"))]);
    let ends = changed(
        "cloudevents_structured",
        &[("/subject", json!("disk/1")), (kind, json!("a.resolved")), ("/id", json!("other"))],
    );
    assert_eq!(one("cloudevents", &fires).key, one("cloudevents", &ends).key);
}

#[test]
fn cloudwatch() {
    let message = |change: &dyn Fn(&mut Value)| {
        let envelope: Value = serde_json::from_slice(&sample("cloudwatch_alarm")).expect("JSON");
        let text = envelope["Message"].as_str().expect("text");
        let mut alarm = serde_json::from_str(text).expect("JSON in a text");
        change(&mut alarm);
        [("/Message", json!(alarm.to_string()))]
    };
    let value = |value: &str| message(&|alarm| alarm["NewStateValue"] = json!(value));
    table(
        "cloudwatch",
        "cloudwatch_alarm",
        &[
            (&[], "firing since 2019-02-15T23:53:45.093Z"),
            (&value("OK"), "resolved 2019-02-15T23:53:45.093Z"),
            (&value("INSUFFICIENT_DATA"), "nothing: \"INSUFFICIENT_DATA\" is neither ALARM nor OK"),
            // A composite alarm has a rule in place of a trigger.
            (
                &message(&|alarm| {
                    alarm.as_object_mut().expect("an alarm").remove("Trigger");
                    alarm["AlarmRule"] = json!("ALARM(a) AND ALARM(b)");
                    alarm["AlarmDescription"] = json!(null);
                }),
                "firing since 2019-02-15T23:53:45.093Z",
            ),
            (
                &[("/Message", json!("Disk full"))],
                "firing since 2019-02-15T23:53:45.134Z, recorded",
            ),
            (&[("/Message", json!(""))], "firing since 2019-02-15T23:53:45.134Z, recorded"),
            (
                &[("/Message", json!("")), ("/Subject", json!(null))],
                "nothing: the message is empty",
            ),
            (&[("/Type", json!("UnsubscribeConfirmation"))], "nothing: a subscription was ended"),
            (
                &[("/Type", json!("Other"))],
                "refused: the body is not what cloudwatch sends: it is not the envelope of an SNS message",
            ),
        ],
    );
    table(
        "cloudwatch",
        "cloudwatch_subscription",
        &[(
            &[],
            "nothing: a subscription waits to be confirmed: give it an integration with its \
             `topics`, and request the confirmation again, or visit its SubscribeURL yourself",
        )],
    );
    // The newer field is the key, and says where the console is.
    let arn = "arn:aws-cn:cloudwatch:cn-north-1:1:alarm:Disk \"a\"";
    let alarm = one(
        "cloudwatch",
        &changed("cloudwatch_alarm", &message(&|alarm| alarm["AlarmArn"] = json!(arn))),
    );
    assert_eq!(alarm.key, arn);
    assert!(
        alarm.links[0].starts_with("https://cn-north-1.console.amazonaws.cn/"),
        "{:?}",
        alarm.links
    );
    let odd = changed("cloudwatch_alarm", &[("/TopicArn", json!("arn:aws:sns:evil.example/:1"))]);
    assert!(one("cloudwatch", &odd).links.is_empty());
}

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
fn google() {
    let (state, id) = ("/incident/state", "/incident/incident_id");
    table(
        "google",
        "google_closed",
        &[
            (&[], "resolved 2017-07-06T19:20:36Z"),
            (&[(state, json!("CLOSED"))], "resolved 2017-07-06T19:20:36Z"),
            (&[(state, json!("Open"))], "firing since 2017-07-06T19:10:14Z"),
            (&[(state, json!("open")), ("/incident/started_at", json!(0))], "firing since now"),
            (&[(state, json!("odd"))], "nothing: the incident is neither open nor closed: \"odd\""),
            (&[(id, json!(null))], "nothing: the incident has no id: it is a test"),
            (&[(id, json!(""))], "nothing: the incident has no id: it is a test"),
        ],
    );
    assert_eq!(one("google", &changed("google_open", &[(id, json!(12))])).key, "12");
    // As Pub/Sub pushes it: the same body in base64.
    let wrapped = json!({ "message": { "data": "eyJpbmNpZGVudCI6eyJpbmNpZGVudF9pZCI6ImEiLCJzdGF0ZSI6Im9wZW4ifX0=" } });
    assert_eq!(one("google", wrapped.to_string().as_bytes()).key, "a");
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
fn opsgenie() {
    let action = "/action";
    let created = ("/alert/createdAt", json!(1_656_579_600_000_i64));
    table(
        "opsgenie",
        "opsgenie_create",
        &[
            (&[], "firing since now"),
            (std::slice::from_ref(&created), "firing since 2022-06-30T09:00:00Z"),
            (
                &[created.clone(), (action, json!("Acknowledge"))],
                "firing since 2022-06-30T09:00:00Z",
            ),
            (&[(action, json!("Acknowledge"))], "firing since now, recorded"),
            (&[(action, json!("Close"))], "resolved now"),
            (&[(action, json!("Delete"))], "resolved now"),
            (
                &[(action, json!("AddNote"))],
                "nothing: \"AddNote\" does not change whether it fires",
            ),
        ],
    );
    let tagged = changed(
        "opsgenie_create",
        &[("/alert/tags", json!(["service:mail"])), ("/alert/priority", json!("P1"))],
    );
    let alert = one("opsgenie", &tagged);
    assert_eq!(alert.domain_hints[0], "mail");
    assert_eq!(alert.severity.map(Severity::level), Some(1));
}

#[test]
fn pagerduty() {
    let kind = "/event/event_type";
    let created = ("/event/data/created_at", json!("2021-04-26T17:00:00Z"));
    table(
        "pagerduty",
        "pagerduty_priority",
        &[
            (&[], "firing since 2021-04-26T17:36:27.458Z, recorded"),
            (std::slice::from_ref(&created), "firing since 2021-04-26T17:00:00Z"),
            (&[(kind, json!("incident.triggered"))], "firing since 2021-04-26T17:36:27.458Z"),
            (
                &[created.clone(), (kind, json!("incident.triggered"))],
                "firing since 2021-04-26T17:00:00Z",
            ),
            (
                &[created.clone(), (kind, json!("incident.reopened"))],
                "firing since 2021-04-26T17:36:27.458Z",
            ),
            (&[(kind, json!("incident.resolved"))], "resolved 2021-04-26T17:36:27.458Z"),
            (
                &[
                    (kind, json!("incident.triggered")),
                    ("/event/data/incident_key", json!("sima:0192:mail")),
                ],
                "nothing: it is a page that SIMA sent",
            ),
            (
                &[
                    (kind, json!("incident.annotated")),
                    ("/event/data/type", json!("incident_note")),
                ],
                "nothing: \"incident.annotated\" says nothing about an incident's state",
            ),
            (
                &[(kind, json!("pagey.ping"))],
                "nothing: \"pagey.ping\" says nothing about an incident's state",
            ),
            (
                &[(kind, json!("of.later"))],
                "nothing: \"of.later\" says nothing about an incident's state",
            ),
        ],
    );
}

#[test]
fn pingdom() {
    let state = "/current_state";
    table(
        "pingdom",
        "pingdom_down",
        &[
            (&[], "firing since 2017-06-30T22:25:43Z"),
            (&[("/state_changed_timestamp", json!(null))], "firing since 2017-06-30T22:25:43Z"),
            (&[(state, json!("failing"))], "firing since 2017-06-30T22:25:43Z"),
            (&[(state, json!("SUCCESS"))], "resolved 2017-06-30T22:25:43Z"),
            (&[(state, json!("PAUSED"))], "nothing: \"PAUSED\" is neither up nor down"),
        ],
    );
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
fn uptimekuma() {
    let status = "/heartbeat/status";
    let at = "2023-02-06T18:07:43.733Z";
    table(
        "uptimekuma",
        "uptimekuma_down",
        &[
            (&[], &format!("firing since {at}")),
            (&[("/heartbeat/important", json!(false))], &format!("firing since {at}, recorded")),
            (&[(status, json!("1"))], &format!("resolved {at}")),
            (&[(status, json!(2))], "nothing: the monitor is being tried again"),
            (&[(status, json!(3))], "nothing: the monitor is under maintenance"),
            (
                &[(status, json!(null))],
                "refused: the body is not what uptimekuma sends: its `heartbeat` has no `status` \
                 from 0 to 3",
            ),
        ],
    );
    table(
        "uptimekuma",
        "uptimekuma_test",
        &[
            (&[], "nothing: it is the test of a notification"),
            (
                &[("/msg", json!("[Shop] certificate expires in 7 days"))],
                "firing since now, recorded",
            ),
        ],
    );
}

#[test]
fn uptimerobot() {
    let kind = "/alertType";
    let at = "2022-08-03T16:53:45Z";
    table(
        "uptimerobot",
        "uptimerobot_down",
        &[
            (&[], &format!("firing since {at}")),
            (&[(kind, json!(1))], &format!("firing since {at}")),
            (&[(kind, json!("2"))], &format!("resolved {at}")),
            (&[(kind, json!("3"))], &format!("firing since {at}, recorded")),
            (&[(kind, json!("*alertType*"))], &format!("firing since {at}")),
            (&[(kind, json!("9"))], "nothing: \"9\" is neither up nor down"),
            (
                &[
                    (kind, json!("*alertType*")),
                    ("/alertTypeFriendlyName", json!("*alertTypeFriendlyName*")),
                ],
                "nothing: it says neither up nor down: it is a test",
            ),
        ],
    );
    // Coming up does not renew a certificate.
    let key = |kind: &str| {
        one("uptimerobot", &changed("uptimerobot_down", &[("/alertType", json!(kind))])).key
    };
    assert_eq!(key("1"), key("2"));
    assert_ne!(key("1"), key("3"));
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
