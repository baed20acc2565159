//! Slack's marks in what people typed: mentions, links and escapes become plain text.
//!
//! Source: docs.slack.dev, "Formatting message text", 2026-01.

use sima_incident::PersonId;

/// Text as the person saw it: `<@U1|nour>` is `@nour`, `&amp;` is `&`.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        plain.push_str(&rest[..open]);
        rest = &rest[open..];
        let end = rest.find('>').filter(|end| !rest[1..*end].contains('<'));
        if let Some((seen, end)) = end.and_then(|end| Some((seen(&rest[1..end])?, end))) {
            plain.push_str(&seen);
            rest = &rest[end + 1..];
        } else {
            plain.push('<');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// What a person sees of one mark. Nothing if it is no mark of Slack's.
fn seen(mark: &str) -> Option<String> {
    let (target, label) = match mark.split_once('|') {
        Some((target, label)) => (target, Some(label).filter(|label| !label.is_empty())),
        None => (mark, None),
    };
    let named = |sign: &str, id: &str| match label {
        Some(label) => format!("{sign}{}", label.trim_start_matches(sign)),
        None => format!("{sign}{id}"),
    };
    if let Some(id) = target.strip_prefix('@') {
        Some(named("@", id))
    } else if let Some(id) = target.strip_prefix('#') {
        Some(named("#", id))
    } else if let Some(special) = target.strip_prefix('!') {
        let word = special.split('^').next().unwrap_or_default();
        Some(named("@", word))
    } else if let Some(address) = target.strip_prefix("mailto:") {
        Some(label.unwrap_or(address).to_owned())
    } else if target.contains("://") {
        Some(target.to_owned())
    } else {
        None
    }
}

/// The person a mention means, if the text is one: `<@U1>` or `<@U1|nour>`.
pub(super) fn mention(text: &str) -> Option<PersonId> {
    let mark = text.trim().strip_prefix("<@")?.strip_suffix('>')?;
    let id = mark.split_once('|').map_or(mark, |(id, _)| id);
    let good = id.starts_with(['U', 'W']) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    good.then(|| PersonId(id.to_owned()))
}

/// The group a mention means, if the text is one: `<!subteam^S1>` or `<!subteam^S1|@ops>`.
pub(super) fn group(text: &str) -> Option<String> {
    let mark = text.trim().strip_prefix("<!subteam^")?.strip_suffix('>')?;
    let id = mark.split_once('|').map_or(mark, |(id, _)| id);
    let good = id.starts_with('S') && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    good.then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_what_people_saw() {
        for (text, expected) in [
            ("a &amp; b &lt;c&gt;", "a & b <c>"),
            ("ask <@U1|nour> in <#C1|ops>", "ask @nour in #ops"),
            ("ask <@U1> in <#C1|>", "ask @U1 in #C1"),
            ("<https://a.test/x?y=1&amp;z|a.test>", "https://a.test/x?y=1&z"),
            ("<mailto:a@b.test|a@b.test>", "a@b.test"),
            ("<!channel> <!subteam^S1|@ops>", "@channel @ops"),
            ("x < y and <b>bold</b>", "x < y and <b>bold</b>"),
            ("<", "<"),
            ("<<@U1|n>", "<@n"),
            ("&amp;lt;", "&lt;"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn a_mention_is_a_person() {
        assert_eq!(mention("<@U1|nour>"), Some(PersonId("U1".to_owned())));
        assert_eq!(mention(" <@W9> "), Some(PersonId("W9".to_owned())));
        assert_eq!(group("<!subteam^S1|@ops>"), Some("S1".to_owned()));
        assert_eq!(group("<!subteam^S1> <@U1>"), None);
        for text in ["@nour", "nour", "<@>", "<@U1", "<#C1>", "<@U1> and <@U2>"] {
            assert_eq!(mention(text), None, "{text}");
        }
    }
}
