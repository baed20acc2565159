//! The commands about numbers: which incident, how bad, how many clients.

use sima_incident::{Command, Impact};

use super::{Asked, marks::plain, typed::Typed};

/// `info [INC-42]`
pub(super) fn info(typed: &Typed<'_>) -> Result<Asked, String> {
    if typed.rest.is_empty() {
        return Ok(Asked::Info { number: None });
    }
    match plain(typed.rest).parse() {
        Ok(number) => Ok(Asked::Info { number: Some(number) }),
        // `what is going on` asks about this one.
        Err(_) if typed.word != "info" => Ok(Asked::Info { number: None }),
        Err(_) => {
            Err("Name the incident by its number, or nothing for the one of this channel."
                .to_owned())
        }
    }
}

/// `timeline [INC-42] [all]`
pub(super) fn timeline(typed: &Typed<'_>) -> Result<Asked, String> {
    let given = plain(typed.rest).to_lowercase();
    let (mut number, mut all) = (None, false);
    for word in given.split_whitespace() {
        match word {
            "all" | "everything" | "full" | "log" => all = true,
            word => match word.parse() {
                Ok(given) => number = Some(given),
                Err(_) => {
                    return Err("Name the incident by its number, or nothing for the one of this \
                                channel; all shows everything that was recorded."
                        .to_owned());
                }
            },
        }
    }
    Ok(Asked::Timeline { number, all })
}

/// `catchup [INC-42]`
pub(super) fn catch_up(typed: &Typed<'_>) -> Result<Asked, String> {
    let given = plain(typed.rest).to_lowercase();
    // `catch up` is two words.
    let given = if typed.word == "catch" { given.trim_start_matches("up") } else { &given };
    match given.trim() {
        "" | "me" | "me up" => Ok(Asked::CatchUp { number: None }),
        number => {
            number.parse().map(|number| Asked::CatchUp { number: Some(number) }).map_err(|_| {
                "Name the incident by its number, or nothing for the one of this channel."
                    .to_owned()
            })
        }
    }
}

/// `severity sev2`
pub(super) fn severity(typed: &Typed<'_>) -> Result<Asked, String> {
    let given = plain(typed.rest);
    given
        .trim_start_matches("to ")
        .parse()
        .map(|severity| Asked::Change(Command::SetSeverity(severity)))
        .map_err(|_| "Say which severity, such as sev2.".to_owned())
}

/// `domain payments`
pub(super) fn domain(typed: &Typed<'_>) -> Result<Asked, String> {
    let given = plain(typed.rest);
    let given = given.trim().trim_start_matches("to ").trim();
    if given.is_empty() {
        return Err("Say which domain, by its name or its key.".to_owned());
    }
    Ok(Asked::Domain { given: given.to_owned() })
}

/// `impact 1200`
pub(super) fn impact(typed: &Typed<'_>) -> Result<Asked, String> {
    clients(&plain(typed.rest)).map(|impact| Asked::Change(Command::SetImpact(impact))).ok_or_else(
        || "Say how many clients are affected, as a whole number, or unknown.".to_owned(),
    )
}

/// Reads how many clients are affected: `1200`, `1 200`, `~1.8k merchants`, `unknown`.
pub(crate) fn clients(text: &str) -> Option<Impact> {
    let text = text.trim().to_lowercase();
    let text = text.trim_start_matches("about ").trim_start_matches("around ");
    let text = text.trim_start_matches(['~', '≈', '>', '+']).trim();
    match text {
        "unknown" | "?" | "unclear" | "not known" => return Some(Impact::Unknown),
        "none" | "nobody" | "zero" => return Some(Impact::Clients(0)),
        _ => {}
    }
    let end = text
        .char_indices()
        .find(|(at, character)| !belongs(text, *at, *character))
        .map_or(text.len(), |(at, _)| at);
    let (number, after) = text.split_at(end);
    let (factor, after) = match after.chars().next() {
        Some('k') => (1_000, &after[1..]),
        Some('m') => (1_000_000, &after[1..]),
        _ => (1, after),
    };
    let words = after.chars().all(|character| character.is_alphabetic() || character == ' ');
    let glued = after.starts_with(|character: char| character.is_alphabetic());
    if number.is_empty() || !words || glued {
        return None;
    }
    amount(number.trim_end(), factor).map(Impact::Clients)
}

/// Whether a character belongs to the number: a digit, or a separator before one.
fn belongs(text: &str, at: usize, character: char) -> bool {
    let separates = matches!(character, ' ' | ',' | '.' | '\'' | '’' | '_' | '\u{a0}' | '\u{202f}');
    let before = text[..at].ends_with(|before: char| before.is_ascii_digit());
    let after = text[at..].chars().nth(1).is_some_and(|after| after.is_ascii_digit());
    character.is_ascii_digit() || (separates && before && after)
}

/// The value of digits in groups of three, or with one decimal before `k` and `m`.
fn amount(number: &str, factor: u64) -> Option<u64> {
    let groups: Vec<&str> = number.split(|character: char| !character.is_ascii_digit()).collect();
    match groups.as_slice() {
        [whole] => whole.parse::<u64>().ok()?.checked_mul(factor),
        [whole, tenth] if factor > 1 && tenth.len() == 1 => {
            let tenths = whole.parse::<u64>().ok()?.checked_mul(10)? + tenth.parse::<u64>().ok()?;
            tenths.checked_mul(factor / 10)
        }
        [first, rest @ ..] if first.len() <= 3 && rest.iter().all(|group| group.len() == 3) => {
            groups.concat().parse::<u64>().ok()?.checked_mul(factor)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impact_is_read_as_people_write_it() {
        for (text, expected) in [
            ("1200", Some(Impact::Clients(1200))),
            ("1,200", Some(Impact::Clients(1200))),
            ("1 200 merchants", Some(Impact::Clients(1200))),
            ("1’200", Some(Impact::Clients(1200))),
            ("~1.8k", Some(Impact::Clients(1800))),
            ("about 2m users", Some(Impact::Clients(2_000_000))),
            ("0", Some(Impact::Clients(0))),
            ("nobody", Some(Impact::Clients(0))),
            ("unknown", Some(Impact::Unknown)),
            ("?", Some(Impact::Unknown)),
            ("", None),
            ("many", None),
            ("-3", None),
            ("1.5", None),
            ("12,34", None),
            ("10%", None),
            ("99999999999999999999999", None),
            ("9999999999999999999k", None),
            ("1é", None),
        ] {
            assert_eq!(clients(text), expected, "{text:?}");
        }
    }
}
