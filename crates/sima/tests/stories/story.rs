//! The stage of a story: SIMA over a workspace of its own, with a clock that can be moved.

use std::{collections::BTreeMap, time::Duration};

use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sima::{
    commands::sandbox_configuration,
    config::Config,
    serve::{self, Running, system_clock},
};
use sima_desk::Clock;
use sima_sandbox::{Answer, Message, Options, PagerIncident, Sandbox, State};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// How long a story waits for something to become true before it has failed.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// One story.
pub struct Story {
    pub sandbox: Sandbox,
    sima: Option<Running>,
    clock: Clock,
    config: Config,
    _folder: TempDir,
}

impl Story {
    /// SIMA runs over a fresh workspace.
    pub async fn begins() -> Self {
        Self::begins_with(|_| {}).await
    }

    /// SIMA runs with a configuration that differs from the sandbox's own.
    pub async fn begins_with(change: impl FnOnce(&mut Config)) -> Self {
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
        change(&mut config);
        sandbox.set_app_url(format!("http://{address}"));
        let clock = system_clock();
        let sima = serve::start_on(listener, &config, clock.clone()).await.expect("SIMA starts");
        Self { sandbox, sima: Some(sima), clock, config, _folder: folder }
    }

    /// SIMA, as seen from inside.
    pub fn sima(&self) -> &Running {
        self.sima.as_ref().expect("SIMA runs")
    }

    /// SIMA stops in an orderly way and starts again over the same database.
    pub async fn restarts(&mut self) {
        self.sima.take().expect("SIMA runs").stop().await;
        let listener = TcpListener::bind(self.config.http.listen).await.expect("the same port");
        let started = serve::start_on(listener, &self.config, self.clock.clone()).await;
        self.sima = Some(started.expect("SIMA starts again"));
    }

    /// Time passes for everybody.
    pub fn time_passes(&self, by: Duration) {
        self.sandbox.advance(by);
        self.clock.advance(SignedDuration::try_from(by).expect("a short time"));
    }

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
        self.form_is_shown(person).await;
        let answer = self.sandbox.submit(person, "", &values).await;
        assert!(answer.is_fine() && answer.body.is_empty(), "{answer:?}");
        self.until("the incident channel is there", |state| {
            incident_channels(state).into_iter().find(|name| !before.contains(name))
        })
        .await
    }

    /// Somebody opens an incident of which only the summary is given, and everything is done.
    pub async fn opens_simply(&self, person: &str, summary: &str) -> String {
        let channel = self.opens(person, json!({ "summary": summary })).await;
        self.brief_is_pinned(&channel).await;
        channel
    }

    /// Waits until a form is shown to somebody; its JSON.
    pub async fn form_is_shown(&self, person: &str) -> Value {
        let person = self.sandbox.person(person);
        self.until("a form is shown", |state| state.modal(&person).map(|view| view.body.clone()))
            .await
    }

    /// Waits until the brief is posted and pinned; it as it is then.
    pub async fn brief_is_pinned(&self, channel: &str) -> Message {
        self.until("the brief is pinned", |state| {
            let channel = state.channel(channel)?;
            let pin = channel.pins.first()?;
            channel.messages.iter().find(|message| message.ts == pin.ts).cloned()
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

    /// Waits until somebody, and nobody else, sees words in a channel.
    pub async fn sees_privately(&self, person: &str, channel: &str, expected: &str) -> String {
        let person = self.sandbox.person(person);
        let what = format!("{person} privately sees {expected:?} in {channel}");
        self.until(&what, |state| {
            let id = state.channel(channel)?.id.clone();
            state
                .ephemerals
                .iter()
                .find(|one| {
                    one.user == person
                        && one.channel == id
                        && words(&one.text, &one.blocks).contains(expected)
                })
                .map(|one| one.id.clone())
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

    /// Waits until something can be seen.
    pub async fn until<T>(&self, what: &str, look: impl Fn(&State) -> Option<T>) -> T {
        match self.sandbox.wait_for(PATIENCE, look).await {
            Ok(seen) => seen,
            Err(_) => panic!("it did not come true that {what}\n{}", self.what_is_seen()),
        }
    }

    /// A POST to SIMA from outside: status and body.
    pub async fn posts(&self, path: &str, token: Option<&str>, body: &Value) -> (u16, String) {
        let url = format!("http://{}{path}", self.config.http.listen);
        let mut request = reqwest::Client::new().post(url).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("SIMA answers");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("a body"))
    }

    /// A GET from SIMA: status and body.
    pub async fn gets(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.config.http.listen);
        let answer = reqwest::get(url).await.expect("SIMA answers");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("a body"))
    }

    /// Where SIMA is reached.
    pub fn url(&self) -> String {
        format!("http://{}", self.config.http.listen)
    }

    /// The token of alert sources.
    pub fn alerts_token(&self) -> String {
        self.config.alerts.token.expose_secret().to_owned()
    }

    /// The names of the incident channels there are.
    pub fn incident_channels(&self) -> Vec<String> {
        self.sandbox.read(incident_channels)
    }

    /// The story is over: SIMA answered everything as Slack wants, and nothing was given up.
    pub async fn ends(mut self) {
        self.sandbox.events_settle(PATIENCE).await.expect("all events are delivered");
        assert_eq!(self.sandbox.problems(), Vec::<String>::new());
        let sima = self.sima.take().expect("SIMA runs");
        let mut counts = BTreeMap::new();
        for (destination, state, count) in sima.desk().store().outbox_counts().await.unwrap() {
            counts.insert((destination, state.key()), count);
        }
        let given_up: Vec<_> = counts.keys().filter(|(_, state)| *state == "given_up").collect();
        assert!(given_up.is_empty(), "{given_up:?}");
        sima.stop().await;
        self.sandbox.stop();
    }

    fn what_is_seen(&self) -> String {
        self.sandbox.read(|state| {
            let mut seen = String::new();
            for channel in &state.channels {
                for message in &channel.messages {
                    seen +=
                        &format!("#{} {}\n", channel.name, words(&message.text, &message.blocks));
                }
            }
            seen
        })
    }
}

/// The names of the incident channels.
fn incident_channels(state: &State) -> Vec<String> {
    state
        .channels
        .iter()
        .map(|channel| channel.name.clone())
        .filter(|name| name.starts_with("incident_"))
        .collect()
}

/// Whether a message reads as expected, in what it shows or in what is read aloud.
pub fn says(message: &Message, expected: &str) -> bool {
    words(&message.text, &message.blocks).contains(expected)
}

/// Whether a delivery's answer, an ephemeral message, reads as expected.
pub fn readable(answer: &Value) -> String {
    let text = answer["text"].as_str().unwrap_or_default();
    words(text, answer["blocks"].as_array().map_or(&[], Vec::as_slice))
}

/// All the text of a message: what is read aloud and what is shown.
fn words(text: &str, blocks: &[Value]) -> String {
    let mut seen = text.to_owned();
    blocks.iter().for_each(|block| gather(block, &mut seen));
    seen
}

fn gather(value: &Value, seen: &mut String) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "text" => {
                        seen.push('\n');
                        seen.push_str(text);
                    }
                    other => gather(other, seen),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, seen)),
        _ => {}
    }
}

/// Whether a delivery was answered with a private message that says so.
pub fn answered(answer: &Answer, expected: &str) -> bool {
    answer.is_fine() && readable(&answer.json()).contains(expected)
}
