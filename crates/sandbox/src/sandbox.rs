//! The handle to a running sandbox: where it is, what it holds, what goes wrong in it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::acts;
use crate::call::Call;
use crate::core::Core;
use crate::delivery::Answer;
use crate::fault::Faults;
use crate::state::State;
use crate::{cast, delivery, events, pagerduty, pagers};

/// A running sandbox. Clones are handles to the same one; it stops when [`Sandbox::stop`] is called.
#[derive(Clone, Debug)]
pub struct Sandbox {
    pub(crate) core: Arc<Core>,
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

    /// What `/v1/…` is put after.
    pub fn statuspage_base_url(&self) -> String {
        format!("{}/statuspage", self.url())
    }

    /// Where another program listens for signed webhooks.
    pub fn receiver_url(&self) -> String {
        format!("{}/receiver", self.url())
    }

    /// Slack bot token.
    pub fn bot_token(&self) -> &'static str {
        cast::BOT_TOKEN
    }

    /// App-level token of Socket Mode.
    pub fn app_token(&self) -> &'static str {
        cast::APP_TOKEN
    }

    /// Switches Socket Mode on: from then on everything goes over sockets the app opens, and nothing to
    /// its URLs.
    pub fn use_sockets(&self) {
        self.core.change(|state| state.socket_tickets = Some(Vec::new()));
    }

    /// How many sockets the app has open.
    pub fn sockets(&self) -> usize {
        self.core.sockets.count()
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

    /// Where another pager is: `webhook`, `grafana`, `goalert` or `jsm`.
    pub fn pager_url(&self, pager: &str) -> String {
        format!("{}/pagers/{pager}", self.url())
    }

    /// The token of the other pagers.
    pub fn pager_token(&self) -> &'static str {
        pagers::TOKEN
    }

    /// The key webhooks of the other pagers are signed with.
    pub fn pager_webhook_key(&self) -> &'static str {
        pagers::WEBHOOK_KEY
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

    /// Installs the app again: the token is good as before.
    pub fn install_again(&self) {
        self.core.change(|state| state.token_revoked = false);
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
