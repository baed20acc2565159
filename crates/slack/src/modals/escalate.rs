//! The form that calls somebody else: whom, and why.

use serde_json::{Value, json};
use sima_incident::{DomainKey, EscalateTo, Incident, IncidentId, MAX_TEXT, Policy};

use super::{FieldErrors, Rejected, fields};
use crate::requests::View;

/// The `callback_id`.
pub(super) const CALLBACK: &str = "escalate_incident";

/// The block of the reason, which must be given.
pub(super) const REASON: &str = "reason";
const TO: &str = "to";
const PERSON: &str = "person";
const POLICY: &str = "policy";
const NEXT: &str = "next";
/// What stands before a domain's key.
const DOMAIN: &str = "domain:";

/// Whom to call, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscalateForm {
    /// Which incident.
    pub incident: IncidentId,
    /// Whom.
    pub to: EscalateTo,
    /// Why.
    pub reason: String,
}

/// The form that asks whom to call, with somebody chosen already if they were named.
pub fn escalate(incident: &Incident, policy: &Policy, to: Option<&EscalateTo>) -> Value {
    let mut options = Vec::new();
    if policy.connected.pager && incident.pages() > 0 {
        options.extend(fields::option(
            "The next in line",
            NEXT,
            Some("Whoever comes after those called"),
        ));
    }
    for domain in policy.domains.iter().filter(|domain| domain.pages) {
        let label = format!("On call for {}", domain.name);
        options.extend(fields::option(&label, &format!("{DOMAIN}{}", domain.key), None));
    }
    let usual = match options.first() {
        Some(first) => first["value"].as_str().unwrap_or_default().to_owned(),
        None => String::new(),
    };
    let chosen = match to {
        Some(EscalateTo::Domain(key)) => format!("{DOMAIN}{key}"),
        Some(EscalateTo::NextLevel) => NEXT.to_owned(),
        _ => usual,
    };
    let mut blocks = Vec::new();
    let is_paged = !options.is_empty();
    blocks.extend(
        fields::choice(options, &chosen).map(|choice| fields::input(TO, "Call", true, choice)),
    );
    let mut people =
        json!({ "type": "users_select", "placeholder": fields::plain("Anybody", 150) });
    if let Some(EscalateTo::Person(person)) = to {
        people["initial_user"] = json!(person.0);
    }
    let person = fields::input(PERSON, "Or this person instead", true, people);
    let advice = "They are invited into the channel, and called if PagerDuty knows them by their \
                  e-mail address.";
    blocks.push(fields::advised(person, advice));
    if is_paged {
        let named = match to {
            Some(EscalateTo::Policy(name)) => name.as_str(),
            _ => "",
        };
        let policy = fields::text(named, "Database, second line", 255);
        blocks.push(fields::input(POLICY, "Or this escalation policy of PagerDuty", true, policy));
    }
    let why = fields::lines("", "The database refuses every payment", MAX_TEXT);
    let why = fields::input(REASON, "Why?", false, why);
    blocks.push(fields::advised(why, "Whoever is called reads it, and it stays on the timeline."));
    let kept = fields::keep_incident(incident.id);
    fields::modal(CALLBACK, &format!("Escalate {}", incident.number), "Call them", &kept, &blocks)
}

/// Reads whom to call.
pub(super) fn read(view: &View) -> Result<EscalateForm, Rejected> {
    let unknown = || Rejected::Unknown(view.callback_id.clone());
    let incident = fields::kept_incident(&view.private_metadata).ok_or_else(unknown)?;
    let mut errors = FieldErrors::default();
    let reason = view.state.typed(REASON).unwrap_or_default().trim().to_owned();
    if reason.is_empty() {
        errors.0.insert(REASON, "Say in a sentence why they are wanted.".into());
    }
    let person = view.state.person(PERSON);
    let policy = view.state.typed(POLICY).map(|name| name.trim().to_owned());
    let to = match (person, policy) {
        (Some(_), Some(_)) => {
            errors.0.insert(POLICY, "Choose a person or a policy, not both.".into());
            None
        }
        (Some(person), None) => Some(EscalateTo::Person(person)),
        (None, Some(policy)) => Some(EscalateTo::Policy(policy)),
        (None, None) => match view.state.chosen(TO) {
            Some(next) if next == NEXT => Some(EscalateTo::NextLevel),
            Some(domain) => {
                let key = domain.strip_prefix(DOMAIN).ok_or_else(unknown)?;
                Some(EscalateTo::Domain(DomainKey(key.to_owned())))
            }
            None => {
                errors.0.insert(PERSON, "Choose whom to call.".into());
                None
            }
        },
    };
    match to {
        Some(to) if errors.0.is_empty() => Ok(EscalateForm { incident, to, reason }),
        _ => Err(Rejected::Fields(errors)),
    }
}
