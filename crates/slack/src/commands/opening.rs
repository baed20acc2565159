//! What `open <a line>` says beyond its summary: severity, domain, practice, privacy.

use sima_incident::{DomainKey, Policy, Severity};

pub use super::hearing::domain_named;
use super::hearing::{self, Word};

/// What was understood of a line. What was not said is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// What is broken; empty if the line names nothing but a severity or a domain.
    pub summary: String,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Which part of the business.
    pub domain: Option<DomainKey>,
    /// Whether it was marked `--private`.
    pub private: bool,
    /// Whether it was marked `--drill`.
    pub drill: bool,
    /// From which words that was taken.
    pub heard: Heard,
}

/// The words something was understood from, as they were typed: people are shown them, so that
/// nobody is understood wrongly without knowing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The severity.
    pub severity: Option<String>,
    /// The domain.
    pub domain: Option<String>,
    /// The privacy.
    pub private: Option<String>,
    /// The domains that the sentence names, if it names several and none counts more.
    pub among: Vec<DomainKey>,
}

/// What words of a line mean.
#[derive(Clone, Debug)]
enum Meaning {
    Severity { severity: Severity, plain: bool },
    Domain { domain: DomainKey, exact: bool },
    Private { marked: bool },
    Drill,
    Sentence,
}

/// Some words of a line that mean one thing together.
#[derive(Clone, Debug)]
struct Piece {
    from: usize,
    to: usize,
    meaning: Meaning,
    /// Whether it belongs to the summary.
    stays: bool,
}

/// Understands a line such as `Checkout answers 500 sev1 payments`, with the words in any order and
/// slips such as `sve1` and `paymets`.
///
/// A severity is taken off the sentence. A domain is taken off where it stands beside a severity or
/// a mark; one that belongs to the sentence is understood and left in it.
pub fn understand(line: &str, policy: &Policy) -> Opening {
    let words = hearing::words(line);
    let mut pieces = pieces(&words, policy);
    let mut opening = Opening::default();
    let first = pieces.iter().position(is_sentence);
    let last = pieces.iter().rposition(is_sentence);
    let (Some(first), Some(last)) = (first, last) else {
        // Nothing says what is broken.
        for piece in pieces.iter().rev() {
            take(&mut opening, piece, &words);
        }
        return opening;
    };
    let end = last + 1;
    let before = words[pieces[last].to - 1].bare.as_str();
    take_off_the_end(&mut pieces[end..], before);
    take_off_the_beginning(&mut pieces[..first], &words);
    for piece in &mut pieces[first..end] {
        piece.stays = !matches!(
            piece.meaning,
            Meaning::Severity { plain: true, .. }
                | Meaning::Private { marked: true }
                | Meaning::Drill
        );
    }
    // The last word of a kind counts: what is added at the end is said on purpose.
    for piece in pieces.iter().rev() {
        if !piece.stays {
            take(&mut opening, piece, &words);
        }
    }
    if opening.domain.is_none() {
        domain_of_the_sentence(&mut opening, &pieces, &words);
    }
    let kept: Vec<&str> = pieces
        .iter()
        .filter(|piece| piece.stays)
        .flat_map(|piece| words[piece.from..piece.to].iter().map(|word| word.typed))
        .collect();
    kept.join(" ")
        .trim_end_matches([',', ';', ':', '-', '–', '—'])
        .trim_end()
        .clone_into(&mut opening.summary);
    opening
}

/// Cuts words into pieces, each with what it may mean.
fn pieces(words: &[Word<'_>], policy: &Policy) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    while from < words.len() {
        let rest = &words[from..];
        let (count, meaning) = if let Some(heard) = hearing::severity(rest, policy) {
            (heard.words, Meaning::Severity { severity: heard.severity, plain: heard.plain })
        } else if let Some(heard) = hearing::domain(rest, policy) {
            (heard.words, Meaning::Domain { domain: heard.domain, exact: heard.exact })
        } else {
            let meaning = match rest[0].typed.to_lowercase().as_str() {
                "--private" | "—private" => Meaning::Private { marked: true },
                "--drill" | "—drill" => Meaning::Drill,
                _ if rest[0].bare == "private" => Meaning::Private { marked: false },
                _ => Meaning::Sentence,
            };
            (1, meaning)
        };
        pieces.push(Piece { from, to: from + count, meaning, stays: true });
        from += count;
    }
    pieces
}

fn is_sentence(piece: &Piece) -> bool {
    matches!(piece.meaning, Meaning::Sentence)
}

/// What follows the sentence is about it: severities, marks, and a domain beside one of them.
fn take_off_the_end(after: &mut [Piece], before: &str) {
    let is_said_apart = after.iter().any(|piece| !matches!(piece.meaning, Meaning::Domain { .. }));
    // `… cannot reach the api sev2`: the sentence goes on to the domain.
    let goes_on = matches!(
        before,
        "a" | "an"
            | "and"
            | "at"
            | "by"
            | "for"
            | "from"
            | "in"
            | "into"
            | "of"
            | "on"
            | "or"
            | "our"
            | "the"
            | "their"
            | "through"
            | "to"
            | "via"
            | "with"
            | "within"
    );
    for (at, piece) in after.iter_mut().enumerate() {
        piece.stays = match piece.meaning {
            Meaning::Domain { .. } => !is_said_apart || (at == 0 && goes_on),
            _ => false,
        };
    }
}

/// What stands before the sentence may begin it: only what is said to be apart from it is taken off.
fn take_off_the_beginning(before: &mut [Piece], words: &[Word<'_>]) {
    let is_said_apart =
        before.iter().any(|piece| matches!(piece.meaning, Meaning::Severity { .. }));
    for piece in before {
        let ends = words[piece.to - 1].typed.ends_with([':', ',', '-', ']', ')']);
        piece.stays = match piece.meaning {
            Meaning::Severity { plain, .. } => !plain && !ends,
            Meaning::Domain { .. } => !(is_said_apart && ends),
            Meaning::Private { marked } => !marked && !ends,
            Meaning::Drill => false,
            Meaning::Sentence => true,
        };
    }
}

/// Takes what a piece means, unless something after it has said so.
fn take(opening: &mut Opening, piece: &Piece, words: &[Word<'_>]) {
    let said = || {
        let typed: Vec<&str> = words[piece.from..piece.to].iter().map(|word| word.typed).collect();
        Some(typed.join(" ").trim_matches(is_around).to_owned())
    };
    match &piece.meaning {
        Meaning::Severity { severity, .. } if opening.severity.is_none() => {
            opening.severity = Some(*severity);
            opening.heard.severity = said();
        }
        Meaning::Domain { domain, .. } if opening.domain.is_none() => {
            opening.domain = Some(domain.clone());
            opening.heard.domain = said();
        }
        Meaning::Private { .. } => {
            // Said without the dashes it may belong to the sentence; what should have been private
            // and was not cannot be taken back, so it counts.
            opening.private = true;
            opening.heard.private = said();
        }
        Meaning::Drill => opening.drill = true,
        Meaning::Severity { .. } | Meaning::Domain { .. } | Meaning::Sentence => {}
    }
}

/// The domain that the sentence itself names: as it is configured, else nearly. Of several none
/// counts more than the others.
fn domain_of_the_sentence(opening: &mut Opening, pieces: &[Piece], words: &[Word<'_>]) {
    let named = |piece: &Piece, only_exact: bool| match &piece.meaning {
        Meaning::Domain { domain, exact } if *exact || !only_exact => Some(domain.clone()),
        _ => None,
    };
    for only_exact in [true, false] {
        let found: Vec<&Piece> =
            pieces.iter().filter(|piece| named(piece, only_exact).is_some()).collect();
        let mut keys: Vec<DomainKey> =
            found.iter().filter_map(|piece| named(piece, only_exact)).collect();
        keys.sort();
        keys.dedup();
        match (keys.len(), found.first()) {
            (0, _) | (_, None) => {}
            (1, Some(piece)) => {
                take(opening, piece, words);
                return;
            }
            _ => {
                opening.heard.among = keys;
                return;
            }
        }
    }
}

/// What people put around a word.
fn is_around(letter: char) -> bool {
    !letter.is_alphanumeric()
}
