//! What rules would have done with alerts that came: judged in their order, with repeats and groups
//! taken in as they would be.
//!
//! What people did is not known here, so a trouble counts as over when all its alerts are resolved and
//! the time for its group has passed. What is one trouble, and when many are a storm, is decided by the
//! same code as when an alert comes in.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sima_incident::{
    DomainKey, Heard, KnownAlert, Policy, STORM_SPAN, Severity, StormLimit, is_one_trouble,
};

use crate::{Alert, Rules, Verdict};

/// How long an alert of which nothing is heard is remembered: monitors repeat what fires within hours.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);

/// How many alerts come between two looks at what may be forgotten.
const LOOK_EVERY: u64 = 10_000;

/// What would have come of one alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Would {
    /// It opens an incident.
    Open,
    /// It belongs to one that it or its group opened.
    Attach,
    /// People are asked about it.
    Propose,
    /// People were asked about it before.
    Repeat,
    /// Nothing is open for it, and it opens nothing.
    Nothing,
    /// A rule says to leave it.
    Ignore,
}

impl Would {
    /// All there is, in the order it is shown.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Attach, Self::Propose, Self::Repeat, Self::Nothing, Self::Ignore];

    /// It in words: `opened`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "opened",
            Self::Attach => "attached",
            Self::Propose => "proposed",
            Self::Repeat => "repeated",
            Self::Nothing => "nothing",
            Self::Ignore => "ignored",
        }
    }

    /// What it comes to for people: an incident, a question, or nothing they hear of.
    pub fn comes_to(self) -> &'static str {
        match self {
            Self::Open | Self::Attach => "incident",
            Self::Propose | Self::Repeat => "question",
            Self::Nothing => "nothing",
            Self::Ignore => "ignored",
        }
    }
}

/// What is done with alerts one after the other.
pub struct Replay<'r> {
    rules: &'r Rules,
    policy: &'r Policy,
    limit: StormLimit,
    /// When incidents were opened lately, or people asked, for each integration.
    lately: HashMap<(String, bool), VecDeque<Timestamp>>,
    alerts: HashMap<(String, String), Known>,
    groups: HashMap<String, Group>,
    troubles: HashMap<u64, Trouble>,
    heard: u64,
    next: u64,
    counts: BTreeMap<Would, u64>,
    opened: BTreeMap<(DomainKey, Severity), u64>,
}

/// What is known of one alert.
struct Known {
    last: KnownAlert,
    trouble: Option<u64>,
    heard_at: Timestamp,
}

struct Group {
    trouble: u64,
    heard_at: Timestamp,
}

/// An incident or a question.
struct Trouble {
    is_incident: bool,
    firing: u64,
    heard_at: Timestamp,
    within: SignedDuration,
}

impl<'r> Replay<'r> {
    /// A replay that has heard nothing yet.
    pub fn new(rules: &'r Rules, policy: &'r Policy, limit: StormLimit) -> Self {
        Self {
            rules,
            policy,
            limit,
            lately: HashMap::new(),
            alerts: HashMap::new(),
            groups: HashMap::new(),
            troubles: HashMap::new(),
            heard: 0,
            next: 0,
            counts: BTreeMap::new(),
            opened: BTreeMap::new(),
        }
    }

    /// Hears one alert, which came at `now`; what would have come of it.
    pub fn hear(&mut self, alert: &Alert, now: Timestamp) -> Would {
        self.heard += 1;
        if self.heard.is_multiple_of(LOOK_EVERY) {
            self.forget(now);
        }
        let would = self.judge(alert, now);
        *self.counts.entry(would).or_default() += 1;
        would
    }

    /// How often each came of an alert.
    pub fn count(&self, would: Would) -> u64 {
        self.counts.get(&would).copied().unwrap_or_default()
    }

    /// How many incidents would have been opened, by domain and severity.
    pub fn opened(&self) -> &BTreeMap<(DomainKey, Severity), u64> {
        &self.opened
    }

    fn judge(&mut self, alert: &Alert, now: Timestamp) -> Would {
        let verdict = self.rules.judge(alert, self.policy);
        let key = (alert.integration.clone(), alert.key.clone());
        let known = self.alerts.get(&key);
        let last = known.map(|known| &known.last);
        let Heard { state, members, .. } = alert.members.heard_after(last, alert.state);
        let is_news = last.is_none_or(|last| state.is_news_after(last.state));
        let heard = KnownAlert { state, severity: None, members };
        let fires = state.fires();
        let (domain, severity, group, within, private, opens) = match verdict {
            Verdict::Ignore { .. } => return Would::Ignore,
            Verdict::Record { .. } => {
                let trouble = known.and_then(|known| known.trouble);
                return match trouble.filter(|trouble| self.goes_on(*trouble, now)) {
                    Some(trouble) => self.attach(key, heard, trouble, now),
                    None => Would::Nothing,
                };
            }
            Verdict::Propose { domain, severity, group, within, private, .. } => {
                (domain, severity, group, within, private, false)
            }
            Verdict::Open { domain, severity, group, within, private, .. } => {
                (domain, severity, group, within, private, true)
            }
        };
        if let Some(trouble) = known.and_then(|known| known.trouble)
            && (!is_news || !fires || self.goes_on(trouble, now))
        {
            return self.attach(key, heard, trouble, now);
        }
        if !fires || !is_news {
            let known = Known { last: heard, trouble: None, heard_at: now };
            self.alerts.insert(key, known);
            return Would::Nothing;
        }
        if let Some(trouble) = self.takes_in(&group, within, opens, now) {
            return self.attach_of(group, key, heard, trouble, now);
        }
        // No rule's group is called so, being a JSON list or a digest.
        let storm = format!("storm {private} {opens} of {}", alert.integration);
        let gathering = self.takes_in(&storm, STORM_SPAN, opens, now);
        let lately = self.opened_lately(&alert.integration, opens, now);
        let is_storm = self.limit.gathers(lately, gathering.map(|_| now), now);
        let (group, within) = if is_storm { (storm, STORM_SPAN) } else { (group, within) };
        if let Some(trouble) = gathering {
            return self.attach_of(group, key, heard, trouble, now);
        }
        self.next += 1;
        let trouble = self.next;
        let new = Trouble { is_incident: opens, firing: 1, heard_at: now, within };
        self.troubles.insert(trouble, new);
        self.groups.insert(group, Group { trouble, heard_at: now });
        self.lately.entry((alert.integration.clone(), opens)).or_default().push_back(now);
        let known = Known { last: heard, trouble: Some(trouble), heard_at: now };
        self.alerts.insert(key, known);
        if !opens {
            return Would::Propose;
        }
        *self.opened.entry((domain, severity)).or_default() += 1;
        Would::Open
    }

    /// The incident or the question that takes a group in.
    fn takes_in(
        &self,
        group: &str,
        within: SignedDuration,
        opens: bool,
        now: Timestamp,
    ) -> Option<u64> {
        let group = self.groups.get(group)?;
        let is_of_it = self.troubles.get(&group.trouble)?.is_incident == opens;
        (is_of_it && is_one_trouble(group.heard_at, within, now)).then_some(group.trouble)
    }

    /// Attaches an alert by its group.
    fn attach_of(
        &mut self,
        group: String,
        key: (String, String),
        heard: KnownAlert,
        trouble: u64,
        now: Timestamp,
    ) -> Would {
        self.groups.insert(group, Group { trouble, heard_at: now });
        self.attach(key, heard, trouble, now)
    }

    /// How many incidents were opened for an integration lately, or people asked.
    fn opened_lately(&mut self, integration: &str, opens: bool, now: Timestamp) -> u32 {
        let key = (integration.to_owned(), opens);
        let Some(lately) = self.lately.get_mut(&key) else { return 0 };
        while lately.front().is_some_and(|at| now.duration_since(*at) >= STORM_SPAN) {
            lately.pop_front();
        }
        lately.len() as u32
    }

    /// Whether a trouble takes in what begins anew: something of it still fires, or did lately.
    fn goes_on(&self, trouble: u64, now: Timestamp) -> bool {
        self.troubles.get(&trouble).is_some_and(|trouble| {
            trouble.firing > 0 || now.duration_since(trouble.heard_at) <= trouble.within
        })
    }

    fn attach(
        &mut self,
        key: (String, String),
        heard: KnownAlert,
        place: u64,
        now: Timestamp,
    ) -> Would {
        let fired = self
            .alerts
            .get(&key)
            .is_some_and(|known| known.trouble == Some(place) && known.last.state.fires());
        let Some(trouble) = self.troubles.get_mut(&place) else { return Would::Nothing };
        trouble.heard_at = now;
        match (fired, heard.state.fires()) {
            (false, true) => trouble.firing += 1,
            (true, false) => trouble.firing -= 1,
            (true, true) | (false, false) => {}
        }
        let would = if trouble.is_incident { Would::Attach } else { Would::Repeat };
        self.alerts.insert(key, Known { last: heard, trouble: Some(place), heard_at: now });
        would
    }

    /// Forgets what was not heard of for long, so that a year of alerts needs no more room than days.
    fn forget(&mut self, now: Timestamp) {
        let recent = |at: Timestamp| now.duration_since(at) <= REMEMBERED;
        self.alerts.retain(|_, known| recent(known.heard_at));
        self.groups.retain(|_, group| recent(group.heard_at));
        self.troubles.retain(|_, trouble| recent(trouble.heard_at));
    }
}
