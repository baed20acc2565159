//! Titles in which the sender did not replace a variable: no alarm is lost, and none is named so.

use serde_json::json;

use crate::{changed, one, outcome, try_read};

#[test]
fn a_variable_in_a_title_is_taken_from_the_labels_or_left_out() {
    let labels = json!({ "instance": "web-1", "host": "db-2" });
    for (title, wanted, names) in [
        ("{{ $labels.instance }} is down", "web-1 is down", "{{ $labels.instance }}"),
        ("{{ $labels.pod }} is down", "… is down", "{{ $labels.pod }}"),
        ("Disk full on {#FSNAME}", "Disk full on …", "{#FSNAME}"),
        ("{HOST.NAME}: no ping", "db-2: no ping", "{HOST.NAME}"),
        ("Ping of %hostname% fails", "Ping of … fails", "%hostname%"),
        ("${VAR} and $ALERT_TITLE fail", "… and … fail", "${VAR}, $ALERT_TITLE"),
        ("Load on *UNKNOWN*", "Load on …", "*UNKNOWN*"),
        ("{{ $value }} / ${instance}", "… / web-1", "{{ $value }}, ${instance}"),
        ("{{ $value }} / ${x}", "Alert from generic about db-2", "{{ $value }}, ${x}"),
    ] {
        let body = json!({ "title": title, "labels": labels, "description": "Look at it." });
        let alert = one("generic", body.to_string().as_bytes());
        assert_eq!(alert.title, wanted, "{title}");
        assert_eq!(alert.full_title, wanted, "{title}");
        assert_eq!(alert.unreplaced.join(", "), names, "{title}");
        let said = alert.description.expect("a description");
        assert_eq!(
            said,
            format!("The monitor did not replace {names} in its title.\n\nLook at it.")
        );
    }
}

#[test]
fn what_only_looks_like_a_variable_stays() {
    for title in [
        "CPU at 95% and 80% of memory",
        "Costs rose by $500 to $EUR 7",
        "{\"a\": 1} is no JSON {here}",
        "2 * 3 * 4",
        "{",
        "{{ never closed",
    ] {
        let alert = one("generic", json!({ "title": title }).to_string().as_bytes());
        assert_eq!((alert.title.as_str(), alert.unreplaced.len()), (title, 0));
    }
}

/// The key is of what was sent, so that a mended template does not look like an old one's repeat, and a
/// repeat does.
#[test]
fn the_key_does_not_depend_on_what_was_made_of_the_title() {
    let of = |title: &str, pod: &str| {
        let body = json!({ "title": title, "labels": { "pod": pod } });
        one("generic", body.to_string().as_bytes()).key
    };
    assert_eq!(of("{{ $labels.pod }} is down", "a"), of("{{ $labels.pod }} is down", "b"));
    assert_ne!(of("{{ $labels.pod }} is down", "a"), of("a is down", "a"));
}

#[test]
fn an_alert_whose_name_is_missing_is_named_after_what_it_is_about() {
    let nameless = changed(
        "zabbix_problem",
        &[("/event_name", json!("*UNKNOWN*")), ("/host_name", json!("db-2"))],
    );
    let mut body: serde_json::Value = serde_json::from_slice(&nameless).expect("JSON");
    for field in ["title", "subject"] {
        body.as_object_mut().expect("an object").remove(field);
    }
    let alert = one("zabbix", body.to_string().as_bytes());
    assert_eq!(alert.title, "Alert from zabbix about db-2");
    // A test button's body is still no alarm.
    let test = json!({ "title": "{{ title }}" }).to_string();
    assert!(outcome(try_read("generic", test.as_bytes())).starts_with("nothing"));
}
