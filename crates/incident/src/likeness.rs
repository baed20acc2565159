//! Which incidents look alike: by the words they share, and by the part of the business.

use std::collections::BTreeSet;

use crate::{DomainKey, Incident};

/// The most look-alikes that are shown.
pub const MOST_LOOK_ALIKES: usize = 3;

/// From how much on, of 100, two are said to look alike.
const ALIKE: u32 = 55;
/// How much of 100 the words make; the rest is the part of the business.
const WORDS: u32 = 75;
/// What words can make that are not all the same.
const ALMOST: u32 = 70;
/// What a telling word weighs, where a common one weighs one.
const TELLING: u32 = 3;
/// What an unknown part of the business counts, between the same one and another.
const UNKNOWN_DOMAIN: u32 = 10;

/// What is about to be opened, as far as it is known yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sketch<'s> {
    /// What is broken.
    pub summary: &'s str,
    /// More about it.
    pub description: &'s str,
    /// Which part of the business, if somebody said so.
    pub domain: Option<&'s DomainKey>,
}

/// Those among incidents that a sketch looks like, the most alike first; never more than
/// [`MOST_LOOK_ALIKES`].
pub fn look_alikes<'i>(
    sketch: Sketch<'_>,
    among: impl IntoIterator<Item = &'i Incident>,
) -> Vec<&'i Incident> {
    let mut alike: Vec<(u32, &Incident)> = among
        .into_iter()
        .map(|incident| (likeness(sketch, incident), incident))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by_key(|(likeness, incident)| (u32::MAX - likeness, u32::MAX - incident.number.0));
    alike.truncate(MOST_LOOK_ALIKES);
    alike.into_iter().map(|(_, incident)| incident).collect()
}

/// How much a sketch looks like an incident: 0, not at all, to 100.
///
/// Words of the summary, and titles of alerts, count twice what words of the description do; words
/// that every incident has, such as `down`, cannot make two alike by themselves.
pub fn likeness(sketch: Sketch<'_>, incident: &Incident) -> u32 {
    let titles = incident.alerts.iter().take(5).map(|alert| alert.title.as_str());
    let there_said = words(std::iter::once(incident.summary.as_str()));
    let there = &there_said | &words(titles);
    let there_too = words(incident.description.as_deref());
    let here = words([sketch.summary]);
    let here_too = words([sketch.description]);
    let same_words = !here.is_empty() && here == there_said;
    let shared: BTreeSet<String> = &here & &there;
    let half = &(&(&here & &there_too) | &(&here_too & &there)) - &shared;
    let is_telling = |word: &String| !is_common(word);
    if !same_words && !shared.iter().chain(&half).any(is_telling) {
        return 0;
    }
    let most = weight(&here).min(weight(&there_said)).max(TELLING + 1);
    let of_words = if same_words {
        WORDS
    } else {
        (WORDS * (2 * weight(&shared) + weight(&half)) / (2 * most)).min(ALMOST)
    };
    of_words
        + match sketch.domain {
            Some(domain) if *domain == incident.domain => 100 - WORDS,
            Some(_) => 0,
            None => UNKNOWN_DOMAIN,
        }
}

/// The words of texts as they are compared: without case, accents, endings, and those that say
/// nothing.
fn words<'t>(texts: impl IntoIterator<Item = &'t str>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for text in texts {
        let text: String = text.chars().take(4000).collect();
        let plain = deunicode::deunicode(&text).to_ascii_lowercase();
        words.extend(
            plain
                .split(|letter: char| !letter.is_ascii_alphanumeric())
                .filter(|word| word.len() > 1 && !says_nothing(word))
                .map(stem),
        );
    }
    words
}

/// A word without the endings that change: `payments`, `payment`; `failing`, `fails`, `failed`.
fn stem(word: &str) -> String {
    let endings = ["ings", "ing", "ies", "ed", "es", "s", "e", "y"];
    let ended = endings
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|stem| stem.len() >= 4 || (stem.len() == 3 && word.ends_with('s')));
    ended.unwrap_or(word).to_owned()
}

/// What words weigh together.
fn weight(words: &BTreeSet<String>) -> u32 {
    words.iter().map(|word| if is_common(word) { 1 } else { TELLING }).sum()
}

/// Words of which a sentence is made.
fn says_nothing(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "an"
            | "and"
            | "or"
            | "of"
            | "to"
            | "in"
            | "on"
            | "at"
            | "for"
            | "from"
            | "with"
            | "is"
            | "are"
            | "was"
            | "were"
            | "be"
            | "been"
            | "it"
            | "its"
            | "our"
            | "we"
            | "you"
            | "they"
            | "their"
            | "this"
            | "that"
            | "there"
            | "has"
            | "have"
            | "had"
            | "do"
            | "does"
            | "can"
            | "cannot"
            | "could"
            | "not"
            | "no"
            | "by"
            | "as"
            | "since"
            | "some"
            | "all"
            | "any"
            | "after"
            | "when"
            | "again"
            | "now"
            | "but"
            | "very"
            | "more"
            | "than"
            | "le"
            | "la"
            | "les"
            | "de"
            | "des"
            | "du"
            | "est"
            | "sont"
            | "pas"
            | "un"
            | "une"
            | "et"
    )
}

/// Words, without their endings, that any incident may have.
fn is_common(stem: &str) -> bool {
    matches!(
        stem,
        "down"
            | "slow"
            | "slowly"
            | "broken"
            | "break"
            | "error"
            | "err"
            | "fail"
            | "failur"
            | "issu"
            | "issue"
            | "problem"
            | "trouble"
            | "troubl"
            | "outag"
            | "incident"
            | "work"
            | "alert"
            | "high"
            | "low"
            | "many"
            | "customer"
            | "client"
            | "user"
            | "late"
            | "stuck"
            | "missing"
            | "miss"
            | "wrong"
            | "unavailabl"
            | "degrad"
            | "timeout"
            | "prod"
            | "production"
            | "answer"
            | "respond"
            | "everything"
            | "nothing"
            | "everyth"
            | "noth"
    )
}
