//! Who uses PagerDuty, and who is called after whom.

use serde::Serialize;
use serde_json::{Value, json};

use crate::state::Person;

/// An escalation policy: its levels, the first is called first.
#[derive(Clone, Debug, Serialize)]
pub struct EscalationPolicy {
    /// Policy id, `P…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who is on call at each level, by their names in the workspace.
    pub levels: Vec<Vec<String>>,
}

/// Somebody who was given an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assigned {
    /// Their user id in PagerDuty.
    pub user: String,
    /// RFC 3339, whole seconds.
    pub at: String,
}

/// The user id of a person of the workspace.
pub(crate) fn user_id(name: &str) -> String {
    format!("PUSER{}", name.to_uppercase())
}

/// The person of the workspace who has this user id.
pub(crate) fn person_of<'p>(people: &'p [Person], user: &str) -> Option<&'p Person> {
    people.iter().find(|person| user_id(&person.name) == user && person.email.is_some())
}

/// The user object of the REST API.
pub(crate) fn describe(person: &Person) -> Value {
    json!({
        "id": user_id(&person.name), "type": "user", "summary": person.real_name,
        "name": person.real_name, "email": person.email, "role": "user", "job_title": person.title,
    })
}

/// A person named by id alone.
pub(crate) fn refer(people: &[Person], user: &str) -> Value {
    let summary = person_of(people, user).map(|person| &person.real_name);
    json!({ "id": user, "type": "user_reference", "summary": summary })
}
