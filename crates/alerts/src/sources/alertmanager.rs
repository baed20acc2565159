//! Prometheus Alertmanager, webhook version 4.
//!
//! A body is one group of alerts, and the group is what SIMA calls an alert: it is repeated under
//! one `groupKey`, grows and shrinks, and is over when nothing in it fires. Its members are told apart
//! by their fingerprints, since one may join that began before others ended.
//!
//! Source: `prometheus.io/docs/alerting/latest/configuration/#webhook_config` (read 2026-08-22).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use sima_incident::{AlertState, Members};

use crate::{
    Alert, Delivery, MAX_FULL_TITLE, MAX_TITLE, Then,
    lenient::{description, digest, key, labels, links, one_line, text, time},
    sources::Reading,
    unreplaced::NAMELESS,
};

/// One alert of a group.
struct Member<'a> {
    fires: bool,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    raw: &'a Value,
}

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    Ok(match group(body, delivery)? {
        Some(alert) => Reading::one(alert),
        None => Reading::nothing("the group holds no alerts"),
    })
}

/// Reads one group, if it holds any alerts. Grafana's are of the same shape, with more in them.
pub(super) fn group(body: &Value, delivery: &Delivery<'_>) -> Result<Option<Alert>, String> {
    let now = delivery.now;
    let listed = body["alerts"].as_array().ok_or(
        "it has no list `alerts`; a webhook with a payload of its own is sent to `generic`",
    )?;
    let group_status = text(&body["status"]).map(|status| status.to_ascii_lowercase());
    let members: Vec<Member<'_>> = listed
        .iter()
        .filter(|raw| raw.is_object())
        .map(|raw| Member::read(raw, group_status.as_deref(), now))
        .collect();
    if members.is_empty() {
        return Ok(None);
    }
    // With `max_alerts` those that fire may be among those left out, so the group's word counts too.
    let any_fires = members.iter().any(|member| member.fires);
    let fires = any_fires || group_status.as_deref() == Some("firing");
    // What still fires says best what it is about.
    let telling: Vec<&Member<'_>> =
        members.iter().filter(|member| member.fires || !any_fires).collect();
    let group = Group {
        labels: shared_labels(body, &telling),
        annotations: labels(&body["commonAnnotations"]),
        telling,
    };
    let title = group.title();
    Ok(Some(Alert {
        source: "alertmanager".into(),
        integration: "alertmanager".into(),
        key: group_key(body, &members),
        state: state(fires, &members, now),
        title: one_line(&title, MAX_TITLE),
        full_title: title,
        description: group.description(body, &members),
        severity: group.severity(delivery),
        members: marked(body, &members, now),
        unreplaced: Vec::new(),
        domain_hints: group.domain_hints(),
        links: group.links(body),
        labels: group.labels,
        unless_ruled: Then::Open,
    }))
}

impl<'a> Member<'a> {
    fn read(raw: &'a Value, group_status: Option<&str>, now: Timestamp) -> Self {
        let status = text(&raw["status"]).map(|status| status.to_ascii_lowercase());
        let fires = match status.as_deref().or(group_status) {
            Some("resolved") => false,
            Some(_) => true,
            None => time(&raw["endsAt"]).is_none_or(|ended| ended > now),
        };
        let (labels, annotations) = (labels(&raw["labels"]), labels(&raw["annotations"]));
        Self { fires, labels, annotations, raw }
    }

    /// What tells it from the others of its group.
    fn mark(&self) -> String {
        text(&self.raw["fingerprint"]).map_or_else(
            || digest(self.labels.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()])),
            |fingerprint| key(&fingerprint),
        )
    }

    /// Since when, by the source's own clock. An end before the beginning says nothing.
    fn state(&self, now: Timestamp) -> AlertState {
        let began = time(&self.raw["startsAt"]);
        if self.fires {
            return AlertState::Firing { since: began.unwrap_or(now).min(now) };
        }
        let ended =
            time(&self.raw["endsAt"]).filter(|ended| began.is_none_or(|began| began <= *ended));
        AlertState::Resolved { since: ended.unwrap_or(now).min(now) }
    }
}

/// What tells about the group, gathered once.
struct Group<'a> {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    telling: Vec<&'a Member<'a>>,
}

impl Group<'_> {
    /// The summary all share, else the first alert's, else what the alert is called.
    fn title(&self) -> String {
        let annotated = ["summary", "title"].into_iter().find_map(|name| self.annotation(name));
        let called = || {
            self.labels
                .get("alertname")
                .or_else(|| self.telling.iter().find_map(|member| member.labels.get("alertname")))
        };
        let described = || self.annotation("description").or_else(|| self.annotation("message"));
        annotated
            .or_else(called)
            .or_else(described)
            .map(|title| one_line(title, MAX_FULL_TITLE))
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| NAMELESS.into())
    }

    /// What the annotations say, and how many alerts there are if it is not the one.
    fn description(&self, body: &Value, members: &[Member<'_>]) -> Option<String> {
        let said = self.annotation("description").or_else(|| self.annotation("message"));
        let firing = members.iter().filter(|member| member.fires).count();
        let left_out = left_out(body);
        let mut parts: Vec<String> = said.cloned().into_iter().collect();
        if members.len() > 1 || left_out > 0 {
            let resolved = members.len() - firing;
            let more = match left_out {
                0 => String::new(),
                count => format!(", {count} more not sent"),
            };
            parts.push(format!("{firing} firing, {resolved} resolved{more}"));
        }
        description(&parts.join("\n\n"))
    }

    /// The worst that any of them says.
    fn severity(&self, delivery: &Delivery<'_>) -> Option<sima_incident::Severity> {
        let own = self
            .telling
            .iter()
            .flat_map(|member| [member.labels.get("severity"), member.annotations.get("severity")]);
        [self.labels.get("severity"), self.annotations.get("severity")]
            .into_iter()
            .chain(own)
            .flatten()
            .filter_map(|word| delivery.severity_of(word))
            .min()
    }

    /// Labels that name what is affected: those all share first.
    fn domain_hints(&self) -> Vec<String> {
        let sets =
            std::iter::once(&self.labels).chain(self.telling.iter().map(|member| &member.labels));
        let mut hints: Vec<String> = Vec::new();
        for set in sets {
            for name in ["domain", "service", "job", "team"] {
                if let Some(hint) = set.get(name)
                    && !hints.contains(hint)
                    && hints.len() < 32
                {
                    hints.push(hint.clone());
                }
            }
        }
        hints
    }

    fn links(&self, body: &Value) -> Vec<String> {
        let annotated = ["runbook_url", "dashboard_url"]
            .into_iter()
            .filter_map(|name| self.annotation(name).cloned());
        let generators = self.telling.iter().filter_map(|member| text(&member.raw["generatorURL"]));
        links(annotated.chain(generators.take(3)).chain(text(&body["externalURL"])))
    }

    /// An annotation all share, else the first that any has.
    fn annotation(&self, name: &str) -> Option<&String> {
        self.annotations
            .get(name)
            .or_else(|| self.telling.iter().find_map(|member| member.annotations.get(name)))
    }
}

/// The group's own key. Without one, its alerts' fingerprints stand for it, or their labels.
fn group_key(body: &Value, members: &[Member<'_>]) -> String {
    if let Some(given) = text(&body["groupKey"]) {
        return key(&given);
    }
    let mut marks: Vec<String> = members.iter().map(Member::mark).collect();
    marks.sort_unstable();
    marks.dedup();
    digest(marks.iter().map(String::as_str))
}

/// Of the group as a whole, since when: the newest start of what fires, or the latest end.
fn state(fires: bool, members: &[Member<'_>], now: Timestamp) -> AlertState {
    let of_them = members.iter().filter(|member| member.fires == fires);
    let since = of_them.map(|member| member.state(now).since()).max().unwrap_or(now);
    if fires { AlertState::Firing { since } } else { AlertState::Resolved { since } }
}

/// The members it lists, and how many there are beyond them.
fn marked(body: &Value, members: &[Member<'_>], now: Timestamp) -> Members {
    Members::listed(members.iter().map(|member| (member.mark(), member.state(now))), left_out(body))
}

/// How many members `max_alerts` has cut off.
fn left_out(body: &Value) -> u32 {
    text(&body["truncatedAlerts"]).and_then(|count| count.parse().ok()).unwrap_or_default()
}

/// Labels that hold for the whole group: as it says itself, and those that all who tell share.
fn shared_labels(body: &Value, telling: &[&Member<'_>]) -> BTreeMap<String, String> {
    let mut shared = telling.first().map(|first| first.labels.clone()).unwrap_or_default();
    shared
        .retain(|name, value| telling.iter().all(|member| member.labels.get(name) == Some(value)));
    shared.extend(labels(&body["groupLabels"]));
    shared.extend(labels(&body["commonLabels"]));
    shared
}
