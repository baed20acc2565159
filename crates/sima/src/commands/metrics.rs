//! `sima metrics`: the three durations, for people or for programs.

use secrecy::ExposeSecret as _;
use sima_incident::figures::{Figures, Summary};
use sima_store::Store;

use super::print;
use crate::{config::Config, serve::system_clock};

/// What to print, and how.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print JSON, with the unit in each key.
    #[arg(long)]
    json: bool,
}

/// Prints the figures over all incidents but private ones.
pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let store = Store::open(config.database.url.expose_secret()).await?;
    let summary = summarise(&store).await?;
    store.close().await;
    if arguments.json {
        return print::line(&serde_json::to_string_pretty(&summary)?);
    }
    print::line(&summary.in_words())
}

/// Summarises what the store has.
async fn summarise(store: &Store) -> anyhow::Result<Summary> {
    let mut figures = Figures::new();
    store.for_each_incident(|incident| figures.add(&incident)).await?;
    Ok(figures.summarise(system_clock().now()))
}
