//! `sima check`: says whether the configuration can be started with, without starting.

use anyhow::bail;

use super::print;
use crate::config::{self, Source};

/// Checks the configuration.
pub fn run(source: &Source) -> anyhow::Result<()> {
    let config = config::read(source)?;
    config.policy()?;
    let missing = config.missing();
    for fault in &missing {
        print::line(&fault.to_string())?;
    }
    for remark in config.remarks() {
        print::line(&format!("note: {remark}"))?;
    }
    if !missing.is_empty() {
        bail!("{} settings are missing", missing.len());
    }
    print::line("the configuration is good: sima serve will start with it")
}
