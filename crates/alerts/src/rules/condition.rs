//! What a rule asks of an alert, one thing at a time: the same conditions judge and explain.

use sima_incident::Severity;

use super::{Pattern, Reported, Rule};
use crate::Alert;

/// One thing that must hold of an alert for a rule to be for it.
pub(crate) enum Condition<'a> {
    Integration(&'a Pattern),
    Source(&'a str),
    State(Reported),
    Severity(&'a [Severity]),
    Title(&'a Pattern),
    Description(&'a Pattern),
    Label(&'a str, &'a Pattern),
}

impl Rule {
    /// Everything the rule asks.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = Condition<'_>> {
        let labels = self.labels.iter().map(|(label, pattern)| Condition::Label(label, pattern));
        self.integration
            .as_ref()
            .map(Condition::Integration)
            .into_iter()
            .chain(self.source.as_deref().map(Condition::Source))
            .chain(self.state.map(Condition::State))
            .chain(self.alert_severity.as_deref().map(Condition::Severity))
            .chain(self.title.as_ref().map(Condition::Title))
            .chain(self.description.as_ref().map(Condition::Description))
            .chain(labels)
    }
}

impl Condition<'_> {
    /// Whether it holds of an alert.
    pub(crate) fn holds(&self, alert: &Alert) -> bool {
        match *self {
            Self::Integration(pattern) => pattern.fits(&alert.integration),
            Self::Source(source) => source == alert.source,
            Self::State(state) => state == Reported::of(alert),
            Self::Severity(listed) => alert.severity.is_some_and(|said| listed.contains(&said)),
            Self::Title(pattern) => pattern.fits(&alert.full_title),
            Self::Description(pattern) => match &alert.description {
                Some(description) => pattern.fits(description),
                None => pattern.fits_nothing(),
            },
            Self::Label(label, pattern) => match alert.labels.get(label) {
                Some(value) => pattern.fits(value),
                None => pattern.fits_nothing(),
            },
        }
    }

    /// Why it does not hold of an alert of which it does not.
    pub(crate) fn mismatch(&self, alert: &Alert) -> String {
        match *self {
            Self::Integration(pattern) => {
                format!("the integration is {:?}, not like {pattern}", &alert.integration)
            }
            Self::Source(source) => format!("the source is {}, not {source}", alert.source),
            Self::State(state) => {
                format!("it is {}, not {}", Reported::of(alert).word(), state.word())
            }
            Self::Severity(listed) => {
                let listed: Vec<String> = listed.iter().map(ToString::to_string).collect();
                let listed = listed.join(" or ");
                match alert.severity {
                    Some(said) => format!("it says {said}, not {listed}"),
                    None => format!("it says no severity, not {listed}"),
                }
            }
            Self::Title(pattern) => {
                format!("the title {:?} is not like {pattern}", alert.full_title)
            }
            Self::Description(pattern) if alert.description.is_some() => {
                format!("the description is not like {pattern}")
            }
            Self::Description(_) => "there is no description".to_owned(),
            Self::Label(label, pattern) => match alert.labels.get(label) {
                Some(value) => format!("the label {label} is {value:?}, not like {pattern}"),
                None => format!("there is no label {label}"),
            },
        }
    }
}
