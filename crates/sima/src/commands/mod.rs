//! The command line. To add a command: a variant here, and a file named by its verb beside it.

mod check;
mod doctor;
mod existing;
mod manifest;
mod metrics;
mod open;
mod outbox;
mod print;
mod rules;
mod sandbox;
mod serve;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::config::{self, Config, ConfigFault};

pub use sandbox::configuration as sandbox_configuration;

/// SIMA opens, runs and measures production incidents in Slack.
#[derive(Debug, Parser)]
#[command(name = "sima", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// The configuration file [default: sima.toml in this folder, if it is there].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run SIMA against Slack, PagerDuty and Notion.
    Serve,
    /// Run SIMA with a workspace to try it in, in the browser. Needs nothing else.
    Sandbox(sandbox::Arguments),
    /// Check the configuration without starting anything.
    Check,
    /// Look at everything SIMA depends on, and say what to mend. Changes nothing.
    #[command(after_help = "Exit codes: 0 all is well, 1 something has to be mended.")]
    Doctor(doctor::Arguments),
    /// Print the manifest of the Slack app for this configuration.
    Manifest(manifest::Arguments),
    /// Open an incident on a server that runs.
    #[command(after_help = "Exit codes: 0 opened, 1 refused, 2 misspelt, 3 no answer; try again.")]
    Open(Box<open::Arguments>),
    /// Print how long acknowledging, repairing and recovering took.
    Metrics(metrics::Arguments),
    /// Say what the rules would do with an alert.
    Rules(rules::Arguments),
    /// Show what is waiting to be done outside, and what was given up.
    Outbox(outbox::Arguments),
}

/// Runs what was asked for; says what went wrong on standard error.
pub fn run(cli: Cli) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::from(error)),
    };
    let source = config::source(cli.config.as_deref(), sima_variables());
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve => serve::run(load(&source)?).await,
            Command::Sandbox(arguments) => sandbox::run(arguments).await,
            Command::Check => check::run(&source),
            Command::Doctor(arguments) => doctor::run(&load(&source)?, &arguments).await,
            Command::Manifest(arguments) => manifest::run(&load(&source)?, &arguments),
            Command::Open(arguments) => open::run(&load(&source)?, *arguments).await,
            Command::Metrics(arguments) => metrics::run(&load(&source)?, &arguments).await,
            Command::Rules(arguments) => rules::run(&load(&source)?, &arguments).await,
            Command::Outbox(arguments) => outbox::run(&load(&source)?, &arguments).await,
        }
    });
    // What is still under way in the background must not hold the process up.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// The variables that begin with `SIMA_`.
fn sima_variables() -> BTreeMap<String, String> {
    std::env::vars().filter(|(name, _)| name.starts_with("SIMA_")).collect()
}

fn load(source: &config::Source) -> Result<Config, ConfigFault> {
    config::read(source)
}

/// The server gave no answer that settles it: the same may succeed later.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unreachable(String);

fn fail(error: &anyhow::Error) -> ExitCode {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    eprintln!("sima: {}", causes.join(": "));
    let passing = error.downcast_ref::<Unreachable>().is_some();
    if passing { ExitCode::from(3) } else { ExitCode::FAILURE }
}
