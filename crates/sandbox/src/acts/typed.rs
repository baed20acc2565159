//! What a person's keyboard sends: mentions become ids, and the three special characters are escaped.

use crate::state::State;

/// How mentions are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mentions {
    /// `<@U1>`, as in messages.
    Bare,
    /// `<@U1|name>`, as in commands with `should_escape`.
    Named,
}

/// Turns typed text into what Slack sends. Marks and entities that are there already (`<@U1>`, `&lt;`) stay:
/// the page has done this before it calls.
pub(crate) fn mark_up(state: &State, text: &str, mentions: Mentions) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    let mut at_word_start = true;
    while let Some(char) = rest.chars().next() {
        if let Some(mark) = mark(rest) {
            written.push_str(mark);
            rest = &rest[mark.len()..];
            at_word_start = false;
            continue;
        }
        if at_word_start && matches!(char, '@' | '#') {
            let name: String = rest[1..]
                .chars()
                .take_while(|char| char.is_alphanumeric() || matches!(char, '-' | '_'))
                .collect();
            if let Some(mention) = mention(state, char, &name, mentions) {
                written.push_str(&mention);
                rest = &rest[1 + name.len()..];
                at_word_start = false;
                continue;
            }
        }
        match char {
            '&' if ["&amp;", "&lt;", "&gt;"].iter().any(|entity| rest.starts_with(entity)) => {
                written.push('&');
            }
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            other => written.push(other),
        }
        at_word_start = char.is_whitespace() || char == '(';
        rest = &rest[char.len_utf8()..];
    }
    written
}

fn mark(text: &str) -> Option<&str> {
    let known = ["<@", "<#", "<!", "<http://", "<https://", "<mailto:"];
    if !known.iter().any(|start| text.starts_with(start)) {
        return None;
    }
    let end = text.find('>')?;
    Some(&text[..=end])
}

fn mention(state: &State, sign: char, name: &str, mentions: Mentions) -> Option<String> {
    let named = mentions == Mentions::Named;
    if sign == '#' {
        let channel =
            state.channels.iter().find(|channel| !channel.is_im && channel.name == name)?;
        let shown = if channel.is_private { "" } else { &channel.name };
        return Some(if named {
            format!("<#{}|{shown}>", channel.id)
        } else {
            format!("<#{}>", channel.id)
        });
    }
    if let Some(person) = state.people.iter().find(|person| person.name == name) {
        return Some(if named {
            format!("<@{}|{name}>", person.id)
        } else {
            format!("<@{}>", person.id)
        });
    }
    if let Some(group) = state.groups.iter().find(|group| group.handle == name) {
        return Some(format!("<!subteam^{}>", group.id));
    }
    matches!(name, "here" | "channel" | "everyone").then(|| format!("<!{name}>"))
}
