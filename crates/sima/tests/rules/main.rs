//! `sima rules` as people call it, and the examples in its documentation.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod examples;
mod replayed;
mod tried;

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

/// What a call of `sima` said, and how it ended.
pub struct Said {
    /// Its exit code.
    pub code: Option<i32>,
    /// What stood on standard output.
    pub out: String,
    /// What stood on standard error.
    pub told: String,
}

/// Calls `sima` with a configuration and something on standard input.
pub fn sima(config: &Path, arguments: &[&str], input: &str) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sima"))
        .arg("--config")
        .arg(config)
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sima runs");
    // It may end without reading what it does not need.
    let _ = child.stdin.take().expect("standard input").write_all(input.as_bytes());
    let done = child.wait_with_output().expect("sima ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Said { code: done.status.code(), out: text(done.stdout), told: text(done.stderr) }
}
