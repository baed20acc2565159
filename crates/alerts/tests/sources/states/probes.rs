//! What the words of those who try a site from outside mean.

use serde_json::json;

use super::table;
use crate::{changed, one};

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
