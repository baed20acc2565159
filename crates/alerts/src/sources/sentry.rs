//! Sentry's integration platform, told apart by `Sentry-Hook-Resource`, and its old plugin.
//!
//! An issue is a kind of error, which is seldom an incident: unless a rule says otherwise, it is
//! only recorded. A metric alert says that there are too many of them, and opens.
//!
//! Source: `docs.sentry.io/organization/integrations/integration-platform/webhooks` (read 2026-08-22).

use std::collections::BTreeMap;

use serde_json::Value;
use sima_incident::AlertState;

use crate::{
    Delivery, Then,
    lenient::{affected, one_line, tags, text, time},
    sources::Reading,
    told::{Told, firing, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let said = (delivery.header)("sentry-hook-resource").map(str::to_ascii_lowercase);
    if said.is_none() && body["event"].is_object() && !body["project"].is_null() {
        return Ok(plugin(body, delivery));
    }
    let shown = || {
        let holds = |name: &str| body["data"][name].is_object();
        let kinds =
            [("metric_alert", "metric_alert"), ("issue", "issue"), ("event", "event_alert")];
        let kind = kinds.into_iter().find(|(field, _)| holds(field)).map(|(_, kind)| kind);
        kind.or_else(|| body["installation"].is_object().then_some("installation"))
    };
    match said.as_deref().or_else(shown) {
        Some("metric_alert") => metric(body, delivery),
        Some("event_alert") => event(body, delivery),
        Some("issue") => issue(body, delivery),
        Some(other) => {
            let other = one_line(other, 40);
            Ok(Reading::nothing(format!("{other:?} is neither an alert nor an issue")))
        }
        None => Err("it has no `data` with an event, an issue or a metric alert".into()),
    }
}

/// A rule saw an event: an issue that is new, back, or too frequent.
fn event(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let event = &body["data"]["event"];
    if !event.is_object() {
        return Err("its `data` has no `event`".into());
    }
    let mut labels = tags(&event["tags"]);
    let project = text(&event["url"]).as_deref().and_then(project_of);
    label(&mut labels, "project", project.clone().or_else(|| text(&event["project"])));
    label(&mut labels, "rule", text(&body["data"]["triggered_rule"]));
    label(&mut labels, "level", text(&event["level"]));
    let since = time(&event["datetime"]).or_else(|| time(&event["timestamp"]));
    let told = Told {
        key: text(&event["issue_id"]).map(|id| format!("issue/{id}")),
        title: text(&event["title"]),
        description: vec![text(&event["culprit"]), text(&body["data"]["triggered_rule"])],
        severity: text(&event["level"]).as_deref().and_then(|word| delivery.severity_of(word)),
        domain_hints: affected(&labels).chain([project]).collect(),
        links: vec![text(&event["web_url"]).or_else(|| text(&event["issue_url"]))],
        labels,
        unless_ruled: Then::Record,
    };
    Ok(Reading::one(told.alert("sentry", firing(since, delivery.now))))
}

/// A number is above or below what somebody set.
fn metric(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let alert = &body["data"]["metric_alert"];
    if !alert.is_object() {
        return Err("its `data` has no `metric_alert`".into());
    }
    let rule = &alert["alert_rule"];
    let action = text(&body["action"]).unwrap_or_default().to_ascii_lowercase();
    let state = match action.as_str() {
        "resolved" | "close" | "closed" => resolved(time(&alert["date_closed"]), delivery.now),
        "critical" | "warning" | "open" | "triggered" => {
            firing(time(&alert["date_started"]), delivery.now)
        }
        other => {
            let other = one_line(other, 40);
            return Ok(Reading::nothing(format!("{other:?} is neither an alert nor its end")));
        }
    };
    let projects = || alert["projects"].as_array().into_iter().flatten().map(text);
    let mut labels = BTreeMap::new();
    label(&mut labels, "rule", text(&rule["name"]));
    label(&mut labels, "project", projects().flatten().next());
    label(&mut labels, "environment", text(&rule["environment"]));
    let key = text(&alert["id"])
        .map(|id| format!("metric/{}/{id}", text(&rule["id"]).unwrap_or_default()));
    let told = Told {
        key,
        title: text(&body["data"]["description_title"])
            .map(|title| without_state(&title))
            .or_else(|| text(&rule["name"])),
        description: vec![text(&body["data"]["description_text"])],
        severity: delivery.severity_of(&action),
        domain_hints: projects().collect(),
        links: vec![text(&body["data"]["web_url"])],
        labels,
        ..Told::default()
    };
    Ok(Reading::one(told.alert("sentry", state)))
}

/// Something happened to an issue.
fn issue(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let issue = &body["data"]["issue"];
    if !issue.is_object() {
        return Err("its `data` has no `issue`".into());
    }
    let action = text(&body["action"]).unwrap_or_default().to_ascii_lowercase();
    let state = match action.as_str() {
        "created" => firing(time(&issue["firstSeen"]), delivery.now),
        "unresolved" => firing(time(&issue["lastSeen"]), delivery.now),
        "resolved" => resolved(None, delivery.now),
        other => {
            let other = one_line(other, 40);
            return Ok(Reading::nothing(format!("an issue was {other:?}, which is no alert")));
        }
    };
    Ok(Reading::one(of_issue(issue, text(&issue["project"]["slug"]), state, delivery)))
}

/// The body of the plugin that came before the platform. Nobody signs it.
fn plugin(body: &Value, delivery: &Delivery<'_>) -> Reading {
    let event = &body["event"];
    let since = time(&event["timestamp"]).or_else(|| time(&event["received"]));
    let project = ["project_slug", "project", "project_name"].map(|name| text(&body[name]));
    let project = project.into_iter().flatten().next();
    let mut alert = of_issue(body, project, firing(since, delivery.now), delivery);
    if let Some(title) = text(&event["title"]) {
        alert.full_title = one_line(&title, crate::MAX_FULL_TITLE);
        alert.title = one_line(&title, crate::MAX_TITLE);
    }
    alert.labels.extend(tags(&event["tags"]));
    Reading::one(alert)
}

fn of_issue(
    issue: &Value,
    project: Option<String>,
    state: AlertState,
    delivery: &Delivery<'_>,
) -> crate::Alert {
    let mut labels = BTreeMap::new();
    label(&mut labels, "project", project.clone());
    label(&mut labels, "level", text(&issue["level"]));
    let web = ["web_url", "permalink", "url"].into_iter().find_map(|name| text(&issue[name]));
    Told {
        key: text(&issue["id"]).map(|id| format!("issue/{id}")),
        title: text(&issue["title"]).or_else(|| text(&issue["message"])),
        description: vec![text(&issue["message"]), text(&issue["culprit"])],
        severity: text(&issue["level"]).as_deref().and_then(|word| delivery.severity_of(word)),
        domain_hints: vec![project],
        links: vec![web],
        labels,
        unless_ruled: Then::Record,
    }
    .alert("sentry", state)
}

fn label(labels: &mut BTreeMap<String, String>, name: &str, value: Option<String>) {
    if let Some(value) = value {
        labels.insert(name.into(), value);
    }
}

/// The project in an address such as `…/projects/organisation/project/events/…`.
fn project_of(url: &str) -> Option<String> {
    let (_, path) = url.split_once("/projects/")?;
    path.split('/').nth(1).filter(|project| !project.is_empty()).map(str::to_owned)
}

/// The title without the state before it, so that the trouble keeps its name when it ends.
fn without_state(title: &str) -> String {
    let states = ["Critical: ", "Warning: ", "Resolved: "];
    let bare = states.iter().find_map(|state| title.strip_prefix(state));
    bare.unwrap_or(title).to_owned()
}
