//! How soon the on-call person is called after a monitor raised the alarm, with Slack well and dead.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sima_sandbox::{Call, Fault, Rule, Vendor};

use crate::{
    figures::Figures,
    opening::{PATIENCE, Stage},
    process::ALERTS_TOKEN,
};

/// How often each is measured, each time by a SIMA of its own: alarms that follow each other are
/// grouped, and call nobody.
const ALARMS: u32 = 15;

/// Measures and prints.
pub async fn measure(latency: Duration) {
    let hangs = Fault::Slow { millis: PATIENCE.as_millis() as u64 };
    println!(
        "From sending an alarm of Alertmanager's to the page at the pager's door, each vendor call \
         taking {} ms, in ms:\n\n{}",
        latency.as_millis(),
        Figures::heading(Some(latency))
    );
    let states = [
        ("Slack is well", None),
        ("Slack is down", Some(Fault::Down)),
        ("Slack hangs", Some(hangs)),
    ];
    for (name, fault) in states {
        let mut waits = Vec::new();
        for _ in 0..ALARMS {
            waits.push(alarm(latency, fault.clone()).await);
        }
        println!("{}", Figures::of(waits).row(name, Some(latency)));
    }
    println!();
}

/// How long one alarm takes to the pager's door.
async fn alarm(latency: Duration, fault: Option<Fault>) -> Duration {
    let stage = Stage::new(latency).await;
    if let Some(fault) = fault {
        stage.sandbox.faults().set(Rule::of(Vendor::Slack, fault));
    }
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    // The connection is there, as a monitor's is that tells something every minute.
    let ready = client.get(format!("{}/readyz", stage.url())).send().await.expect("SIMA");
    ready.bytes().await.expect("its answer");
    let request = client
        .post(format!("{}/alerts/alertmanager", stage.url()))
        .bearer_auth(ALERTS_TOKEN)
        .json(&queue_is_stuck());
    let sent = Instant::now();
    let answer = request.send().await.expect("SIMA answers");
    assert!(answer.status().is_success(), "{answer:?}");
    let called =
        |calls: &[Call]| calls.iter().find(|call| call.method == "enqueue").map(|call| call.at);
    let at = stage.sandbox.wait_for_calls(PATIENCE, called).await.expect("somebody is called");
    stage.since(at, sent)
}

fn queue_is_stuck() -> Value {
    json!({
        "version": "4", "groupKey": "{}:{alertname=\"QueueStuck\"}", "truncatedAlerts": 0,
        "status": "firing", "receiver": "sima",
        "groupLabels": { "alertname": "QueueStuck" },
        "commonLabels": { "alertname": "QueueStuck", "severity": "critical", "service": "payments" },
        "commonAnnotations": { "summary": "Queue is not draining" },
        "externalURL": "http://alertmanager.example",
        "alerts": [{
            "status": "firing",
            "labels": { "alertname": "QueueStuck", "severity": "critical", "service": "payments" },
            "annotations": { "summary": "Queue is not draining" },
            "startsAt": "2026-01-05T09:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example/graph", "fingerprint": "a1b2c3d4e5f60718",
        }],
    })
}
