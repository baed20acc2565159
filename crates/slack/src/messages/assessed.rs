//! How bad it is by what was answered about the impact, and why.

use serde_json::Value;
use sima_incident::{Assessment, ImpactReply, Incident};

use super::{badge, blocks, escape::line};

/// What follows from the answers given so far.
pub(crate) fn proposed(assessment: &Assessment) -> Value {
    let because = assessment.reason().map(told).unwrap_or_default();
    let severity = assessment.proposed;
    let badge = badge::of_severity(severity);
    blocks::section(&format!("{badge} By your answers it is *{severity}*: {because}"))
}

/// Why an incident was opened as bad as it was, if somebody was asked.
pub(super) fn why(incident: &Incident) -> Option<String> {
    let assessment = incident.assessment.as_ref()?;
    let answers: Vec<String> = assessment.answers.iter().take(5).map(told).collect();
    let proposed = assessment.proposed;
    let since = match incident.severity {
        severity if severity == proposed => String::new(),
        severity => format!(" People chose {severity}."),
    };
    Some(format!("*Why {proposed}?* {}.{since}", answers.join(" · ")))
}

/// One answer, with what was asked.
fn told(given: &ImpactReply) -> String {
    format!("{} “{}”", line(&given.question, 150), line(&given.answer, 100))
}
