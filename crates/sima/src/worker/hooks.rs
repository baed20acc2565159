//! Steps that tell other programs: the message, and whose webhook it goes to.
//!
//! The shape is documented in `docs/steps.md`: fields are added, never renamed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use sima_hooks::{Address, Hooks, SigningKey};
use sima_incident::{
    Attempt, Effect, Impact, Incident, Occasion, Policy, Receipt, Setback, StepDone,
};

/// The webhooks of steps.
#[derive(Debug)]
pub struct StepHooks {
    /// Sends them.
    pub hooks: Hooks,
    /// Where each goes and what it is signed with, by the name of the step.
    pub receivers: BTreeMap<String, (Address, SigningKey)>,
}

impl StepHooks {
    /// Carries out a step that tells another program.
    pub(super) async fn perform(&self, attempt: &Attempt<'_>) -> Result<Receipt, Setback> {
        let Effect::Step { step, on, kind } = attempt.effect else {
            let words = attempt.effect.in_words();
            return Err(Setback::refused(format!("a webhook cannot {words}")));
        };
        let Some((address, key)) = self.receivers.get(step) else {
            return Err(Setback::refused("the step is not configured any more"));
        };
        let body = message(attempt.incident, attempt.policy, *on, step, attempt.now).to_string();
        self.hooks.post(address, key, attempt.key, attempt.now, body.into_bytes()).await?;
        Ok(Receipt::Step(StepDone { step: step.clone(), on: *on, kind: *kind, left: None }))
    }
}

/// What the other program is told.
fn message(
    incident: &Incident,
    policy: &Policy,
    on: Occasion,
    step: &str,
    now: Timestamp,
) -> Value {
    let times = &incident.times;
    let happened_at = match on {
        Occasion::Opened => Some(times.opened_at),
        Occasion::Acknowledged => times.acknowledged_at,
        Occasion::Recovered => times.recovered_at,
        Occasion::Closed => times.closed_at,
        // It may be raised more than once, and when is not a key time.
        Occasion::SeverityRaised => None,
    };
    json!({
        "type": format!("incident.{}", on.word()),
        "timestamp": happened_at.unwrap_or(now).to_string(),
        "data": {
            "step": step,
            "id": incident.id,
            "number": incident.number.to_string(),
            "summary": incident.summary,
            "domain": { "key": incident.domain, "name": policy.domain_name(&incident.domain) },
            "severity": incident.severity.to_string(),
            "stage": incident.stage.name().key(),
            "impact": match incident.impact {
                Impact::Unknown => None,
                Impact::Clients(count) => Some(count),
            },
            "private": incident.is_private(),
            "started_at": times.started_at,
            "opened_at": times.opened_at,
            "acknowledged_at": times.acknowledged_at,
            "recovered_at": times.recovered_at,
            "closed_at": times.closed_at,
            "channel": incident.channel.as_ref().map(|channel| {
                json!({ "id": channel.id, "name": channel.name })
            }),
            "url": format!("{}/i/{}", policy.public_url, incident.number),
        },
    })
}
