//! Words that name a severity or a domain, with the slips of somebody in a hurry.

use std::collections::BTreeSet;

use sima_incident::{Domain, DomainKey, Policy, Severity};

use super::typed::is_blank;

/// The most words that are looked at together.
const MOST_WORDS: usize = 6;

/// One word of a line.
#[derive(Clone, Debug)]
pub(super) struct Word<'l> {
    /// As it was typed.
    pub typed: &'l str,
    /// Lower case, without what clings to it.
    pub bare: String,
}

/// Cuts a line into words.
pub(super) fn words(line: &str) -> Vec<Word<'_>> {
    let clings = |letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '_';
    line.split(is_blank)
        .filter(|typed| !typed.is_empty())
        .map(|typed| Word { typed, bare: typed.trim_matches(clings).to_lowercase() })
        .collect()
}

/// A severity that words begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SeverityHeard {
    pub severity: Severity,
    /// How many words name it.
    pub words: usize,
    /// Whether it can be nothing else: `sev2` can not, `p2` may belong to the sentence.
    pub plain: bool,
}

/// The configured severity that words begin with: `sev2`, `sve2`, `SEV-2`, `sev 2`, `s2`, `p2`.
///
/// A bare number is none: it may be a count. Nor is `s3`, which stores files.
pub(super) fn severity(words: &[Word<'_>], policy: &Policy) -> Option<SeverityHeard> {
    let first = words.first()?.bare.as_str();
    let known = |level: &str, count, plain| {
        let severity = level.parse().ok().and_then(Severity::new)?;
        policy.severity(severity)?;
        Some(SeverityHeard { severity, words: count, plain })
    };
    let letters = first.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let digits = &first[letters.len()..];
    let letters = letters.trim_end_matches(['-', '_']);
    if digits.is_empty() {
        let next = words.get(1).filter(|_| means_severity(letters))?;
        return known(&next.bare, 2, true);
    }
    if means_severity(letters) {
        return known(digits, 1, true);
    }
    (matches!(letters, "s" | "p") && first != "s3").then(|| known(digits, 1, false)).flatten()
}

/// Whether letters are `sev` or `severity`, in a wrong order or one of them twice too.
fn means_severity(letters: &str) -> bool {
    if letters.len() > 5 && strsim::osa_distance(letters, "severity") <= 2 {
        return true;
    }
    let mut once: Vec<char> = letters.chars().collect();
    once.dedup();
    once.sort_unstable();
    once == ['e', 's', 'v']
}

/// Domains that words begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DomainHeard {
    pub domain: DomainKey,
    /// How many words name it.
    pub words: usize,
    /// Whether it is written as it is configured, but for case and what stands between words.
    pub exact: bool,
}

/// The domain that words begin with, by key or by name; the longest that is named.
pub(super) fn domain(words: &[Word<'_>], policy: &Policy) -> Option<DomainHeard> {
    let most = words.len().min(MOST_WORDS);
    for exact in [true, false] {
        for count in (1..=most).rev() {
            let window: Vec<&str> = words[..count].iter().map(|word| word.bare.as_str()).collect();
            let meant: BTreeSet<&DomainKey> =
                policy
                    .domains
                    .iter()
                    .filter(|domain| {
                        if exact { is_named(domain, &window) } else { is_near(domain, &window) }
                    })
                    .map(|domain| &domain.key)
                    .collect();
            // What may be two of them is none.
            if let (1, Some(domain)) = (meant.len(), meant.first()) {
                return Some(DomainHeard { domain: (*domain).clone(), words: count, exact });
            }
        }
    }
    None
}

/// The domain that a whole text names; those it may mean if it names none.
///
/// # Errors
/// The domains whose names are like it.
pub fn domain_named<'p>(text: &str, policy: &'p Policy) -> Result<&'p Domain, Vec<&'p Domain>> {
    let said = words(text);
    let window: Vec<&str> = said.iter().map(|word| word.bare.as_str()).collect();
    let named = policy.domains.iter().find(|domain| is_named(domain, &window));
    if let Some(domain) = named.filter(|_| !window.is_empty()) {
        return Ok(domain);
    }
    let near: Vec<&Domain> =
        policy.domains.iter().filter(|domain| is_near(domain, &window)).collect();
    match near.as_slice() {
        [one] => Ok(one),
        _ => Err(near),
    }
}

/// Whether words are the key or the name of a domain.
fn is_named(domain: &Domain, window: &[&str]) -> bool {
    let said = joined(window);
    !said.is_empty() && forms(domain).iter().any(|form| joined(form) == said)
}

/// Whether words are nearly the key or the name of a domain, or the beginning of its name.
fn is_near(domain: &Domain, window: &[&str]) -> bool {
    let said = joined(window);
    forms(domain).iter().any(|form| {
        let whole = joined(form);
        let same_start = said.chars().take(2).collect::<BTreeSet<_>>()
            == whole.chars().take(2).collect::<BTreeSet<_>>();
        if same_start && is_slip(&said, &whole) {
            return true;
        }
        let begins = window.len() > 1 && window.len() <= form.len();
        begins && window.iter().zip(form).all(|(said, known)| said == known || is_slip(said, known))
    })
}

/// Whether one word was probably meant as the other.
fn is_slip(said: &str, known: &str) -> bool {
    let shorter = said.chars().count().min(known.chars().count());
    let slips = match shorter {
        0..=3 => return false,
        4..=8 => 1,
        _ => 2,
    };
    strsim::osa_distance(said, known) <= slips
}

/// The words of a domain's key, and those of its name.
fn forms(domain: &Domain) -> [Vec<String>; 2] {
    [domain.key.0.as_str(), domain.name.as_str()].map(|text| {
        let lower = text.to_lowercase();
        let parts = lower.split(|letter: char| !letter.is_alphanumeric());
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    })
}

/// Words without anything between them.
fn joined<S: AsRef<str>>(words: &[S]) -> String {
    words
        .iter()
        .flat_map(|word| word.as_ref().chars())
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}
