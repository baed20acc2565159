//! Whatever bytes arrive, reading them ends in an answer.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sima_alerts::{MAX_FULL_TITLE, MAX_TITLE, Reading, read, sources};

fn now() -> Timestamp {
    "2022-06-30T10:04:00Z".parse().expect("a time")
}

/// Reads a body as every source; what is read keeps the promises of an alert.
fn read_all(body: &[u8]) {
    for source in sources() {
        match read(source, None, body, now()) {
            Ok(Reading::Alerts(alerts)) => {
                assert!(!alerts.is_empty());
                for alert in alerts {
                    assert!(!alert.key.is_empty() && alert.key.len() <= 500);
                    assert!(!alert.title.is_empty() && !alert.title.contains('\n'));
                    assert!(alert.title.chars().count() <= MAX_TITLE);
                    assert!(alert.full_title.chars().count() <= MAX_FULL_TITLE);
                    assert!(alert.state.since() <= now());
                }
            }
            Ok(Reading::Nothing { why }) => assert!(!why.is_empty()),
            Err(unreadable) => assert!(!unreadable.to_string().contains('\n')),
        }
    }
}

/// A value as somebody might send it where another was expected.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        Just(json!("firing")),
        Just(json!("resolved")),
        Just(json!("0001-01-01T00:00:00Z")),
        Just(json!("2022-06-30T09:00:00+02:00")),
    ];
    let field = prop_oneof![
        Just("alerts"),
        Just("status"),
        Just("title"),
        Just("labels"),
        Just("annotations"),
        Just("summary"),
        Just("startsAt"),
        Just("endsAt"),
        Just("groupKey"),
        Just("dedup_key"),
        Just("severity"),
        Just("links"),
        Just("fingerprint"),
    ]
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((field.clone(), inner), 0..8)
                .prop_map(|fields| Value::from(Map::from_iter(fields))),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes(body in prop::collection::vec(any::<u8>(), 0..512)) {
        read_all(&body);
    }

    #[test]
    fn arbitrary_values(body in value()) {
        read_all(body.to_string().as_bytes());
    }

    #[test]
    fn arbitrary_alerts(alerts in prop::collection::vec(value(), 0..6), status in value()) {
        read_all(json!({ "alerts": alerts, "status": status }).to_string().as_bytes());
    }
}

#[test]
fn ten_megabytes_of_anything() {
    let long = "9".repeat(10 << 20);
    let deep = "[".repeat(10 << 20);
    let alerts = format!("{{\"alerts\":[{}{{}}]}}", "{},".repeat(100_000));
    let title = json!({ "title": "a ".repeat(5 << 20), "dedup_key": long }).to_string();
    for body in [long.as_str(), &deep, &alerts, &title] {
        read_all(body.as_bytes());
    }
}
