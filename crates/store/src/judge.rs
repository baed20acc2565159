//! Which of the commits that wait can be recorded together. Pure: what is known is an argument.

use std::collections::{HashMap, HashSet};

use sima_incident::{Event, IncidentId, IncidentNumber};

use crate::{Commit, HeldAlert, Outcome, StoreError, alert_holds::as_stored, rows::plain};

/// What the database says about everything the waiting commits touch, kept current while they are
/// judged one after the other: an earlier one of the batch counts like one recorded long ago.
#[derive(Debug, Default)]
pub struct Known {
    /// How many events each incident has.
    pub versions: HashMap<IncidentId, u32>,
    /// Deliveries by door and id.
    pub deliveries: HashMap<(String, String), IncidentId>,
    /// Alerts by integration and key.
    pub alerts: HashMap<(String, String), HeldAlert>,
    /// Who takes groups of alerts in, by integration and key.
    pub groups: HashMap<(String, String), IncidentId>,
    /// The alerts of the log that wait to be judged.
    pub waiting: HashSet<i64>,
    /// Incidents by their channel's name.
    pub names: HashMap<String, IncidentId>,
    /// Incidents by their number.
    pub numbers: HashMap<IncidentNumber, IncidentId>,
    /// Owners of the effects that are leased.
    pub leases: HashMap<i64, String>,
}

impl Known {
    /// Judges one commit; if it can be recorded, what it says is known from then on.
    pub fn judge(&mut self, commit: &Commit) -> Result<Outcome, StoreError> {
        follows_from_itself(commit)?;
        if let Some(obstacle) = self.obstacle(commit) {
            return Ok(obstacle);
        }
        let id = commit.incident.id;
        if !commit.events.is_empty() {
            self.versions.insert(id, commit.incident.version);
            self.names.insert(plain(&commit.incident.channel_name).into_owned(), id);
            self.numbers.insert(commit.incident.number, id);
        }
        if let Some(delivery) = &commit.delivery {
            self.deliveries.insert(pair(&delivery.door, &delivery.id), id);
        }
        for alert in &commit.alerts {
            let held = HeldAlert { incident: Some(id), known: as_stored(&alert.known) };
            self.alerts.insert(pair(&alert.integration, &alert.key), held);
        }
        for group in &commit.groups {
            self.groups.insert(pair(&group.integration, &group.key), id);
        }
        for judgement in &commit.judged {
            self.waiting.remove(&judgement.id);
        }
        if let Some(settlement) = &commit.settles {
            self.leases.remove(&settlement.effect_id);
        }
        Ok(Outcome::Recorded)
    }

    /// What keeps a commit from being recorded. A repeated delivery comes first: whatever else is
    /// so, it was dealt with.
    fn obstacle(&self, commit: &Commit) -> Option<Outcome> {
        let id = commit.incident.id;
        if let Some(delivery) = &commit.delivery {
            let known = self.deliveries.get(&pair(&delivery.door, &delivery.id));
            if let Some(before) = known {
                return Some(Outcome::Repeated(*before));
            }
        }
        if let Some(settlement) = &commit.settles
            && self.leases.get(&settlement.effect_id).map(String::as_str)
                != Some(&*plain(&settlement.owner))
        {
            return Some(Outcome::LeaseLost);
        }
        if commit.judged.iter().any(|judgement| !self.waiting.contains(&judgement.id)) {
            return Some(Outcome::Judged);
        }
        let stale = match (commit.events.first(), self.versions.get(&id)) {
            (Some(first), version) => first.version != version.copied().unwrap_or(0),
            (None, version) => version.is_none(),
        };
        if stale {
            return Some(Outcome::Stale);
        }
        for alert in &commit.alerts {
            let held = self.alerts.get(&pair(&alert.integration, &alert.key));
            if held != alert.expects.as_ref() {
                return Some(Outcome::Held(held.and_then(|held| held.incident)));
            }
        }
        for group in &commit.groups {
            let holder = self.groups.get(&pair(&group.integration, &group.key)).copied();
            if holder != group.expects {
                return Some(Outcome::Held(holder));
            }
        }
        let numbered = self.numbers.get(&commit.incident.number);
        if numbered.is_some_and(|other| *other != id) {
            return Some(Outcome::NumberTaken);
        }
        let named = self.names.get(&*plain(&commit.incident.channel_name));
        let taken = !commit.events.is_empty() && named.is_some_and(|other| *other != id);
        taken.then_some(Outcome::NameTaken)
    }
}

/// Two texts as they are stored.
fn pair(one: &str, two: &str) -> (String, String) {
    (plain(one).into_owned(), plain(two).into_owned())
}

/// Events follow each other without a gap, begin with a declaration if they begin a life, and end
/// where the incident is.
fn follows_from_itself(commit: &Commit) -> Result<(), StoreError> {
    let Some(first) = commit.events.first() else {
        return Ok(());
    };
    let mut versions = commit.events.iter().zip(first.version..);
    if !versions.all(|(recorded, version)| recorded.version == version) {
        return Err(StoreError::Contradiction("its events do not follow each other"));
    }
    if first.version as usize + commit.events.len() != commit.incident.version as usize {
        return Err(StoreError::Contradiction("its incident is not as its events left it"));
    }
    if first.version == 0 {
        let Event::Declared { id, number, .. } = &first.event else {
            return Err(StoreError::Contradiction("its first event is not a declaration"));
        };
        if (*id, *number) != (commit.incident.id, commit.incident.number) {
            return Err(StoreError::Contradiction("its events are of another incident"));
        }
    }
    Ok(())
}
