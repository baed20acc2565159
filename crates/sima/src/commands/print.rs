//! Writing to standard output, which may be a pipe that somebody closes early.

use std::io::Write as _;

/// Writes text and a line's end; ends quietly when nobody reads any more.
pub fn line(text: &str) -> anyhow::Result<()> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
