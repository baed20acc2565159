//! What is to be done about one alert, made of the rule, the alert and the policy.

use jiff::SignedDuration;
use sima_incident::{DomainKey, Policy, Severity};

use super::{GROUP_WITHIN, OnResolved, Rule, group::group_of};
use crate::Alert;

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
    /// Ask people whether it is an incident.
    Propose {
        /// In this domain, which is configured.
        domain: DomainKey,
        /// Of this severity, which is configured.
        severity: Severity,
        /// Hidden from everyone who is not a member. Never: such a rule is refused at start.
        private: bool,
        /// The rule; absent if none matched.
        rule: Option<String>,
        /// The key of the group whose alerts are one trouble.
        group: String,
        /// How long after the last alert of the group another still belongs to it; zero for never.
        within: SignedDuration,
        /// What happens when every alert of the incident is resolved.
        on_resolved: OnResolved,
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
        /// The key of the group whose alerts are one trouble.
        group: String,
        /// How long after the last alert of the group another still belongs to it; zero for never.
        within: SignedDuration,
        /// What happens when every alert of the incident is resolved.
        on_resolved: OnResolved,
    },
}

/// An incident opened by a rule.
pub(super) fn opened(
    rule: &Rule,
    called: Option<String>,
    alert: &Alert,
    policy: &Policy,
) -> Verdict {
    let domain = domain_of(rule, alert, policy);
    Verdict::Open {
        severity: severity_of(rule, alert, policy),
        private: rule.private,
        group: group_of(rule, called.as_deref(), &domain, alert),
        within: rule.group_within.unwrap_or(GROUP_WITHIN),
        on_resolved: rule.on_resolved.unwrap_or_default(),
        rule: called,
        domain,
    }
}

/// An incident proposed by a rule.
pub(super) fn proposed(
    rule: &Rule,
    called: Option<String>,
    alert: &Alert,
    policy: &Policy,
) -> Verdict {
    let domain = domain_of(rule, alert, policy);
    Verdict::Propose {
        severity: severity_of(rule, alert, policy),
        private: rule.private,
        group: group_of(rule, called.as_deref(), &domain, alert),
        within: rule.group_within.unwrap_or(GROUP_WITHIN),
        on_resolved: rule.on_resolved.unwrap_or_default(),
        rule: called,
        domain,
    }
}

/// The rule's severity, else the alert's, else the default.
fn severity_of(rule: &Rule, alert: &Alert, policy: &Policy) -> Severity {
    let asked = rule.severity.or(alert.severity);
    asked.map_or(policy.default_severity, |asked| configured(asked, policy))
}

/// The rule's domain, else the first that a label names by key or name, else the default.
fn domain_of(rule: &Rule, alert: &Alert, policy: &Policy) -> DomainKey {
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
