//! The steps of the check, in their order: the quick ones first.

use std::path::Path;

use clap::ValueEnum;

use crate::{
    need::{self, Need},
    program, suite, tidy,
};

/// One step of the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Is the source formatted?
    Format,
    /// Does the crate graph hold, are names and records in order?
    Tidy,
    /// What does clippy say?
    Lints,
    /// Do all tests pass?
    Tests,
}

/// What came of a step.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It passed; with a word about it.
    Passed(String),
    /// It passed as far as it could be run on this machine.
    Partly {
        /// What was done.
        done: String,
        /// What was not, by name.
        skipped: Vec<String>,
    },
    /// It did not pass.
    Failed(String),
}

impl Step {
    /// Its name, as `--only` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Tidy => "tidy",
            Self::Lints => "lints",
            Self::Tests => "tests",
        }
    }

    /// What it needs on the machine.
    pub fn needs(self) -> &'static [Need] {
        match self {
            Self::Format => &[Need::Rustfmt],
            Self::Tidy => &[],
            Self::Lints => &[Need::Clippy],
            Self::Tests => &[Need::Postgres, Need::Chromium, Need::Prometheus, Need::Certificates],
        }
    }

    /// Runs it; `missing` is what this machine could not be given.
    ///
    /// # Errors
    /// When a program that must be there could not be started, or the checkout not be read.
    pub fn run(self, root: &Path, missing: &[Need]) -> anyhow::Result<Outcome> {
        match self {
            Self::Format => cargo(root, missing, self, &["fmt", "--all", "--", "--check"]),
            Self::Tidy if tidy::run(root)? => Ok(Outcome::Passed(String::new())),
            Self::Tidy => Ok(Outcome::Failed("cargo xtask tidy".to_owned())),
            Self::Lints => {
                let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
                cargo(root, missing, self, &clippy)
            }
            Self::Tests => suite::run(root, missing),
        }
    }
}

/// Runs a cargo command that is either possible or not.
fn cargo(root: &Path, missing: &[Need], step: Step, words: &[&str]) -> anyhow::Result<Outcome> {
    if let Some(need) = step.needs().iter().find(|need| missing.contains(need)) {
        let skipped = vec![format!("{}, because {} is not installed", step.name(), need.name())];
        return Ok(Outcome::Partly { done: String::new(), skipped });
    }
    let mut command = program::cargo(root);
    command.args(words);
    println!("   {}", need::shown(&command));
    if command.status()?.success() {
        Ok(Outcome::Passed(String::new()))
    } else {
        Ok(Outcome::Failed(need::shown(&command)))
    }
}
