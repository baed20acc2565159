//! `sima open`: opens an incident through the API of a server that runs.

use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use reqwest::Response;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};
use sima_incident::Severity;
use uuid::Uuid;

use super::{Unreachable, print};
use crate::config::{Config, is_set};

/// How long the server may take: longer than it gives itself.
const PATIENCE: Duration = Duration::from_secs(25);

/// What is known of the incident. Only the summary is needed.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What is broken, in one line.
    summary: String,
    /// The key of its domain [default: the configured one].
    #[arg(long, value_name = "KEY")]
    domain: Option<String>,
    /// How bad it is, as SEV2 or 2 [default: the configured one].
    #[arg(long, value_name = "LEVEL")]
    severity: Option<Severity>,
    /// More about it.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// How many clients are affected.
    #[arg(long, value_name = "CLIENTS")]
    impact: Option<u64>,
    /// Show it to the members of its channel alone.
    #[arg(long)]
    private: bool,
    /// It is for practice: it pages nobody and counts nowhere.
    #[arg(long)]
    drill: bool,
    /// When customers first felt it, as 2026-01-05T09:00:00Z.
    #[arg(long, value_name = "TIME")]
    started_at: Option<Timestamp>,
    /// When it was first noticed.
    #[arg(long, value_name = "TIME")]
    detected_at: Option<Timestamp>,
    /// Where to read on; may be given several times.
    #[arg(long = "link", value_name = "URL")]
    links: Vec<String>,
    /// What to call whoever opens it.
    #[arg(long, value_name = "NAME")]
    reporter: Option<String>,
    /// A name for this request: the same one again opens no second incident.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Print the server's answer as JSON.
    #[arg(long)]
    json: bool,
}

/// Opens it, and prints its number and link.
pub async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    if !is_set(&config.api.token) {
        bail!("api.token is not set: set it (SIMA_API__TOKEN) to what the server has");
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder()
        .timeout(PATIENCE)
        .build()
        .context("cannot speak HTTP on this machine")?;
    let server = config.public_url();
    let key = arguments.key.clone().unwrap_or_else(|| Uuid::now_v7().to_string());
    let as_json = arguments.json;
    let answer = http
        .post(format!("{server}/api/v1/incidents"))
        .bearer_auth(config.api.token.expose_secret())
        .header("idempotency-key", &key)
        .json(&body(arguments))
        .send()
        .await
        .map_err(|error| {
            let what = format!("nobody answered at {server} (http.public_url)");
            anyhow::Error::from(error.without_url()).context(unreachable(&what, &key))
        })?;
    let incident = read(answer, &server, &key).await?;
    if as_json {
        return print::line(&serde_json::to_string_pretty(&incident)?);
    }
    let text = |field: &str| incident[field].as_str().unwrap_or_default().to_owned();
    print::line(&format!("{} {}", text("name"), text("url")))
}

/// The request, without what was not said.
fn body(arguments: Arguments) -> Value {
    let fields = [
        ("summary", Some(arguments.summary.into())),
        ("domain", arguments.domain.map(Value::from)),
        ("severity", arguments.severity.map(|severity| severity.level().into())),
        ("description", arguments.description.map(Value::from)),
        ("impact", arguments.impact.map(Value::from)),
        ("private", arguments.private.then_some(Value::Bool(true))),
        ("drill", arguments.drill.then_some(Value::Bool(true))),
        ("started_at", arguments.started_at.map(|at| at.to_string().into())),
        ("detected_at", arguments.detected_at.map(|at| at.to_string().into())),
        ("links", Some(arguments.links.into())),
        ("reporter", arguments.reporter.map(Value::from)),
    ];
    let said = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(said.collect::<Map<_, _>>())
}

/// The incident the server answered with.
async fn read(answer: Response, server: &str, key: &str) -> anyhow::Result<Value> {
    let status = answer.status();
    let told: Value = answer.json().await.unwrap_or_default();
    if status.is_success() && told["name"].is_string() {
        return Ok(told);
    }
    let (Some(message), Some(what_to_do)) =
        (told["error"]["message"].as_str(), told["error"]["what_to_do"].as_str())
    else {
        let what = format!("what answered at {server} (http.public_url) is not SIMA: {status}");
        return Err(unreachable(&what, key).into());
    };
    if status.is_server_error() {
        return Err(unreachable(message, key).into());
    }
    bail!("not opened: {message}\n  what to do: {what_to_do}");
}

/// It may have been opened or not: trying again under the same key opens one.
fn unreachable(what: &str, key: &str) -> Unreachable {
    Unreachable(format!("{what}; to try again without opening two, add --key {key}"))
}
