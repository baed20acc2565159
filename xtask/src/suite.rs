//! The whole test suite: runs it, counts what passed, and names what could not be run.
//!
//! Which tests need a server is told by where they live: in a module or a test target named
//! `postgres`, `browser` or `prometheus`. Where that server is missing they are left out and named.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, pipe},
    path::Path,
    process::{Command, ExitStatus},
};

use crate::{
    need::{self, Need},
    program,
    step::Outcome,
};

/// What the test programs said.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: usize,
    failed: Vec<String>,
    ignored: Vec<String>,
}

/// Builds and runs every test of the workspace but those whose server is `missing`.
///
/// # Errors
/// When cargo could not be started.
pub fn run(root: &Path, missing: &[Need]) -> anyhow::Result<Outcome> {
    // First only build, with cargo's own progress to look at.
    let mut build = program::cargo(root);
    build.args(["test", "--workspace", "--no-run"]);
    println!("   {}", need::shown(&build));
    if !build.status()?.success() {
        return Ok(Outcome::Failed(need::shown(&build)));
    }

    let mut skipped = Vec::new();
    let mut skips = BTreeSet::new();
    for need in missing {
        let Some(room) = need.room() else { continue };
        let there = tests_in(root, room)?;
        let why = format!("because {} is not installed", need.name());
        if there.is_empty() {
            skipped.push(format!("every test in a `{room}` room, {why}"));
        }
        skipped.extend(there.iter().map(|test| format!("{test}, {why}")));
        skips.extend(there);
    }

    let mut tests = program::cargo(root);
    tests.args(["test", "--workspace", "--no-fail-fast"]);
    // A check changes nothing: a snapshot that differs is a failure, not a new file.
    tests.env("INSTA_UPDATE", "no");
    if !skips.is_empty() {
        tests.args(["--", "--exact"]);
        tests.args(skips.iter().flat_map(|test| ["--skip", test]));
    }
    println!("   cargo test --workspace --no-fail-fast");
    let mut tally = Tally::default();
    let status = listen(tests, |line| {
        if tally.hear(line) {
            println!("{line}");
        }
    })?;
    Ok(tally.verdict(status.success(), skipped))
}

impl Tally {
    /// Takes in one line; answers whether a reader wants to see it.
    fn hear(&mut self, line: &str) -> bool {
        if let Some(counts) = line.strip_prefix("test result: ") {
            let passed =
                counts.split(['.', ';']).find_map(|part| part.trim().strip_suffix(" passed"));
            self.passed += passed.and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
            return true;
        }
        if let Some((name, said)) =
            line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... "))
        {
            if said.starts_with("ignored") {
                self.ignored.push(format!("{name}, {said}"));
            } else if said.starts_with("FAILED") {
                self.failed.push(name.to_owned());
            }
            return said != "ok";
        }
        let counts = line.starts_with("running ") && line.trim_end_matches('s').ends_with(" test");
        !line.is_empty() && !counts
    }

    fn verdict(mut self, success: bool, mut skipped: Vec<String>) -> Outcome {
        let done = format!("{} tests passed", self.passed);
        if !success {
            let names = if self.failed.is_empty() {
                "see above".to_owned()
            } else {
                self.failed.join(", ")
            };
            return Outcome::Failed(format!("{done}, not: {names}"));
        }
        if self.passed == 0 {
            return Outcome::Failed("no test was run".to_owned());
        }
        skipped.append(&mut self.ignored);
        if skipped.is_empty() { Outcome::Passed(done) } else { Outcome::Partly { done, skipped } }
    }
}

/// Lists the tests that live in a room of that name.
fn tests_in(root: &Path, room: &str) -> anyhow::Result<Vec<String>> {
    let mut list = program::cargo(root);
    list.args(["test", "--workspace", "--tests", "--", "--list"]);
    let mut found = Vec::new();
    let mut in_target = false;
    listen(list, |line| {
        if let Some(target) = target_of(line) {
            in_target = target.split(['/', '.']).any(|part| part == room);
        } else if let Some(test) = line.strip_suffix(": test")
            && (in_target || test.split("::").any(|part| part == room))
        {
            found.push(test.to_owned());
        }
    })?;
    Ok(found)
}

/// Reads the source of a test program from cargo's announcement of it:
/// `     Running tests/browser/main.rs (target/debug/deps/browser-0123)`.
fn target_of(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("Running ")?;
    rest.strip_prefix("unittests ").unwrap_or(rest).split_once(" (").map(|(source, _)| source)
}

/// Runs a command and hands on each line of what it says, of both its outputs in their order.
fn listen(mut command: Command, mut hear: impl FnMut(&str)) -> anyhow::Result<ExitStatus> {
    let (reader, writer) = pipe()?;
    let mut child = command.stdout(writer.try_clone()?).stderr(writer).spawn()?;
    // The command keeps the writing ends open, and with them the pipe.
    drop(command);
    for line in BufReader::new(reader).split(b'\n') {
        hear(String::from_utf8_lossy(&line?).trim_end());
    }
    Ok(child.wait()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(lines: &[&str]) -> (Tally, Vec<String>) {
        let mut tally = Tally::default();
        let shown = lines.iter().filter(|line| tally.hear(line)).map(|&line| line.to_owned());
        let shown = shown.collect();
        (tally, shown)
    }

    #[test]
    fn counts_and_names_are_read_and_what_passed_is_not_shown() {
        let (tally, shown) = heard(&[
            "running 1 test",
            "running 3 tests",
            "test naming::tests::a_clash ... ok",
            "test store::postgres::keeps_order ... ignored, PostgreSQL is not installed",
            "test desk::opens_twice ... FAILED",
            "",
            "test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out",
            "test result: ok. 41 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        ]);
        assert_eq!(tally.passed, 42);
        assert_eq!(tally.failed, ["desk::opens_twice"]);
        assert_eq!(
            tally.ignored,
            ["store::postgres::keeps_order, ignored, PostgreSQL is not installed"]
        );
        assert_eq!(shown.len(), 4, "{shown:?}");
    }

    #[test]
    fn an_ignored_test_is_no_success() {
        let (tally, _) = heard(&[
            "test a ... ignored",
            "test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured",
        ]);
        assert_eq!(
            tally.verdict(true, Vec::new()),
            Outcome::Partly { done: "1 tests passed".into(), skipped: vec!["a, ignored".into()] }
        );
    }

    #[test]
    fn no_test_at_all_is_a_failure() {
        let (tally, _) = heard(&["test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured"]);
        assert_eq!(tally.verdict(true, Vec::new()), Outcome::Failed("no test was run".into()));
    }

    #[test]
    fn a_failed_program_is_a_failure_whatever_was_counted() {
        let (tally, _) = heard(&["test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured"]);
        assert!(matches!(tally.verdict(false, Vec::new()), Outcome::Failed(_)));
    }

    #[test]
    fn the_source_of_a_test_program_is_read() {
        let cases = [
            (
                "     Running tests/browser/main.rs (target/debug/deps/browser-0)",
                "tests/browser/main.rs",
            ),
            ("     Running unittests src/lib.rs (target/debug/deps/sima-0)", "src/lib.rs"),
        ];
        for (line, expected) in cases {
            assert_eq!(target_of(line), Some(expected));
        }
        assert_eq!(target_of("suite::postgres::keeps_order: test"), None);
    }

    #[test]
    fn both_outputs_are_heard_in_their_order() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; echo three; exit 3"]);
        let mut lines = Vec::new();
        let status = listen(command, |line| lines.push(line.to_owned())).expect("sh runs");
        assert_eq!(lines, ["one", "two", "three"]);
        assert_eq!(status.code(), Some(3));
    }
}
