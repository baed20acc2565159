//! While somebody fills in the form that opens an incident: what looks like it is shown beside.

use sima_incident::{Incident, IncidentId, Sketch, assess};
use sima_slack::{
    modals::{self, Draft, Prefill},
    requests::View,
};

use crate::App;

/// Looks, beside the answer, whether the form should show other incidents than it does. Nobody
/// waits for it: the form is open already, and what was typed stays in it.
pub fn typed(app: &App, view: &View, draft: Draft) {
    let Some(slack) = app.slack.clone() else { return };
    let (app, view_id, hash) = (app.clone(), view.id.clone(), view.hash.clone());
    tokio::spawn(async move {
        let Draft { prefill, kept, alike: shown, proposed: said } = draft;
        let Some(alike) = alike(&app, &prefill).await else { return };
        let ids: Vec<IncidentId> = alike.iter().map(|incident| incident.id).collect();
        let questions = &app.desk.policy().impact_questions;
        let proposed = assess(questions, &prefill.answers).map(|found| found.proposed);
        if ids == shown && proposed == said {
            return;
        }
        let form = modals::open(app.desk.policy(), &Prefill { alike, ..prefill }, &kept);
        // A form that was closed or changed meanwhile is left alone.
        if let Err(error) = slack.update_view(&view_id, Some(&hash), &form).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "look-alikes were not shown");
        }
    });
}

/// What looks like a draft; nothing if it could not be read.
async fn alike(app: &App, prefill: &Prefill) -> Option<Vec<Incident>> {
    let policy = app.desk.policy();
    let sketch = Sketch {
        summary: &prefill.summary,
        description: &prefill.description,
        // What stands there by default nobody has said.
        domain: prefill.domain.as_ref().filter(|domain| **domain != policy.default_domain),
    };
    match app.desk.look_alikes(sketch, prefill.drill).await {
        Ok(alike) => Some(alike),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "what looks alike could not be read");
            None
        }
    }
}

/// What looks like an incident that was just opened, but for itself and what came after it. Whoever
/// opened a private one is shown nothing, so that nothing of it stands beside others.
pub async fn alike_but(app: &App, incident: &Incident) -> Vec<Incident> {
    if incident.is_private() {
        return Vec::new();
    }
    let prefill = Prefill {
        summary: incident.summary.clone(),
        description: incident.description.clone().unwrap_or_default(),
        domain: Some(incident.domain.clone()),
        drill: incident.is_drill(),
        ..Prefill::default()
    };
    let mut found = alike(app, &prefill).await.unwrap_or_default();
    found.retain(|other| other.number < incident.number);
    found
}
