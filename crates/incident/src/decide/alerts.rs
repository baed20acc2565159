//! What monitors tell: what is known already is not recorded again, and many at once are one event.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{
    Decided,
    pager::{page_for_reopening, page_for_severity},
    stages::recover,
    texts::legible,
};
use crate::{
    AlertEvidence, AlertState, Event, Incident, LinkedAlert, MAX_LISTED_ALERTS, NotedAlert, Policy,
    Severity, Stage,
};

/// How often an incident may have been reopened for a monitor to be believed that it is over: one
/// that flaps leaves that to people.
const BELIEVED: u32 = 2;

/// Records alerts that belong to an incident, as far as they tell something new. One that is worse
/// than the incident makes it so; the last that ends may recover it, if its rule says so, and one
/// that then begins anew reopens it.
pub(super) fn note_alerts(
    incident: &Incident,
    alerts: Vec<NotedAlert>,
    now: Timestamp,
    policy: &Policy,
) -> Vec<Decided> {
    let told = Told::of(incident, alerts);
    if told.news.is_empty() {
        return Vec::new();
    }
    let recovers = told.recovers
        && told.firing == 0
        && incident.stage.is_live()
        && incident.reopened < BELIEVED;
    let again = match incident.stage {
        Stage::Recovered { settled: false, .. } if told.firing > 0 => told.again.clone(),
        _ => None,
    };
    let ended = told.ended.max(incident.last_alert_ended());
    let worse = told.worst.filter(|worst| {
        *worst < incident.severity && incident.stage.is_live() && policy.severity(*worst).is_some()
    });
    let mut decided = vec![told.event(incident, now)];
    if let Some(to) = worse {
        decided.push((Event::SeverityChanged { from: incident.severity, to }, now));
        let call = page_for_severity(incident, to, policy);
        decided.extend(call.map(|event| (event, now)));
    }
    if let Some(title) = again {
        decided.push((Event::Reopened { reason: format!("{title}: it fires again") }, now));
        decided.extend(page_for_reopening(incident, policy).map(|event| (event, now)));
    }
    if recovers {
        // Ended before something that people recorded since: then they say when it was.
        decided.extend(recover(incident, ended.map(|at| at.min(now)), now).unwrap_or_default());
    }
    decided
}

/// What some alerts tell, taken together.
struct Told {
    /// Each that tells something new, as it was last.
    news: Vec<LinkedAlert>,
    total: u32,
    firing: u32,
    /// The worst of those that were not here before.
    worst: Option<Severity>,
    /// When the last of them ended.
    ended: Option<Timestamp>,
    /// Whether the rule of the last that ended lets the monitor say that it is over.
    recovers: bool,
    /// What began, of those whose rule lets the monitor say that it is over, and so that it is not.
    again: Option<String>,
}

impl Told {
    fn of(incident: &Incident, alerts: Vec<NotedAlert>) -> Self {
        let tally = incident.tally();
        let mut told = Self {
            news: Vec::new(),
            total: tally.total,
            firing: tally.firing,
            worst: None,
            ended: None,
            recovers: false,
            again: None,
        };
        let listed = incident.alerts.iter();
        let mut known: HashMap<(String, String), AlertState> =
            listed.map(|one| ((one.source.clone(), one.key.clone()), one.state)).collect();
        let mut places: HashMap<(String, String), usize> = HashMap::new();
        for NotedAlert { evidence, known: before, severity, recovers } in alerts {
            let key = (evidence.source.clone(), evidence.key.clone());
            let before = known.get(&key).copied().or(before);
            if !is_news(before, evidence.state) {
                continue;
            }
            told.count(before, evidence.state);
            if recovers && matches!(evidence.state, AlertState::Firing { .. }) {
                told.again.get_or_insert_with(|| legible(&evidence.title));
            }
            match evidence.state {
                AlertState::Firing { .. } if before.is_none() => {
                    // The lower the level, the worse.
                    told.worst = told.worst.into_iter().chain(severity).min();
                }
                AlertState::Firing { .. } => {}
                AlertState::Resolved { since } => {
                    told.ended = told.ended.max(Some(since));
                    told.recovers = recovers;
                }
            }
            known.insert(key.clone(), evidence.state);
            let alert = linked(evidence);
            if let Some(place) = places.get(&key) {
                told.news[*place] = alert;
            } else {
                places.insert(key, told.news.len());
                told.news.push(alert);
            }
        }
        told
    }

    fn count(&mut self, before: Option<AlertState>, state: AlertState) {
        let fires = |state: AlertState| matches!(state, AlertState::Firing { .. });
        self.total += u32::from(before.is_none());
        match (before.is_some_and(fires), fires(state)) {
            (false, true) => self.firing += 1,
            (true, false) => self.firing = self.firing.saturating_sub(1),
            (true, true) | (false, false) => {}
        }
    }

    /// One alert as it always was, as long as all are listed; otherwise one event for all.
    fn event(mut self, incident: &Incident, now: Timestamp) -> Decided {
        let all_listed = incident.alert_tally.is_none() && self.total as usize <= MAX_LISTED_ALERTS;
        if all_listed
            && self.news.len() == 1
            && let Some(alert) = self.news.pop()
        {
            return seen(alert, now);
        }
        let news = self.news.len() as u32;
        let latest = self.news.iter().map(|alert| alert.state.since()).max();
        // What is listed must stay true, so it comes first.
        let is_listed = |alert: &LinkedAlert| {
            incident.alerts.iter().any(|one| one.source == alert.source && one.key == alert.key)
        };
        self.news.sort_by_key(|alert| !is_listed(alert));
        self.news.truncate(MAX_LISTED_ALERTS);
        let Self { news: alerts, total, firing, .. } = self;
        let event = Event::AlertsSeen { alerts, news, total, firing };
        (event, latest.map_or(now, |at| at.min(now)))
    }
}

/// Whether a state tells something over what is known.
fn is_news(known: Option<AlertState>, state: AlertState) -> bool {
    match (known, state) {
        (None, _) => true,
        // A repeat while it fires, even one that fires anew, changes nothing for people.
        (Some(AlertState::Firing { .. }), AlertState::Firing { .. }) => false,
        (Some(known), state) => state.is_news_after(known),
    }
}

/// The first alert of an incident as the timeline has it.
pub(super) fn alert_seen(alert: AlertEvidence, now: Timestamp) -> Decided {
    seen(linked(alert), now)
}

/// An alert as the timeline has it: true since the source's own time, never later than now.
fn seen(alert: LinkedAlert, now: Timestamp) -> Decided {
    let happened_at = alert.state.since().min(now);
    let LinkedAlert { source, key, title, state } = alert;
    (Event::AlertSeen { source, key, title, state }, happened_at)
}

fn linked(alert: AlertEvidence) -> LinkedAlert {
    LinkedAlert {
        source: alert.source,
        key: alert.key,
        title: legible(&alert.title),
        state: alert.state,
    }
}
