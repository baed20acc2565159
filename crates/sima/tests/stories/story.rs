//! The stage of a story: SIMA over a workspace of its own, with a clock that can be moved.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sima::{
    commands::sandbox_configuration,
    config::Config,
    outside::World,
    serve::{self, Running, system_clock},
};
use sima_desk::Clock;
use sima_incident::PersonId;
use sima_sandbox::{Call, Ephemeral, Message, Options, PagerIncident, Sandbox, Source, State};
use sima_store::{OutboxRow, OutboxState, OutboxView};
use sima_web::Outside;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::seen::{button, buttons, privately_readable, readable, says, words};

/// How long a story waits for something to become true before it has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How often what another process may have done is looked at.
const GLANCE: Duration = Duration::from_millis(200);

/// The channel the company is told in.
pub const COMPANY: &str = "production-issues-bot";

/// So many minutes.
pub const fn mins(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

/// One story.
pub struct Story {
    pub sandbox: Sandbox,
    sima: Option<Running>,
    clock: Clock,
    config: Config,
    outside: Arc<dyn Outside>,
    _folder: TempDir,
}

/// How it begins, goes on and ends.
impl Story {
    /// SIMA runs over a fresh workspace.
    pub async fn begins() -> Self {
        Self::begins_with(|_| {}).await
    }

    /// SIMA runs with a configuration that differs from the sandbox's own.
    pub async fn begins_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::begins_with_sandbox(|config, _| change(config)).await
    }

    /// The same, with what the workspace and the vendors have in it.
    pub async fn begins_with_sandbox(change: impl FnOnce(&mut Config, &Sandbox)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let world = World::new(reqwest::Client::builder()).expect("a client");
        Self::begins_in(Arc::new(world), change).await
    }

    /// SIMA runs in a world where others answer for AWS and Microsoft.
    pub async fn begins_in(
        outside: Arc<dyn Outside>,
        change: impl FnOnce(&mut Config, &Sandbox),
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a folder");
        let sandbox = sima_sandbox::start(Options {
            listen: ([127, 0, 0, 1], 0).into(),
            app_url: None,
            dashboard_url: None,
            latency: Duration::ZERO,
        })
        .await
        .expect("the sandbox listens");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let database = format!("sqlite:{}", folder.path().join("story.db").display());
        let mut config = sandbox_configuration(&sandbox, &format!("http://{address}"), &database);
        config.http.listen = address;
        // Most stories move the clock about something else.
        config.pagerduty.repage_after = SignedDuration::ZERO;
        change(&mut config, &sandbox);
        sandbox.set_app_url(format!("http://{address}"));
        let clock = system_clock();
        let started = serve::start_in(listener, &config, clock.clone(), outside.clone()).await;
        let sima = Some(started.expect("SIMA starts"));
        let story = Self { sandbox, sima, clock, config, outside, _folder: folder };
        story.knows_the_workspace().await;
        story
    }

    /// What SIMA asks Slack at its start is answered, so that faults set later meet the story only.
    async fn knows_the_workspace(&self) {
        let asked = self.sandbox.wait_for_calls(PATIENCE, |calls| {
            let listed = calls.iter().find(|call| call.method == "users.list")?;
            listed.answered_at.map(drop)
        });
        asked.await.expect("SIMA reads who there is");
    }

    /// Waits until SIMA has kept somebody's name.
    pub async fn knows(&self, person: &str) {
        let id = PersonId(self.sandbox.person(person));
        let known = async {
            while self.sima().desk().store().person(&id).await.expect("a database").is_none() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, known).await.expect("their name is kept");
    }

    /// SIMA, as seen from inside.
    pub fn sima(&self) -> &Running {
        self.sima.as_ref().expect("SIMA runs")
    }

    /// SIMA stops in an orderly way and starts again over the same database.
    pub async fn restarts(&mut self) {
        self.sima.take().expect("SIMA runs").stop().await;
        let listener = TcpListener::bind(self.config.http.listen).await.expect("the same port");
        let (clock, outside) = (self.clock.clone(), self.outside.clone());
        let started = serve::start_in(listener, &self.config, clock, outside).await;
        self.sima = Some(started.expect("SIMA starts again"));
    }

    /// SIMA stops and starts again with another configuration.
    pub async fn restarts_with(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
        self.restarts().await;
    }

    /// What SIMA is configured with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where SIMA is reached, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.config.http.listen)
    }

    /// What SIMA's clock says.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The time so many minutes before that, in whole seconds.
    pub fn ago(&self, minutes: i64) -> Timestamp {
        let at = self.now() - SignedDuration::from_mins(minutes);
        Timestamp::from_second(at.as_second()).expect("a time")
    }

    /// The token of alert sources.
    pub fn alerts_token(&self) -> String {
        self.config.alerts.token.expose_secret().to_owned()
    }

    /// Time passes for everybody, once nothing is under way: no attempt takes longer than a lease.
    pub async fn time_passes(&self, by: Duration) {
        let store = self.sima().desk().store();
        let mut changes = store.changes();
        let still = async {
            loop {
                changes.mark_unchanged();
                let rows = self.outbox(OutboxView::Unsettled).await;
                let leased = rows.iter().any(|row| row.state == OutboxState::Leased);
                let soon = self.clock.now() + SignedDuration::from_millis(50);
                // What waits for a vendor to grant another call waits for time to pass.
                let due = store.next_due_within(&self.sima().bounds()).await;
                let due = due.expect("the outbox can be read");
                let shown = store.next_proposal_due().await.expect("proposals can be read");
                let waits = self.an_alert_waits().await;
                if !leased && !waits && due.into_iter().chain(shown).all(|due| due > soon) {
                    return;
                }
                changes.changed().await.expect("SIMA records");
            }
        };
        tokio::time::timeout(PATIENCE, still).await.expect("nothing is under way");
        self.sandbox.advance(by);
        self.clock.advance(SignedDuration::try_from(by).expect("a short time"));
    }

    /// The story is over: SIMA answered everything as Slack wants, said nothing twice, and gave
    /// nothing up.
    pub async fn ends(self) {
        self.ends_having_given_up(&[]).await;
    }

    /// The story is over, and only these kinds of effects were given up.
    pub async fn ends_having_given_up(mut self, kinds: &[&str]) {
        self.is_quiet().await;
        assert_eq!(self.sandbox.problems(), Vec::<String>::new());
        let given_up: Vec<String> =
            self.outbox(OutboxView::GivenUp).await.into_iter().map(|row| row.kind).collect();
        assert_eq!(given_up, kinds);
        self.nothing_was_said_twice();
        self.sima.take().expect("SIMA runs").stop().await;
        self.sandbox.stop();
    }

    /// No two messages of SIMA's carry the key of one effect.
    fn nothing_was_said_twice(&self) {
        self.sandbox.read(|state| {
            let mut seen: BTreeMap<String, &str> = BTreeMap::new();
            for message in state.channels.iter().flat_map(|channel| &channel.messages) {
                let Some(metadata) = &message.metadata else { continue };
                if let Some(first) = seen.insert(metadata.to_string(), &message.text) {
                    panic!("it was said twice: {first:?} and {:?}", message.text);
                }
            }
        });
    }
}

/// What people do.
impl Story {
    /// Somebody types after the slash command; what SIMA answers privately.
    pub async fn types(&self, person: &str, channel: &str, text: &str) -> String {
        let answer = self.sandbox.slash(person, channel, "/incident", text).await;
        assert!(answer.is_fine(), "{text:?} was answered with {answer:?}");
        if answer.body.is_empty() { String::new() } else { readable(&answer.json()) }
    }

    /// Somebody opens an incident by the form; its channel's name once it exists.
    pub async fn opens(&self, person: &str, values: Value) -> String {
        let before = self.incident_channels();
        self.types(person, "general", "open").await;
        self.submits(person, values).await;
        self.until("the incident channel is there", |state| {
            incident_channels(state).into_iter().find(|name| !before.contains(name))
        })
        .await
    }

    /// Somebody opens an incident of which only the summary is given, and everything is done.
    pub async fn opens_simply(&self, person: &str, summary: &str) -> String {
        let channel = self.opens(person, json!({ "summary": summary })).await;
        self.is_quiet().await;
        channel
    }

    /// Somebody fills in the form before them, and it is taken.
    pub async fn submits(&self, person: &str, values: Value) {
        self.form_is_shown(person).await;
        let answer = self.sandbox.submit(person, "", &values).await;
        assert!(answer.is_fine() && answer.body.is_empty(), "{answer:?}");
    }

    /// Somebody joins a channel and is greeted; the greeting.
    pub async fn joins(&self, person: &str, channel: &str) -> Ephemeral {
        let before = self.private_words(person).len();
        self.sandbox.join(person, channel).expect("a channel one can join");
        self.hears(person, before).await
    }

    /// Somebody presses the button of a message on which these words stand.
    pub async fn presses(&self, person: &str, channel: &str, message: &Message, label: &str) {
        let source = Source::Message { channel: channel.to_owned(), ts: message.ts.clone() };
        self.presses_in(person, &source, &message.blocks, label).await;
    }

    /// Somebody presses a button of a message that only they see.
    pub async fn presses_privately(&self, person: &str, message: &Ephemeral, label: &str) {
        let source = Source::Ephemeral { id: message.id.clone() };
        self.presses_in(person, &source, &message.blocks, label).await;
    }

    async fn presses_in(&self, person: &str, source: &Source, blocks: &[Value], label: &str) {
        let found = button(blocks, label);
        let pressed = found.unwrap_or_else(|| panic!("no {label:?} in {:?}", buttons(blocks)));
        let action_id = pressed["action_id"].as_str().expect("an action id");
        let answer = self.sandbox.act(person, source, action_id, &pressed["value"]).await;
        assert!(answer.is_fine(), "{label:?} was answered with {answer:?}");
    }
}

/// What people see.
impl Story {
    /// Waits until a form is shown to somebody; its JSON.
    pub async fn form_is_shown(&self, person: &str) -> Value {
        let person = self.sandbox.person(person);
        self.until("a form is shown", |state| state.modal(&person).map(|view| view.body.clone()))
            .await
    }

    /// Waits until the brief is posted and pinned; it as it is then.
    pub async fn brief_is_pinned(&self, channel: &str) -> Message {
        self.until("the brief is pinned", |state| brief(state, channel).cloned()).await
    }

    /// Waits until the brief reads as expected; it as it is then.
    pub async fn brief_reads(&self, channel: &str, expected: &str) -> Message {
        self.until(&format!("the brief reads {expected:?}"), |state| {
            brief(state, channel).filter(|brief| says(brief, expected)).cloned()
        })
        .await
    }

    /// Waits until a message of SIMA's in a channel reads as expected.
    pub async fn reads(&self, channel: &str, expected: &str) -> Message {
        let what = format!("{expected:?} is read in {channel}");
        self.until(&what, |state| {
            let channel = state.channel(channel)?;
            channel.messages.iter().find(|message| says(message, expected)).cloned()
        })
        .await
    }

    /// Waits until a reply under the broadcast reads as expected.
    pub async fn followers_read(&self, expected: &str) -> Message {
        let broadcast = self.broadcast().await;
        self.until(&format!("{expected:?} is read under the broadcast"), |state| {
            let company = state.channel(COMPANY)?;
            company.replies(&broadcast.ts).find(|reply| says(reply, expected)).cloned()
        })
        .await
    }

    /// Waits until the one broadcast is there; it as it is then.
    pub async fn broadcast(&self) -> Message {
        let broadcasts = self.until("the broadcast is there", |state| {
            let told = broadcasts(state);
            (!told.is_empty()).then_some(told)
        });
        let mut broadcasts = broadcasts.await;
        assert_eq!(broadcasts.len(), 1, "{broadcasts:?}");
        broadcasts.remove(0)
    }

    /// Waits until the one broadcast reads as expected; it as it is then.
    pub async fn broadcast_reads(&self, expected: &str) -> Message {
        self.until(&format!("the broadcast reads {expected:?}"), |state| {
            broadcasts(state).into_iter().find(|message| says(message, expected))
        })
        .await;
        self.broadcast().await
    }

    /// Waits until somebody, and nobody else, sees words in a channel.
    pub async fn sees_privately(&self, person: &str, channel: &str, expected: &str) -> Ephemeral {
        let id = self.sandbox.person(person);
        let what = format!("{person} privately sees {expected:?} in {channel}");
        self.until(&what, |state| {
            let channel = state.channel(channel)?.id.clone();
            let mut told = state.ephemerals.iter().rev();
            told.find(|one| {
                one.user == id
                    && one.channel == channel
                    && privately_readable(one).contains(expected)
            })
            .cloned()
        })
        .await
    }

    /// What one person has been told so far, and nobody else.
    pub fn private_words(&self, person: &str) -> Vec<Ephemeral> {
        let id = self.sandbox.person(person);
        self.sandbox.read(|state| state.ephemerals_of(&id).into_iter().cloned().collect())
    }

    /// The last that one person was told, and nobody else.
    pub fn last_private_words(&self, person: &str) -> Ephemeral {
        self.private_words(person).pop().expect("they were told something")
    }

    /// Waits until one person was told more than so many things; the newest.
    pub async fn hears(&self, person: &str, before: usize) -> Ephemeral {
        let id = self.sandbox.person(person);
        self.until(&format!("{person} is told something"), |state| {
            let told = state.ephemerals_of(&id);
            (told.len() > before).then(|| told.last().map(|one| (*one).clone())).flatten()
        })
        .await
    }

    /// Waits until the pager has so many pages; them.
    pub async fn pages(&self, count: usize) -> Vec<PagerIncident> {
        self.until("the pager has what it should", |state| {
            let pages = &state.pager.incidents;
            (pages.len() == count).then(|| pages.clone())
        })
        .await
    }

    /// Waits until the one page is `triggered`, `acknowledged` or `resolved`.
    pub async fn page_is(&self, status: &str) -> PagerIncident {
        self.until(&format!("the page is {status}"), |state| {
            state.pager.incidents.first().filter(|page| page.status == status).cloned()
        })
        .await
    }

    /// The names of the incident channels there are.
    pub fn incident_channels(&self) -> Vec<String> {
        self.sandbox.read(incident_channels)
    }

    /// The calls of one method so far.
    pub fn calls_of(&self, method: &str) -> Vec<Call> {
        self.sandbox.calls().into_iter().filter(|call| call.method == method).collect()
    }

    /// How often the pager was asked to do this: `trigger`, `acknowledge`, `resolve`.
    pub fn times_asked_of_the_pager(&self, action: &str) -> usize {
        let calls = self.calls_of("enqueue");
        calls.iter().filter(|call| call.args["event_action"] == action).count()
    }
}

/// Waiting.
impl Story {
    /// Waits until something can be seen.
    pub async fn until<T>(&self, what: &str, look: impl Fn(&State) -> Option<T>) -> T {
        match self.sandbox.wait_for(PATIENCE, look).await {
            Ok(seen) => seen,
            Err(late) => {
                panic!("it did not come true that {what}\n{late}\n{}", self.what_is_seen())
            }
        }
    }

    /// Waits until everything that was to be done is done: no event is under way, and the outbox
    /// holds nothing but windows that are still open and pages that are watched.
    pub async fn is_quiet(&self) {
        self.is_quiet_but_for(&["end_stability_window", "watch_page", "watch_promise"]).await;
    }

    /// Waits until nothing is left to be done but effects of these kinds.
    pub async fn is_quiet_but_for(&self, kinds: &[&str]) {
        let mut changes = self.sima().desk().store().changes();
        let quiet = async {
            loop {
                changes.mark_unchanged();
                self.sandbox.events_settle(PATIENCE).await.expect("all events are delivered");
                let before = self.sandbox.read(|state| state.version);
                let waits = self.an_alert_waits().await || self.a_proposal_is_due().await;
                let rows = self.outbox(OutboxView::Unsettled).await;
                let busy = waits || rows.iter().any(|row| !kinds.contains(&row.kind.as_str()));
                let moved = self.sandbox.read(|state| state.version) != before;
                if !busy && !moved {
                    return;
                }
                if busy {
                    changes.changed().await.expect("SIMA records");
                }
            }
        };
        if tokio::time::timeout(PATIENCE, quiet).await.is_err() {
            let rows = self.outbox(OutboxView::Unsettled).await;
            panic!("it did not become quiet: {rows:#?}\n{}", self.what_is_seen());
        }
    }

    /// Time passes until everything that waits for another try has had it.
    pub async fn everything_is_tried_again(&self) {
        let waits = ["end_stability_window", "watch_page", "watch_promise"];
        for _ in 0..12 {
            let waiting = self.outbox(OutboxView::Unsettled).await;
            if waiting.iter().all(|row| waits.contains(&row.kind.as_str())) {
                break;
            }
            self.time_passes(Duration::from_secs(40)).await;
        }
        self.is_quiet().await;
    }

    /// Waits until the first incident channel is there; its name.
    pub async fn channel_of_the_first(&self) -> String {
        self.until("an incident channel is there", |state| incident_channels(state).pop()).await
    }

    /// Whether an alert was taken in that is not judged yet.
    async fn an_alert_waits(&self) -> bool {
        let store = self.sima().desk().store();
        !store.waiting_alerts(1).await.expect("the log can be read").is_empty()
    }

    /// Whether people should see a proposal otherwise than it was shown, now rather than soon.
    async fn a_proposal_is_due(&self) -> bool {
        let due = self.sima().desk().store().next_proposal_due().await;
        due.expect("proposals can be read").is_some_and(|due| due <= self.clock.now())
    }

    /// Waits until every alert is judged; what came of each, in their order: `opened INC-1`.
    pub async fn came_of_alerts(&self) -> Vec<String> {
        let store = self.sima().desk().store();
        let mut changes = store.changes();
        let judged = async {
            loop {
                changes.mark_unchanged();
                if !self.an_alert_waits().await {
                    return;
                }
                // What another replica judges is no change here, so it is looked at now and then.
                let _ = tokio::time::timeout(GLANCE, changes.changed()).await;
            }
        };
        tokio::time::timeout(PATIENCE, judged).await.expect("every alert is judged");
        let log = store.alert_log(Timestamp::MIN, 0, 20_000).await.expect("the log can be read");
        let mut came = Vec::new();
        for logged in log {
            let judged = logged.judged.expect("it is judged");
            let Some(id) = judged.incident else {
                came.push(judged.outcome);
                continue;
            };
            let incident = store.incident(id).await.expect("a database").expect("an incident");
            came.push(format!("{} {}", judged.outcome, incident.number));
        }
        came
    }

    /// What the outbox holds.
    pub async fn outbox(&self, view: OutboxView) -> Vec<OutboxRow> {
        self.sima().desk().store().outbox(view, 500).await.expect("the outbox can be read")
    }

    fn what_is_seen(&self) -> String {
        self.sandbox.read(|state| {
            let mut seen = Vec::new();
            for channel in &state.channels {
                let messages = channel.messages.iter();
                let said = messages.map(|message| words(&message.text, &message.blocks));
                seen.extend(said.map(|words| format!("#{} {words}", channel.name)));
            }
            let told = state.ephemerals.iter();
            seen.extend(told.map(|one| format!("{} alone: {}", one.user, privately_readable(one))));
            seen.join("\n")
        })
    }
}

/// The pinned message of a channel.
fn brief<'s>(state: &'s State, channel: &str) -> Option<&'s Message> {
    let channel = state.channel(channel)?;
    channel.message(&channel.pins.first()?.ts)
}

/// What the company was told, without the replies under it.
fn broadcasts(state: &State) -> Vec<Message> {
    let told = state.channel(COMPANY).map_or(&[][..], |company| &company.messages);
    told.iter().filter(|message| message.bot && !message.is_reply()).cloned().collect()
}

/// The names of the incident channels.
fn incident_channels(state: &State) -> Vec<String> {
    let channels = state.channels.iter();
    let named = channels.filter(|channel| channel.name.starts_with("incident"));
    named.map(|channel| channel.name.clone()).collect()
}
