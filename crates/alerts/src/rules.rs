//! The configured rules that say what is done about an alert.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de};
use sima_incident::{DomainKey, Policy, Severity};

use crate::Alert;

/// Rules in the order they are tried; the first that matches counts. Without one, an alert opens
/// unless its source seldom means an incident by it ([`Alert::unless_ruled`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Rules(pub Vec<Rule>);

/// One rule: which alerts it is for, and what is done about them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// What people call it; `rule 3` if it has no name.
    pub name: Option<String>,
    /// Only alerts of this source.
    pub source: Option<String>,
    /// Only alerts that have each of these labels, with a value of that pattern.
    pub labels: BTreeMap<Label, Pattern>,
    /// Only alerts whose title is of this pattern.
    pub title: Option<Pattern>,
    /// What is done about them.
    pub then: Then,
    /// The domain of the incident; otherwise labels say, or the default.
    pub domain: Option<DomainKey>,
    /// Its severity; otherwise the alert says, or the default.
    #[serde(deserialize_with = "severity")]
    pub severity: Option<Severity>,
    /// Whether the incident is private.
    pub private: bool,
}

/// The name of a label.
pub type Label = String;

/// What a text must be: `*` stands for any characters, `?` for one, and case does not count.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Pattern(pub String);

/// What is done about an alert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// Nothing.
    Ignore,
    /// It is noted at the incident it belongs to, if there is one; it opens none.
    Record,
    /// It opens an incident, unless an open one has it already.
    #[default]
    Open,
}

/// What is to be done about one alert, and which rule says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Ignore {
        /// The rule.
        rule: String,
    },
    /// Note it where it belongs; open nothing.
    Record {
        /// The rule.
        rule: String,
    },
    /// Open an incident.
    Open {
        /// In this domain, which is configured.
        domain: DomainKey,
        /// Of this severity, which is configured.
        severity: Severity,
        /// Hidden from everyone who is not a member.
        private: bool,
        /// The rule; absent if none matched.
        rule: Option<String>,
    },
}

impl Rules {
    /// Says what is to be done about an alert.
    pub fn judge(&self, alert: &Alert, policy: &Policy) -> Verdict {
        let matched = self.0.iter().enumerate().find(|(_, rule)| rule.is_for(alert));
        let Some((place, rule)) = matched else {
            let called = format!("no rule; the default for {}", alert.source);
            return match alert.unless_ruled {
                Then::Ignore => Verdict::Ignore { rule: called },
                Then::Record => Verdict::Record { rule: called },
                Then::Open => opened(&Rule::default(), None, alert, policy),
            };
        };
        let called = rule.called(place);
        match rule.then {
            Then::Ignore => Verdict::Ignore { rule: called },
            Then::Record => Verdict::Record { rule: called },
            Then::Open => opened(rule, Some(called), alert, policy),
        }
    }

    /// What is wrong with the rules, each in one line; to be refused at start.
    pub fn problems(&self, policy: &Policy) -> Vec<String> {
        let mut problems = Vec::new();
        for (place, rule) in self.0.iter().enumerate() {
            let called = rule.called(place);
            if let Some(source) = &rule.source
                && !crate::known(source)
            {
                let known = crate::sources().join(", ");
                problems.push(format!("{called}: no alert source is called {source:?} ({known})"));
            }
            if let Some(domain) = &rule.domain
                && policy.domain(domain).is_none()
            {
                problems.push(format!("{called}: no domain has the key {:?}", domain.0));
            }
            if let Some(severity) = rule.severity
                && policy.severity(severity).is_none()
            {
                problems.push(format!("{called}: {severity} is not configured"));
            }
            let opens = rule.then == Then::Open;
            if !opens && (rule.domain.is_some() || rule.severity.is_some() || rule.private) {
                problems.push(format!(
                    "{called}: domain, severity and private say how to open, but it does not open"
                ));
            }
        }
        problems
    }
}

impl Rule {
    fn is_for(&self, alert: &Alert) -> bool {
        self.source.as_ref().is_none_or(|source| *source == alert.source)
            && self.title.as_ref().is_none_or(|pattern| pattern.fits(&alert.full_title))
            && self.labels.iter().all(|(label, pattern)| {
                alert.labels.get(label).is_some_and(|value| pattern.fits(value))
            })
    }

    /// What it is called in answers: its name, or its place.
    pub(crate) fn called(&self, place: usize) -> String {
        self.name.clone().unwrap_or_else(|| format!("rule {}", place + 1))
    }
}

impl Pattern {
    /// Whether a text is of this pattern.
    pub fn fits(&self, text: &str) -> bool {
        let pattern: Vec<char> = self.0.to_lowercase().chars().collect();
        let text: Vec<char> = text.to_lowercase().chars().collect();
        let (mut at, mut read) = (0, 0);
        // The last star, and how much of the text it has taken: one step back is all that is
        // ever needed, so no pattern takes more than its length times the text's.
        let mut star: Option<(usize, usize)> = None;
        while read < text.len() {
            match pattern.get(at) {
                Some('*') => {
                    star = Some((at, read));
                    at += 1;
                }
                Some(wanted) if *wanted == '?' || *wanted == text[read] => {
                    at += 1;
                    read += 1;
                }
                _ => {
                    let Some((place, taken)) = star else { return false };
                    star = Some((place, taken + 1));
                    at = place + 1;
                    read = taken + 1;
                }
            }
        }
        pattern[at..].iter().all(|rest| *rest == '*')
    }
}

/// How an incident is opened by a rule.
fn opened(rule: &Rule, called: Option<String>, alert: &Alert, policy: &Policy) -> Verdict {
    let asked = rule.severity.or(alert.severity);
    Verdict::Open {
        domain: domain(rule, alert, policy),
        severity: asked.map_or(policy.default_severity, |asked| configured(asked, policy)),
        private: rule.private,
        rule: called,
    }
}

/// The rule's domain, else the first that a label names by key or name, else the default.
fn domain(rule: &Rule, alert: &Alert, policy: &Policy) -> DomainKey {
    let ruled = rule.domain.as_ref().filter(|key| policy.domain(key).is_some());
    let named = || {
        alert.domain_hints.iter().find_map(|hint| {
            let hint = folded(hint);
            let names = |name: &str| folded(name) == hint;
            policy.domains.iter().find(|domain| names(&domain.key.0) || names(&domain.name))
        })
    };
    ruled.or_else(|| named().map(|domain| &domain.key)).unwrap_or(&policy.default_domain).clone()
}

/// A name as it is compared: `Outbound Email`, `outbound-email` and `outbound_email` are one.
fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace(['-', '_'], " ")
}

/// The configured severity nearest to the one asked for, rather milder than worse.
fn configured(asked: Severity, policy: &Policy) -> Severity {
    let levels = || policy.severities.iter().map(|rule| rule.severity);
    levels()
        .filter(|level| *level >= asked)
        .min()
        .or_else(|| levels().max())
        .unwrap_or(policy.default_severity)
}

/// Reads `"SEV2"` and `2`.
fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Severity>, D::Error> {
    struct Level;
    impl de::Visitor<'_> for Level {
        type Value = Option<Severity>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a severity such as \"SEV2\" or 2")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            text.parse().map(Some).map_err(E::custom)
        }

        fn visit_i64<E: de::Error>(self, level: i64) -> Result<Self::Value, E> {
            u8::try_from(level)
                .ok()
                .and_then(Severity::new)
                .map(Some)
                .ok_or_else(|| E::custom(format!("severity {level} does not exist: use 1 to 9")))
        }

        fn visit_u64<E: de::Error>(self, level: u64) -> Result<Self::Value, E> {
            self.visit_i64(i64::try_from(level).unwrap_or(i64::MAX))
        }
    }
    deserializer.deserialize_any(Level)
}
