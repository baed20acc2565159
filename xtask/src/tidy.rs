//! What the compiler does not check: the crate graph, names, words, migrations, decision records.
//!
//! To add a rule: a function from [`File`]s to [`Finding`]s in the file of the noun it is about,
//! called in [`findings`], with a test that shows it failing.

mod arrows;
mod decisions;
mod file;
mod migrations;
mod pointers;
mod reasons;
mod words;

use std::{fmt, path::Path};

use self::file::File;

/// One thing that is not in order.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    /// The file, with a line if there is one.
    place: String,
    /// What is wrong and what to do, as a sentence.
    says: String,
}

impl Finding {
    fn new(place: impl Into<String>, says: impl Into<String>) -> Self {
        Self { place: place.into(), says: says.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.says)
    }
}

/// Reads the checkout and says what is not in order; answers whether all is.
///
/// # Errors
/// When a file could not be read.
pub fn run(root: &Path) -> anyhow::Result<bool> {
    let files = file::read_all(root)?;
    let findings = findings(&files);
    for finding in &findings {
        println!("   {finding}");
    }
    for long in file::long(&files) {
        println!("   warning: {long}");
    }
    println!("   {} files read, {} not in order", files.len(), findings.len());
    Ok(findings.is_empty())
}

/// Asks every rule.
fn findings(files: &[File]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files {
        found.extend(file::opens_with_its_doc(file));
        found.extend(file::has_a_name(file));
        found.extend(words::unfinished(file));
        found.extend(words::of_one_machine(file));
        found.extend(words::of_how_it_was_made(file));
    }
    found.extend(arrows::check(files));
    found.extend(migrations::check(files));
    found.extend(decisions::check(files));
    found.extend(pointers::check(files));
    found.extend(reasons::check(files));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said, one finding a line.
    pub fn said(findings: &[Finding]) -> String {
        findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_rule_is_asked() {
        let later = concat!("to", "do!()");
        let files = [
            File::new("crates/store/src/util.rs", &format!("fn later() {{ {later} }}\n")),
            File::new(
                "crates/store/migrations/sqlite/0001_start.sql",
                concat!("-- as ", "instructed\n"),
            ),
            File::new("crates/desk/Cargo.toml", "dependencies = { sima-slack = '1' }"),
            File::new("docs/decisions/0001-a.md", "# 0001. A\n"),
            File::new("Cargo.toml", "workspace.dependencies = { left-pad = '1' }"),
            File::new("README.md", &format!("See {}notes.\n", ["", "root", ""].join("/"))),
            File::new("ARCHITECTURE.md", "The desk: `crates/desk/src/gone.rs`.\n"),
        ];
        let text = said(&findings(&files));
        for rule in [
            "opens with `//!`",
            "named for what it is",
            "later than now",
            "path of one machine",
            "how it was made",
            "must not depend on",
            "has no twin",
            "## Situation",
            "is not there",
            "without a reason",
        ] {
            assert!(text.contains(rule), "nobody says {rule:?} in\n{text}");
        }
    }
}
