//! `sima serve`: the server, until it is told to stop.

use anyhow::bail;

use super::print;
use crate::{
    config::Config,
    logging,
    serve::{self, system_clock},
};

/// Runs the server until it is interrupted or terminated.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let missing = config.missing();
    if !missing.is_empty() {
        let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
        bail!("some settings are missing\n{}", missing.join("\n"));
    }
    logging::to_stderr("info");
    for remark in config.remarks() {
        tracing::info!("{remark}");
    }
    let running = serve::start(&config, system_clock()).await?;
    print::line(&format!("SIMA is ready: {}", config.public_url()))?;
    serve::told_to_stop().await;
    running.stop().await;
    Ok(())
}
