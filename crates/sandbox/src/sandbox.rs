//! The handle to a running sandbox: where it is, what it holds, what people do in it, what goes wrong.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::acts::{self, Source};
use crate::call::Call;
use crate::core::Core;
use crate::delivery::Answer;
use crate::fault::Faults;
use crate::state::State;
use crate::{cast, delivery, events, pagerduty};

/// A running sandbox. Clones are handles to the same one; it stops when [`Sandbox::stop`] is called.
#[derive(Clone, Debug)]
pub struct Sandbox {
    core: Arc<Core>,
}

/// What was waited for did not come in time.
#[derive(Debug)]
pub struct TooLate {
    /// What was the case at the end of the wait, for the report.
    pub recent_calls: Vec<String>,
}

impl std::fmt::Display for TooLate {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "it did not happen in time; the last calls were {:?}", self.recent_calls)
    }
}

impl std::error::Error for TooLate {}

/// Where it is, and what the app must be given.
impl Sandbox {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.core.address
    }

    /// Base URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.core.address)
    }

    /// What the Web API's method name is put after.
    pub fn slack_base_url(&self) -> String {
        format!("{}/slack/api/", self.url())
    }

    /// What `/v2/enqueue` is put after.
    pub fn pagerduty_events_url(&self) -> String {
        format!("{}/pagerduty-events", self.url())
    }

    /// What `/incidents` is put after.
    pub fn pagerduty_api_url(&self) -> String {
        format!("{}/pagerduty", self.url())
    }

    /// What `/v1/…` is put after.
    pub fn notion_base_url(&self) -> String {
        format!("{}/notion", self.url())
    }

    /// Slack bot token.
    pub fn bot_token(&self) -> &'static str {
        cast::BOT_TOKEN
    }

    /// Secret that deliveries are signed with.
    pub fn signing_secret(&self) -> &'static str {
        cast::SIGNING_SECRET
    }

    /// Events key of PagerDuty's default service.
    pub fn routing_key(&self) -> &'static str {
        cast::ROUTING_KEY
    }

    /// Events key of the PagerDuty service with this name, which is added if there is none.
    pub fn routing_key_of(&self, service: &str) -> String {
        self.core.change(|state| state.pager.key_of(service))
    }

    /// Key of PagerDuty's REST API.
    pub fn pagerduty_token(&self) -> &'static str {
        cast::PAGERDUTY_TOKEN
    }

    /// Secret that PagerDuty's webhooks are signed with.
    pub fn pagerduty_webhook_secret(&self) -> &'static str {
        pagerduty::WEBHOOK_SECRET
    }

    /// Notion connection secret.
    pub fn notion_token(&self) -> &'static str {
        cast::NOTION_TOKEN
    }

    /// Id of Notion's database for post-mortems.
    pub fn notion_database_id(&self) -> &'static str {
        cast::NOTION_DATABASE
    }

    /// Names the app to deliver to, once it listens.
    pub fn set_app_url(&self, url: impl Into<String>) {
        *self.core.app_url.write().expect("app url") = Some(url.into());
    }

    /// Asks the app for the challenge, as Slack does when a request URL is saved.
    pub async fn verify_url(&self) -> bool {
        events::verify_url(&self.core).await
    }

    /// Sends the certificate check, unsigned as it is; answers the app's status.
    pub async fn check_ssl(&self) -> Option<u16> {
        events::check_ssl(&self.core).await
    }

    /// Delivers any body to the app's events URL, signed: for what the sandbox does not bring about itself,
    /// such as `app_rate_limited` or an event of tomorrow.
    pub async fn deliver(&self, body: &Value) -> Answer {
        let json = "application/json";
        match delivery::send(&self.core, "/slack/events", json, body.to_string(), &[]).await {
            Ok(delivered) => {
                Answer { status: Some(delivered.status), body: delivered.body, trouble: None }
            }
            Err(failure) => Answer {
                status: failure.status,
                body: String::new(),
                trouble: Some(failure.reason.to_owned()),
            },
        }
    }

    /// Stops serving and delivering.
    pub fn stop(&self) {
        self.core.stopped.cancel();
    }
}

/// What it holds, and waiting for that to change.
impl Sandbox {
    /// The id of a person, by name (`ines`) or id.
    ///
    /// # Panics
    /// When there is nobody of that name: a mistake in the test.
    pub fn person(&self, name: &str) -> String {
        self.read(|state| acts::person(state, name)).expect("a person of the cast")
    }

    /// The id of a channel, by name or id.
    ///
    /// # Panics
    /// When there is no such channel: a mistake in the test.
    pub fn channel(&self, name: &str) -> String {
        self.read(|state| state.channel(name).map(|channel| channel.id.clone()))
            .expect("a channel of that name")
    }

    /// Looks at the state. Keep it short: the vendors wait meanwhile.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        self.core.read(look)
    }

    /// Waits until `look` finds what it looks for, and answers that.
    ///
    /// # Errors
    /// [`TooLate`] when it did not within the time.
    pub async fn wait_for<T>(
        &self,
        within: Duration,
        look: impl Fn(&State) -> Option<T>,
    ) -> Result<T, TooLate> {
        let mut version = self.core.version.subscribe();
        let search = async {
            loop {
                version.mark_unchanged();
                if let Some(found) = self.core.read(&look) {
                    return found;
                }
                if version.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(within, search).await.map_err(|_| self.too_late())
    }

    /// Waits until the record of calls satisfies `look`.
    ///
    /// # Errors
    /// [`TooLate`] when it did not within the time.
    pub async fn wait_for_calls<T>(
        &self,
        within: Duration,
        look: impl Fn(&[Call]) -> Option<T>,
    ) -> Result<T, TooLate> {
        self.wait_for(within, |_| look(&self.core.calls())).await
    }

    /// Waits until every event has been delivered or given up.
    ///
    /// # Errors
    /// [`TooLate`] when some were still under way at the end of the time.
    pub async fn events_settle(&self, within: Duration) -> Result<(), TooLate> {
        self.wait_for(within, |state| (state.deliveries_pending == 0).then_some(())).await
    }

    fn too_late(&self) -> TooLate {
        let calls = self.core.calls();
        let recent = calls.iter().rev().take(12).rev();
        TooLate {
            recent_calls: recent.map(|call| format!("{} {}", call.method, call.outcome)).collect(),
        }
    }

    /// Every vendor call so far, in order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.core.calls()
    }

    /// What the app got wrong in answers to deliveries; a story should end with none.
    pub fn problems(&self) -> Vec<String> {
        self.read(|state| state.problems.clone())
    }

    /// Control over what goes wrong.
    pub fn faults(&self) -> Faults {
        Faults { core: self.core.clone() }
    }

    /// Moves the sandbox's clock forward.
    pub fn advance(&self, by: Duration) {
        self.core.clock.advance(by);
    }

    /// The sandbox's time in microseconds since 1970.
    pub fn now_micros(&self) -> i64 {
        self.core.clock.micros()
    }

    /// Takes a scope from the bot token.
    pub fn revoke_scope(&self, scope: &str) {
        self.core.change(|state| state.scopes.retain(|have| have != scope));
    }

    /// Gives a scope to the bot token.
    pub fn grant_scope(&self, scope: &str) {
        self.core.change(|state| state.scopes.push(scope.to_owned()));
    }

    /// Uninstalls the app: the token is dead, and the app is told while it can be.
    pub fn uninstall(&self) {
        self.core.change(|state| {
            let ts = state.next_ts();
            state.emit(serde_json::json!({
                "type": "tokens_revoked", "tokens": {"oauth": [], "bot": [cast::BOT_USER]},
                "event_ts": ts,
            }));
            state.emit(serde_json::json!({"type": "app_uninstalled", "event_ts": ts}));
            state.token_revoked = true;
        });
    }

    /// A new colleague joins the workspace; answers their id.
    pub fn hire(&self, name: &str, real_name: &str) -> String {
        self.core.change(|state| {
            let id = crate::random::id("U");
            let person = crate::person::Person::new(&id, name, real_name, "New here");
            let ts = state.next_ts();
            state.emit(serde_json::json!({
                "type": "team_join", "user": person.describe(true), "event_ts": ts,
            }));
            state.people.push(person);
            id
        })
    }

    /// A person's account is deactivated.
    pub fn deactivate(&self, person: &str) {
        self.core.change(|state| {
            let ts = state.next_ts();
            let Some(found) =
                state.people.iter_mut().find(|other| other.id == person || other.name == person)
            else {
                return;
            };
            found.deleted = true;
            let user = found.describe(true);
            state.emit(serde_json::json!({"type": "user_change", "user": user, "event_ts": ts}));
        });
    }
}

/// What people do. Persons and channels are given by name or id.
impl Sandbox {
    /// Types a command (`/incident`) with its text into a channel.
    pub async fn slash(&self, person: &str, channel: &str, command: &str, text: &str) -> Answer {
        acts::slash(&self.core, person, channel, command, text).await
    }

    /// Acts on an element: clicks a button (`given` is null) or chooses a value (in short, or as Slack writes it).
    pub async fn act(
        &self,
        person: &str,
        source: &Source,
        action_id: &str,
        given: &Value,
    ) -> Answer {
        acts::act(&self.core, person, source, None, action_id, given, &Value::Null).await
    }

    /// Clicks a button of a message in a channel.
    pub async fn click(&self, person: &str, channel: &str, ts: &str, action_id: &str) -> Answer {
        let source = Source::Message { channel: channel.to_owned(), ts: ts.to_owned() };
        self.act(person, &source, action_id, &Value::Null).await
    }

    /// Clicks a button of a message that only this person sees.
    pub async fn click_ephemeral(&self, person: &str, id: &str, action_id: &str) -> Answer {
        let source = Source::Ephemeral { id: id.to_owned() };
        self.act(person, &source, action_id, &Value::Null).await
    }

    /// Clicks a button of the modal that is open.
    pub async fn click_modal(&self, person: &str, action_id: &str) -> Answer {
        let source = Source::View { id: String::new() };
        self.act(person, &source, action_id, &Value::Null).await
    }

    /// Clicks a button of App Home.
    pub async fn click_home(&self, person: &str, action_id: &str) -> Answer {
        self.act(person, &Source::Home, action_id, &Value::Null).await
    }

    /// Fills in the open modal (the top one when `view_id` is empty) and submits it.
    ///
    /// `values` is `{block_id: value}` in short, or `{block_id: {action_id: value}}`.
    pub async fn submit(&self, person: &str, view_id: &str, values: &Value) -> Answer {
        acts::submit(&self.core, person, view_id, values).await
    }

    /// Closes the top modal, or the whole stack.
    pub async fn close_modal(&self, person: &str, whole_stack: bool) -> Answer {
        acts::close(&self.core, person, "", whole_stack).await
    }

    /// Types into a select whose options the app suggests.
    ///
    /// # Errors
    /// Why the person sees *No result*.
    pub async fn suggest(
        &self,
        person: &str,
        source: &Source,
        action_id: &str,
        typed: &str,
    ) -> Result<Value, String> {
        acts::suggest(&self.core, person, source, None, action_id, typed).await
    }

    /// Picks a global shortcut.
    pub async fn shortcut(&self, person: &str, callback_id: &str) -> Answer {
        acts::shortcut(&self.core, person, callback_id).await
    }

    /// Picks a shortcut from a message's menu.
    pub async fn message_shortcut(
        &self,
        person: &str,
        callback_id: &str,
        channel: &str,
        ts: &str,
    ) -> Answer {
        acts::message_shortcut(&self.core, person, callback_id, channel, ts).await
    }

    /// Opens App Home.
    ///
    /// # Errors
    /// When there is nobody of that name.
    pub fn open_home(&self, person: &str) -> Result<(), String> {
        acts::open_home(&self.core, person)
    }

    /// Says something in a channel; answers the message's id.
    ///
    /// # Errors
    /// What the client would say: archived, not a member.
    pub fn say(&self, person: &str, channel: &str, text: &str) -> Result<String, String> {
        acts::say(&self.core, person, channel, text, None)
    }

    /// Says something in a thread; answers the message's id.
    ///
    /// # Errors
    /// What the client would say: archived, not a member, no such message.
    pub fn reply(
        &self,
        person: &str,
        channel: &str,
        ts: &str,
        text: &str,
    ) -> Result<String, String> {
        acts::say(&self.core, person, channel, text, Some(ts))
    }

    /// Edits one's own message.
    ///
    /// # Errors
    /// When it is not one's own.
    pub fn edit(&self, person: &str, channel: &str, ts: &str, text: &str) -> Result<(), String> {
        acts::edit(&self.core, person, channel, ts, text)
    }

    /// Deletes one's own message.
    ///
    /// # Errors
    /// When it is not one's own.
    pub fn delete(&self, person: &str, channel: &str, ts: &str) -> Result<(), String> {
        acts::erase(&self.core, person, channel, ts)
    }

    /// Joins a public channel.
    ///
    /// # Errors
    /// When it cannot be seen or is archived.
    pub fn join(&self, person: &str, channel: &str) -> Result<(), String> {
        acts::join(&self.core, person, channel)
    }

    /// Leaves a channel.
    ///
    /// # Errors
    /// When one is not in it.
    pub fn leave(&self, person: &str, channel: &str) -> Result<(), String> {
        acts::leave(&self.core, person, channel)
    }

    /// Pins a message.
    ///
    /// # Errors
    /// When it is gone or pinned already.
    pub fn pin(&self, person: &str, channel: &str, ts: &str) -> Result<(), String> {
        acts::pin(&self.core, person, channel, ts)
    }

    /// Takes a pin away.
    ///
    /// # Errors
    /// When one is not in the channel.
    pub fn unpin(&self, person: &str, channel: &str, ts: &str) -> Result<(), String> {
        acts::unpin(&self.core, person, channel, ts)
    }

    /// Reacts to a message.
    ///
    /// # Errors
    /// When it is gone or one is not in the channel.
    pub fn react(&self, person: &str, channel: &str, ts: &str, name: &str) -> Result<(), String> {
        acts::react(&self.core, person, channel, ts, name)
    }

    /// Takes a reaction away.
    ///
    /// # Errors
    /// When one is not in the channel.
    pub fn unreact(&self, person: &str, channel: &str, ts: &str, name: &str) -> Result<(), String> {
        acts::unreact(&self.core, person, channel, ts, name)
    }

    /// Archives a channel.
    ///
    /// # Errors
    /// When one is not in it.
    pub fn archive(&self, person: &str, channel: &str) -> Result<(), String> {
        acts::archive(&self.core, person, channel)
    }

    /// Brings an archived channel back; the app stays outside.
    ///
    /// # Errors
    /// When it cannot be seen.
    pub fn unarchive(&self, person: &str, channel: &str) -> Result<(), String> {
        acts::unarchive(&self.core, person, channel)
    }

    /// Renames a channel.
    ///
    /// # Errors
    /// When the name is taken or one is not in the channel.
    pub fn rename(&self, person: &str, channel: &str, name: &str) -> Result<(), String> {
        acts::rename(&self.core, person, channel, name)
    }

    /// Malik acknowledges a page in PagerDuty; the app's webhook is told.
    ///
    /// # Errors
    /// When there is no such open page.
    pub fn acknowledge_page(&self, incident: &str) -> Result<(), String> {
        pagerduty::tell(&self.core, incident, "acknowledge")
    }

    /// Malik resolves a page in PagerDuty; the app's webhook is told.
    ///
    /// # Errors
    /// When there is no such open page.
    pub fn resolve_page(&self, incident: &str) -> Result<(), String> {
        pagerduty::tell(&self.core, incident, "resolve")
    }
}
