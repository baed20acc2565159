//! Everything the sandbox knows: the workspace, the pager and the documents, as of now.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

pub use crate::channel::{Bookmark, Channel, Pin};
pub use crate::message::{Ephemeral, Message, Notice, Reaction};
pub use crate::notion::Notion;
pub use crate::pagerduty::Pager;
pub use crate::pagers::OtherPage;
pub use crate::person::{Group, Person};
pub use crate::view::View;

use crate::clock::Clock;
use crate::events::Event;
use crate::receiver::Told;
use crate::slack::limits::Meter;
use crate::slack::response_url::ResponseUrl;
use crate::slack::trigger::Trigger;
use crate::statuspage::PublicPage;
use crate::{cast, random};

/// The state of the sandbox. Read it through [`crate::Sandbox::read`] or [`crate::Sandbox::wait_for`].
#[derive(Debug)]
pub struct State {
    /// Grows by one with each change.
    pub version: u64,
    /// Members of the workspace, bots and former members included.
    pub people: Vec<Person>,
    /// User groups.
    pub groups: Vec<Group>,
    /// Channels and direct messages, with what was said in them.
    pub channels: Vec<Channel>,
    /// Messages that only one person sees, oldest first.
    pub ephemerals: Vec<Ephemeral>,
    /// What Slack itself tells a person (timeouts, plain answers).
    pub notices: Vec<Notice>,
    /// Open modals by person, the bottom of the stack first.
    pub modals: BTreeMap<String, Vec<View>>,
    /// App Home by person.
    pub homes: BTreeMap<String, View>,
    /// The stand-in for PagerDuty.
    pub pager: Pager,
    /// The pages that other pagers have, oldest first.
    pub other_pages: Vec<OtherPage>,
    /// The stand-in for Notion.
    pub notion: Notion,
    /// The stand-in for Statuspage.
    pub status_page: PublicPage,
    /// What another program was told by signed webhooks, oldest first.
    pub told: Vec<Told>,
    /// What the app got wrong in an answer to a delivery, oldest first.
    pub problems: Vec<String>,
    /// Deliveries of events that are under way or wait for another attempt.
    pub deliveries_pending: usize,
    /// Those of them that wait for another attempt.
    pub retries_waiting: usize,
    /// Scopes the bot token has.
    pub scopes: Vec<String>,
    pub(crate) clock: Clock,
    pub(crate) webhook_ids: Vec<String>,
    pub(crate) base_url: String,
    /// Addresses of sockets that are not used yet, if the app has Socket Mode switched on: then nothing goes
    /// to its URLs.
    pub(crate) socket_tickets: Option<Vec<String>>,
    pub(crate) token_revoked: bool,
    pub(crate) triggers: BTreeMap<String, Trigger>,
    pub(crate) response_urls: BTreeMap<String, ResponseUrl>,
    pub(crate) meter: Meter,
    pub(crate) outgoing: Vec<Event>,
    pub(crate) events_twice: bool,
    pub(crate) events_held: bool,
    pub(crate) events_in_hold: Vec<Event>,
    pub(crate) retry_divisor: u32,
    last_ts: i64,
}

impl State {
    pub(crate) fn new(clock: Clock, base_url: String) -> Self {
        let mut state = Self {
            version: 1,
            people: Vec::new(),
            groups: Vec::new(),
            channels: Vec::new(),
            ephemerals: Vec::new(),
            notices: Vec::new(),
            modals: BTreeMap::new(),
            homes: BTreeMap::new(),
            pager: Pager::new(),
            other_pages: Vec::new(),
            webhook_ids: Vec::new(),
            notion: Notion::new(),
            status_page: PublicPage::new(),
            told: Vec::new(),
            problems: Vec::new(),
            deliveries_pending: 0,
            retries_waiting: 0,
            scopes: cast::SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            clock,
            base_url,
            socket_tickets: None,
            token_revoked: false,
            triggers: BTreeMap::new(),
            response_urls: BTreeMap::new(),
            meter: Meter::default(),
            outgoing: Vec::new(),
            events_twice: false,
            events_held: false,
            events_in_hold: Vec::new(),
            retry_divisor: 1,
            last_ts: 0,
        };
        cast::enters(&mut state);
        state
    }

    /// The person with this id or name.
    pub fn person(&self, id_or_name: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id_or_name || person.name == id_or_name)
    }

    /// The channel with this id or name (without `#`); an archived one only when no other has the name.
    pub fn channel(&self, id_or_name: &str) -> Option<&Channel> {
        let name = id_or_name.trim_start_matches('#');
        self.channels
            .iter()
            .find(|channel| channel.id == id_or_name)
            .or_else(|| self.channels.iter().find(|channel| channel.name == name && !channel.is_im))
    }

    pub(crate) fn channel_mut(&mut self, id: &str) -> Option<&mut Channel> {
        self.channels.iter_mut().find(|channel| channel.id == id)
    }

    /// The messages of a channel, oldest first, thread replies included.
    pub fn messages(&self, channel: &str) -> &[Message] {
        self.channel(channel).map_or(&[], |channel| &channel.messages)
    }

    /// The messages pinned in a channel.
    pub fn pinned(&self, channel: &str) -> Vec<&Message> {
        let Some(channel) = self.channel(channel) else {
            return Vec::new();
        };
        channel.pins.iter().filter_map(|pin| channel.message(&pin.ts)).collect()
    }

    /// The private messages a person has been shown, oldest first.
    pub fn ephemerals_of(&self, person: &str) -> Vec<&Ephemeral> {
        let id = self.person(person).map_or(person, |person| person.id.as_str());
        self.ephemerals.iter().filter(|message| message.user == id).collect()
    }

    /// The modal a person has before them: the top of the stack.
    pub fn modal(&self, person: &str) -> Option<&View> {
        let id = self.person(person).map_or(person, |person| person.id.as_str());
        self.modals.get(id).and_then(|stack| stack.last())
    }

    /// A person's App Home, once it was published.
    pub fn home(&self, person: &str) -> Option<&View> {
        let id = self.person(person).map_or(person, |person| person.id.as_str());
        self.homes.get(id)
    }

    /// The modal or home with this id.
    pub fn view(&self, id: &str) -> Option<&View> {
        self.modals.values().flatten().chain(self.homes.values()).find(|view| view.id == id)
    }

    pub(crate) fn view_mut(&mut self, id: &str) -> Option<&mut View> {
        self.modals.values_mut().flatten().chain(self.homes.values_mut()).find(|view| view.id == id)
    }

    /// A new message id: the time, and later than every one given before.
    pub(crate) fn next_ts(&mut self) -> String {
        self.last_ts = self.clock.micros().max(self.last_ts + 1);
        ts_text(self.last_ts)
    }

    /// The direct message channel between the bot and a person, opened if need be.
    pub(crate) fn direct(&mut self, person: &str) -> String {
        let open = self
            .channels
            .iter()
            .find(|channel| channel.is_im && channel.members.iter().any(|member| member == person));
        if let Some(open) = open {
            return open.id.clone();
        }
        let mut channel =
            Channel::new(&random::id("D"), "", true, cast::BOT_USER, self.clock.seconds());
        channel.is_im = true;
        channel.members = vec![cast::BOT_USER.to_owned(), person.to_owned()];
        let id = channel.id.clone();
        self.channels.push(channel);
        id
    }

    /// Tells a person something in Slack's own voice.
    pub(crate) fn notify(&mut self, person: &str, kind: &str, text: &str) {
        self.notices.push(Notice {
            id: random::id("N"),
            user: person.to_owned(),
            kind: kind.to_owned(),
            text: text.to_owned(),
            at: self.clock.text(),
        });
    }

    /// Notes that the app answered a delivery in a way Slack would not take.
    pub(crate) fn problem(&mut self, what: String) {
        tracing::warn!(%what, "the app answered badly");
        self.problems.push(what);
    }

    pub(crate) fn emit(&mut self, event: Value) {
        let kind = event["type"].as_str().unwrap_or_default();
        if cast::SUBSCRIBED.contains(&kind) && !self.token_revoked {
            self.outgoing.push(Event::new(event, self.clock.seconds()));
        }
    }
}

/// A JSON object that a `Serialize` value becomes; used for what the page shows.
pub(crate) fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Writes microseconds as Slack writes a message id.
pub(crate) fn ts_text(micros: i64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}
