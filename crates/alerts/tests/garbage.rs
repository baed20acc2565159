//! Whatever bytes arrive, reading them ends in an answer.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sima_alerts::{Delivery, MAX_FULL_TITLE, MAX_TITLE, Reading, read, sources};

fn now() -> Timestamp {
    "2022-06-30T10:04:00Z".parse().expect("a time")
}

/// Reads a body as every source; what is read keeps the promises of an alert.
fn read_all(body: &[u8]) {
    for source in sources() {
        read_one(source, &Delivery::of_body(body, now()));
    }
}

fn read_one(source: &str, delivery: &Delivery<'_>) {
    match read(source, delivery) {
        Ok(Reading::Alerts(alerts)) => {
            assert!(!alerts.is_empty());
            for alert in alerts {
                assert_eq!(alert.source, source);
                assert!(!alert.key.is_empty() && alert.key.len() <= 500);
                assert!(!alert.key.contains('\0'));
                assert!(!alert.title.is_empty() && !alert.title.contains(char::is_control));
                assert!(alert.title.chars().count() <= MAX_TITLE);
                assert!(alert.full_title.chars().count() <= MAX_FULL_TITLE);
                assert!(alert.state.since() <= now());
                assert!(alert.description.is_none_or(|text| !text.contains('\0')));
                assert!(alert.domain_hints.len() <= 64);
                assert!(alert.links.iter().all(|link| link.to_lowercase().starts_with("http")));
            }
        }
        Ok(Reading::Nothing { why }) => assert!(!why.is_empty() && !why.contains('\n')),
        Err(unreadable) => {
            let said = unreadable.to_string();
            assert!(!said.contains('\n') && said.len() < 1000, "{said}");
        }
    }
}

/// A value as somebody might send it where another was expected.
fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        prop::sample::select(vec![
            json!("firing"),
            json!("resolved"),
            json!("0001-01-01T00:00:00Z"),
            json!("9999-12-31T23:59:59.999999999Z"),
            json!("2022-06-30T09:00:00+02:00"),
            json!("2022-06-30T09:00:00.1234567+0000"),
            json!(1_656_579_600_000_i64),
            json!(i64::MAX),
            json!(""),
            json!(" \u{0}\n"),
            json!("$ALERT_ID"),
            json!("{EVENT.VALUE}"),
            json!("{{rule.id}}"),
            json!("*monitorID*"),
            json!("{\"AlarmName\":\"a\",\"NewStateValue\":\"ALARM\"}"),
            json!("arn:aws:sns:eu-west-1:1:a"),
            json!("https://a.example/projects/b/c/"),
        ]),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let field = prop::sample::select(vec![
        "alerts",
        "status",
        "title",
        "labels",
        "annotations",
        "summary",
        "startsAt",
        "endsAt",
        "groupKey",
        "dedup_key",
        "severity",
        "links",
        "fingerprint",
        "data",
        "event",
        "incident",
        "tags",
    ])
    .prop_map(str::to_owned);
    leaf().prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((field.clone(), inner), 0..8)
                .prop_map(|fields| Value::from(Map::from_iter(fields))),
        ]
    })
}

/// A body of the contract with a few of its values replaced by others, wherever they stand.
fn near_a_sample() -> impl Strategy<Value = Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract");
    let samples: Vec<Value> = std::fs::read_dir(folder)
        .expect("the samples")
        .map(|entry| entry.expect("a sample").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| std::fs::read(path).expect("a sample"))
        .map(|body| serde_json::from_slice(&body).expect("JSON"))
        .collect();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), value()), 0..6);
    (prop::sample::select(samples), changes).prop_map(|(mut body, changes)| {
        for (index, value) in changes {
            let mut places = Vec::new();
            pointers(&body, String::new(), &mut places);
            let place = index.get(&places);
            *body.pointer_mut(place).expect("a place") = value;
        }
        body
    })
}

/// The JSON pointers of a value and all that is in it.
fn pointers(value: &Value, here: String, found: &mut Vec<String>) {
    if let Value::Object(fields) = value {
        for (name, value) in fields {
            let name = name.replace('~', "~0").replace('/', "~1");
            pointers(value, format!("{here}/{name}"), found);
        }
    }
    if let Value::Array(items) = value {
        for (index, value) in items.iter().enumerate() {
            pointers(value, format!("{here}/{index}"), found);
        }
    }
    found.push(here);
}

proptest! {
    #[test]
    fn arbitrary_bytes(body in prop::collection::vec(any::<u8>(), 0..512)) {
        read_all(&body);
    }

    #[test]
    fn arbitrary_deliveries(
        body in prop::collection::vec(any::<u8>(), 0..256),
        content_type in prop::sample::select(vec![
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=a",
            "text/plain",
        ]),
        query in "\\PC{0,60}",
        header in "\\PC{0,20}",
    ) {
        let looked_up = |_: &str| Some(header.as_str());
        for source in sources() {
            let delivery = Delivery {
                content_type: Some(content_type),
                header: &looked_up,
                query: &query,
                ..Delivery::of_body(&body, now())
            };
            read_one(source, &delivery);
            read_one(source, &Delivery { body: b"", ..delivery });
            read_one(source, &Delivery { header: &|_| None, ..delivery });
        }
    }

    #[test]
    fn arbitrary_values(body in value()) {
        read_all(body.to_string().as_bytes());
    }

    #[test]
    fn arbitrary_alerts(alerts in prop::collection::vec(value(), 0..6), status in value()) {
        read_all(json!({ "alerts": alerts, "status": status }).to_string().as_bytes());
    }

    #[test]
    fn bodies_near_those_that_are_sent(body in near_a_sample()) {
        read_all(body.to_string().as_bytes());
    }
}

#[test]
fn ten_megabytes_of_anything() {
    let long = "x".repeat(10 << 20);
    let number = "9".repeat(1 << 20);
    let deep = "[".repeat(10 << 20);
    let form = format!("{}{}", "a=%41&".repeat(1 << 16), "a".repeat(10 << 20));
    let alerts = format!("{{\"alerts\":[{}{{}}]}}", "{},".repeat(100_000));
    let title = json!({ "title": "a ".repeat(1 << 20), "dedup_key": number }).to_string();
    // JSON in a text may be as deep as what holds it.
    let nested = json!({
        "Type": "Notification", "TopicArn": "arn", "Subject": "s", "Message": deep,
    })
    .to_string();
    let events = format!("[{}{{}}]", "{},".repeat(100_000));
    for body in [long.as_str(), &number, &deep, &form, &alerts, &title, &nested, &events] {
        read_all(body.as_bytes());
    }
    let sent_as = |content_type, body: &str| {
        let delivery = Delivery {
            content_type: Some(content_type),
            ..Delivery::of_body(body.as_bytes(), now())
        };
        for source in sources() {
            read_one(source, &delivery);
        }
    };
    sent_as("application/x-www-form-urlencoded", &form);
    sent_as("multipart/form-data; boundary=-", &"--\n".repeat(1 << 20));
    sent_as("multipart/form-data; boundary=a", &"--a\r\nname=\"a\"\r\n\r\nb\r\n".repeat(100_000));
}
