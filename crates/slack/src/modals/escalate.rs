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
const GROUP: &str = "group";
const POLICY: &str = "policy";
const NEXT: &str = "next";
/// The longest handle of a user group.
const MAX_HANDLE: usize = 80;
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
    let group = match to {
        Some(EscalateTo::Group(group)) => group.as_str(),
        _ => "",
    };
    // Slack has no list of user groups to choose from.
    let group = fields::text(group, "@database", MAX_HANDLE);
    let group = fields::input(GROUP, "Or this user group", true, group);
    blocks.push(fields::advised(group, "Everybody in it is invited into the channel."));
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
    let person = view.state.person(PERSON).map(EscalateTo::Person);
    let named = view.state.typed(POLICY).map(|name| EscalateTo::Policy(name.trim().to_owned()));
    let group = view.state.typed(GROUP).map(|group| {
        let read = read_group(group.trim()).map(EscalateTo::Group);
        if read.is_none() {
            errors.0.insert(GROUP, "Write the group's handle, such as @database.".into());
        }
        read
    });
    let to = match (person, group, named) {
        (Some(_), None, Some(_)) => {
            errors.0.insert(POLICY, "Choose a person or a policy, not both.".into());
            None
        }
        (Some(_), Some(_), _) | (_, Some(_), Some(_)) => {
            errors.0.insert(GROUP, "Choose one of them: a person, a group or a policy.".into());
            None
        }
        (None, Some(group), None) => group,
        (Some(to), None, None) | (None, None, Some(to)) => Some(to),
        (None, None, None) => match view.state.chosen(TO) {
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

/// A user group by its handle, as people write it or as Slack writes a mention of it.
fn read_group(written: &str) -> Option<String> {
    if let Some(id) = written.strip_prefix("<!subteam^").and_then(|rest| rest.strip_suffix('>')) {
        let id = id.split('|').next().unwrap_or(id);
        return written_by_slack(id).then(|| id.to_owned());
    }
    let handle = written.strip_prefix('@').unwrap_or(written);
    let may_stand = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    (!handle.is_empty() && handle.chars().all(may_stand))
        .then(|| if written_by_slack(handle) { handle.to_owned() } else { format!("@{handle}") })
}

/// Whether it is the id of a user group: it begins with an S, in capitals and digits.
fn written_by_slack(id: &str) -> bool {
    id.len() > 6
        && id.starts_with('S')
        && id.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
}
