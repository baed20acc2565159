//! People, channels and links in Slack's own marks.

use sima_incident::{Actor, ChannelRef, Incident, PersonId, Role, Who};

use super::escape::line;

/// A person. One whom the chat does not know, such as somebody of the API, by the name given.
pub(super) fn person(person: &PersonId) -> String {
    if is_id(&person.0, &['U', 'W']) { format!("<@{}>", person.0) } else { line(&person.0, 80) }
}

/// A group.
pub(super) fn group(group: &str) -> String {
    if is_id(group, &['S']) { format!("<!subteam^{group}>") } else { line(group, 80) }
}

/// Who did something.
pub(super) fn actor(actor: &Actor) -> String {
    match &actor.who {
        Who::Person(who) => person(who),
        Who::Monitor(name) | Who::Pager(name) => line(name, 80),
        Who::Sima => "SIMA".to_owned(),
    }
}

/// Who holds a role, in words.
pub(super) fn holder(incident: &Incident, role: Role) -> String {
    incident.holder(role).map_or_else(|| "Nobody yet".to_owned(), person)
}

/// A channel.
pub(super) fn channel(channel: &ChannelRef) -> String {
    if is_id(&channel.id, &['C', 'G']) {
        format!("<#{}>", channel.id)
    } else {
        line(&format!("#{}", channel.name), 90)
    }
}

/// A link with a label. An address that would break the mark is shown as text.
pub(super) fn link(url: &str, label: &str) -> String {
    let web = url.starts_with("https://") || url.starts_with("http://");
    if web && url.chars().count() <= 400 && !url.contains(['<', '>', '|', ' ', '\n']) {
        format!("<{}|{}>", url.replace('&', "&amp;"), line(label, 80).replace('|', "¦"))
    } else {
        line(url, 200)
    }
}

/// Whether text is an id of Slack's.
fn is_id(text: &str, first: &[char]) -> bool {
    text.len() > 1
        && text.starts_with(first)
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_slack_knows_becomes_a_mark() {
        assert_eq!(person(&PersonId("U0INES".to_owned())), "<@U0INES>");
        assert_eq!(person(&PersonId("ines@example.com".to_owned())), "ines@example.com");
        assert_eq!(person(&PersonId("U1> <!channel".to_owned())), "U1&gt; &lt;!channel");
        assert_eq!(link("https://a.test/?x=1&y", "graph"), "<https://a.test/?x=1&amp;y|graph>");
        assert_eq!(link("https://a.test/|<!here>", "x"), "https://a.test/|&lt;!here&gt;");
        assert_eq!(link("javascript:alert(1)", "x"), "javascript:alert(1)");
    }
}
