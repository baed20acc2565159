//! `sima doctor`: looks at everything SIMA depends on and says what to mend.

use anyhow::bail;
use jiff::Timestamp;

use super::print;
use crate::{
    config::Config,
    doctor::{self, Health},
};

/// How to write it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// Examines and prints; fails when something has to be mended.
pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let findings = doctor::examine(config, Timestamp::now).await?;
    if arguments.json {
        print::line(&serde_json::to_string_pretty(&findings)?)?;
    } else {
        print::line(&doctor::table(&findings))?;
    }
    if findings.iter().any(|finding| finding.health == Health::Ill) {
        bail!("not all is well");
    }
    Ok(())
}
