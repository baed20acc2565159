//! What the public sees: components, incidents and what was said about each.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::{Value, json};

use crate::cast;

/// How a component can be.
pub(super) const COMPONENT: [&str; 5] =
    ["operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage"];

/// Where an incident that is no maintenance can be.
pub(super) const STATUS: [&str; 4] = ["investigating", "identified", "monitoring", "resolved"];

/// A minute in microseconds.
const MINUTE: i64 = 60_000_000;

/// Calls one token may make in a rolling minute.
const CALLS_A_MINUTE: usize = 60;

/// The page.
#[derive(Debug, Default)]
pub struct PublicPage {
    /// How each component is, by its id.
    pub components: BTreeMap<String, String>,
    /// Incidents, oldest first.
    pub incidents: Vec<PublicIncident>,
    asked: VecDeque<i64>,
}

/// An incident as the public sees it, and what stands behind it.
#[derive(Clone, Debug, Serialize)]
pub struct PublicIncident {
    /// Its id.
    pub id: String,
    /// Its title.
    pub name: String,
    /// `investigating`, `identified`, `monitoring` or `resolved`.
    pub status: String,
    /// What only the API shows.
    pub metadata: Value,
    /// Its short address.
    pub shortlink: String,
    /// The components it lists.
    pub component_ids: Vec<String>,
    /// What was said, oldest first.
    pub updates: Vec<PublicUpdate>,
    /// When it was made.
    pub created_at: String,
}

/// One thing that was said to the public.
#[derive(Clone, Debug, Serialize)]
pub struct PublicUpdate {
    /// The status it was said with.
    pub status: String,
    /// The words.
    pub body: String,
    /// Whether subscribers were written to.
    pub notified: bool,
    /// When.
    pub at: String,
}

impl PublicPage {
    pub(crate) fn new() -> Self {
        let operational = |id: &&str| ((*id).to_owned(), COMPONENT[0].to_owned());
        let components = cast::STATUSPAGE_COMPONENTS.iter().map(operational).collect();
        Self { components, ..Self::default() }
    }

    /// Counts a call; the seconds to wait when there were too many.
    pub(super) fn count(&mut self, now: i64) -> Option<u64> {
        while self.asked.front().is_some_and(|at| at + MINUTE <= now) {
            self.asked.pop_front();
        }
        if self.asked.len() < CALLS_A_MINUTE {
            self.asked.push_back(now);
            return None;
        }
        let wait = self.asked.front().map_or(MINUTE, |at| at + MINUTE - now);
        Some(u64::try_from(wait).unwrap_or(0).div_ceil(1_000_000).max(1))
    }

    pub(super) fn incident_mut(&mut self, id: &str) -> Option<&mut PublicIncident> {
        self.incidents.iter_mut().find(|incident| incident.id == id)
    }
}

impl PublicIncident {
    pub(super) fn describe(&self) -> Value {
        let updates = self.updates.iter().rev().map(|update| {
            json!({
                "incident_id": self.id, "status": update.status, "body": update.body,
                "created_at": update.at, "display_at": update.at,
                "deliver_notifications": update.notified, "affected_components": null,
            })
        });
        json!({
            "id": self.id, "page_id": cast::STATUSPAGE_PAGE, "name": self.name,
            "status": self.status, "impact": "minor", "impact_override": null,
            "created_at": self.created_at, "shortlink": self.shortlink,
            "components": self.component_ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>(),
            "incident_updates": updates.collect::<Vec<_>>(), "metadata": self.metadata,
        })
    }
}
