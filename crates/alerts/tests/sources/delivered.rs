//! What headers, forms and addresses say counts where a source sends by them.

use serde_json::{Value, json};
use sima_alerts::{Delivery, Reading, Unreadable, read};

use super::{now, outcome, sample};

/// A delivery with headers, a query and a body.
fn sent(
    source: &str,
    headers: &[(&str, &str)],
    query: &str,
    body: &[u8],
) -> Result<Reading, Unreadable> {
    let header =
        |name: &str| headers.iter().find(|(header, _)| *header == name).map(|(_, value)| *value);
    let content_type = header("content-type");
    let delivery =
        Delivery { content_type, header: &header, query, ..Delivery::of_body(body, now()) };
    read(source, &delivery)
}

fn encoded(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).expect("JSON");
    let fields = body.as_object().expect("an object").iter();
    let pair = |(name, value): (&String, &Value)| {
        let value = value.as_str().expect("text");
        let value: Vec<String> = value.bytes().map(|byte| format!("%{byte:02x}")).collect();
        format!("{name}={}", value.concat())
    };
    fields.map(pair).collect::<Vec<_>>().join("&")
}

#[test]
fn a_form_or_an_address_says_what_json_does() {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let samples = [
        ("datadog", "datadog_triggered"),
        ("uptimerobot", "uptimerobot_down"),
        ("zabbix", "zabbix_problem"),
    ];
    for (source, name) in samples {
        let json = sent(source, &[("content-type", "text/plain")], "", &sample(name));
        assert!(matches!(json, Ok(Reading::Alerts(_))), "{json:?}");
        let fields = encoded(&sample(name));
        assert_eq!(sent(source, &form, "", fields.as_bytes()), json, "{source}");
        assert_eq!(sent(source, &[], &fields, b""), json, "{source}");
        let payload = encoded(
            json!({ "payload": String::from_utf8_lossy(&sample(name)) }).to_string().as_bytes(),
        );
        assert_eq!(sent(source, &form, "", payload.as_bytes()), json, "{source}");
    }
    let refused = sent("grafana", &form, "", b"a=b").expect_err("no form");
    assert!(refused.to_string().contains("sent as a form"), "{refused}");
}

#[test]
fn uptime_kuma_sends_a_form_with_json_in_it() {
    let multipart = [("content-type", "multipart/form-data; boundary=----1")];
    let body = [
        b"------1\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n".as_slice(),
        &sample("uptimekuma_down"),
        b"\r\n------1--\r\n",
    ]
    .concat();
    let reading = sent("uptimekuma", &multipart, "", &body);
    assert_eq!(reading, sent("uptimekuma", &[], "", &sample("uptimekuma_down")));
    assert_eq!(outcome(reading), "firing since 2023-02-06T18:07:43.733Z");
}

#[test]
fn sentry_says_in_a_header_what_it_sends() {
    let says = |resource: &str, name: &str| {
        outcome(sent("sentry", &[("sentry-hook-resource", resource)], "", &sample(name)))
    };
    let alert = "firing since 2019-08-19T21:06:17.677Z, recorded";
    assert_eq!(says("event_alert", "sentry_issue_alert"), alert);
    assert_eq!(
        says("comment", "sentry_issue_alert"),
        "nothing: \"comment\" is neither an alert nor an issue"
    );
    assert!(says("metric_alert", "sentry_issue_alert").starts_with("refused: "));
    assert_eq!(
        outcome(sent("sentry", &[], "", br#"{"action":"created","installation":{"uuid":"a"}}"#)),
        "nothing: \"installation\" is neither an alert nor an issue"
    );
}

#[test]
fn sns_without_its_envelope_is_refused() {
    let raw = [("x-amz-sns-rawdelivery", "true")];
    for body in [&b"anything"[..], br#"{"AlarmName":"a","NewStateValue":"ALARM"}"#] {
        let said = outcome(sent("cloudwatch", &raw, "", body));
        assert!(said.contains("raw message delivery"), "{said}");
    }
}

#[test]
fn an_event_in_headers_is_the_event_in_json() {
    let headers = [
        ("content-type", "application/json"),
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "/queues/caf%C3%A9"),
        ("ce-type", "com.example.queue.alarm"),
        ("ce-subject", "\"eu1\""),
        ("ce-time", "2022-06-30T09:00:00Z"),
    ];
    let body = br#"{"title":"Queue is not draining","severity":"P1"}"#;
    let structured = json!({
        "specversion": "1.0", "id": "1", "source": "/queues/café", "subject": "eu1",
        "type": "com.example.queue.alarm", "time": "2022-06-30T09:00:00Z",
        "data": { "title": "Queue is not draining", "severity": "P1" },
    });
    let binary = sent("cloudevents", &headers, "", body);
    assert_eq!(binary, sent("cloudevents", &[], "", structured.to_string().as_bytes()));
    assert_eq!(outcome(binary), "firing since 2022-06-30T09:00:00Z");
    // Data may be missing, or no JSON.
    for body in [&b""[..], b"plain text", b"\xff\xfe"] {
        assert_eq!(
            outcome(sent("cloudevents", &headers, "", body)),
            "firing since 2022-06-30T09:00:00Z"
        );
    }
    // One that cannot be read does not take the others of its batch with it.
    let mut over = structured.clone();
    over["type"] = json!("com.example.queue.resolved");
    let batch = json!([structured, {}, over, { "specversion": "1.0" }]).to_string();
    assert_eq!(
        outcome(sent("cloudevents", &[], "", batch.as_bytes())),
        "firing since 2022-06-30T09:00:00Z; resolved 2022-06-30T09:00:00Z"
    );
    assert_eq!(
        outcome(sent("cloudevents", &[], "", b"[{}]")),
        "refused: the body is not what cloudevents sends: it has no `specversion`"
    );
}
