//! Azure Monitor action groups, with the common alert schema.
//!
//! Source: `learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema` (read 2026-08-22).

use serde_json::Value;

use crate::{
    Delivery, Then,
    lenient::{affected, labels, one_line, text, time},
    percent,
    sources::Reading,
    told::{Told, firing, resolved},
};

/// Reads one body.
pub(super) fn read(body: &Value, delivery: &Delivery<'_>) -> Result<Reading, String> {
    let schema = text(&body["schemaId"]);
    if schema.as_deref() != Some("azureMonitorCommonAlertSchema") {
        let is_older = schema.is_some() || !body["data"]["context"].is_null();
        return Err(if is_older {
            "it is of an older schema: switch \"common alert schema\" on in the action group, for \
             this webhook"
        } else {
            "it has no `schemaId` azureMonitorCommonAlertSchema"
        }
        .into());
    }
    let essentials = &body["data"]["essentials"];
    let word = text(&essentials["monitorCondition"]).unwrap_or_default();
    let state = match word.to_ascii_lowercase().as_str() {
        "fired" => firing(time(&essentials["firedDateTime"]), delivery.now),
        "resolved" => resolved(time(&essentials["resolvedDateTime"]), delivery.now),
        _ => {
            let word = one_line(&word, 40);
            return Ok(Reading::nothing(format!("{word:?} is neither Fired nor Resolved")));
        }
    };
    let listed = |field: &str| {
        essentials[field].as_array().into_iter().flatten().filter_map(text).collect::<Vec<_>>()
    };
    let targets = listed("alertTargetIDs");
    let mut set = labels(&body["data"]["customProperties"]);
    // Documented beside `data`, and seen inside it.
    set.extend(labels(&body["customProperties"]));
    for (label, field) in [
        ("alertrule", "alertRule"),
        ("severity", "severity"),
        ("signal", "signalType"),
        ("monitoring_service", "monitoringService"),
    ] {
        set.extend(text(&essentials[field]).map(|value| (label.to_owned(), value)));
    }
    let id = text(&essentials["alertId"]);
    let portal = id.as_deref().map(|id| {
        let id = percent::encoded(id);
        format!(
            "https://portal.azure.com/#blade/Microsoft_Azure_Monitoring/AlertDetailsTemplateBlade/\
             alertId/{id}"
        )
    });
    let last_names = targets.iter().filter_map(|target| target.rsplit('/').next());
    let domain_hints = affected(&set)
        .chain(listed("configurationItems").into_iter().map(Some))
        .chain(last_names.map(|name| Some(name.to_owned())))
        .chain(targets.iter().map(|target| group_of(target)))
        .collect();
    let told = Told {
        key: id.or_else(|| text(&essentials["originAlertId"])),
        title: text(&essentials["alertRule"]),
        description: vec![text(&essentials["description"])],
        severity: text(&essentials["severity"])
            .as_deref()
            .and_then(|word| delivery.severity_of(word)),
        domain_hints,
        links: vec![text(&essentials["investigationLink"]), portal],
        labels: set,
        unless_ruled: Then::Open,
    };
    Ok(Reading::one(told.alert("azure", state)))
}

/// The resource group in `/subscriptions/…/resourcegroups/name/…`.
fn group_of(target: &str) -> Option<String> {
    let mut parts = target.split('/');
    parts.find(|part| part.eq_ignore_ascii_case("resourcegroups"))?;
    parts.next().map(str::to_owned)
}
