//! Which alerts are one trouble though their keys differ: the group they belong to.

use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use sima_incident::DomainKey;

use super::Rule;
use crate::{Alert, alert::MAX_KEY};

/// How long an incident takes in alerts of its group unless a rule says otherwise.
pub const GROUP_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// The key of an alert's group: its integration, the rule that is for it or `default`, the domain,
/// and the values of the labels the rule groups by. At most 500 bytes.
///
/// What is private and what is not never share a group, whatever becomes of the rules.
pub(super) fn group_of(
    rule: &Rule,
    called: Option<&str>,
    domain: &DomainKey,
    alert: &Alert,
) -> String {
    let mut parts =
        vec![alert.integration.clone(), called.unwrap_or("default").to_owned(), domain.0.clone()];
    if rule.private {
        parts.push("private".into());
    }
    parts.extend(rule.group_by.iter().map(|label| {
        let value = alert.labels.get(label).map(String::as_str).unwrap_or_default();
        format!("{label}={value}")
    }));
    // As JSON, so that no value can look like two.
    let key = serde_json::Value::from(parts).to_string();
    if key.len() <= MAX_KEY { key } else { hex::encode(Sha256::digest(&key)) }
}
