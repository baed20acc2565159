//! The configured rules that say what is done about an alert.

mod condition;
mod group;
mod pattern;
mod rule;
mod verdict;

use serde::Deserialize;
use sima_incident::Policy;

use crate::Alert;

pub use group::GROUP_WITHIN;
pub use pattern::Pattern;
pub use rule::{Label, OnResolved, Reported, Rule, Then};
pub use verdict::Verdict;

/// Rules in the order they are tried; the first that matches counts. Without one, an alert opens
/// unless its source seldom means an incident by it ([`Alert::unless_ruled`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Rules(pub Vec<Rule>);

impl Rules {
    /// Says what is to be done about an alert.
    pub fn judge(&self, alert: &Alert, policy: &Policy) -> Verdict {
        let unruled = Rule::default();
        let matched = self.0.iter().enumerate().find(|(_, rule)| rule.is_for(alert));
        let (rule, called, then) = match matched {
            Some((place, rule)) => (rule, Some(rule.called(place)), rule.then),
            None => (&unruled, None, alert.unless_ruled),
        };
        let named = || {
            let unnamed = || format!("no rule; the default for {}", alert.source);
            called.clone().unwrap_or_else(unnamed)
        };
        match then {
            Then::Ignore => Verdict::Ignore { rule: named() },
            Then::Record => Verdict::Record { rule: named() },
            Then::Propose => verdict::proposed(rule, called, alert, policy),
            Then::Open => verdict::opened(rule, called, alert, policy),
        }
    }

    /// What is wrong with the rules, each in one line; to be refused at start. `integrations` are the
    /// names alerts may come in through.
    pub fn problems(&self, policy: &Policy, integrations: &[&str]) -> Vec<String> {
        let mut problems = Vec::new();
        for (place, rule) in self.0.iter().enumerate() {
            let called = rule.called(place);
            let told = rule.problems(policy, integrations).into_iter();
            problems.extend(told.map(|problem| format!("{called}: {problem}")));
            if self.0[..place].iter().enumerate().any(|(other, rule)| rule.called(other) == called)
            {
                problems
                    .push(format!("{called}: another rule has this name: give it one of its own"));
            }
        }
        problems
    }
}
