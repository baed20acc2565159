//! Every source: what its sample becomes, what fires, what ends, and what is neither.

mod delivered;
mod identified;
mod page;
mod samples;
mod states;
mod strangers;
mod unreplaced;

use jiff::Timestamp;
use serde_json::Value;
use sima_alerts::{Alert, Delivery, Reading, Then, Unreadable, read};
use sima_incident::AlertState;

fn now() -> Timestamp {
    "2026-08-22T09:20:00Z".parse().expect("a time")
}

fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/contract/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("a recording of that name")
}

/// A sample with some fields changed: by their JSON pointers, those that are not there are added.
fn changed(name: &str, changes: &[(&str, Value)]) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(&sample(name)).expect("JSON");
    for (pointer, value) in changes {
        if let Some(place) = body.pointer_mut(pointer) {
            *place = value.clone();
        } else {
            let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
            body.pointer_mut(parent).expect("a parent")[name] = value.clone();
        }
    }
    body.to_string().into_bytes()
}

fn try_read(source: &str, body: &[u8]) -> Result<Reading, Unreadable> {
    read(source, &Delivery::of_body(body, now()))
}

fn one(source: &str, body: &[u8]) -> Alert {
    match try_read(source, body) {
        Ok(Reading::Alerts(mut alerts)) if alerts.len() == 1 => alerts.remove(0),
        other => panic!("one alert of {source}, not {other:?}"),
    }
}

/// What became of a body, in one line.
fn outcome(reading: Result<Reading, Unreadable>) -> String {
    let alerts = match reading {
        Ok(Reading::Alerts(alerts)) => alerts,
        Ok(Reading::Nothing { why }) => return format!("nothing: {why}"),
        Err(unreadable) => return format!("refused: {unreadable}"),
    };
    let said = alerts.iter().map(|alert| {
        let state = match alert.state {
            AlertState::Firing { since } if since == now() => "firing since now".to_owned(),
            AlertState::Firing { since } => format!("firing since {since}"),
            AlertState::Resolved { since } if since == now() => "resolved now".to_owned(),
            AlertState::Resolved { since } => format!("resolved {since}"),
        };
        let only = if alert.unless_ruled == Then::Open { "" } else { ", recorded" };
        format!("{state}{only}")
    });
    said.collect::<Vec<_>>().join("; ")
}
