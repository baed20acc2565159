//! What a configured step says: its template filled for another channel, a bookmark or a call.
//!
//! The words of a template are the company's own, with the marks they put there; what fills its
//! places is what people wrote, and marks nothing.

use std::fmt::Write as _;

use sima_incident::{Incident, Placeholder, Policy, Template};

use super::{
    Message, blocks, buttons,
    escape::{line, plain_line},
    mention,
};

/// Slack takes so many characters in a section.
const LONGEST: usize = 3000;

/// How long what fills a place may be: shorter, the oftener a template asks for it.
const LONGEST_VALUES: [usize; 4] = [300, 120, 40, 10];

/// A message in another channel. Cut anywhere, a mark could break; so its values are cut instead.
pub fn step_post(text: &Template, incident: &Incident, policy: &Policy) -> Message {
    let filled = LONGEST_VALUES.into_iter().map(|longest| fill(text, incident, policy, longest));
    let fits = filled.into_iter().find(|said| said.chars().count() <= LONGEST);
    let heading =
        format!("{} · {} · {}", incident.number, incident.severity, line(&incident.summary, 300));
    let mut shown = vec![blocks::section(fits.as_deref().unwrap_or(&heading))];
    shown.extend(blocks::actions(vec![buttons::info(incident)]));
    Message { text: heading, blocks: shown }
}

fn fill(text: &Template, incident: &Incident, policy: &Policy, longest: usize) -> String {
    text.fill(|place| match place {
        Placeholder::Number => incident.number.to_string(),
        Placeholder::Summary => line(&incident.summary, longest),
        Placeholder::Severity => incident.severity.to_string(),
        Placeholder::Domain => line(policy.domain_name(&incident.domain), longest.min(80)),
        Placeholder::Channel => match &incident.channel {
            Some(channel) => mention::channel(channel),
            None => line(&format!("#{}", incident.channel_name), longest.min(90)),
        },
        Placeholder::Link => mention::link(&short_link(incident, policy), "open it"),
    })
}

/// The title of a bookmark: plain text in one line.
pub(crate) fn step_title(title: &Template, incident: &Incident, policy: &Policy) -> String {
    plain_line(&title.fill(|place| plain(place, incident, policy)), 150)
}

/// An address: what fills a place of it can lead nowhere else.
pub(crate) fn step_address(link: &Template, incident: &Incident, policy: &Policy) -> String {
    link.fill(|place| {
        encoded(&match place {
            Placeholder::Domain => incident.domain.0.clone(),
            Placeholder::Channel => match &incident.channel {
                Some(channel) => channel.id.clone(),
                None => incident.channel_name.clone(),
            },
            other => plain(other, incident, policy),
        })
    })
}

fn plain(place: Placeholder, incident: &Incident, policy: &Policy) -> String {
    match place {
        Placeholder::Number => incident.number.to_string(),
        Placeholder::Summary => incident.summary.clone(),
        Placeholder::Severity => incident.severity.to_string(),
        Placeholder::Domain => policy.domain_name(&incident.domain).to_owned(),
        Placeholder::Channel => format!("#{}", incident.channel_name),
        Placeholder::Link => short_link(incident, policy),
    }
}

fn short_link(incident: &Incident, policy: &Policy) -> String {
    format!("{}/i/{}", policy.public_url, incident.number)
}

/// Text as a part of an address (RFC 3986: all but the unreserved characters as `%XX`).
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fills_an_address_stays_in_its_place() {
        assert_eq!(encoded("INC-42"), "INC-42");
        assert_eq!(encoded("a/b?c#d e&f=<g>"), "a%2Fb%3Fc%23d%20e%26f%3D%3Cg%3E");
        assert_eq!(encoded("é"), "%C3%A9");
    }
}
