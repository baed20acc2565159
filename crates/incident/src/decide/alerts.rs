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
    AlertEvidence, AlertState, AlertTally, Event, Incident, KnownAlert, LinkedAlert,
    MAX_LISTED_ALERTS, NotedAlert, Policy, Severity, Stage,
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
    let mut told = Told::of(incident, alerts);
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
    let worse = told.worse.take().filter(|(to, _)| policy.severity(*to).is_some());
    let mut decided = vec![told.event(incident, now)];
    if let Some((to, title)) = worse {
        let because = Some(title);
        decided.push((Event::SeverityChanged { from: incident.severity, to, because }, now));
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
    /// How many of them the incident does not list.
    unlisted: usize,
    total: u32,
    firing: u32,
    /// How bad the worst is that is worse than the incident, and what it is about.
    worse: Option<(Severity, String)>,
    /// When the last of them ended.
    ended: Option<Timestamp>,
    /// Whether the rule of the last that ended lets the monitor say that it is over.
    recovers: bool,
    /// What began, of those whose rule lets the monitor say that it is over, and so that it is not.
    again: Option<String>,
}

/// What is known of an alert before it is noted.
#[derive(Clone, Copy)]
struct Before {
    state: AlertState,
    tally: AlertTally,
    severity: Option<Severity>,
}

impl Told {
    fn of(incident: &Incident, alerts: Vec<NotedAlert>) -> Self {
        let tally = incident.tally();
        let mut told = Self {
            news: Vec::new(),
            unlisted: 0,
            total: tally.total,
            firing: tally.firing,
            worse: None,
            ended: None,
            recovers: false,
            again: None,
        };
        let mut known: HashMap<(String, String), Before> = HashMap::new();
        let listed = |key: &(String, String)| {
            incident.alerts.iter().find(|one| one.source == key.0 && one.key == key.1)
        };
        let mut places: HashMap<(String, String), usize> = HashMap::new();
        for NotedAlert { mut evidence, known: before, severity, recovers } in alerts {
            let key = (evidence.source.clone(), evidence.key.clone());
            let before = known.get(&key).copied().or_else(|| {
                let severity = before.as_ref().and_then(|before| before.severity);
                listed(&key)
                    .map(|one| Before { state: one.state, tally: one.tally(), severity })
                    .or_else(|| before.map(Before::of))
            });
            let tally = evidence.members.unwrap_or(evidence.state.tally());
            let worsens = severity
                .filter(|_| evidence.state.fires())
                .filter(|severity| is_worse(incident, before, *severity));
            let changes = is_news(before.map(|before| before.state), evidence.state);
            // Of a group whose members come and go, the count is news.
            let counts = before.is_some_and(|before| {
                before.tally != tally && before.state.fires() && evidence.state.fires()
            });
            if !changes && !counts && worsens.is_none() {
                continue;
            }
            if let Some(before) = before.filter(|_| !changes) {
                evidence.state = before.state;
            }
            told.count(before.map(|before| before.tally), tally);
            if changes && recovers && evidence.state.fires() {
                told.again.get_or_insert_with(|| legible(&evidence.title));
            }
            // The lower the level, the worse.
            if let Some(severity) = worsens
                && told.worse.as_ref().is_none_or(|(worst, _)| severity < *worst)
            {
                told.worse = Some((severity, legible(&evidence.title)));
            }
            if let AlertState::Resolved { since } = evidence.state {
                told.ended = told.ended.max(Some(since));
                told.recovers = recovers;
            }
            let severity = severity.or(before.and_then(|before| before.severity));
            known.insert(key.clone(), Before { state: evidence.state, tally, severity });
            let alert = linked(evidence);
            if let Some(place) = places.get(&key) {
                told.news[*place] = alert;
            } else {
                told.unlisted += usize::from(listed(&key).is_none());
                places.insert(key, told.news.len());
                told.news.push(alert);
            }
        }
        told
    }

    fn count(&mut self, before: Option<AlertTally>, now: AlertTally) {
        let before = before.unwrap_or(AlertTally { total: 0, firing: 0 });
        self.total = (self.total + now.total).saturating_sub(before.total);
        self.firing = (self.firing + now.firing).saturating_sub(before.firing);
    }

    /// One alert as it always was, as long as all are listed; otherwise one event for all.
    fn event(mut self, incident: &Incident, now: Timestamp) -> Decided {
        let all_listed = incident.alert_tally.is_none()
            && incident.alerts.len() + self.unlisted <= MAX_LISTED_ALERTS;
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

impl Before {
    fn of(known: KnownAlert) -> Self {
        let KnownAlert { state, severity, members } = known;
        Self { state, tally: members.tally(state).unwrap_or(state.tally()), severity }
    }
}

/// Whether an alert of that severity makes the incident worse. A person who lowered it knew what the
/// monitor had said by then: only what is worse than that is news.
fn is_worse(incident: &Incident, before: Option<Before>, severity: Severity) -> bool {
    let said = before.map(|before| before.severity.unwrap_or(incident.worst_severity));
    let is_news = said.is_none_or(|said| severity < said);
    is_news && severity < incident.severity && incident.stage.is_live()
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
    let LinkedAlert { source, key, title, state, members } = alert;
    (Event::AlertSeen { source, key, title, state, members }, happened_at)
}

fn linked(alert: AlertEvidence) -> LinkedAlert {
    LinkedAlert {
        source: alert.source,
        key: alert.key,
        title: legible(&alert.title),
        state: alert.state,
        members: alert.members,
    }
}
