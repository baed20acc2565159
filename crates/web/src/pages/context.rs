//! What every page needs to speak to its reader: names, times and links.

use std::collections::BTreeMap;

use jiff::{Timestamp, Zoned};
use maud::{Markup, html};
use sima_incident::{
    Actor, Incident, PersonId, Policy, Who, figures::in_words, postmortem::zone_name,
};

const MINUTE_MS: i64 = 60_000;

/// The names of people by their id, as far as they are known.
pub type People = BTreeMap<PersonId, String>;

/// What every page needs beside its own subject.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// What is configured: names of domains, meanings of severities, the time zone.
    pub policy: &'a Policy,
    /// The names of those who may be mentioned; one who is missing is shown by id.
    pub people: &'a People,
    /// The moment the page shows.
    pub now: Timestamp,
    /// Where a channel of the chat opens once its id is appended, such as
    /// `https://slack.com/app_redirect?channel=`; nothing if that is not known.
    pub chat: Option<&'a str>,
}

impl Context<'_> {
    /// A person by name.
    pub(super) fn person(&self, person: &PersonId) -> Markup {
        html! { bdi { (self.name(person)) } }
    }

    /// A person's name, or the id of one whose name is not known.
    pub(super) fn name<'b>(&'b self, person: &'b PersonId) -> &'b str {
        self.people.get(person).map_or(person.0.as_str(), String::as_str)
    }

    /// Whoever did something.
    pub(super) fn actor(&self, actor: &Actor) -> Markup {
        match &actor.who {
            Who::Person(person) => self.person(person),
            Who::Monitor(name) | Who::Pager(name) => html! { bdi { (name) } },
            Who::Sima => html! { "SIMA" },
        }
    }

    /// A moment, as short as it stays clear: the time today, else with the day, else with the year.
    pub(super) fn when(&self, at: Timestamp) -> Markup {
        let (there, here) = (self.local(at), self.local(self.now));
        let short = if there.date() == here.date() {
            "%H:%M"
        } else if there.year() == here.year() {
            "%-d %b %H:%M"
        } else {
            "%-d %b %Y %H:%M"
        };
        let long = there.strftime("%A %-d %B %Y, %H:%M:%S %Z").to_string();
        html! { time datetime=(at) title=(long) { (there.strftime(short).to_string()) } }
    }

    /// A moment with its day, for what is read or printed later.
    pub(super) fn moment(&self, at: Timestamp) -> Markup {
        let words = self.local(at).strftime("%-d %b %Y %H:%M:%S").to_string();
        html! { time datetime=(at) { (words) } }
    }

    /// How long ago something was, kept ticking by the page's script: in whole minutes after the
    /// first, since seconds only make people restless.
    pub(super) fn since(&self, at: Timestamp) -> Markup {
        let age = self.age(at).max(0);
        let shown = if age < MINUTE_MS { age } else { age - age % MINUTE_MS };
        html! { time datetime=(at) data-clock="since" { (in_words(shown)) } }
    }

    /// When something is promised, and how late it is if it is late.
    pub(super) fn promised(&self, due: Timestamp) -> Markup {
        let late = self.age(due);
        html! {
            @if late > 0 {
                span.late { "promised for " (self.when(due)) ", " (in_words(late)) " late" }
            } @else {
                "by " (self.when(due)) " " span.together { "(in " (in_words(-late)) ")" }
            }
        }
    }

    /// The time zone's name, for the foot of the page.
    pub(super) fn zone(&self) -> String {
        zone_name(&self.policy.time_zone, self.now)
    }

    /// The incident's channel, as a link where the chat's address is known.
    pub(super) fn channel(&self, incident: &Incident) -> Option<Markup> {
        let channel = incident.channel.as_ref()?;
        let name = html! { "#" (channel.name) };
        Some(match self.chat {
            Some(chat) => link(&format!("{chat}{}", channel.id), &name),
            None => name,
        })
    }

    fn age(&self, at: Timestamp) -> i64 {
        self.now.as_millisecond() - at.as_millisecond()
    }

    fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.policy.time_zone.clone())
    }
}

/// A link out of the dashboard. What does not lead to a web page is shown and leads nowhere:
/// escaping alone would let `javascript:` through.
pub(super) fn link(url: &str, words: &Markup) -> Markup {
    let leads_to_a_page = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
    html! {
        @if leads_to_a_page {
            a href=(url) target="_blank" rel="noopener noreferrer" { (words) }
        } @else {
            (words)
        }
    }
}

/// What somebody wrote, with its own line breaks and direction.
pub(super) fn written(text: &str) -> Markup {
    html! { p.written dir="auto" { (text) } }
}
