//! A delivery that is sent again is known by the sender's own id, where it has one.

use serde_json::json;
use sima_alerts::{Delivery, Integration};

use super::{now, sample};

fn id(source: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<String> {
    let integration: Integration =
        toml::from_str(&format!("name = \"one\"\nsource = \"{source}\"")).expect("an integration");
    let header =
        |name: &str| headers.iter().find(|(header, _)| *header == name).map(|(_, value)| *value);
    let delivery = Delivery { header: &header, ..Delivery::of_body(body, now()) };
    let delivered = integration.read(&delivery).expect("it can be read");
    delivered.id
}

#[test]
fn each_source_names_its_deliveries_in_its_own_way() {
    let webhook = [("x-webhook-id", "the webhook's")];
    let signed = "5f8ac5e9-b1bc-4e0c-a0d0-5ac5d4b0d0f4";
    let paged = json!({ "event": { "id": signed, "event_type": "pagey.ping" } }).to_string();
    let unnamed = json!({ "event": { "event_type": "pagey.ping" } }).to_string();
    // What is under the signature, before what anybody can change.
    assert_eq!(id("pagerduty", &webhook, paged.as_bytes()).as_deref(), Some(signed));
    assert_eq!(id("pagerduty", &webhook, unnamed.as_bytes()).as_deref(), Some("the webhook's"));

    let alarm = sample("cloudwatch_alarm");
    let written: serde_json::Value = serde_json::from_slice(&alarm).expect("JSON");
    assert_eq!(id("cloudwatch", &[], &alarm).as_deref(), written["MessageId"].as_str());

    let request = [("request-id", "74d0")];
    assert_eq!(id("sentry", &request, &sample("sentry_metric_alert")).as_deref(), Some("74d0"));
    // A proxy's own numbers of requests say nothing about deliveries.
    assert_eq!(id("grafana", &request, &sample("grafana_firing")), None);

    assert!(id("datadog", &[], &sample("datadog_triggered")).is_some());
    assert_eq!(id("datadog", &[], &sample("datadog_template")), None, "it is a variable");

    let event = json!({ "specversion": "1.0", "id": "7", "source": "/disks", "type": "full" });
    assert_eq!(id("cloudevents", &[], event.to_string().as_bytes()).as_deref(), Some("/disks#7"));

    let own = [("x-idempotency-key", " 42 ")];
    assert_eq!(id("generic", &own, &sample("generic")).as_deref(), Some("42"));
    let hub = [("x-github-delivery", "72d3162e")];
    assert_eq!(id("generic", &hub, &sample("generic")).as_deref(), Some("72d3162e"));
    assert_eq!(id("alertmanager", &[], &sample("alertmanager_small")), None);
    let odd = "x".repeat(257);
    for odd in ["", "  ", odd.as_str()] {
        assert_eq!(id("generic", &[("x-idempotency-key", odd)], &sample("generic")), None);
    }
}
