//! One rule as it stands in the configuration.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serialize};
use sima_incident::{AlertState, Domain, DomainKey, Policy, Severity};

use super::Pattern;
use crate::{Alert, severity::Level};

/// One rule: which alerts it is for, and what is done about them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// What people call it; `rule 3` if it has no name.
    pub name: Option<String>,
    /// Only alerts that came in through an integration of such a name.
    pub integration: Option<Pattern>,
    /// Only alerts of this source.
    pub source: Option<String>,
    /// Only alerts that fire, or only those that are resolved.
    pub state: Option<Reported>,
    /// Only alerts whose monitor says one of these severities.
    #[serde(deserialize_with = "severities")]
    pub alert_severity: Option<Vec<Severity>>,
    /// Only alerts whose title is of this pattern.
    pub title: Option<Pattern>,
    /// Only alerts whose description is of this pattern.
    pub description: Option<Pattern>,
    /// Only alerts that have each of these labels, with a value of that pattern.
    pub labels: BTreeMap<Label, Pattern>,
    /// What is done about them.
    pub then: Then,
    /// The domain of the incident; otherwise labels say, or the default.
    pub domain: Option<DomainKey>,
    /// Its severity; otherwise the alert says, or the default.
    #[serde(deserialize_with = "severity")]
    pub severity: Option<Severity>,
    /// Whether the incident is private.
    pub private: bool,
    /// The labels whose values must be the same for two alerts to be one trouble; by default all that
    /// the rule is for in one domain are.
    pub group_by: Vec<Label>,
    /// How long after the last alert of a group another still belongs to its incident; zero for never.
    pub group_within: Option<SignedDuration>,
    /// What happens when every alert of the incident is resolved.
    pub on_resolved: Option<OnResolved>,
}

/// The name of a label.
pub type Label = String;

/// What is done about an alert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// Nothing.
    Ignore,
    /// It is noted at the incident it belongs to, if there is one; it opens none.
    Record,
    /// People are asked whether it is an incident, unless an open one has it already.
    Propose,
    /// It opens an incident, unless an open one has it already.
    #[default]
    Open,
}

/// What happens when every alert of an incident is resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnResolved {
    /// People are offered to say that it recovered.
    #[default]
    Offer,
    /// It has recovered, because the monitor says so.
    Recover,
}

/// Whether a monitor reports that it still sees the trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reported {
    /// It does.
    Firing,
    /// It does not any more.
    Resolved,
}

impl Reported {
    /// What is reported by an alert.
    pub(super) fn of(alert: &Alert) -> Self {
        match alert.state {
            AlertState::Firing { .. } => Self::Firing,
            AlertState::Resolved { .. } => Self::Resolved,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Resolved => "resolved",
        }
    }
}

impl Rule {
    pub(super) fn is_for(&self, alert: &Alert) -> bool {
        self.conditions().all(|condition| condition.holds(alert))
    }

    /// What it is called in answers: its name, or its place.
    pub(crate) fn called(&self, place: usize) -> String {
        self.name.clone().unwrap_or_else(|| format!("rule {}", place + 1))
    }

    /// What is wrong with it; `integrations` are the names alerts may come in through.
    pub(super) fn problems(&self, policy: &Policy, integrations: &[&str]) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(source) = &self.source
            && !crate::known(source)
        {
            let known = crate::sources().join(", ");
            problems.push(format!("no alert source is called {source:?} ({known})"));
        }
        if let Some(pattern) = &self.integration
            && !integrations.iter().any(|name| pattern.fits(name))
        {
            let known = integrations.join(", ");
            problems.push(format!("no integration is called {pattern} ({known})"));
        }
        if let Some(domain) = &self.domain
            && policy.domain(domain).is_none()
        {
            problems.push(format!("no domain has the key {:?}", domain.0));
        }
        if let Some(severity) = self.severity
            && policy.severity(severity).is_none()
        {
            problems.push(format!("{severity} is not configured"));
        }
        if self.group_within.is_some_and(|within| within.is_negative()) {
            problems.push("group_within is negative: write a duration such as 5m, or 0s".into());
        }
        let mut labels: Vec<&Label> = self.group_by.iter().collect();
        labels.sort();
        if labels.windows(2).any(|pair| pair[0] == pair[1]) {
            problems.push("group_by names a label twice: take one out".into());
        }
        let says_how = self.domain.is_some() || self.severity.is_some() || self.private;
        let says_which =
            !self.group_by.is_empty() || self.group_within.is_some() || self.on_resolved.is_some();
        match self.then {
            Then::Propose if self.private => problems.push(
                "what is proposed is seen by everyone in the channel, so it cannot be private: write \
                 then = \"open\", or take private out"
                    .into(),
            ),
            Then::Propose => {
                problems.extend(self.nowhere_to_ask(policy));
                if self.on_resolved == Some(OnResolved::Recover) {
                    problems.push(
                        "people open what is proposed, and people say when it is over: take \
                         on_resolved out, or write then = \"open\""
                            .into(),
                    );
                }
            }
            Then::Open => {}
            Then::Ignore | Then::Record => {
                if says_how {
                    problems.push(
                        "domain, severity and private say how to open, but it does not open".into(),
                    );
                }
                if says_which {
                    problems.push(
                        "group_by, group_within and on_resolved are about an incident, but it opens \
                         none"
                            .into(),
                    );
                }
            }
        }
        problems
    }
}

impl Rule {
    /// What is wrong with a rule that proposes where there is no channel to do it in.
    fn nowhere_to_ask(&self, policy: &Policy) -> Option<String> {
        let reached = |domain: &&Domain| self.domain.as_ref().is_none_or(|key| *key == domain.key);
        let silent: Vec<&str> = policy
            .domains
            .iter()
            .filter(reached)
            .filter(|domain| domain.channel.is_none())
            .map(|domain| domain.key.0.as_str())
            .collect();
        (!silent.is_empty()).then(|| {
            format!(
                "it proposes, but there is no channel to ask in for {}: set channel of the domain, or \
                 alerts.proposals_channel for all",
                silent.join(", ")
            )
        })
    }
}

fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Severity>, D::Error> {
    Level::deserialize(deserializer).map(|level| Some(level.0))
}

/// Reads one severity, or a list of them.
fn severities<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Severity>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a severity such as \"SEV2\", or a list of them")]
    enum Written {
        One(Level),
        Several(Vec<Level>),
    }
    let levels = match Written::deserialize(deserializer)? {
        Written::One(level) => vec![level.0],
        Written::Several(levels) => levels.into_iter().map(|level| level.0).collect(),
    };
    Ok(Some(levels))
}
