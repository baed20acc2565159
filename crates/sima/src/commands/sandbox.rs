//! `sima sandbox`: SIMA with a workspace to try it in, and nothing else needed.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context as _;
use sima_alerts::{Rule, Rules, Then};
use sima_incident::{Occasion, Severity};
use sima_sandbox::{Options, Sandbox, cast};
use tokio::net::TcpListener;

use super::print;
use crate::{
    config::{ActSetting, Config, DomainSetting, SeveritiesSetting, SlackMode, StepSetting},
    logging,
    serve::{self, system_clock},
};

/// Where the workspace and SIMA listen.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The address of the workspace; another port is taken if this one is not free.
    #[arg(long, default_value = "127.0.0.1:4000")]
    listen: SocketAddr,
    /// The address of SIMA itself.
    #[arg(long, default_value = "127.0.0.1:4001")]
    sima: SocketAddr,
    /// Let every call to the stand-ins take this many milliseconds longer.
    #[arg(long, default_value_t = 0, value_name = "MS")]
    latency_ms: u64,
    /// Let Slack speak to SIMA over Socket Mode rather than HTTP.
    #[arg(long)]
    sockets: bool,
}

/// Runs both until interrupted. What happens there is forgotten when it ends.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    logging::to_stderr("warn");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().context("cannot make a folder for the sandbox's database")?;
    let listener = bind(arguments.sima).await?;
    let sima_url = format!("http://{}", listener.local_addr()?);
    let sandbox = sima_sandbox::start(Options {
        listen: free(arguments.listen).await,
        app_url: Some(sima_url.clone()),
        dashboard_url: Some(sima_url.clone()),
        latency: Duration::from_millis(arguments.latency_ms),
    })
    .await
    .with_context(|| format!("cannot listen on {}", arguments.listen))?;

    let database = folder.path().join("sandbox.db");
    let mut config = configuration(&sandbox, &sima_url, &format!("sqlite:{}", database.display()));
    config.steps = steps(&sandbox);
    if arguments.sockets {
        sandbox.use_sockets();
        config.slack.mode = SlackMode::Socket;
        config.slack.app_token = sandbox.app_token().into();
    }
    config.alerts.rules = rules();
    let running = serve::start_on(listener, &config, system_clock()).await?;
    print::line(&format!("The sandbox is open: {}  (Ctrl-C ends it)", sandbox.url()))?;
    serve::told_to_stop().await;
    sandbox.stop();
    running.stop().await;
    Ok(())
}

/// A configuration that differs from a company's by base URLs and secrets only.
pub fn configuration(sandbox: &Sandbox, sima_url: &str, database_url: &str) -> Config {
    let mut config = Config::default();
    config.http.public_url = Some(sima_url.to_owned());
    config.http.framed_by = Some(sandbox.url());
    config.database.url = database_url.into();
    config.slack.base_url = sandbox.slack_base_url();
    config.slack.bot_token = sandbox.bot_token().into();
    config.slack.signing_secret = sandbox.signing_secret().into();
    config.pagerduty.events_url = sandbox.pagerduty_events_url();
    config.pagerduty.api_url = sandbox.pagerduty_api_url();
    config.pagerduty.api_token = sandbox.pagerduty_token().into();
    config.pagerduty.from = "nour@example.com".into();
    config.pagerduty.routing_key = sandbox.routing_key().into();
    config.pagerduty.webhook_secret = sandbox.pagerduty_webhook_secret().into();
    config.notion.base_url = sandbox.notion_base_url();
    config.notion.token = sandbox.notion_token().into();
    sandbox.notion_database_id().clone_into(&mut config.notion.database_id);
    config.statuspage.base_url = sandbox.statuspage_base_url();
    config.statuspage.token = cast::STATUSPAGE_TOKEN.into();
    config.alerts.token = "sandbox".into();
    config.alerts.proposals_channel = "payments".into();
    config.api.token = "sandbox".into();
    config.dashboard.open_to_all = true;
    let domain = |key: &str, name: &str, stakeholders: &[&str]| DomainSetting {
        key: key.into(),
        name: name.into(),
        stakeholders: stakeholders.iter().map(|person| sandbox.person(person)).collect(),
        routing_key: secrecy::SecretString::default(),
        channel: String::new(),
        pager: String::new(),
        escalation_policy: String::new(),
    };
    config.domains = vec![
        domain("payments", "Payments", &["lea", "sam"]),
        domain("outbound-email", "Outbound email delivery", &["lea"]),
        domain("api", "API", &["sam"]),
        domain("global", "Global", &[]),
    ];
    config.defaults.domain = Some("global".into());
    config
}

/// Some steps to see what a company can add: a call, another program, and the public page.
fn steps(sandbox: &Sandbox) -> Vec<StepSetting> {
    let step = |name: &str, when, severities, act| StepSetting {
        name: name.into(),
        when,
        domains: Vec::new(),
        severities,
        private: false,
        act,
    };
    let severe = Severity::new(2).map(SeveritiesSetting::AtLeast);
    let call = ActSetting::VideoCall {
        template: "https://meet.example.com/{number}".into(),
        title: Some("Join the call".into()),
    };
    let webhook = ActSetting::Webhook {
        url: sandbox.receiver_url().into(),
        secret: cast::WEBHOOK_SECRET.into(),
    };
    let page = ActSetting::StatusPage {
        page_id: cast::STATUSPAGE_PAGE.into(),
        component_ids: vec![cast::STATUSPAGE_COMPONENTS[0].into()],
        title: "Trouble with {domain}".into(),
        body: "We are looking into it and will say more here.".into(),
        resolved: Some("This is over.".into()),
        notify: false,
    };
    vec![
        step("Call", Occasion::Opened, severe.clone(), call),
        step("Another program", Occasion::Opened, None, webhook),
        step("Status page", Occasion::Acknowledged, severe, page),
    ]
}

/// A rule to see what a company can say of alerts: people are asked about what is not so bad.
fn rules() -> Rules {
    Rules(vec![Rule {
        name: Some("ask about warnings".into()),
        alert_severity: Some([3, 4].into_iter().filter_map(Severity::new).collect()),
        then: Then::Propose,
        ..Rule::default()
    }])
}

async fn bind(wanted: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(free(wanted).await)
        .await
        .with_context(|| format!("cannot listen on {wanted}"))
}

/// The address wanted, or any port of it if that one is taken.
async fn free(wanted: SocketAddr) -> SocketAddr {
    match TcpListener::bind(wanted).await {
        Ok(_) => wanted,
        Err(_) => SocketAddr::new(wanted.ip(), 0),
    }
}
