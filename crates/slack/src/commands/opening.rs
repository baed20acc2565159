//! What `open <a line>` says beyond its summary: severity, domain, practice, privacy.

use sima_incident::{Domain, DomainKey, Policy, Severity};

/// What was understood of a line. What was not said is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What is broken.
    pub summary: String,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Which part of the business.
    pub domain: Option<DomainKey>,
    /// Whether it was marked `--private`.
    pub private: bool,
    /// Whether it was marked `--drill`.
    pub drill: bool,
}

/// Understands a line such as `Checkout answers 500 sev1 payments`.
///
/// Words are read from the end: severities and marks are taken off, a domain too if it stands
/// beside one; a domain that ends the sentence is understood and left in it.
pub fn understand(line: &str, policy: &Policy) -> Opening {
    let mut rest = line.trim();
    let mut opening = Opening {
        summary: String::new(),
        severity: None,
        domain: None,
        private: false,
        drill: false,
    };
    let mut pending: Option<(&Domain, &str)> = None;
    loop {
        let (before, last) = rest.rsplit_once(char::is_whitespace).unwrap_or(("", rest));
        let last = last.trim_matches(['(', ')', '[', ']', ',', ';']);
        if before.is_empty() {
            break;
        } else if let Some(severity) = severity(last, policy).filter(|_| opening.severity.is_none())
        {
            opening.severity = Some(severity);
            opening.domain =
                opening.domain.or(pending.take().map(|(domain, _)| domain.key.clone()));
        } else if last == "--private" || last.eq_ignore_ascii_case("private") {
            // Said without the dashes it may belong to the sentence; what should have been private
            // and was not cannot be taken back, so it counts.
            opening.private = true;
        } else if last == "--drill" {
            opening.drill = true;
        } else if let Some((domain, before)) = ending(rest, policy).filter(|(_, before)| {
            !before.is_empty() && opening.domain.is_none() && pending.is_none()
        }) {
            if opening.severity.is_some() {
                opening.domain = Some(domain.key.clone());
            } else {
                pending = Some((domain, rest));
            }
            rest = before;
            continue;
        } else {
            break;
        }
        rest = before.trim_end();
    }
    if let Some((domain, whole)) = pending {
        opening.domain = Some(domain.key.clone());
        rest = whole;
    }
    if let Some((first, after)) = rest.split_once(char::is_whitespace)
        && opening.severity.is_none()
        && let Some(severity) = severity(first.trim_end_matches(':'), policy)
    {
        opening.severity = Some(severity);
        rest = after;
    }
    rest.trim()
        .trim_end_matches([',', ';', ':', '-', '–', '—'])
        .trim_end()
        .clone_into(&mut opening.summary);
    opening
}

/// A configured severity, if the word is one. A bare number is not: it may be a count.
fn severity(word: &str, policy: &Policy) -> Option<Severity> {
    let named = word.starts_with(['s', 'S', 'p', 'P']);
    let severity = word.parse().ok().filter(|_| named)?;
    policy.severity(severity).map(|rule| rule.severity)
}

/// The domain a line ends with, by key or by name, and the line before it.
fn ending<'p, 'l>(line: &'l str, policy: &'p Policy) -> Option<(&'p Domain, &'l str)> {
    policy.domains.iter().find_map(|domain| {
        [domain.key.0.as_str(), domain.name.as_str()].into_iter().find_map(|name| {
            let before = before_ignoring_case(line, name)?;
            let whole_word = before.ends_with(|end: char| end.is_whitespace() || end == '#');
            whole_word.then(|| (domain, before.trim_end_matches('#').trim_end()))
        })
    })
}

/// What stands before an ending, whatever its case.
fn before_ignoring_case<'l>(line: &'l str, ending: &str) -> Option<&'l str> {
    let at = line.len().checked_sub(ending.len())?;
    let (before, end) = (line.get(..at)?, line.get(at..)?);
    end.eq_ignore_ascii_case(ending).then_some(before)
}
