//! Every method of the Web API that the sandbox answers: body kinds, budget, scopes, arguments.

use super::arguments::Arguments;
use super::limits::Tier;
use super::methods::{
    Outcome, bookmarks, chat, conversations, history, identity, pins, reactions, usergroups, users,
    views,
};
use crate::state::State;

/// One method as the reference describes it.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) takes_json: bool,
    pub(crate) tier: Tier,
    /// Any one of these is enough; none means no scope is needed.
    pub(crate) scopes: &'static [&'static str],
    pub(crate) required: &'static [&'static str],
    pub(crate) run: fn(&mut State, &Arguments) -> Outcome,
}

/// The method with this name.
pub(crate) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

const JSON: bool = true;
const FORM: bool = false;
const MANAGE: &[&str] = &["channels:manage", "groups:write"];
const READ: &[&str] = &["channels:read", "groups:read", "im:read", "mpim:read"];
const HISTORY: &[&str] = &["channels:history", "groups:history", "im:history", "mpim:history"];
const WRITE: &[&str] = &["chat:write"];

#[rustfmt::skip]
const METHODS: &[Method] = &[
    method("auth.test", JSON, Tier::Special, &[], &[], identity::auth_test),
    method("team.info", JSON, Tier::Three, &["team:read"], &[], identity::team_info),
    method("bots.info", FORM, Tier::Three, &["users:read"], &[], identity::bots_info),
    method("apps.connections.open", JSON, Tier::Three, &[], &[], identity::connections_open),
    method("conversations.create", JSON, Tier::Two, MANAGE, &["name"], conversations::create),
    method("conversations.invite", JSON, Tier::Three, MANAGE, &["channel", "users"], conversations::invite),
    method("conversations.join", JSON, Tier::Three, &["channels:join"], &["channel"], conversations::join),
    method("conversations.leave", JSON, Tier::Three, MANAGE, &["channel"], conversations::leave),
    method("conversations.kick", JSON, Tier::Three, MANAGE, &["channel"], conversations::kick),
    method("conversations.setTopic", JSON, Tier::Two, MANAGE, &["channel", "topic"], conversations::set_topic),
    method("conversations.setPurpose", JSON, Tier::Two, MANAGE, &["channel", "purpose"], conversations::set_purpose),
    method("conversations.rename", JSON, Tier::Two, MANAGE, &["channel", "name"], conversations::rename),
    method("conversations.archive", JSON, Tier::Two, MANAGE, &["channel"], conversations::archive),
    method("conversations.unarchive", JSON, Tier::Two, MANAGE, &["channel"], conversations::unarchive),
    method("conversations.info", FORM, Tier::Three, READ, &["channel"], conversations::info),
    method("conversations.list", FORM, Tier::Two, READ, &[], conversations::list),
    method("conversations.members", FORM, Tier::Four, READ, &["channel"], conversations::members),
    method("conversations.history", JSON, Tier::Three, HISTORY, &["channel"], history::history),
    method("conversations.replies", FORM, Tier::Three, HISTORY, &["channel", "ts"], history::replies),
    method("conversations.open", JSON, Tier::Three, &["im:write", "mpim:write"], &[], conversations::open),
    method("users.conversations", FORM, Tier::Three, READ, &[], conversations::of_user),
    method("users.info", FORM, Tier::Four, &["users:read"], &["user"], users::info),
    method("users.list", FORM, Tier::Two, &["users:read"], &[], users::list),
    method("users.lookupByEmail", FORM, Tier::Three, &["users:read.email"], &["email"], users::lookup_by_email),
    method("usergroups.list", FORM, Tier::Two, &["usergroups:read"], &[], usergroups::list),
    method("usergroups.users.list", FORM, Tier::Two, &["usergroups:read"], &["usergroup"], usergroups::users),
    method("chat.postMessage", JSON, Tier::Special, WRITE, &["channel"], chat::post_message),
    method("chat.update", JSON, Tier::Three, WRITE, &["channel", "ts"], chat::update),
    method("chat.delete", JSON, Tier::Three, WRITE, &["channel", "ts"], chat::delete),
    method("chat.postEphemeral", JSON, Tier::Four, WRITE, &["channel", "user"], chat::post_ephemeral),
    method("chat.getPermalink", FORM, Tier::Special, &[], &["channel", "message_ts"], chat::get_permalink),
    method("pins.add", JSON, Tier::Two, &["pins:write"], &["channel"], pins::add),
    method("pins.remove", JSON, Tier::Two, &["pins:write"], &["channel"], pins::remove),
    method("pins.list", FORM, Tier::Two, &["pins:read"], &["channel"], pins::list),
    method("bookmarks.add", JSON, Tier::Two, &["bookmarks:write"], &["channel_id", "title", "type"], bookmarks::add),
    method("bookmarks.edit", JSON, Tier::Two, &["bookmarks:write"], &["channel_id", "bookmark_id"], bookmarks::edit),
    method("bookmarks.list", JSON, Tier::Three, &["bookmarks:read"], &["channel_id"], bookmarks::list),
    method("bookmarks.remove", JSON, Tier::Two, &["bookmarks:write"], &["channel_id", "bookmark_id"], bookmarks::remove),
    method("reactions.add", JSON, Tier::Three, &["reactions:write"], &["channel", "name", "timestamp"], reactions::add),
    method("reactions.remove", JSON, Tier::Two, &["reactions:write"], &["name"], reactions::remove),
    method("reactions.get", FORM, Tier::Three, &["reactions:read"], &[], reactions::get),
    method("views.open", JSON, Tier::Four, &[], &["view"], views::open),
    method("views.push", JSON, Tier::Four, &[], &["view"], views::push),
    method("views.update", JSON, Tier::Four, &[], &["view"], views::update),
    method("views.publish", JSON, Tier::Four, &[], &["user_id", "view"], views::publish),
];

const fn method(
    name: &'static str,
    takes_json: bool,
    tier: Tier,
    scopes: &'static [&'static str],
    required: &'static [&'static str],
    run: fn(&mut State, &Arguments) -> Outcome,
) -> Method {
    Method { name, takes_json, tier, scopes, required, run }
}
