//! What happened in the workspace.
//!
//! Source: docs.slack.dev, "Events API" and the pages of the events, 2026-01.

use serde_json::Value;
use sima_incident::PersonId;

use super::{Unreadable, needed, some_text, text};

/// An event with its envelope. Delivered at least once, in no order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Its id, the same when it is delivered again.
    pub event_id: String,
    /// In which workspace.
    pub team: String,
    /// Our bot there, by which our own doings are told apart.
    pub bot_user: Option<PersonId>,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody, or our bot itself, came into a channel.
    MemberJoined {
        /// Who.
        person: PersonId,
        /// Which channel.
        channel: String,
        /// Who invited them, if they did not come by themselves.
        inviter: Option<PersonId>,
    },
    /// Somebody looks at their App Home.
    AppHomeOpened {
        /// Who.
        person: PersonId,
        /// Which tab: `home` or `messages`.
        tab: String,
    },
    /// Something else.
    Other {
        /// What Slack calls it.
        kind: String,
    },
}

/// Reads an envelope of `type: event_callback`.
pub(super) fn read(envelope: &Value) -> Result<Envelope, Unreadable> {
    let team = text(envelope, "/context_team_id").or_else(|| text(envelope, "/team_id"));
    let bot_user = envelope
        .get("authorizations")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find_map(|authorization| some_text(authorization, "/user_id"));
    Ok(Envelope {
        event_id: needed(envelope, "/event_id", "event", "event_id")?,
        team: team.unwrap_or_default(),
        bot_user: bot_user.map(PersonId),
        event: event(envelope)?,
    })
}

/// One kind of event that SIMA reads.
pub struct EventKind {
    /// What Slack calls it in the event itself.
    pub name: &'static str,
    /// What the app subscribes to for it, each with the scope that needs, if any.
    pub subscriptions: &'static [(&'static str, Option<&'static str>)],
    read: fn(&Value) -> Result<Event, Unreadable>,
}

/// Every kind of event that SIMA reads: the app's manifest grows from here. To read another, add it.
pub static EVENT_KINDS: &[EventKind] = &[
    EventKind {
        name: "member_joined_channel",
        subscriptions: &[("member_joined_channel", Some("channels:read"))],
        read: |envelope| {
            Ok(Event::MemberJoined {
                person: PersonId(needed(envelope, "/event/user", "event", "user")?),
                channel: needed(envelope, "/event/channel", "event", "channel")?,
                inviter: some_text(envelope, "/event/inviter").map(PersonId),
            })
        },
    },
    EventKind {
        name: "app_home_opened",
        subscriptions: &[("app_home_opened", None)],
        read: |envelope| {
            Ok(Event::AppHomeOpened {
                person: PersonId(needed(envelope, "/event/user", "event", "user")?),
                tab: text(envelope, "/event/tab").unwrap_or_default(),
            })
        },
    },
];

/// Reads the event itself.
fn event(envelope: &Value) -> Result<Event, Unreadable> {
    let kind = needed(envelope, "/event/type", "event", "type")?;
    match EVENT_KINDS.iter().find(|known| known.name == kind) {
        Some(known) => (known.read)(envelope),
        None => Ok(Event::Other { kind }),
    }
}
