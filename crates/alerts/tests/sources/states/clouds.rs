//! What the words of clouds that watch themselves mean.

use serde_json::{Value, json};

use super::table;
use crate::{changed, one, sample};

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
