//! The project's own tasks: `cargo xtask check`, `cargo xtask tidy`, `cargo xtask bench`.

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
    /// Measures opening an incident against vendors that take 100 ms to answer
    Bench {
        /// Handed on to the benchmark
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    let root = root()?;
    match Cli::parse().task {
        Task::Check { no_install, only } => check::run(&root, &only, !no_install),
        Task::Tidy => Ok(if tidy::run(&root)? { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
        Task::Bench { arguments } => {
            let mut bench = program::cargo(&root);
            bench.args(["bench", "-p", "sima", "--bench", "opening", "--"]).args(arguments);
            Ok(if bench.status()?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

/// The folder of the workspace.
fn root() -> anyhow::Result<PathBuf> {
    let own = env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
    let root = Path::new(&own).parent().context("xtask lies in no workspace")?;
    Ok(root.to_owned())
}
