//! What people are asked: alerts that belong to no incident and open none, in their order. Proposals
//! that are there hear them, others ask anew, and too many questions at once are one.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sima_incident::{
    AlertState, Answer, Incident, IncidentId, Policy, Proposal, ProposalId, ProposedAlert,
    STORM_SPAN, StormLimit, Suggestion,
};
use sima_store::{Judgement, ProposalChange, Store, StoreError};

use super::sorting::Asked;
use crate::open::new_uuid;

/// Alerts on their way to what people are asked.
pub(super) struct Asking<'a> {
    policy: &'a Policy,
    integration: &'a str,
    limit: StormLimit,
    now: Timestamp,
    /// The place of the proposal each alert belongs to, and what was last heard of it, by its key.
    alerts: HashMap<String, (usize, AlertState)>,
    /// The place of the last proposal about each group.
    groups: HashMap<String, usize>,
    proposals: Vec<Hearing>,
    /// The incidents that were opened from them.
    pub incidents: HashMap<IncidentId, Incident>,
    /// How many questions were asked for the integration lately.
    made: u32,
    /// What comes of alerts that change no proposal.
    left: Vec<Judgement>,
    /// Those that belong to an incident that somebody opened.
    pub belong: Vec<(IncidentId, Asked)>,
}

/// A proposal and what it hears.
struct Hearing {
    proposal: Proposal,
    /// Its version as it is recorded; none if it is new.
    expects: Option<u32>,
    /// The last that was heard of each alert.
    heard: HashMap<String, ProposedAlert>,
    judged: Vec<Judgement>,
}

/// What there is of a group.
enum OfGroup {
    /// A proposal that takes the alert in.
    Takes(usize),
    /// An incident that somebody opened for it.
    Incident(IncidentId),
    None,
}

impl<'a> Asking<'a> {
    /// Reads everything that is known of these alerts, their groups and their proposals.
    pub async fn survey(
        store: &Store,
        policy: &'a Policy,
        integration: &'a str,
        asked: &[Asked],
        limit: StormLimit,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut asking = Self {
            policy,
            integration,
            limit,
            now,
            alerts: HashMap::new(),
            groups: HashMap::new(),
            proposals: Vec::new(),
            incidents: HashMap::new(),
            made: 0,
            left: Vec::new(),
            belong: Vec::new(),
        };
        let keys: Vec<(&str, &str)> =
            asked.iter().map(|asked| (integration, &*asked.evidence.key)).collect();
        let known = store.proposals_of_alerts(&keys).await?;
        let suggested: HashSet<&str> = asked
            .iter()
            .filter_map(|asked| asked.suggestion.as_ref())
            .map(|suggestion| &*suggestion.group)
            .collect();
        if !suggested.is_empty() {
            let storm = storm_of(integration);
            let groups: Vec<&str> = suggested.into_iter().chain([&*storm]).collect();
            for proposal in store.proposals_of_groups(&groups).await? {
                asking.groups.insert(proposal.suggestion.group.clone(), asking.proposals.len());
                asking.proposals.push(Hearing::of(proposal));
            }
            let after = now.saturating_sub(STORM_SPAN).unwrap_or(now);
            let made = store.proposals_made_after(after).await?;
            let of_it = made.iter().filter(|one| one.first.integration == integration);
            asking.made = of_it.count() as u32;
        }
        let mut places: HashMap<ProposalId, usize> =
            asking.proposals.iter().enumerate().map(|(at, one)| (one.proposal.id, at)).collect();
        let ids: HashSet<ProposalId> =
            known.values().map(|(id, _)| *id).filter(|id| !places.contains_key(id)).collect();
        for proposal in store.proposals_of(&ids.into_iter().collect::<Vec<_>>()).await? {
            places.insert(proposal.id, asking.proposals.len());
            asking.proposals.push(Hearing::of(proposal));
        }
        for ((_, key), (id, state)) in known {
            if let Some(place) = places.get(&id) {
                asking.alerts.insert(key, (*place, state));
            }
        }
        let opened: HashSet<IncidentId> =
            asking.proposals.iter().filter_map(|one| incident_of(&one.proposal)).collect();
        let opened = store.incidents_of(&opened.into_iter().collect::<Vec<_>>()).await?;
        asking.incidents = opened.into_iter().map(|incident| (incident.id, incident)).collect();
        Ok(asking)
    }

    /// Finds out what comes of one alert.
    pub fn place(&mut self, asked: Asked) {
        let fires = matches!(asked.evidence.state, AlertState::Firing { .. });
        let known = self.alerts.get(&asked.evidence.key).copied();
        let mut begins_anew = false;
        if let Some((place, state)) = known {
            let proposal = &self.proposals[place].proposal;
            begins_anew = fires && asked.evidence.state.is_news_after(state);
            let incident = self.live_incident_of(proposal);
            match &proposal.answer {
                Answer::Awaited => return self.hear(place, &asked, Some(state)),
                Answer::Opened { .. } => match incident {
                    Some(incident) => return self.belong.push((incident, asked)),
                    None if !begins_anew => return self.leave(asked),
                    None => {}
                },
                Answer::Dismissed { .. } | Answer::Expired { .. } if begins_anew => {}
                Answer::Dismissed { .. } | Answer::Expired { .. } => {
                    return self.hear(place, &asked, Some(state));
                }
            }
        }
        let Some(suggestion) = asked.suggestion.clone().filter(|_| fires) else {
            return self.leave(asked);
        };
        match self.of_group(&suggestion, begins_anew) {
            OfGroup::Takes(place) => self.hear(place, &asked, None),
            OfGroup::Incident(incident) => self.belong.push((incident, asked)),
            OfGroup::None if self.limit.gathers(self.made, self.gathered_at(), self.now) => {
                let storm = self.storm(&suggestion);
                match self.of_group(&storm, begins_anew) {
                    OfGroup::Takes(place) => self.hear(place, &asked, None),
                    OfGroup::Incident(incident) => self.belong.push((incident, asked)),
                    OfGroup::None => self.ask(storm, &asked),
                }
            }
            OfGroup::None => self.ask(suggestion, &asked),
        }
    }

    /// What is to be recorded: of each proposal that changed what it heard, and what comes of the
    /// others.
    pub fn decided(self) -> (Vec<ProposalChange>, Vec<Judgement>) {
        let (mut changes, mut left) = (Vec::new(), self.left);
        for Hearing { proposal, expects, heard, judged } in self.proposals {
            if expects == Some(proposal.version) {
                left.extend(judged);
                continue;
            }
            let at_once = proposal.ended_at.is_some();
            let heard = heard.into_values().collect();
            let now = self.now;
            changes.push(ProposalChange { proposal, expects, heard, judged, at_once, now });
        }
        (changes, left)
    }

    /// Asks people anew.
    fn ask(&mut self, suggestion: Suggestion, asked: &Asked) {
        let domain = self.policy.domain(&suggestion.domain);
        let Some(channel) = domain.and_then(|domain| domain.channel.clone()) else {
            let why = Some(format!("there is no channel to ask in for {}", suggestion.domain));
            let id = asked.id;
            return self.left.push(Judgement { id, outcome: "not_opened", why, group: None });
        };
        let (alert, state) = (asked.alert(), asked.evidence.state);
        let id = ProposalId(new_uuid(self.now));
        let proposal = Proposal::of(id, channel, suggestion, alert.clone(), self.now);
        let place = self.proposals.len();
        self.alerts.insert(alert.key.clone(), (place, state));
        self.groups.insert(proposal.suggestion.group.clone(), place);
        self.made += 1;
        let judged = vec![judgement(asked, "people are asked")];
        let heard = HashMap::from([(alert.key.clone(), alert)]);
        self.proposals.push(Hearing { proposal, expects: None, heard, judged });
    }

    /// Lets a proposal hear an alert; `known` is what it heard of it before.
    fn hear(&mut self, place: usize, asked: &Asked, known: Option<AlertState>) {
        let hearing = &mut self.proposals[place];
        let version = hearing.proposal.version;
        let state = asked.evidence.state;
        hearing.proposal = hearing.proposal.clone().hear(state, known, self.now);
        if hearing.proposal.version > version {
            self.alerts.insert(asked.evidence.key.clone(), (place, state));
            hearing.heard.insert(asked.evidence.key.clone(), asked.alert());
        }
        hearing.judged.push(judgement(asked, "people were asked"));
    }

    fn leave(&mut self, asked: Asked) {
        let (id, why) = (asked.id, Some(asked.why).filter(|why| !why.is_empty()));
        self.left.push(Judgement { id, outcome: "nothing", why, group: None });
    }

    /// What becomes of an alert by its group alone. Trouble that begins anew after a no is asked about.
    fn of_group(&self, suggestion: &Suggestion, begins_anew: bool) -> OfGroup {
        let place = self.groups.get(&suggestion.group).filter(|_| !suggestion.within.is_zero());
        let Some(place) = place else { return OfGroup::None };
        let proposal = &self.proposals[*place].proposal;
        if let Some(incident) = self.live_incident_of(proposal) {
            return OfGroup::Incident(incident);
        }
        let takes = proposal.takes_in_group(self.now);
        if takes && (proposal.is_awaited() || !begins_anew) {
            return OfGroup::Takes(*place);
        }
        OfGroup::None
    }

    /// When the one question of a storm was last heard of.
    fn gathered_at(&self) -> Option<Timestamp> {
        let place = self.groups.get(&storm_of(self.integration))?;
        Some(self.proposals[*place].proposal.heard_at)
    }

    /// The one question of a storm. It is about the domain and severity of the first alert that was
    /// too many.
    fn storm(&self, first: &Suggestion) -> Suggestion {
        let (StormLimit(limit), integration) = (self.limit, self.integration);
        Suggestion {
            title: format!("Alert storm from {integration}"),
            description: Some(format!(
                "{limit} questions were asked for {integration} within five minutes. Whatever would \
                 have asked another is gathered here. First: {}",
                first.title
            )),
            group: storm_of(integration),
            within: STORM_SPAN,
            ..first.clone()
        }
    }

    fn live_incident_of(&self, proposal: &Proposal) -> Option<IncidentId> {
        let incident = self.incidents.get(&incident_of(proposal)?)?;
        incident.stage.is_live().then_some(incident.id)
    }
}

impl Hearing {
    fn of(proposal: Proposal) -> Self {
        let expects = Some(proposal.version);
        Self { proposal, expects, heard: HashMap::new(), judged: Vec::new() }
    }
}

/// The incident that somebody opened.
fn incident_of(proposal: &Proposal) -> Option<IncidentId> {
    match proposal.answer {
        Answer::Opened { incident, .. } => Some(incident),
        Answer::Awaited | Answer::Dismissed { .. } | Answer::Expired { .. } => None,
    }
}

/// What alerts of a storm have in common: no rule's group is called so, being a JSON list or a digest.
fn storm_of(integration: &str) -> String {
    format!("storm of {integration}")
}

fn judgement(asked: &Asked, why: &str) -> Judgement {
    let group = asked.suggestion.as_ref().map(|suggestion| suggestion.group.clone());
    Judgement { id: asked.id, outcome: "proposed", why: Some(why.to_owned()), group }
}
