//! `sima manifest`: the Slack app, written down for Slack to make it.

use anyhow::bail;
use sima_slack::manifest::{About, LONGEST_NAME, manifest};

use super::print;
use crate::config::{Config, SlackMode};

/// What cannot be told from the configuration.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What the app and its bot are called.
    #[arg(long, default_value = "SIMA")]
    name: String,
}

/// Prints the manifest as JSON, which is all Slack needs.
pub fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let name = arguments.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        bail!("Slack takes names of 1 to {LONGEST_NAME} characters: give another with --name");
    }
    let over_http = config.slack.mode == SlackMode::Http;
    let url = config.public_url();
    if over_http && !url.starts_with("https://") {
        bail!(
            "Slack reaches SIMA over https, and http.public_url is {url}: set SIMA_HTTP__PUBLIC_URL \
             to the address your proxy answers at, as https://sima.example.com; or \
             slack.mode = \"socket\", with which Slack need not reach it"
        );
    }
    let about = About {
        name,
        slash_command: &config.workspace.slash_command,
        public_url: over_http.then_some(url.as_str()),
    };
    print::line(&format!("{:#}", manifest(&about)))
}
