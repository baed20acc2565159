//! Only what is configured is accepted; the refusal says what is.

use crate::{Domain, DomainKey, Policy, Refusal, Severity, SeverityRule};

pub(super) fn known_domain<'p>(
    domain: &DomainKey,
    policy: &'p Policy,
) -> Result<&'p Domain, Refusal> {
    policy.domain(domain).ok_or_else(|| {
        let known: Vec<&str> = policy.domains.iter().map(|domain| domain.key.0.as_str()).collect();
        Refusal::UnknownDomain { given: domain.0.clone(), known: known.join(", ") }
    })
}

pub(super) fn known_severity(
    severity: Severity,
    policy: &Policy,
) -> Result<&SeverityRule, Refusal> {
    policy.severity(severity).ok_or_else(|| Refusal::UnknownSeverity {
        given: severity.to_string(),
        known: policy
            .severities
            .iter()
            .map(|rule| rule.severity.to_string())
            .collect::<Vec<_>>()
            .join(", "),
    })
}
