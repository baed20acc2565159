//! What a source told of one trouble, and making it fit the promises of an alert.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sima_incident::{AlertState, Members, Severity};

use crate::{
    Alert, MAX_FULL_TITLE, MAX_TITLE, Then,
    lenient::{description, digest, key, links, one_line},
    unreplaced::NAMELESS,
};

/// How many names of what is affected are kept.
const MAX_HINTS: usize = 32;

/// What a source told, as it told it. What it did not say is left out.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The key it repeats the trouble with; without one, the title stands for it.
    pub key: Option<String>,
    /// What it is about.
    pub title: Option<String>,
    /// More about it, in paragraphs.
    pub description: Vec<Option<String>>,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Names of what is affected, the most telling first.
    pub domain_hints: Vec<Option<String>>,
    /// Where to read on.
    pub links: Vec<Option<String>>,
    /// What it is labelled with.
    pub labels: BTreeMap<String, String>,
    /// What is done about it if no rule says.
    pub unless_ruled: Then,
}

impl Told {
    /// It as an alert that keeps what [`Alert`] promises.
    pub fn alert(self, source: &str, state: AlertState) -> Alert {
        let title = self
            .title
            .map(|title| one_line(&title, MAX_FULL_TITLE))
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| NAMELESS.into());
        let given = self.key.filter(|given| !given.trim().is_empty());
        let mut domain_hints: Vec<String> = Vec::new();
        for hint in self.domain_hints.into_iter().flatten() {
            if !hint.is_empty() && !domain_hints.contains(&hint) && domain_hints.len() < MAX_HINTS {
                domain_hints.push(hint);
            }
        }
        let mut paragraphs: Vec<String> = Vec::new();
        for paragraph in self.description.into_iter().flatten() {
            if paragraph.trim() != title && !paragraphs.contains(&paragraph) {
                paragraphs.push(paragraph);
            }
        }
        Alert {
            source: source.into(),
            integration: source.into(),
            key: given.map_or_else(|| digest([source, &title]), |given| key(&given)),
            state,
            title: one_line(&title, MAX_TITLE),
            full_title: title,
            description: description(&paragraphs.join("\n\n")),
            severity: self.severity,
            members: Members::default(),
            unreplaced: Vec::new(),
            domain_hints,
            links: links(self.links.into_iter().flatten()),
            labels: self.labels,
            unless_ruled: self.unless_ruled,
        }
    }
}

/// It fires since then by the source's clock, or since now if that is not said or yet to come.
pub(crate) fn firing(since: Option<Timestamp>, now: Timestamp) -> AlertState {
    AlertState::Firing { since: since.unwrap_or(now).min(now) }
}

/// It is over since then by the source's clock, or since now if that is not said or yet to come.
pub(crate) fn resolved(since: Option<Timestamp>, now: Timestamp) -> AlertState {
    AlertState::Resolved { since: since.unwrap_or(now).min(now) }
}

/// What is done by default about word of a trouble that goes on: without its start it cannot be
/// told from a new one, so it only counts where the trouble is known already.
pub(crate) fn of_repeat(began_at: Option<Timestamp>) -> Then {
    if began_at.is_some() { Then::Open } else { Then::Record }
}
