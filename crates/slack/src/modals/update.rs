//! The form of an update: the stage, what is so, and when the next one is due.

use jiff::SignedDuration;
use serde_json::Value;
use sima_incident::{Incident, IncidentId, MAX_TEXT, Policy, StageName};

use super::{FieldErrors, Rejected, fields};
use crate::{messages::stage_badge, requests::View};

/// The `callback_id`.
pub(super) const CALLBACK: &str = "post_update";

const STAGE: &str = "stage";
/// The block of the text, which must be filled in.
pub(super) const TEXT: &str = "text";
const NEXT: &str = "next";
const NEVER: &str = "none";

/// What is offered besides the severity's own, in minutes.
const OFFERED_MINUTES: [i64; 4] = [15, 20, 30, 60];

/// The form filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateForm {
    /// About which incident.
    pub incident: IncidentId,
    /// In which stage it is, as chosen; the same as before if it was not touched.
    pub stage: Option<StageName>,
    /// What is so.
    pub text: String,
    /// When the next one is promised.
    pub next: Promise,
}

/// When the next update is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// So long from now.
    In(SignedDuration),
    /// Nothing is promised.
    Nothing,
}

/// The form.
pub fn update(incident: &Incident, policy: &Policy) -> Value {
    let current = incident.stage.name();
    let stages = offered_stages(current)
        .iter()
        .filter_map(|stage| {
            let name = format!("{} {stage}", stage_badge(*stage));
            fields::option(&name, stage.key(), meaning(*stage))
        })
        .collect();
    let usual = policy.severity(incident.severity).map(|rule| rule.update_every.as_mins());
    let usual = usual.filter(|minutes| *minutes > 0 && incident.stage.is_live());
    let mut minutes: Vec<i64> = OFFERED_MINUTES.into_iter().chain(usual).collect();
    minutes.sort_unstable();
    minutes.dedup();
    let nexts = minutes
        .into_iter()
        .filter_map(|minutes| {
            let own = (Some(minutes) == usual).then_some("As this severity asks");
            fields::option(&in_words(minutes), &minutes.to_string(), own)
        })
        .chain(fields::option("No promise", NEVER, None))
        .collect();
    let usual = usual.map_or_else(|| NEVER.to_owned(), |minutes| minutes.to_string());
    let mut blocks = Vec::new();
    blocks.extend(
        fields::choice(stages, current.key())
            .map(|choice| fields::input(STAGE, "Where does it stand?", true, choice)),
    );
    let text = fields::lines("", "What is known, what is being done, a workaround", MAX_TEXT);
    blocks.push(fields::advised(
        fields::input(TEXT, "What shall everybody know?", false, text),
        "Goes to the channel and to everybody who follows the broadcast.",
    ));
    blocks.extend(
        fields::choice(nexts, &usual)
            .map(|choice| fields::input(NEXT, "When is the next update due?", true, choice)),
    );
    let kept = fields::keep_incident(incident.id);
    fields::modal(CALLBACK, &format!("Update {}", incident.number), "Post", &kept, &blocks)
}

/// The stages one can move to by an update. One that is over only says so.
fn offered_stages(current: StageName) -> Vec<StageName> {
    match current {
        StageName::Open => vec![
            StageName::Open,
            StageName::Investigating,
            StageName::Fixing,
            StageName::Monitoring,
            StageName::Recovered,
        ],
        StageName::Investigating | StageName::Fixing | StageName::Monitoring => vec![
            StageName::Investigating,
            StageName::Fixing,
            StageName::Monitoring,
            StageName::Recovered,
        ],
        over @ (StageName::Recovered | StageName::Closed | StageName::Dismissed) => vec![over],
    }
}

/// What a stage means, in a line.
fn meaning(stage: StageName) -> Option<&'static str> {
    match stage {
        StageName::Open => Some("Nobody has taken it yet"),
        StageName::Investigating => Some("Somebody is looking for the cause"),
        StageName::Fixing => Some("The cause is known, the repair is under way"),
        StageName::Monitoring => Some("The impact has stopped; does it hold?"),
        StageName::Recovered => Some("The system is back to normal"),
        StageName::Closed => Some("The learning is done"),
        StageName::Dismissed => None,
    }
}

/// So many minutes in words.
fn in_words(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("In {minutes} minutes"),
        (1, 0) => "In an hour".to_owned(),
        (hours, 0) => format!("In {hours} hours"),
        (hours, minutes) => format!("In {hours} h {minutes} min"),
    }
}

/// Reads the form filled in.
pub(super) fn read(view: &View) -> Result<UpdateForm, Rejected> {
    let incident = fields::kept_incident(&view.private_metadata)
        .ok_or_else(|| Rejected::Unknown(view.callback_id.clone()))?;
    let text = view.state.typed(TEXT).unwrap_or_default().trim().to_owned();
    if text.is_empty() {
        let advice = "Say in a sentence what is so, even if it is “still looking”.";
        return Err(Rejected::Fields(FieldErrors::one(TEXT, advice)));
    }
    let stage = view.state.chosen(STAGE);
    let minutes = view.state.chosen(NEXT).and_then(|minutes| minutes.parse::<u16>().ok());
    Ok(UpdateForm {
        incident,
        stage: StageName::ALL.into_iter().find(|known| Some(known.key()) == stage.as_deref()),
        text,
        next: minutes.filter(|minutes| *minutes > 0).map_or(Promise::Nothing, |minutes| {
            Promise::In(SignedDuration::from_mins(minutes.into()))
        }),
    })
}
