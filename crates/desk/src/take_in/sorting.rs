//! Which alerts go to which incident: decided in their order, from what is known when it begins.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use sima_incident::{
    AlertEvidence, AlertState, Heard, Incident, IncidentId, KnownAlert, Members, NotedAlert,
    ProposedAlert, STORM_SPAN, Severity, Stage, StormLimit, Suggestion, Visibility, is_one_trouble,
};
use sima_store::{AlertHold, GroupHold, HeldAlert, Judgement, Store, StoreError};

use super::{Left, OpeningAlerts, RuledAlert, Ruling, Wanted};
use crate::open::Opening;

/// How long before it is heard of an outage may have begun for its monitor's word to be believed.
const LONGEST_UNHEARD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What alerts of a storm have in common: no rule's group is called so, being a JSON list.
const STORM: &str = "storm";
const PRIVATE_STORM: &str = "private storm";

/// Alerts of one integration on their way to their incidents.
pub(super) struct Sorting<'a> {
    integration: &'a str,
    limit: StormLimit,
    now: Timestamp,
    /// What is known of each alert, by its key.
    alerts: HashMap<String, Known>,
    /// Who takes each group in.
    groups: HashMap<String, Grouped>,
    /// How many incidents were opened for the integration lately.
    openings: u32,
    /// The incidents that are concerned, those to be opened too.
    pub targets: Vec<Target>,
    /// What changes no incident.
    pub rest: Rest,
    /// What people are asked about, or may have been.
    pub asked: Vec<Asked>,
}

/// An alert that belongs to no incident and opens none by itself.
pub(super) struct Asked {
    pub id: i64,
    pub source: String,
    pub evidence: AlertEvidence,
    /// The members of its group as they are now.
    members: Members,
    /// When what is new of it began, if that is known and near enough to be believed.
    began: Option<Timestamp>,
    /// What people are asked; without it, only those who were asked before have to know.
    pub suggestion: Option<Suggestion>,
    /// Why nothing comes of it, if nobody was asked.
    pub why: String,
}

impl Asked {
    /// The alert, as far as a proposal is concerned.
    pub fn alert(&self) -> ProposedAlert {
        ProposedAlert {
            integration: self.evidence.source.clone(),
            source: self.source.clone(),
            key: self.evidence.key.clone(),
            title: self.evidence.title.clone(),
            state: self.evidence.state,
        }
    }
}

/// What is known of an alert as the sorting goes on.
#[derive(Clone, Default)]
struct Known {
    /// As it is recorded.
    recorded: Option<HeldAlert>,
    /// The place of the incident it belongs to in [`Sorting::targets`].
    target: Option<usize>,
    /// What was said of it last.
    last: Option<KnownAlert>,
}

impl Known {
    fn state(&self) -> Option<AlertState> {
        self.last.as_ref().map(|last| last.state)
    }
}

/// Who takes a group in as the sorting goes on.
#[derive(Clone, Copy)]
struct Grouped {
    /// As it is recorded.
    recorded: Option<IncidentId>,
    target: usize,
    seen_at: Timestamp,
}

/// An incident and the alerts it gets.
#[derive(Default)]
pub(super) struct Target {
    /// It, if it is there.
    pub incident: Option<Incident>,
    /// How it is opened, if it is not.
    pub opening: Option<Opening>,
    pub alerts: OpeningAlerts,
}

/// What changes no incident.
#[derive(Default)]
pub(super) struct Rest {
    pub judged: Vec<Left>,
    /// Alerts that are over and that no incident has to hear of.
    pub over: Vec<AlertHold>,
}

/// What an alert that was placed brings along.
struct Placed {
    id: i64,
    evidence: AlertEvidence,
    /// The members of its group as they are now.
    members: Members,
    /// When what is new of it began, if that is known and near enough to be believed.
    began: Option<Timestamp>,
    wanted: Option<Wanted>,
    severity: Option<Severity>,
    outcome: &'static str,
}

impl<'a> Sorting<'a> {
    /// Reads everything that is known about these alerts, their groups and their incidents.
    pub async fn survey(
        store: &Store,
        integration: &'a str,
        alerts: &[RuledAlert],
        limit: StormLimit,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let keys: Vec<(&str, &str)> =
            alerts.iter().map(|alert| (integration, &*alert.evidence.key)).collect();
        let held = store.alerts_held(&keys).await?;
        let wanted = alerts.iter().filter_map(|alert| match &alert.ruling {
            Ruling::Open(wanted) => Some(&*wanted.group),
            Ruling::Leave { .. } | Ruling::Note { .. } | Ruling::Propose(_) => None,
        });
        let mut groups: Vec<(&str, &str)> =
            wanted.chain([STORM, PRIVATE_STORM]).map(|group| (integration, group)).collect();
        groups.sort_unstable();
        groups.dedup();
        let grouped = store.alert_groups(&groups).await?;
        let after = now.saturating_sub(STORM_SPAN).unwrap_or(now);
        let openings = store.openings_by_alerts(integration, after).await?;

        let mut ids: Vec<IncidentId> = held.values().filter_map(|held| held.incident).collect();
        ids.extend(grouped.values().map(|group| group.incident));
        ids.sort_unstable();
        ids.dedup();
        let incidents = store.incidents_of(&ids).await?;
        let places: HashMap<IncidentId, usize> =
            incidents.iter().enumerate().map(|(place, incident)| (incident.id, place)).collect();
        let target = |incident| Target { incident: Some(incident), ..Target::default() };
        Ok(Self {
            integration,
            limit,
            now,
            alerts: held
                .into_iter()
                .map(|((_, key), held)| {
                    let target = held.incident.and_then(|id| places.get(&id).copied());
                    let last = Some(held.known.clone());
                    (key, Known { recorded: Some(held), target, last })
                })
                .collect(),
            groups: grouped
                .into_iter()
                .filter_map(|((_, key), group)| {
                    let target = *places.get(&group.incident)?;
                    let recorded = Some(group.incident);
                    Some((key, Grouped { recorded, target, seen_at: group.seen_at }))
                })
                .collect(),
            openings,
            targets: incidents.into_iter().map(target).collect(),
            rest: Rest::default(),
            asked: Vec::new(),
        })
    }

    /// Finds the place of one alert.
    pub fn place(&mut self, alert: RuledAlert) {
        let RuledAlert { id, source, mut evidence, members: listed, ruling } = alert;
        let (wanted, suggestion, why) = match ruling {
            Ruling::Leave { outcome, why } => return self.leave(id, outcome, why, None),
            Ruling::Note { why } => (None, None, why),
            Ruling::Propose(suggestion) => (None, Some(*suggestion), String::new()),
            Ruling::Open(wanted) => (Some(*wanted), None, String::new()),
        };
        let known = self.alerts.get(&evidence.key).cloned().unwrap_or_default();
        let Heard { state, members, began } =
            listed.heard_after(known.last.as_ref(), evidence.state);
        (evidence.state, evidence.members) = (state, members.tally(state));
        let severity = match (&wanted, &suggestion) {
            (Some(wanted), _) => wanted.opening.severity,
            (None, suggestion) => suggestion.as_ref().map(|suggestion| suggestion.severity),
        };
        let began = if listed.is_empty() { Some(state.since()) } else { began };
        let began = began.filter(|began| state.fires() && self.is_believed(*began));
        let may_join = |target: &Target| {
            // What is private is not told where everyone reads it, even if it was public before.
            let private = wanted.as_ref().is_some_and(|wanted| is_private(&wanted.opening));
            target.is_private() || !private
        };
        let is_news = known.state().is_none_or(|known| state.is_news_after(known));
        if let Some(place) = known.target
            && may_join(&self.targets[place])
        {
            let begins_anew = state.fires() && is_news && wanted.is_some();
            let reopens = wanted.as_ref().is_some_and(|wanted| wanted.recovers);
            if self.targets[place].takes(begins_anew && !reopens) {
                let outcome = "attached";
                let placed = Placed { id, evidence, members, began, wanted, severity, outcome };
                return self.attach(place, placed, None);
            }
            if !is_news {
                // The incident is over, and this is still the trouble it was about.
                let incident = self.targets[place].incident.as_ref().map(|incident| incident.id);
                return self.leave(id, "attached", String::new(), incident);
            }
        }
        let AlertState::Firing { since } = state else {
            self.remember_end(&evidence, members.clone(), known);
            let why = "it is over, and no incident is open for it".to_owned();
            let suggestion = None;
            let asked = Asked { id, source, evidence, members, began, suggestion, why };
            return self.asked.push(asked);
        };
        let Some(mut wanted) = wanted else {
            let asked = Asked { id, source, evidence, members, began, suggestion, why };
            return self.asked.push(asked);
        };
        if let Some(AlertState::Resolved { since: ended }) = known.state()
            && since <= ended
        {
            let why = "it was over before it was heard of".to_owned();
            return self.leave(id, "nothing", why, None);
        }
        let started_at = wanted.opening.started_at.filter(|at| self.is_believed(*at));
        // What fires on under the same key is an older trouble.
        let is_older = known.last.is_some() || !listed.is_empty();
        wanted.opening.started_at = if is_older { began } else { started_at.or(began) };
        let (group, within) = (wanted.group.clone(), wanted.within);
        let private = is_private(&wanted.opening);
        let wanted = Some(wanted);
        let outcome = "attached";
        let placed = Placed { id, evidence, members, began, wanted, severity, outcome };
        if let Some(place) = self.of_group(&group, within, private) {
            return self.attach(place, placed, Some(group));
        }
        let gathering = self.of_group(storm_of(private), STORM_SPAN, private).is_some();
        if self.limit.gathers(self.openings, gathering.then_some(self.now), self.now) {
            return self.in_storm(placed, private);
        }
        self.open(placed);
    }

    /// Whether a monitor's word on when something began may be when customers first felt it. Its clock
    /// may be wrong, or it was told to be silent for long: then nobody knows.
    fn is_believed(&self, began: Timestamp) -> bool {
        self.now.duration_since(began) <= LONGEST_UNHEARD
    }

    /// Gives an alert to an incident that people opened when they were asked about its trouble.
    pub fn belongs(&mut self, incident: &Incident, asked: Asked) {
        let Asked { id, evidence, members, began, suggestion, .. } = asked;
        let severity = suggestion.map(|suggestion| suggestion.severity);
        let is_it =
            |target: &Target| target.incident.as_ref().is_some_and(|known| known.id == incident.id);
        let place = self.targets.iter().position(is_it).unwrap_or_else(|| {
            self.targets.push(Target { incident: Some(incident.clone()), ..Target::default() });
            self.targets.len() - 1
        });
        // The incident hears of the end itself.
        self.rest.over.retain(|hold| hold.key != evidence.key);
        let (wanted, outcome) = (None, "attached");
        let placed = Placed { id, evidence, members, began, wanted, severity, outcome };
        self.attach(place, placed, None);
    }

    /// Opens an incident that takes the group in from now on.
    fn open(&mut self, mut placed: Placed) {
        let Some(wanted) = &placed.wanted else { return };
        let place = self.targets.len();
        // One that shall never be grouped takes in a group nobody else is in.
        let group = if wanted.within.is_zero() {
            format!("{} #{}", wanted.group, placed.id)
        } else {
            wanted.group.clone()
        };
        let opening = Some(wanted.opening.clone());
        self.targets.push(Target { opening, ..Target::default() });
        self.openings += 1;
        placed.outcome = "opened";
        self.attach(place, placed, Some(group));
    }

    /// Too many incidents were opened: this one goes where all goes that would open another.
    fn in_storm(&mut self, mut placed: Placed, private: bool) {
        let storm = storm_of(private);
        if let Some(place) = self.of_group(storm, STORM_SPAN, private) {
            return self.attach(place, placed, Some(storm.to_owned()));
        }
        let (integration, limit) = (self.integration, self.limit);
        placed.wanted = placed.wanted.map(|wanted| {
            let opening = storm_opening(integration, limit, &wanted.opening);
            Wanted { opening, group: storm.to_owned(), within: STORM_SPAN, ..wanted }
        });
        self.open(placed);
    }

    /// The incident that takes a group in: live, as visible as wanted, and not quiet for too long.
    fn of_group(&self, group: &str, within: SignedDuration, private: bool) -> Option<usize> {
        let grouped = self.groups.get(group)?;
        let target = &self.targets[grouped.target];
        let takes = target.is_live() && target.is_private() == private;
        (takes && is_one_trouble(grouped.seen_at, within, self.now)).then_some(grouped.target)
    }

    /// Gives an alert to an incident, which takes its group in from now on if there is one.
    fn attach(&mut self, place: usize, placed: Placed, group: Option<String>) {
        let Placed { id, mut evidence, members, began, wanted, severity, outcome } = placed;
        let known = self.alerts.entry(evidence.key.clone()).or_default();
        let stays = known.target == Some(place);
        let before = known.last.clone().filter(|_| stays);
        let state = match &before {
            Some(before) if !evidence.state.is_news_after(before.state) => before.state,
            Some(_) | None => evidence.state,
        };
        let comes_from_another = known.last.is_some() && !stays;
        let members = if comes_from_another { members.of_another() } else { members };
        evidence.members = members.tally(evidence.state);
        // What it says while it ends is no news of how bad it was.
        let said = severity.filter(|_| evidence.state.fires());
        let severity_known = said.or(before.as_ref().and_then(|before| before.severity));
        let last = KnownAlert { state, severity: severity_known, members };
        let target = &mut self.targets[place];
        if before.as_ref() != Some(&last) {
            let hold = AlertHold {
                integration: self.integration.to_owned(),
                key: evidence.key.clone(),
                title: evidence.title.clone(),
                known: last.clone(),
                expects: known.recorded.clone(),
            };
            target.alerts.hold(hold, stays);
        }
        (known.target, known.last) = (Some(place), Some(last));
        if let Some(key) = group {
            let recorded = self.groups.get(&key).and_then(|group| group.recorded);
            let grouped = Grouped { recorded, target: place, seen_at: self.now };
            self.groups.insert(key.clone(), grouped);
            let integration = self.integration.to_owned();
            target.alerts.take_group(GroupHold { integration, key, expects: recorded });
        }
        let rule_group = wanted.as_ref().map(|wanted| wanted.group.clone());
        let recovers = wanted.is_some_and(|wanted| wanted.recovers);
        if let Some(opening) = &mut target.opening {
            // What comes with the first is known when it is opened: nobody is called twice for it.
            opening.severity = opening.severity.into_iter().chain(severity).min();
            opening.started_at = opening.started_at.into_iter().chain(began).min();
        }
        target.alerts.noted.push(NotedAlert { evidence, known: before, severity, recovers });
        target.alerts.judged.push(Judgement { id, outcome, why: None, group: rule_group });
    }

    /// It is over, and no incident has to hear of it: that is remembered, for what comes late.
    fn remember_end(&mut self, evidence: &AlertEvidence, members: Members, known: Known) {
        let state = evidence.state;
        if known.state().is_none_or(|before| state.is_news_after(before)) {
            let severity = known.last.as_ref().and_then(|last| last.severity);
            let last = KnownAlert { state, severity, members };
            self.rest.over.push(AlertHold {
                integration: self.integration.to_owned(),
                key: evidence.key.clone(),
                title: evidence.title.clone(),
                known: last.clone(),
                expects: known.recorded.clone(),
            });
            self.alerts.insert(evidence.key.clone(), Known { last: Some(last), ..known });
        }
    }

    fn leave(&mut self, id: i64, outcome: &'static str, why: String, at: Option<IncidentId>) {
        let why = (!why.is_empty()).then_some(why);
        self.rest.judged.push((Judgement { id, outcome, why, group: None }, at));
    }
}

impl Target {
    /// Whether what is known there still belongs there. Trouble that begins anew after the recovery
    /// does not, unless it reopens the incident: the page is resolved and people have gone, so that
    /// nobody would hear of it here.
    fn takes(&self, begins_anew: bool) -> bool {
        let Some(incident) = &self.incident else { return true };
        match &incident.stage {
            Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => true,
            Stage::Recovered { settled: false, .. } => !begins_anew,
            Stage::Recovered { settled: true, .. }
            | Stage::Closed { .. }
            | Stage::Dismissed { .. } => false,
        }
    }

    fn is_live(&self) -> bool {
        self.incident.as_ref().is_none_or(|incident| incident.stage.is_live())
    }

    fn is_private(&self) -> bool {
        match (&self.incident, &self.opening) {
            (Some(incident), _) => incident.is_private(),
            (None, opening) => opening.as_ref().is_some_and(is_private),
        }
    }
}

impl OpeningAlerts {
    /// Holds an alert; what was said of one that `stays` does not count any more.
    fn hold(&mut self, hold: AlertHold, stays: bool) {
        match self.holds.iter_mut().find(|known| stays && known.key == hold.key) {
            Some(known) => *known = hold,
            None => self.holds.push(hold),
        }
    }

    fn take_group(&mut self, group: GroupHold) {
        if !self.groups.contains(&group) {
            self.groups.push(group);
        }
    }
}

fn storm_of(private: bool) -> &'static str {
    if private { PRIVATE_STORM } else { STORM }
}

fn is_private(opening: &Opening) -> bool {
    opening.visibility == Visibility::Private
}

/// The one incident of a storm. It is of the domain and severity of the first alert that was too many.
fn storm_opening(integration: &str, StormLimit(limit): StormLimit, first: &Opening) -> Opening {
    Opening {
        description: Some(format!(
            "{limit} incidents were opened for {integration} within five minutes. Whatever would \
             have opened another is gathered here. First: {}",
            first.summary
        )),
        domain: first.domain.clone(),
        severity: first.severity,
        visibility: first.visibility,
        links: first.links.clone(),
        ..Opening::of(format!("Alert storm from {integration}"))
    }
}
