//! The commands that call somebody else, and say who could be called.

use sima_incident::EscalateTo;

use super::{
    Asked,
    marks::{group, mention, plain},
    typed::{Typed, is_blank, split},
};

/// `escalate [next | domain | @person | @group | policy "name"] [why]`
pub(super) fn escalate(typed: &Typed<'_>) -> Asked {
    read(typed.rest, false)
}

/// `page [domain | @person] [why]`: the on-call person of the incident's own domain by default.
pub(super) fn page(typed: &Typed<'_>) -> Asked {
    read(typed.rest, true)
}

/// `oncall [domain]`
pub(super) fn on_call(typed: &Typed<'_>) -> Asked {
    Asked::OnCall { domain: plain(typed.rest) }
}

fn read(rest: &str, page: bool) -> Asked {
    let rest = rest.strip_prefix("to ").unwrap_or(rest).trim_matches(is_blank);
    let said = |to, why: &str| Asked::Escalate { to, why: plain(reason(why)), page };
    if rest.starts_with('<')
        && let Some(end) = rest.find('>')
    {
        let (mark, why) = rest.split_at(end + 1);
        if let Some(person) = mention(mark) {
            return said(Some(EscalateTo::Person(person)), why);
        }
        if let Some(group) = group(mark) {
            return said(Some(EscalateTo::Group(group)), why);
        }
    }
    let first = split(rest);
    match first.word.as_str() {
        "next" => {
            let second = split(first.rest);
            let why = if matches!(second.word.as_str(), "level" | "in") {
                second.rest
            } else {
                first.rest
            };
            said(Some(EscalateTo::NextLevel), why.strip_prefix("line").unwrap_or(why))
        }
        "policy" if !first.rest.is_empty() => {
            let (name, why) = named(first.rest);
            said(Some(EscalateTo::Policy(plain(name))), why)
        }
        _ => said(None, rest),
    }
}

/// A name in quotes, or one word, and what follows.
fn named(text: &str) -> (&str, &str) {
    for (open, close) in [('"', '"'), ('“', '”'), ('\'', '\''), ('«', '»')] {
        if let Some(inner) = text.strip_prefix(open)
            && let Some((name, why)) = inner.split_once(close)
        {
            return (name.trim_matches(is_blank), why);
        }
    }
    let end = text.find(|letter| is_blank(letter) || letter == ':').unwrap_or(text.len());
    text.split_at(end)
}

/// What follows, without what stands between it and the name.
pub(super) fn reason(why: &str) -> &str {
    let between = |letter: char| is_blank(letter) || matches!(letter, ':' | ',' | '-' | '–' | '—');
    why.trim_start_matches(between).trim_end_matches(is_blank)
}
