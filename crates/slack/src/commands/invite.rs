//! The commands about who may know of it.

use super::{
    Asked,
    marks::{group, mention},
    typed::Typed,
};

/// `invite [@person … @group …]`
pub(super) fn invite(typed: &Typed<'_>) -> Result<Asked, String> {
    let mut people = Vec::new();
    let marks = typed.rest.replace("><", "> <");
    let between = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '+');
    for word in marks.split(between).filter(|word| !word.is_empty()) {
        if let Some(person) = mention(word) {
            people.push(person.0);
        } else if let Some(group) = group(word) {
            people.push(group);
        } else if !matches!(word.to_lowercase().as_str(), "and" | "to" | "in" | "&amp;") {
            return Err(
                "Say whom: type @ and pick people or groups from the list Slack shows, or \
                        nothing for a form."
                    .to_owned(),
            );
        }
    }
    Ok(Asked::Invite { people })
}

/// `private [now]`
pub(super) fn private(typed: &Typed<'_>) -> Result<Asked, String> {
    match typed.rest.to_lowercase().as_str() {
        "" => Ok(Asked::Private { confirmed: false }),
        "now" => Ok(Asked::Private { confirmed: true }),
        _ => Err("Say nothing to read first what it means, or now to do it.".to_owned()),
    }
}
