//! The `sima` command.

use std::process::ExitCode;

use clap::Parser as _;
use sima::commands::{self, Cli};

fn main() -> ExitCode {
    commands::run(Cli::parse())
}
