//! The REST API's shapes, as far as they are read: any field that is not required may be null.
//!
//! Sources, read 2026-08-22: `developer.pagerduty.com/api-reference`, List Incidents, Update an
//! Incident, List All of the On-Calls, List Services, List Users, List Escalation Policies.

use jiff::Timestamp;
use serde::Deserialize;

/// Something named by its id.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Reference {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub summary: Option<String>,
}

/// An incident of PagerDuty's.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PagerIncident {
    pub id: String,
    #[serde(default)]
    pub assignments: Option<Vec<Assignment>>,
    #[serde(default)]
    pub escalation_policy: Option<Reference>,
}

/// Who has it, and since when.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Assignment {
    #[serde(default)]
    pub at: Option<Timestamp>,
    pub assignee: Reference,
}

impl PagerIncident {
    /// Who has it now.
    pub fn assignees(&self) -> impl Iterator<Item = &str> {
        self.assignments.iter().flatten().map(|assignment| assignment.assignee.id.as_str())
    }

    /// Whether somebody was given it at that time or later. PagerDuty keeps whole seconds.
    pub fn was_given_since(&self, at: Timestamp) -> bool {
        let mut given = self.assignments.iter().flatten().filter_map(|assignment| assignment.at);
        given.any(|given| given.as_second() >= at.as_second())
    }
}

/// One person at one level of one policy.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct OnCallEntry {
    pub user: User,
    #[serde(default)]
    pub schedule: Option<Reference>,
    pub escalation_policy: Reference,
    pub escalation_level: u32,
    /// Absent: permanently.
    #[serde(default)]
    pub end: Option<Timestamp>,
}

/// A person of the account; the address is there when users were included.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct User {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub summary: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
}

/// A service with its keys and its policy.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Service {
    #[serde(default)]
    pub integrations: Option<Vec<Integration>>,
    #[serde(default)]
    pub escalation_policy: Option<Reference>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Integration {
    #[serde(default)]
    pub integration_key: Option<String>,
}

/// An escalation policy.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct EscalationPolicy {
    pub id: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub summary: Option<String>,
}

/// One user, as asked for by id.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct OneUser {
    pub user: User,
}
