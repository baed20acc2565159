//! `sima rules`: what the rules do with alerts, before they do it. Nothing is sent or recorded.

mod replay;
mod test;

use clap::Subcommand;

use crate::config::Config;

/// What to do with the rules.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Say what would happen with a body that a monitor sends, and why.
    #[command(after_help = "Exit codes: 0 said, 1 the body or the configuration is no good.")]
    Test(test::Arguments),
    /// Say what the rules would have done with the alerts that came, and what would be different.
    #[command(after_help = "Exit codes: 0 said, 1 the alerts or the rules cannot be read.")]
    Replay(replay::Arguments),
}

/// Does it.
pub async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.act {
        Act::Test(arguments) => test::run(config, arguments),
        Act::Replay(arguments) => replay::run(config, arguments).await,
    }
}
