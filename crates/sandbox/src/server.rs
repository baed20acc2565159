//! The one server: vendor APIs, the page, and the wiring between them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{any, get, post};
use tokio::net::TcpListener;

use crate::core::Core;
use crate::door::{Cut, Door};
use crate::sandbox::Sandbox;
use crate::{notion, page, pagerduty, pagers, receiver, slack, socket, statuspage};

/// How to start a sandbox.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 picks a free one. Keep it on loopback: everybody who can reach it can act.
    pub listen: SocketAddr,
    /// Base URL of the app under test; signed deliveries go to its `/slack/…` paths. None are sent without.
    pub app_url: Option<String>,
    /// A dashboard to show as a tab of the page.
    pub dashboard_url: Option<String>,
    /// Added to every vendor call.
    pub latency: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            app_url: None,
            dashboard_url: None,
            latency: Duration::ZERO,
        }
    }
}

/// Starts a sandbox and serves it until it is stopped.
///
/// # Errors
/// When the address cannot be listened on, or no HTTP client can be made (no TLS provider is installed).
pub async fn start(options: Options) -> io::Result<Sandbox> {
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::limited(2))
        .build()
        .map_err(io::Error::other)?;
    let core = Arc::new(Core::new(address, &options, http));
    let service = router(core.clone()).into_make_service_with_connect_info::<Cut>();
    let stopped = core.stopped.clone();
    tokio::spawn(async move {
        let serving = axum::serve(Door(listener), service);
        tokio::select! {
            outcome = serving => if let Err(error) = outcome {
                tracing::error!(%error, "the sandbox stopped serving");
            },
            () = stopped.cancelled() => {}
        }
    });
    Ok(Sandbox::new(core))
}

fn router(core: Arc<Core>) -> Router {
    let acting = Router::new()
        .route("/sandbox/state", get(page::state))
        .route("/sandbox/events", get(page::events))
        .route("/sandbox/act", post(page::act))
        .route("/sandbox/faults", post(page::faults))
        .layer(middleware::from_fn(page::same_site));
    Router::new()
        .route("/slack/api/{method}", any(slack::call))
        .route("/slack/link", any(socket::connect))
        .route("/slack/response/{id}", post(slack::response_url::call))
        .route("/pagerduty-events/v2/enqueue", post(pagerduty::enqueue))
        .route("/pagerduty-events/v2/change/enqueue", post(pagerduty::change))
        .route("/pagerduty/incidents", get(pagerduty::incidents))
        .route("/pagerduty/incidents/{id}", get(pagerduty::incident).put(pagerduty::put_incident))
        .route("/pagerduty/services", get(pagerduty::services))
        .route("/pagerduty/oncalls", get(pagerduty::oncalls))
        .route("/pagerduty/users", get(pagerduty::users))
        .route("/pagerduty/users/{id}", get(pagerduty::user))
        .route("/pagerduty/escalation_policies", get(pagerduty::policies))
        .route("/pagerduty/abilities", get(pagerduty::abilities))
        .route("/pagers/webhook", post(pagers::receive))
        .route(
            "/pagers/grafana/integrations/v1/formatted_webhook/{token}/",
            post(pagers::formatted_webhook),
        )
        .route("/pagers/goalert/api/v2/generic/incoming", post(pagers::incoming))
        .route("/pagers/jsm/jsm/ops/integration/v2/alerts", post(pagers::alerts))
        .route(
            "/pagers/jsm/jsm/ops/integration/v2/alerts/{alias}/{action}",
            post(pagers::follow_up),
        )
        .route("/notion/v1/{*path}", any(notion::call))
        .route("/statuspage/v1/{*path}", any(statuspage::call))
        .route("/receiver", post(receiver::receive))
        .merge(acting)
        .route("/archives/{channel}", get(page::message))
        .route("/archives/{channel}/{message}", get(page::message))
        .route("/documents/{id}", get(page::document))
        .route("/", get(page::index))
        .route("/{name}", get(page::asset))
        .layer(DefaultBodyLimit::max(4 * 1024 * 1024))
        .with_state(core)
}
