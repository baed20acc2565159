//! The scopes the bot token needs, each with what it is for.

/// A permission of the bot token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Its name, as the app's settings list it.
    pub name: &'static str,
    /// What SIMA does with it.
    pub why: &'static str,
    /// Whether an incident can be run without it, with something less.
    pub optional: bool,
}

/// Every scope SIMA uses, in the order of the settings page.
pub const SCOPES: &[Scope] = &[
    needed("commands", "the slash command and the shortcuts"),
    needed("chat:write", "post and edit the brief, the broadcast and the updates, remind people"),
    needed("chat:write.public", "broadcast into a public channel it was not invited to"),
    needed("channels:manage", "make incident channels, set their topic, invite people"),
    needed("channels:read", "find the broadcast channel, see who joins an incident channel"),
    needed("groups:write", "the same for private incidents"),
    needed("groups:read", "the same for private incidents"),
    needed("pins:write", "pin the brief"),
    needed("users:read", "people's names and time zones"),
    optional("users:read.email", "invite stakeholders who are configured by e-mail address"),
    optional("usergroups:read", "invite the members of a user group"),
    optional("pins:read", "put messages on the timeline that people pin"),
    optional("reactions:read", "put messages on the timeline that people mark with an emoji"),
    optional("reactions:write", "show on a message that it stands on the timeline"),
    optional(
        "channels:history",
        "read those messages, hear that people write, look whether its own were posted",
    ),
    optional("groups:history", "the same in private incident channels"),
    optional("app_mentions:read", "answer those who write its name"),
    optional("im:history", "answer those who write to it directly"),
    optional("channels:join", "the same in the broadcast channel, when it is not a member"),
    optional("bookmarks:read", "see whether a step's bookmark is there"),
    optional("bookmarks:write", "set the bookmarks and calls of steps"),
    optional("metadata.message:read", "recognise its own messages when it looks for them"),
];

/// The scopes that are needed and were not granted. Nothing granted at all means that Slack did
/// not list them, so nothing is known to be missing.
pub fn missing(granted: &[String]) -> Vec<&'static Scope> {
    SCOPES
        .iter()
        .filter(|scope| !granted.is_empty() && !granted.iter().any(|name| name == scope.name))
        .collect()
}

const fn needed(name: &'static str, why: &'static str) -> Scope {
    Scope { name, why, optional: false }
}

const fn optional(name: &'static str, why: &'static str) -> Scope {
    Scope { name, why, optional: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_granted_is_missing() {
        let all: Vec<String> = SCOPES.iter().map(|scope| scope.name.to_owned()).collect();
        assert!(missing(&all).is_empty());
        assert!(missing(&[]).is_empty());
        let without: Vec<String> = all.into_iter().filter(|name| name != "pins:write").collect();
        let names: Vec<_> = missing(&without).iter().map(|scope| scope.name).collect();
        assert_eq!(names, ["pins:write"]);
    }
}
