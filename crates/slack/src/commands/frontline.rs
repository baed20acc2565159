//! The commands of those who answer customers.

use sima_incident::Impact;

use super::{
    Asked,
    marks::plain,
    scale,
    typed::{Typed, split, unquoted},
};

/// `report [how many] [an example]`
pub(super) fn report(typed: &Typed<'_>) -> Asked {
    let said = plain(unquoted(typed.rest));
    let first = split(&said);
    let (customers, rest) = match scale::clients(&first.word) {
        Some(Impact::Clients(count)) => {
            let next = split(first.rest);
            let is_unit = matches!(
                next.word.as_str(),
                "customers" | "customer" | "clients" | "client" | "users" | "user"
            );
            (Some(count), if is_unit { next.rest } else { first.rest })
        }
        _ => (None, said.as_str()),
    };
    let between = |letter: char| letter.is_whitespace() || matches!(letter, ':' | ',' | '-' | '–');
    let example = rest.trim_matches(between).to_owned();
    Asked::Report { customers, example: Some(example).filter(|example| !example.is_empty()) }
}

/// `ask [a question]`
pub(super) fn ask(typed: &Typed<'_>) -> Asked {
    Asked::Question { text: plain(unquoted(typed.rest)) }
}

/// `answer [the number of a question] [the answer]`
pub(super) fn answer(typed: &Typed<'_>) -> Asked {
    let said = plain(typed.rest);
    let first = split(&said);
    match first.word.trim_start_matches('#').parse() {
        Ok(number) => {
            Asked::Answer { question: Some(number), text: unquoted(first.rest).to_owned() }
        }
        Err(_) => Asked::Answer { question: None, text: unquoted(&said).to_owned() },
    }
}

/// `wording [new | what customers may be told]`
pub(super) fn wording(typed: &Typed<'_>) -> Asked {
    match plain(unquoted(typed.rest)).as_str() {
        "" | "show" => Asked::Wording,
        "new" | "edit" | "change" | "approve" => Asked::WordingForm,
        text => Asked::ApproveWording { text: text.to_owned() },
    }
}
