//! The project's own tasks: `cargo xtask check`, `tidy`, `bench`, `sweep`, `storm`.

#![allow(clippy::disallowed_methods, reason = "a check says how long each of its steps took")]

mod check;
mod need;
mod program;
mod step;
mod suite;
mod tidy;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::step::Step;

/// The project's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything a change must pass: format, lints, tidy, and all tests. The same as in CI
    Check {
        /// Install nothing; say what is missing instead
        #[arg(long)]
        no_install: bool,
        /// Only this step; may be given several times
        #[arg(long, value_name = "STEP", value_enum)]
        only: Vec<Step>,
    },
    /// What the compiler does not check: the crate graph, names, words, migrations, decision records
    Tidy,
    /// Measures opening an incident against vendors that take 100 ms to answer, or taking alerts in
    Bench {
        /// What to measure
        #[arg(value_enum, default_value_t = Bench::Opening)]
        what: Bench,
        /// Handed on to the benchmark
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Opens many incidents, kills SIMA at random moments of it, and looks that all is done once
    Sweep {
        /// How many to open
        #[arg(long, default_value_t = 300)]
        openings: usize,
        /// What the moments are drawn from, to repeat a run
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Sends many alerts at once through every door there is, and counts what people and vendors see
    Storm {
        /// How many to send
        #[arg(long, default_value_t = 10_000)]
        alerts: usize,
    },
}

/// The story that is told with more alerts.
const STORM: &str = "quiet::what_a_person_did_is_shown_amid_a_storm";

/// What there is to measure.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Bench {
    /// Opening an incident by the form
    Opening,
    /// Taking alerts in
    Intake,
}

fn main() -> anyhow::Result<ExitCode> {
    let root = root()?;
    match Cli::parse().task {
        Task::Check { no_install, only } => check::run(&root, &only, !no_install),
        Task::Tidy => Ok(if tidy::run(&root)? { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
        Task::Bench { what, arguments } => {
            let name = match what {
                Bench::Opening => "opening",
                Bench::Intake => "intake",
            };
            let mut bench = program::cargo(&root);
            bench.args(["bench", "-p", "sima", "--bench", name, "--"]).args(arguments);
            Ok(if bench.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Task::Sweep { openings, seed } => {
            let mut sweep = program::cargo(&root);
            sweep.args(["test", "--release", "-p", "sima", "--test", "sweep"]);
            sweep.args(["--", "--nocapture", "--test-threads", "1"]);
            sweep.env("SWEEP_OPENINGS", openings.to_string());
            if let Some(seed) = seed {
                sweep.env("SEED", seed.to_string());
            }
            Ok(if sweep.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Task::Storm { alerts } => {
            let mut storm = program::cargo(&root);
            storm.args(["test", "-p", "sima", "--test", "stories"]);
            storm.args(["--", "--nocapture", "--exact", STORM]);
            storm.env("STORM_ALERTS", alerts.to_string());
            Ok(if storm.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

/// The folder of the workspace.
fn root() -> anyhow::Result<PathBuf> {
    let own = env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
    let root = Path::new(&own).parent().context("xtask lies in no workspace")?;
    Ok(root.to_owned())
}
