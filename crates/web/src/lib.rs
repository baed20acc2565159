//! The doors: Slack endpoints, webhooks of alerts and of the pager, dashboard and health over HTTP.
//!
//! A door only translates: it checks who is there, reads the bytes, asks the desk, and renders the
//! answer. Reading is simpler: pages ask the store; only changes pass the desk.

mod alerts;
mod answer;
mod api;
mod dashboard;
mod guard;
mod health;
mod pagerduty;
pub mod pages;
mod short_link;
mod slack;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderName, HeaderValue, StatusCode, header},
    routing::{any, get, post},
};
use secrecy::SecretString;
use sima_alerts::Integrations;
use sima_desk::Desk;
use sima_incident::DomainKey;
use sima_pagerduty::PagerDuty;
use sima_slack::{Slack, manifest::paths, socket::Line};
use tokio_util::sync::CancellationToken;
use tower_http::{
    catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer, timeout::TimeoutLayer,
};

pub use alerts::{Notary, Outside, Unreached};
pub use api::Api;
pub use slack::take_from_socket;

/// The largest body any door reads: senders of alerts stay far below (`alert-sources`, 2026).
const LARGEST_BODY: usize = 1024 * 1024;

/// How long any request may take.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// What the doors need. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The desk that decides.
    pub desk: Desk,
    /// The chat, for replies; absent when it is not configured.
    pub slack: Option<Arc<Slack>>,
    /// PagerDuty, to say who is on call; absent when it is not configured.
    pub pagerduty: Option<Arc<PagerDuty>>,
    /// The domains that another pager pages for, with its name.
    pub paged_elsewhere: BTreeMap<DomainKey, String>,
    /// The signing secret of the Slack app; without one nothing of Slack's is taken over HTTP.
    pub signing_secret: Option<SecretString>,
    /// The lines to Slack with Socket Mode.
    pub slack_line: Option<Line>,
    /// Who may send alerts, by their names in the URL.
    pub integrations: Arc<Integrations>,
    /// The keys that those who sign for others sign with.
    pub notary: Arc<Notary>,
    /// The secret PagerDuty signs its webhooks with; without one none is taken.
    pub pager_secret: Option<SecretString>,
    /// Who may use the API, and what closes its deploy gate.
    pub api: Api,
    /// Who may read the dashboard.
    pub dashboard: Dashboard,
    /// Cancelled when the server stops: what streams must end.
    pub stop: CancellationToken,
}

/// Who may read the dashboard.
#[derive(Clone)]
pub struct Dashboard {
    /// The password that opens it, with any user name.
    pub password: Option<SecretString>,
    /// Whether everyone who reaches it may read it.
    pub open_to_all: bool,
    /// A page that may show it inside itself.
    pub framed_by: Option<String>,
}

/// Every path SIMA answers.
pub fn router(app: App) -> Router {
    let frames = match &app.dashboard.framed_by {
        Some(page) => format!("frame-ancestors 'self' {page}"),
        None => "frame-ancestors 'none'".to_owned(),
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
         img-src 'self' data:; base-uri 'none'; form-action 'self'; {frames}"
    );
    let header = |name: HeaderName, value: &str| {
        let value = HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""));
        SetResponseHeaderLayer::if_not_present(name, value)
    };
    Router::new()
        .route(paths::COMMANDS, post(slack::receive))
        .route(paths::INTERACTIONS, post(slack::receive))
        .route(paths::EVENTS, post(slack::receive))
        .route("/alerts/{name}", any(alerts::receive))
        .route("/alerts/{name}/{token}", any(alerts::receive_with_token))
        .route("/pagerduty/webhooks", post(pagerduty::receive))
        .route("/i/{number}", get(short_link::follow))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::telemetry))
        .merge(api::routes(&app))
        .merge(dashboard::routes(&app))
        .fallback(dashboard::nothing_here)
        .layer(header(header::CONTENT_SECURITY_POLICY, &policy))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME_LIMIT))
        .layer(CatchPanicLayer::custom(answer::after_panic))
        .with_state(app)
}
