//! The alert that each recorded body becomes.

use super::{one, sample};

#[test]
fn samples_become_alerts() {
    let samples = [
        ("alertmanager", "alertmanager_mixed"),
        ("azure", "azure_fired"),
        ("azure", "azure_resolved"),
        ("betterstack", "betterstack_resolved"),
        ("cloudevents", "cloudevents_structured"),
        ("cloudwatch", "cloudwatch_alarm"),
        ("datadog", "datadog_triggered"),
        ("datadog", "datadog_unfilled"),
        ("elastic", "elastic_active"),
        ("generic", "generic"),
        ("google", "google_1_0"),
        ("google", "google_closed"),
        ("google", "google_open"),
        ("grafana", "grafana_firing"),
        ("newrelic", "newrelic_issue"),
        ("opsgenie", "opsgenie_create"),
        ("pagerduty", "pagerduty_priority"),
        ("pingdom", "pingdom_down"),
        ("pingdom", "pingdom_up"),
        ("sentry", "sentry_issue_alert"),
        ("sentry", "sentry_metric_alert"),
        ("sentry", "sentry_plugin"),
        ("uptimekuma", "uptimekuma_down"),
        ("uptimerobot", "uptimerobot_down"),
        ("zabbix", "zabbix_problem"),
    ];
    for (source, name) in samples {
        insta::assert_debug_snapshot!(name, one(source, &sample(name)));
    }
}

#[test]
fn the_end_of_a_trouble_has_the_key_and_the_title_of_its_beginning() {
    let pairs = [
        ("google", "google_open", "google_closed"),
        ("pingdom", "pingdom_down", "pingdom_up"),
        ("alertmanager", "alertmanager_mixed", "alertmanager_resolved"),
    ];
    for (source, firing, resolved) in pairs {
        let (firing, resolved) = (one(source, &sample(firing)), one(source, &sample(resolved)));
        assert!(firing.is_firing() && !resolved.is_firing());
        assert_eq!(firing.key, resolved.key, "{source}");
        assert_eq!(firing.title, resolved.title, "{source}");
    }
}
