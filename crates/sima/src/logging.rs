//! Where the log goes: standard error, readable on a terminal, JSON elsewhere.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Starts logging. `SIMA_LOG` says what is logged, in the usual filter syntax.
pub fn to_stderr(otherwise: &str) {
    let filter = std::env::var("SIMA_LOG")
        .ok()
        .and_then(|given| given.parse::<EnvFilter>().ok())
        .unwrap_or_else(|| {
            EnvFilter::new(format!("{otherwise},hyper=warn,reqwest=warn,sqlx=warn"))
        });
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, as in tests, keeps the first one's log.
    let _ = if std::io::stderr().is_terminal() {
        builder.compact().try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
}
