//! Wiring: from a configuration to a running server, its worker and its directory of people.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use sima_alerts::Integrations;
use sima_desk::{Clock, Desk};
use sima_hooks::Hooks;
use sima_incident::{DomainKey, StormLimit};
use sima_notion::Notion;
use sima_pagerduty::PagerDuty;
use sima_pagers::Pagers;
use sima_slack::{
    Slack,
    socket::{Line, SocketSettings, Sockets, Taker},
};
use sima_statuspage::StatusPage;
use sima_store::{Bounds, Store};
use sima_web::{Api, App, Dashboard, Notary, Outside};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    config::{Config, SlackMode, is_set},
    outside::World,
    worker::{
        Adapters, Intake, Pace, StepHooks, Worker, forget_alerts, forget_done, keep_directory,
        show_proposals,
    },
};

/// How long requests that are under way may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// A server that runs until it is stopped.
pub struct Running {
    address: SocketAddr,
    desk: Desk,
    slack_line: Option<Line>,
    pace: Arc<Pace>,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its desk, for stories that look at what was recorded.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The lines to Slack, with Socket Mode.
    pub fn slack_line(&self) -> Option<&Line> {
        self.slack_line.as_ref()
    }

    /// What vendors still grant, for stories that wait until nothing more can be done.
    pub fn bounds(&self) -> Bounds {
        let budgets = self.pace.fewer_than(1, self.desk.clock().now());
        Bounds { full: Vec::new(), budgets }
    }

    /// Stops taking requests, finishes what is under way, and closes the store.
    pub async fn stop(self) {
        self.stop.cancel();
        for mut task in self.tasks {
            if tokio::time::timeout(GRACE, &mut task).await.is_err() {
                task.abort();
            }
        }
        self.desk.store().close().await;
    }
}

/// Whoever was first in this process has installed it; any of them will do.
pub(crate) fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The system's clock.
pub fn system_clock() -> Clock {
    Clock::new(jiff::Timestamp::now)
}

/// Starts a server where the configuration says.
///
/// # Errors
/// When the address is taken, the store cannot be opened, or settings do not fit together.
pub async fn start(config: &Config, clock: Clock) -> anyhow::Result<Running> {
    let listen = config.http.listen;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen} (http.listen)"))?;
    start_on(listener, config, clock).await
}

/// Starts a server on a listener that is there already.
///
/// # Errors
/// As [`start`].
pub async fn start_on(
    listener: TcpListener,
    config: &Config,
    clock: Clock,
) -> anyhow::Result<Running> {
    install_tls();
    let outside = World::new(reqwest::Client::builder());
    let outside = outside.context("cannot speak https: are the system's CA certificates there?")?;
    start_in(listener, config, clock, Arc::new(outside)).await
}

/// Starts a server that fetches the keys of AWS and Microsoft from a world of the caller's.
///
/// # Errors
/// As [`start`].
pub async fn start_in(
    listener: TcpListener,
    config: &Config,
    clock: Clock,
    outside: Arc<dyn Outside>,
) -> anyhow::Result<Running> {
    install_tls();
    let policy = Arc::new(config.policy()?);
    let store = Store::open(config.database.url.expose_secret())
        .await
        .context("cannot open the database (database.url)")?;
    let desk = Desk::new(store.clone(), policy, clock);
    let stop = CancellationToken::new();
    let slack = slack(config)?;
    let pagerduty = pagerduty(config)?;
    let pagers =
        Pagers::new(&config.other_pagers()?).context("cannot speak to the other pagers")?;
    let address = listener.local_addr()?;

    let sockets = sockets(config)?;
    let slack_line = sockets.as_ref().map(Sockets::line);
    let app = App {
        desk: desk.clone(),
        slack: slack.clone(),
        pagerduty: pagerduty.clone(),
        paged_elsewhere: paged_elsewhere(config, &pagers),
        signing_secret: set(&config.slack.signing_secret),
        slack_line: slack_line.clone(),
        integrations: Arc::new(Integrations::new(
            &config.alerts.integrations,
            &config.alerts.token,
        )),
        notary: Arc::new(Notary::new(outside)),
        pager_secret: set(&config.pagerduty.webhook_secret),
        api: Api { token: set(&config.api.token), gate: config.gate_severity()? },
        dashboard: Dashboard {
            password: set(&config.dashboard.password),
            open_to_all: config.dashboard.open_to_all,
            framed_by: config.http.framed_by.clone(),
        },
        stop: stop.clone(),
    };
    let adapters = Adapters {
        slack: slack.clone(),
        pagerduty,
        pagers,
        notion: notion(config)?,
        hooks: hooks(config)?,
        status_page: status_page(config)?,
    };
    let owner = format!("sima-{}", Uuid::now_v7());
    let worker = Worker::new(desk.clone(), adapters, owner.clone());
    let (present, pace) = (worker.present(), worker.pace());

    let intake = Intake {
        desk: desk.clone(),
        rules: config.alerts.rules.clone(),
        storm: StormLimit(config.alerts.storm_after),
    };
    let forgets = forget_alerts(desk.clone(), config.alerts.keep, stop.clone());
    let mut tasks = vec![
        tokio::spawn(worker.run(stop.clone())),
        tokio::spawn(intake.run(stop.clone())),
        tokio::spawn(forgets),
        tokio::spawn(forget_done(desk.clone(), config.database.keep_done, stop.clone())),
    ];
    if let Some(slack) = slack {
        let shown = show_proposals(desk.clone(), slack.clone(), owner, present, stop.clone());
        tasks.push(tokio::spawn(shown));
        tasks.push(tokio::spawn(keep_directory(slack, store, stop.clone())));
    }
    if let Some(sockets) = sockets {
        let door = app.clone();
        let taker: Taker =
            Arc::new(move |request| Box::pin(sima_web::take_from_socket(door.clone(), request)));
        tasks.push(tokio::spawn(sockets.run(taker, stop.clone())));
    }
    let stopped = stop.clone();
    tasks.push(tokio::spawn(async move {
        let router = sima_web::router(app);
        let served =
            axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned());
        if let Err(error) = served.await {
            tracing::error!(error = &error as &dyn std::error::Error, "the server has stopped");
        }
    }));
    Ok(Running { address, desk, slack_line, pace, stop, tasks })
}

/// Completes when somebody interrupts or terminates the process.
pub async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
    let terminated = async {
        match &mut terminate {
            Some(signal) => signal.recv().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated => {}
    }
}

pub(crate) fn slack(config: &Config) -> anyhow::Result<Option<Arc<Slack>>> {
    if !is_set(&config.slack.bot_token) {
        return Ok(None);
    }
    let channel = config.broadcast.channel.trim();
    let (mark, taken_mark) = config.marks()?;
    let slack = Slack::new(sima_slack::Settings {
        mark,
        taken_mark,
        base_url: config.slack.base_url.clone(),
        bot_token: config.slack.bot_token.clone(),
        broadcast_channel: (!channel.is_empty()).then(|| channel.to_owned()),
    })
    .context("cannot speak to Slack (slack.base_url)")?;
    Ok(Some(Arc::new(slack)))
}

/// The lines of Socket Mode, if it is chosen.
pub(crate) fn sockets(config: &Config) -> anyhow::Result<Option<Sockets>> {
    if config.slack.mode == SlackMode::Http {
        return Ok(None);
    }
    let sockets = Sockets::new(SocketSettings {
        base_url: config.slack.base_url.clone(),
        app_token: config.slack.app_token.clone(),
        connections: config.slack.connections,
        chance,
    })
    .context("cannot speak to Slack (slack.base_url, slack.app_token)")?;
    Ok(Some(sockets))
}

/// Chance, by which waits differ: the part of a new id that is drawn.
fn chance() -> f64 {
    let drawn = Uuid::now_v7().as_u64_pair().1 & u64::from(u32::MAX);
    drawn as f64 / f64::from(u32::MAX)
}

/// The domains that another pager pages for, with its name.
fn paged_elsewhere(config: &Config, pagers: &Pagers) -> BTreeMap<DomainKey, String> {
    let keys = config.domains.iter().map(|domain| DomainKey(domain.key.clone()));
    keys.filter_map(|key| pagers.name_for(&key).map(|name| (key, name))).collect()
}

pub(crate) fn pagerduty(config: &Config) -> anyhow::Result<Option<Arc<PagerDuty>>> {
    if !config.has_pagerduty() {
        return Ok(None);
    }
    let of_domains = config
        .domains
        .iter()
        .filter(|domain| is_set(&domain.routing_key))
        .map(|domain| (DomainKey(domain.key.clone()), domain.routing_key.clone()));
    let elsewhere = config.domains.iter().filter(|domain| domain.is_paged_elsewhere());
    let elsewhere = elsewhere.map(|domain| DomainKey(domain.key.clone()));
    let policies =
        config.domains.iter().filter(|domain| !domain.escalation_policy.trim().is_empty()).map(
            |domain| (DomainKey(domain.key.clone()), domain.escalation_policy.trim().to_owned()),
        );
    let pagerduty = PagerDuty::new(sima_pagerduty::Settings {
        events_url: config.pagerduty.events_url.clone(),
        default_routing_key: set(&config.pagerduty.routing_key),
        routing_keys: of_domains.collect(),
        elsewhere: elsewhere.collect(),
        escalation_policies: policies.collect(),
        rest: set(&config.pagerduty.api_token).map(|api_token| sima_pagerduty::RestSettings {
            api_url: config.pagerduty.api_url.clone(),
            api_token,
            from: Some(config.pagerduty.from.trim().to_owned()).filter(|from| !from.is_empty()),
        }),
    })
    .context("cannot speak to PagerDuty (pagerduty.events_url, pagerduty.api_url)")?;
    Ok(Some(Arc::new(pagerduty)))
}

pub(crate) fn notion(config: &Config) -> anyhow::Result<Option<Notion>> {
    if !config.has_notion() {
        return Ok(None);
    }
    let notion = Notion::new(sima_notion::Settings {
        base_url: config.notion.base_url.clone(),
        version: config.notion.version.clone(),
        token: config.notion.token.clone(),
        database_id: config.notion.database_id.clone(),
    })
    .context("cannot speak to Notion (notion.base_url)")?;
    Ok(Some(notion))
}

fn hooks(config: &Config) -> anyhow::Result<Option<StepHooks>> {
    let receivers = config.receivers()?;
    if receivers.is_empty() {
        return Ok(None);
    }
    let hooks = Hooks::new().context("cannot send webhooks (steps)")?;
    Ok(Some(StepHooks { hooks, receivers }))
}

fn status_page(config: &Config) -> anyhow::Result<Option<StatusPage>> {
    if !config.has_status_page() {
        return Ok(None);
    }
    let status_page = StatusPage::new(sima_statuspage::Settings {
        base_url: config.statuspage.base_url.clone(),
        token: config.statuspage.token.clone(),
    })
    .context("cannot speak to Statuspage (statuspage.base_url)")?;
    Ok(Some(status_page))
}

fn set(secret: &SecretString) -> Option<SecretString> {
    is_set(secret).then(|| secret.clone())
}
