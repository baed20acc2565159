//! `sima metrics`: the three durations, for people or for programs.

use std::fmt::Write as _;

use sima_incident::figures::{Figures, Spread, Summary, in_words};
use sima_store::Store;

use super::{existing, print};
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
    let store = existing::store(config).await?;
    let summary = summarise(&store).await?;
    store.close().await;
    if arguments.json {
        return print::line(&serde_json::to_string_pretty(&summary)?);
    }
    let counts = &summary.incidents;
    print::line(&format!(
        "{} real incidents, {} of them open; left out: {} false positives, {} dismissed otherwise, {} drills",
        counts.real, counts.open, counts.false_positives, counts.dismissed_otherwise, counts.drills
    ))?;
    print::line(&format!(
        "\n{:<20} {:>9} {:>14} {:>14} {:>14}",
        "", "measured", "median", "90 % within", "mean"
    ))?;
    for (label, spread) in [
        ("time to acknowledge", &summary.time_to_acknowledge),
        ("time to repair", &summary.time_to_repair),
        ("time to recover", &summary.time_to_recover),
    ] {
        print::line(&row(label, spread))?;
    }
    print::line(&format!("\n{:<20} {}", "promises kept", summary.promises_kept.in_words()))?;
    Ok(())
}

/// One figure as a line, and below it what is missing and why.
fn row(label: &str, spread: &Spread) -> String {
    let words = |ms: Option<i64>| ms.map_or_else(|| "–".to_owned(), in_words);
    let measured = format!("{} of {}", spread.count, spread.of);
    let mut row = format!(
        "{label:<20} {measured:>9} {:>14} {:>14} {:>14}",
        words(spread.median_ms),
        words(spread.p90_ms),
        words(spread.mean_ms)
    );
    for (reason, count) in &spread.missing {
        let _ = write!(row, "\n{:<20} without a value: {count} {}", "", reason.in_words());
    }
    row
}

/// Summarises what the store has.
async fn summarise(store: &Store) -> anyhow::Result<Summary> {
    let mut figures = Figures::new();
    store.for_each_incident(|incident| figures.add(&incident)).await?;
    Ok(figures.summarise(system_clock().now()))
}
