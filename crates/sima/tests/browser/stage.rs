//! SIMA over a sandbox in this process, each on a port of its own.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use sima::{
    commands::sandbox_configuration,
    serve::{self, Running, system_clock},
};
use sima_desk::Clock;
use sima_sandbox::{Options, Sandbox, State};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// How long anything may take before the test has failed. Two browsers may share one core.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Both, running.
pub struct Stage {
    pub sandbox: Sandbox,
    /// Where SIMA is, without a slash at the end.
    pub sima_url: String,
    sima: Running,
    clock: Clock,
    _folder: TempDir,
}

impl Stage {
    /// Starts both with the sandbox's own configuration.
    pub async fn opens() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a folder");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let sima_url = format!("http://{}", listener.local_addr().expect("an address"));
        let sandbox = sima_sandbox::start(Options {
            listen: ([127, 0, 0, 1], 0).into(),
            app_url: Some(sima_url.clone()),
            dashboard_url: Some(sima_url.clone()),
            latency: Duration::ZERO,
        })
        .await
        .expect("the sandbox listens");
        let database = format!("sqlite:{}", folder.path().join("stage.db").display());
        let config = sandbox_configuration(&sandbox, &sima_url, &database);
        let clock = system_clock();
        let sima = serve::start_on(listener, &config, clock.clone()).await.expect("SIMA starts");
        Self { sandbox, sima_url, sima, clock, _folder: folder }
    }

    /// Time passes for both.
    pub fn time_passes(&self, by: Duration) {
        self.sandbox.advance(by);
        self.clock.advance(SignedDuration::try_from(by).expect("a short time"));
    }

    /// Somebody opens an incident by the form, without a browser; the name of its channel once the
    /// brief is pinned in it.
    pub async fn incident(&self, summary: &str, domain: &str, severity: &str) -> String {
        let before = self.sandbox.read(incident_channels);
        let answer = self.sandbox.slash("ines", "general", "/incident", "open").await;
        assert!(answer.is_fine(), "{answer:?}");
        let person = self.sandbox.person("ines");
        self.until("a form is shown", |state| state.modal(&person).map(|_| ())).await;
        let filled = json!({ "summary": summary, "domain": domain, "severity": severity });
        let answer = self.sandbox.submit("ines", "", &filled).await;
        assert!(answer.is_fine(), "{answer:?}");
        self.until("the brief is pinned in a new channel", |state| {
            let mut fresh =
                incident_channels(state).into_iter().filter(|name| !before.contains(name));
            fresh.find(|name| state.channel(name).is_some_and(|channel| !channel.pins.is_empty()))
        })
        .await
    }

    /// Somebody types after the slash command, without a browser.
    pub async fn types(&self, person: &str, channel: &str, text: &str) {
        let answer = self.sandbox.slash(person, channel, "/incident", text).await;
        assert!(answer.is_fine(), "{text:?} was answered with {answer:?}");
    }

    /// Waits until something is so in the workspace.
    pub async fn until<T>(&self, what: &str, look: impl Fn(&State) -> Option<T>) -> T {
        let seen = self.sandbox.wait_for(PATIENCE, look).await;
        seen.unwrap_or_else(|late| panic!("it did not come true that {what}: {late}"))
    }

    /// Stops both.
    pub async fn closes(self) {
        self.sima.stop().await;
        self.sandbox.stop();
    }
}

/// The names of the incident channels there are.
pub fn incident_channels(state: &State) -> Vec<String> {
    let names = state.channels.iter().map(|channel| channel.name.clone());
    names.filter(|name| name.starts_with("incident_")).collect()
}
