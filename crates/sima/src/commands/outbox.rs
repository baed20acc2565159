//! `sima outbox`: what is waiting to be done outside, what was given up, and another try for it.

use anyhow::bail;
use sima_store::{OutboxView, Store};

use super::{existing, print};
use crate::config::Config;

/// What to show or do.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Show everything, also what was done.
    #[arg(long)]
    all: bool,
    /// Try one that was given up again, by the number shown.
    #[arg(long, value_name = "ID")]
    retry: Option<i64>,
}

/// Shows the outbox, or tries something again.
pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let store = existing::store(config).await?;
    let done = match arguments.retry {
        Some(id) => retry(&store, id).await,
        None => show(&store, arguments.all).await,
    };
    store.close().await;
    done
}

async fn retry(store: &Store, id: i64) -> anyhow::Result<()> {
    if !store.retry_given_up(id).await? {
        bail!("{id} was not given up: sima outbox shows what was");
    }
    print::line(&format!("{id} will be tried again"))
}

async fn show(store: &Store, all: bool) -> anyhow::Result<()> {
    let views: &[OutboxView] =
        if all { &[OutboxView::All] } else { &[OutboxView::GivenUp, OutboxView::Unsettled] };
    let mut rows = Vec::new();
    for view in views {
        rows.extend(store.outbox(*view, 500).await?);
    }
    let unasked = store.unshown_proposals().await?;
    for one in &unasked {
        let (proposal, why) = (&one.proposal, &one.last_setback);
        print::line(&format!(
            "people could not be asked in {} about {:?}: {why}; tried {} times, again at {} UTC",
            proposal.channel,
            proposal.suggestion.title,
            one.attempts,
            one.run_at.strftime("%Y-%m-%d %H:%M:%S")
        ))?;
    }
    if rows.is_empty() {
        if unasked.is_empty() {
            return print::line("nothing is waiting and nothing was given up");
        }
        return Ok(());
    }
    print::line(&format!(
        "{:>6}  {:<10} {:<22} {:<9} {:>5}  {:<20}  last setback",
        "id", "incident", "what", "state", "tries", "due (UTC)"
    ))?;
    for row in rows {
        print::line(&format!(
            "{:>6}  {:<10} {:<22} {:<9} {:>5}  {:<20}  {}",
            row.id,
            row.number.to_string(),
            row.kind,
            row.state,
            row.attempts,
            row.run_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            row.last_setback.unwrap_or_default(),
        ))?;
    }
    Ok(())
}
