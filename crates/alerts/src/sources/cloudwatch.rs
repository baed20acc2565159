//! AWS CloudWatch alarms, as SNS delivers them: JSON as text inside a signed envelope.
//!
//! Whether AWS signed the envelope, and where its handshake may lead, is said by
//! [`crate::authentic::sns`].
//!
//! Source: `docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html` (read 2026-08-22).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    Delivery, Then, Unreadable,
    delivery::json,
    lenient::{digest, one_line, text, time},
    percent,
    sources::Reading,
    told::{Told, firing, resolved},
};

const RAW: &str = "raw message delivery leaves the envelope out, and with it the signature: turn it \
                   off for this subscription";

/// Opens the envelope; one that was left out is not missed in silence.
pub(super) fn open(delivery: &Delivery<'_>) -> Result<Value, Unreadable> {
    if (delivery.header)("x-amz-sns-rawdelivery").is_some_and(|raw| raw != "false") {
        return Err(Unreadable::not_an_alert("cloudwatch", RAW));
    }
    json(delivery)
}

/// Reads one envelope.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    match text(&body["Type"]).as_deref() {
        Some("Notification") if body["TopicArn"].is_string() => {}
        Some("SubscriptionConfirmation") => {
            return Ok(Reading::nothing(
                "a subscription waits to be confirmed: give it an integration with its `topics`, \
                 and request the confirmation again, or visit its SubscribeURL yourself",
            ));
        }
        Some("UnsubscribeConfirmation") => {
            return Ok(Reading::nothing("a subscription was ended"));
        }
        _ if body["AlarmName"].is_string() => return Err(RAW.into()),
        _ => return Err("it is not the envelope of an SNS message".into()),
    }
    let message = body["Message"].as_str().unwrap_or_default();
    match serde_json::from_str::<Value>(message) {
        Ok(alarm) if alarm["AlarmName"].is_string() => Ok(alarm_of(&alarm, body, delivery)),
        _ => Ok(announced(message, body, delivery)),
    }
}

fn alarm_of(alarm: &Value, envelope: &Value, delivery: &Delivery<'_>) -> Reading {
    let name = text(&alarm["AlarmName"]);
    let value = text(&alarm["NewStateValue"]).unwrap_or_default();
    let changed_at = time(&alarm["StateChangeTime"]).or_else(|| time(&envelope["Timestamp"]));
    let state = match value.to_ascii_uppercase().as_str() {
        "ALARM" => firing(changed_at, delivery.now),
        "OK" => resolved(changed_at, delivery.now),
        _ => {
            let value = one_line(&value, 40);
            return Reading::nothing(format!("{value:?} is neither ALARM nor OK"));
        }
    };
    let trigger = &alarm["Trigger"];
    let dimensions: BTreeMap<String, String> = trigger["Dimensions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|dimension| Some((text(&dimension["name"])?, text(&dimension["value"])?)))
        .collect();
    let account = text(&alarm["AWSAccountId"]);
    let place = text(&alarm["Region"]);
    let arn = text(&alarm["AlarmArn"]);
    let region = arn.clone().or_else(|| text(&envelope["TopicArn"]));
    let region = region.as_deref().and_then(region_of);
    let console = region.zip(name.as_deref()).map(|((host, region), name)| {
        let name = percent::encoded(name);
        format!("https://{region}.{host}/cloudwatch/home?region={region}#alarmsV2:alarm/{name}")
    });
    let of_account = || {
        let parts = [account.as_deref(), place.as_deref(), name.as_deref()];
        parts.map(Option::unwrap_or_default).join("/")
    };
    let key = arn.unwrap_or_else(of_account);
    let namespace = text(&trigger["Namespace"]);
    let mut labels = dimensions.clone();
    let about = [
        ("alarm", name.clone()),
        ("namespace", namespace.clone()),
        ("metric", text(&trigger["MetricName"])),
        ("account", account),
        ("region", place),
    ];
    labels.extend(about.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?))));
    Reading::one(
        Told {
            key: Some(key),
            title: name.clone().or_else(|| text(&envelope["Subject"])),
            description: vec![text(&alarm["AlarmDescription"]), text(&alarm["NewStateReason"])],
            // CloudWatch knows no severities: a rule may give one by name.
            severity: None,
            domain_hints: dimensions.into_values().map(Some).chain([name, namespace]).collect(),
            links: vec![console],
            labels,
            unless_ruled: Then::Open,
        }
        .alert("cloudwatch", state),
    )
}

/// What another publisher on the topic says. It need not be an alarm, and nobody says when it ends.
fn announced(message: &str, envelope: &Value, delivery: &Delivery<'_>) -> Reading {
    let subject = text(&envelope["Subject"]);
    let title = subject.or_else(|| text(&Value::from(message)));
    if title.is_none() {
        return Reading::nothing("the message is empty");
    }
    let topic = text(&envelope["TopicArn"]).unwrap_or_default();
    Reading::one(
        Told {
            key: Some(digest([topic.as_str(), title.as_deref().unwrap_or_default()])),
            title,
            description: vec![Some(message.to_owned())],
            labels: BTreeMap::from([("topic".to_owned(), topic)]),
            unless_ruled: Then::Record,
            ..Told::default()
        }
        .alert("cloudwatch", firing(time(&envelope["Timestamp"]), delivery.now)),
    )
}

/// The console's host and the region of `arn:aws:service:eu-west-1:…`.
fn region_of(arn: &str) -> Option<(&'static str, &str)> {
    let mut parts = arn.split(':');
    let (scheme, partition) = (parts.next()?, parts.next()?);
    let region = parts.nth(1)?;
    let is_plain = !region.is_empty()
        && region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if scheme != "arn" || !is_plain {
        return None;
    }
    let host = match partition {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    Some((host, region))
}
