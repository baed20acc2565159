//! Why the rules judge an alert as they do, rule by rule, for people who write rules.

use crate::{Alert, Rule, Rules};

/// What one rule made of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// What the rule is called.
    pub rule: String,
    /// Why it is not for the alert; nothing if it is, and decides.
    pub mismatches: Vec<String>,
}

impl Tried {
    /// Whether this is the rule that decides.
    pub fn decides(&self) -> bool {
        self.mismatches.is_empty()
    }
}

impl Rules {
    /// Says of each rule that is tried why it is not for the alert; the last one decides, if any does.
    pub fn explain(&self, alert: &Alert) -> Vec<Tried> {
        let mut tried = Vec::new();
        for (place, rule) in self.0.iter().enumerate() {
            let mismatches = mismatches(rule, alert);
            let decides = mismatches.is_empty();
            tried.push(Tried { rule: rule.called(place), mismatches });
            if decides {
                break;
            }
        }
        tried
    }
}

/// Everything that keeps a rule from being for an alert.
fn mismatches(rule: &Rule, alert: &Alert) -> Vec<String> {
    rule.conditions()
        .filter(|condition| !condition.holds(alert))
        .map(|condition| condition.mismatch(alert))
        .collect()
}
