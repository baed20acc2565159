//! Socket Mode: Slack's requests come over WebSockets that we open, so that nothing of ours has to be
//! reachable from outside.
//!
//! Several connections are kept at once, since Slack gives each request to any one of them. When Slack
//! says that it will cut one, another is opened first and the old one serves until it ends. A request
//! is acknowledged only when its taker says so, on the connection by which it came; whatever was not
//! acknowledged comes again, here or at another replica, and is recognised by its id.
//!
//! Source: docs.slack.dev, "Using Socket Mode", 2026-01; @slack/socket-mode 3.1.0.

mod connection;
mod frame;
mod open;
mod standing;

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use serde_json::Value;
use tokio::{sync::oneshot, task::JoinSet};
use tokio_util::sync::CancellationToken;

pub use standing::{Line, Standing};

use self::connection::Leaving;
use crate::{BadSettings, Settings, Slack, requests::Request};

/// How many connections Slack allows an app.
pub const MOST_CONNECTIONS: u8 = 10;

/// The waits after the first, second … failure in a row; the last one repeats.
const WAITS_SECS: [u64; 6] = [0, 1, 2, 5, 10, 30];

/// The wait after something that a person must mend.
const UNTIL_MENDED: Duration = Duration::from_secs(30);

/// What is wrong when connections end before they begin.
const UNGREETED: &str = "Slack closed the connection before greeting it; trying again";

/// What was made of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Taken {
    /// It is recorded, or means nothing to us. What the body over HTTP would be, if there is one.
    Yes(Option<Value>),
    /// It could not be recorded: Slack shall send it again.
    No,
}

/// Takes one request in. It is called at once for each, however many are under way.
pub type Taker = Arc<dyn Fn(Request) -> BoxFuture<'static, Taken> + Send + Sync>;

/// How to reach Slack.
pub struct SocketSettings {
    /// Where the Web API is, as in [`Settings::base_url`].
    pub base_url: String,
    /// The app-level token (`xapp-…`).
    pub app_token: SecretString,
    /// How many connections to keep, 1 to [`MOST_CONNECTIONS`].
    pub connections: u8,
    /// Chance, drawn anew at each call: from 0 up to 1. Waits differ by it.
    pub chance: fn() -> f64,
}

/// The lines to Slack, ready to be opened.
pub struct Sockets {
    slack: Slack,
    connections: u8,
    chance: fn() -> f64,
    line: Line,
}

impl Sockets {
    /// Makes them. Calls nobody.
    ///
    /// # Errors
    /// [`BadSettings`] when the base URL or the token cannot work.
    pub fn new(settings: SocketSettings) -> Result<Self, BadSettings> {
        let slack = Slack::new(Settings {
            base_url: settings.base_url,
            bot_token: settings.app_token,
            broadcast_channel: None,
            mark: String::new(),
            taken_mark: String::new(),
        })?;
        let connections = settings.connections.clamp(1, MOST_CONNECTIONS);
        Ok(Self { slack, connections, chance: settings.chance, line: Line::default() })
    }

    /// Asks Slack once for an address to connect to, as a doctor would.
    ///
    /// # Errors
    /// What is wrong and what to do about it.
    pub async fn ask_for_address(&self) -> Result<(), String> {
        open::address_of(&self.slack).await.map(drop).map_err(|failure| failure.why)
    }

    /// How the lines are, now and whenever one looks again.
    pub fn line(&self) -> Line {
        self.line.clone()
    }

    /// Keeps the connections until told to stop; what is under way then is still acknowledged.
    pub async fn run(self, taker: Taker, stop: CancellationToken) {
        let sockets = Arc::new(self);
        let mut slots = JoinSet::new();
        for _ in 0..sockets.connections {
            slots.spawn(keep_one(sockets.clone(), taker.clone(), stop.clone()));
        }
        while slots.join_next().await.is_some() {}
    }

    /// How long to wait after so many failures in a row.
    fn wait(&self, failures: u32) -> Duration {
        let index = (failures.max(1) as usize - 1).min(WAITS_SECS.len() - 1);
        // Replicas that lost Slack together must not come back together.
        let spread = (self.chance)().clamp(0.0, 1.0);
        let base = Duration::from_secs(WAITS_SECS[index]);
        base + base.mul_f64(spread / 2.0) + Duration::from_millis(200).mul_f64(spread)
    }
}

/// Keeps one connection, with the next one open before it is cut where Slack says so in time.
async fn keep_one(sockets: Arc<Sockets>, taker: Taker, stop: CancellationToken) {
    let mut failures = 0;
    let mut serving = JoinSet::new();
    while !stop.is_cancelled() {
        let opened = tokio::select! {
            opened = open::open(&sockets.slack) => opened,
            () = stop.cancelled() => break,
        };
        let wait = match opened {
            Ok(stream) => {
                let (leaving, left) = oneshot::channel();
                let line = sockets.line.clone();
                serving.spawn(connection::serve(
                    stream,
                    taker.clone(),
                    line,
                    leaving,
                    stop.clone(),
                ));
                match left.await {
                    Ok(Leaving::Rotation) => {
                        failures = 1;
                        sockets.wait(failures)
                    }
                    Ok(Leaving::Cut { greeted }) => {
                        failures = if greeted { 1 } else { failures + 1 };
                        if !greeted {
                            sockets.line.in_trouble(UNGREETED.to_owned());
                        }
                        sockets.wait(failures)
                    }
                    Ok(Leaving::Refused { why }) => {
                        sockets.line.in_trouble(why);
                        UNTIL_MENDED
                    }
                    // It was told to stop.
                    Err(_) => break,
                }
            }
            Err(failure) => {
                failures += 1;
                sockets.line.in_trouble(failure.why);
                failure.wait.unwrap_or_else(|| sockets.wait(failures))
            }
        };
        while serving.try_join_next().is_some() {}
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => {}
        }
    }
    while serving.join_next().await.is_some() {}
}
