//! The commands that give, take and leave roles.

use sima_incident::{Command, Role};

use super::{
    Asked,
    marks::mention,
    typed::{Typed, split},
};

/// `role im [@person | drop]`
pub(super) fn role(typed: &Typed<'_>) -> Result<Asked, String> {
    let named = split(typed.rest);
    // "incident manager" is two words.
    let (word, rest) = match (named.word.as_str(), split(named.rest)) {
        ("incident", next) if next.word == "manager" => ("im".to_owned(), next.rest),
        ("communication" | "communications", next) if next.word == "lead" => {
            ("cl".to_owned(), next.rest)
        }
        _ => (named.word, named.rest),
    };
    match super::about(&word).map(|spec| spec.word) {
        Some("im") => holder(Role::IncidentManager, rest),
        Some("cl") => holder(Role::CommunicationLead, rest),
        _ => Err("Say which role: im (incident manager) or cl (communication lead).".to_owned()),
    }
}

/// `im [@person | drop]`
pub(super) fn holder(role: Role, rest: &str) -> Result<Asked, String> {
    let rest = rest.trim();
    let lower = rest.to_lowercase();
    match lower.trim_start_matches("to ") {
        "" | "me" | "take" => Ok(Asked::GiveRole { role, to: None }),
        "drop" | "leave" | "none" | "nobody" | "empty" | "release" => {
            Ok(Asked::Change(Command::DropRole(role)))
        }
        _ => {
            let person = rest.strip_prefix("to ").unwrap_or(rest);
            mention(person).map(|person| Asked::GiveRole { role, to: Some(person) }).ok_or_else(
                || {
                    format!(
                        "Say who is {}: type @ and pick one person from the list, or drop to leave the role.",
                        role.name()
                    )
                },
            )
        }
    }
}
