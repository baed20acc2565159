//! What the words of those who pass alerts on mean.

use serde_json::json;
use sima_incident::Severity;

use super::table;
use crate::{changed, one};

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
