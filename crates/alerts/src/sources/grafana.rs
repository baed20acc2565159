//! Grafana: unified alerting, whose groups look like Alertmanager's with more in them, and the
//! dashboard alerts of versions before 9.
//!
//! Source: `grafana.com/docs/grafana/latest/alerting/…/webhook-notifier` (read 2026-08-22).

use serde_json::Value;

use crate::{
    Alert, Delivery, MAX_FULL_TITLE, MAX_TITLE, Then,
    lenient::{affected, description, key, links, one_line, tags, text},
    sources::{Reading, alertmanager},
    told::{Told, firing, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    if body["alerts"].is_array() {
        return unified(body, delivery);
    }
    if body["ruleName"].is_null() && body["ruleId"].is_null() {
        return Err(
            "it has neither a list `alerts` nor a `ruleName`; a contact point with a payload \
                    of its own is sent to `generic`"
                .into(),
        );
    }
    Ok(of_a_dashboard(body, delivery))
}

/// A group of alerts, as Grafana sends them since version 9.
fn unified(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let members = || body["alerts"].as_array().into_iter().flatten();
    let is_called = |raw: &Value, names: &[&str]| {
        text(&raw["labels"]["alertname"]).is_some_and(|name| names.contains(&name.as_str()))
    };
    let is_test =
        |raw: &Value| is_called(raw, &["TestAlert"]) && raw["labels"]["instance"] == "Grafana";
    if members().count() > 0 && members().all(is_test) {
        return Ok(Reading::nothing("it is the test of a contact point"));
    }
    let Some(group) = alertmanager::group(body, delivery)? else {
        return Ok(Reading::nothing("the group holds no alerts"));
    };
    // That a query found nothing or failed says little about what it watches.
    let saw_nothing = members().all(|raw| is_called(raw, &["DatasourceNoData", "DatasourceError"]));
    let full_title = title(body).unwrap_or(group.full_title);
    let mut domain_hints = group.domain_hints;
    domain_hints.extend(group.labels.get("grafana_folder").cloned());
    Ok(Reading::one(Alert {
        source: "grafana".into(),
        integration: "grafana".into(),
        // The same rule in another organisation is another trouble.
        key: match text(&body["orgId"]) {
            Some(organisation) => key(&format!("{organisation}/{}", group.key)),
            None => group.key,
        },
        title: one_line(&full_title, MAX_TITLE),
        full_title,
        description: group
            .description
            .or_else(|| text(&body["message"]).as_deref().and_then(description)),
        domain_hints,
        links: group_links(body, group.links),
        unless_ruled: if saw_nothing { Then::Record } else { group.unless_ruled },
        ..group
    }))
}

/// The title somebody wrote. The one Grafana makes by itself, `[FIRING:1] Name (labels)`, changes
/// with every alert that comes and goes, and says less than the summary.
fn title(body: &Value) -> Option<String> {
    let title = one_line(&text(&body["title"])?, MAX_FULL_TITLE);
    let is_made = ["[FIRING", "[RESOLVED"].iter().any(|mark| title.starts_with(mark));
    (!title.is_empty() && !is_made).then_some(title)
}

/// The panel and the dashboard come before the rule, and silencing last.
fn group_links(body: &Value, of_group: Vec<String>) -> Vec<String> {
    let members = || body["alerts"].as_array().into_iter().flatten().take(3);
    let named = |fields: &'static [&'static str]| {
        fields.iter().flat_map(move |field| members().filter_map(|raw| text(&raw[*field])))
    };
    links(
        named(&["dashboardURL", "panelURL"])
            .chain(of_group)
            .chain(named(&["imageURL", "silenceURL"])),
    )
}

/// One rule of a dashboard, as Grafana sent it before version 9.
fn of_a_dashboard(body: &Value, delivery: &Delivery<'_>) -> Reading {
    let now = delivery.now;
    let name = text(&body["ruleName"]);
    if name.as_deref() == Some("Test notification") {
        return Reading::nothing("it is the test of a notification channel");
    }
    let state = text(&body["state"]).unwrap_or_default().to_ascii_lowercase();
    let (state, unless_ruled) = match state.as_str() {
        "alerting" => (firing(None, now), Then::Open),
        "no_data" => (firing(None, now), Then::Record),
        "ok" => (resolved(None, now), Then::Open),
        other => {
            let other = one_line(other, 40);
            return Reading::nothing(format!("the rule is neither alerting nor ok, but {other:?}"));
        }
    };
    let labels = tags(&body["tags"]);
    let organisation = text(&body["orgId"]).unwrap_or_default();
    let rule = text(&body["ruleId"]).filter(|id| id != "0").or_else(|| name.clone());
    Reading::one(
        Told {
            key: rule.map(|rule| format!("{organisation}/rule/{rule}")),
            title: name.or_else(|| text(&body["title"])),
            description: vec![text(&body["message"])],
            severity: labels.get("severity").and_then(|word| delivery.severity_of(word)),
            domain_hints: affected(&labels).collect(),
            links: vec![text(&body["ruleUrl"]), text(&body["imageUrl"])],
            labels,
            unless_ruled,
        }
        .alert("grafana", state),
    )
}
