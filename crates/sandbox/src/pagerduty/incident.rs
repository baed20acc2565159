//! Services, the incidents on them, and the log of each.

use serde::Serialize;
use serde_json::{Value, json};

use super::account::{Assigned, EscalationPolicy, refer, user_id};
use crate::state::Person;
use crate::{cast, random};

/// Everything PagerDuty knows.
#[derive(Clone, Debug)]
pub struct Pager {
    /// Services, the default one first.
    pub services: Vec<Service>,
    /// Who is called after whom, by service; the first is the default service's.
    pub policies: Vec<EscalationPolicy>,
    /// Incidents, oldest first.
    pub incidents: Vec<PagerIncident>,
    /// Change events, as they came.
    pub changes: Vec<Value>,
    /// Arrival times of events by routing key, in microseconds.
    pub(crate) arrivals: Vec<(String, i64)>,
}

/// A service and its integration key.
#[derive(Clone, Debug, Serialize)]
pub struct Service {
    /// Service id, `P…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its Events v2 key, 32 characters.
    pub routing_key: String,
    /// Id of its escalation policy.
    pub policy: String,
}

/// An incident and the one alert it stands for.
#[derive(Clone, Debug, Serialize)]
pub struct PagerIncident {
    /// Incident id, `Q…`.
    pub id: String,
    /// Number, from 1.
    pub number: usize,
    /// The summary of the trigger that opened it.
    pub title: String,
    /// `triggered`, `acknowledged` or `resolved`.
    pub status: String,
    /// Severity of the alert.
    pub severity: String,
    /// Source of the alert.
    pub source: String,
    /// Key of the alert.
    pub dedup_key: String,
    /// Key of the integration it came by.
    pub routing_key: String,
    /// Service id.
    pub service: String,
    /// Id of its escalation policy.
    pub policy: String,
    /// Who has it now.
    pub assigned: Vec<Assigned>,
    /// The client that sent it, and its link.
    pub client: Option<String>,
    /// The link of the client.
    pub client_url: Option<String>,
    /// Links, `{href, text}`.
    pub links: Vec<Value>,
    /// `custom_details` of the alert.
    pub details: Value,
    /// RFC 3339.
    pub created_at: String,
    /// What happened to it, oldest first. The first entry is the page.
    pub log: Vec<LogEntry>,
}

/// One line of an incident's log.
#[derive(Clone, Debug, Serialize)]
pub struct LogEntry {
    /// RFC 3339.
    pub at: String,
    /// `trigger`, `acknowledge`, `resolve`.
    pub action: String,
    /// What it said, or who did it.
    pub summary: String,
}

impl Pager {
    pub(crate) fn new() -> Self {
        Self {
            services: vec![Service {
                id: "PSANDBOX01".to_owned(),
                name: "Production".to_owned(),
                routing_key: cast::ROUTING_KEY.to_owned(),
                policy: "PESCALATE1".to_owned(),
            }],
            policies: vec![EscalationPolicy {
                id: "PESCALATE1".to_owned(),
                name: "Production".to_owned(),
                levels: vec![vec!["malik".to_owned()], vec!["nour".to_owned()]],
            }],
            incidents: Vec::new(),
            changes: Vec::new(),
            arrivals: Vec::new(),
        }
    }

    /// The key of a service with this name, which is added if there is none.
    pub(crate) fn key_of(&mut self, name: &str) -> String {
        if let Some(service) = self.services.iter().find(|service| service.name == name) {
            return service.routing_key.clone();
        }
        // A service of its own has people of its own.
        let policy = EscalationPolicy {
            id: random::id("P"),
            name: name.to_owned(),
            levels: vec![vec!["theo".to_owned()], vec!["nour".to_owned()]],
        };
        let service = Service {
            id: random::id("P"),
            name: name.to_owned(),
            routing_key: random::hex(16),
            policy: policy.id.clone(),
        };
        self.policies.push(policy);
        let key = service.routing_key.clone();
        self.services.push(service);
        key
    }

    /// Whoever is on call at a level of a policy, from 1.
    pub(crate) fn level(&self, policy: &str, level: usize) -> Option<Vec<String>> {
        let policy = self.policies.iter().find(|other| other.id == policy)?;
        let people = policy.levels.get(level.checked_sub(1)?)?;
        Some(people.iter().map(|name| user_id(name)).collect())
    }

    /// The open incident with this key, which lives within its integration.
    pub fn open(&self, routing_key: &str, dedup_key: &str) -> Option<&PagerIncident> {
        self.incidents.iter().find(|incident| incident.is_open_for(routing_key, dedup_key))
    }
}

impl PagerIncident {
    pub(crate) fn is_open_for(&self, routing_key: &str, dedup_key: &str) -> bool {
        self.routing_key == routing_key && self.dedup_key == dedup_key && self.status != "resolved"
    }

    /// Whether this many people were woken: each incident pages once.
    pub fn is_open(&self) -> bool {
        self.status != "resolved"
    }

    /// Gives it to these people, who are called unless it is done for.
    pub(crate) fn assign(&mut self, users: &[String], at: &str) {
        let before = std::mem::take(&mut self.assigned);
        let assigned = users.iter().map(|user| {
            let kept = before.iter().find(|one| one.user == *user).cloned();
            kept.unwrap_or_else(|| Assigned { user: user.clone(), at: at.to_owned() })
        });
        self.assigned = assigned.collect();
    }

    pub(crate) fn note(&mut self, at: &str, action: &str, summary: &str) {
        self.log.push(LogEntry {
            at: at.to_owned(),
            action: action.to_owned(),
            summary: summary.to_owned(),
        });
    }

    /// The incident object of the REST API.
    pub(crate) fn describe(&self, pager: &Pager, people: &[Person], base_url: &str) -> Value {
        let service = pager.services.iter().find(|service| service.id == self.service);
        let policy = pager.policies.iter().find(|policy| policy.id == self.policy);
        let assignments: Vec<Value> = self
            .assigned
            .iter()
            .map(|one| json!({ "at": one.at, "assignee": refer(people, &one.user) }))
            .collect();
        let changed = self.log.last().map_or(&self.created_at, |entry| &entry.at);
        json!({
            "id": self.id,
            "type": "incident",
            "summary": format!("[#{}] {}", self.number, self.title),
            "self": format!("{base_url}/pagerduty/incidents/{}", self.id),
            "html_url": format!("{base_url}/?tab=pager"),
            "incident_number": self.number,
            "title": self.title,
            "status": self.status,
            "urgency": if matches!(self.severity.as_str(), "critical" | "error") { "high" } else { "low" },
            // Null, because the key belongs to the alert.
            "incident_key": null,
            "created_at": self.created_at,
            "updated_at": changed,
            "last_status_change_at": changed,
            "resolved_at": (self.status == "resolved").then_some(changed),
            "service": {
                "id": self.service, "type": "service_reference",
                "summary": service.map(|service| &service.name),
            },
            "assignments": assignments,
            "escalation_policy": {
                "id": self.policy, "type": "escalation_policy_reference",
                "summary": policy.map(|policy| &policy.name),
            },
            "acknowledgements": [],
            "priority": null,
            "teams": [],
            "alert_counts": {
                "all": 1, "triggered": i32::from(self.status != "resolved"),
                "resolved": i32::from(self.status == "resolved"),
            },
            "resolve_reason": null,
        })
    }
}
