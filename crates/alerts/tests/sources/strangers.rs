//! A source reads its own bodies, and says in one line that others are not its own.

use sima_alerts::{Unreadable, sources};

use super::{sample, try_read};

/// Every sample with the source that sends it, if it is one of ours.
const SAMPLES: [(&str, &str); 29] = [
    ("alertmanager", "alertmanager_small"),
    ("azure", "azure_fired"),
    ("azure", "azure_resolved"),
    ("betterstack", "betterstack_resolved"),
    ("cloudevents", "cloudevents_structured"),
    ("cloudwatch", "cloudwatch_alarm"),
    ("cloudwatch", "cloudwatch_insufficient_data"),
    ("cloudwatch", "cloudwatch_subscription"),
    ("datadog", "datadog_template"),
    ("datadog", "datadog_triggered"),
    ("elastic", "elastic_active"),
    ("elastic", "elastic_template"),
    ("generic", "generic"),
    ("google", "google_1_0"),
    ("google", "google_open"),
    ("grafana", "grafana_firing"),
    ("newrelic", "newrelic_issue"),
    ("newrelic", "newrelic_test"),
    ("opsgenie", "opsgenie_create"),
    ("pagerduty", "pagerduty_priority"),
    ("pingdom", "pingdom_down"),
    ("sentry", "sentry_issue_alert"),
    ("sentry", "sentry_metric_alert"),
    ("sentry", "sentry_plugin"),
    ("uptimekuma", "uptimekuma_test"),
    ("uptimerobot", "uptimerobot_down"),
    ("zabbix", "zabbix_problem"),
    ("github", "github_deployment_status"),
    ("gitlab", "gitlab_deployment"),
];

#[test]
fn a_source_reads_its_own_and_refuses_others() {
    for (sender, name) in SAMPLES {
        let body = sample(name);
        for source in sources() {
            let reading = try_read(source, &body);
            // One is the other with more in it, and an alarm is worth more than the order.
            let is_kin = ["alertmanager", "grafana"].contains(&sender)
                && ["alertmanager", "grafana"].contains(&source);
            // A title is all that our own format asks for.
            let has_title = source == "generic"
                && serde_json::from_slice::<serde_json::Value>(&body)
                    .is_ok_and(|body| body["title"].is_string());
            if sender == source || is_kin || has_title {
                assert!(reading.is_ok(), "{source} reads {name}: {reading:?}");
                continue;
            }
            match reading {
                Err(why @ Unreadable::NotAnAlert { .. }) => {
                    let said = why.to_string();
                    assert!(said.contains(source) && !said.contains('\n'), "{said}");
                }
                other => panic!("{source} refuses {name}, not {other:?}"),
            }
        }
    }
}

#[test]
fn what_is_sent_to_test_an_address_is_answered_kindly() {
    for source in sources() {
        for body in ["", " \r\n", "{}", "[]", "null"] {
            assert!(try_read(source, body.as_bytes()).is_ok(), "{source}: {body:?}");
        }
    }
}
