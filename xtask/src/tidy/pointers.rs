//! Pointers: what a document says lies somewhere, lies there.

use super::{File, Finding};

/// Where records lie, which say what was so on a day and are never edited.
const RECORDS: &str = "docs/decisions/";

/// The folders whose files documents point at.
const FOLDERS: [&str; 3] = ["crates/", "docs/", "xtask/"];

/// Every path written between backticks in a document is there.
pub fn check(files: &[File]) -> Vec<Finding> {
    let documents =
        files.iter().filter(|file| file.is_document() && !file.path.starts_with(RECORDS));
    let mut findings = Vec::new();
    for document in documents {
        for (place, line) in document.lines() {
            for path in pointers(line).filter(|path| !is_there(path, files)) {
                findings.push(Finding::new(place.clone(), format!("`{path}` is not there")));
            }
        }
    }
    findings
}

/// The paths a line points at; one with a placeholder or a pattern in it points at nothing yet.
fn pointers(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|quoted| {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
        FOLDERS.iter().any(|folder| quoted.starts_with(folder)) && quoted.chars().all(plain)
    })
}

fn is_there(path: &str, files: &[File]) -> bool {
    let folder = format!("{}/", path.trim_end_matches('/'));
    files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::said;

    fn says(document: &str, text: &str) -> String {
        said(&check(&[
            File::new("crates/desk/src/open.rs", "//! Opens.\n"),
            File::new(document, text),
        ]))
    }

    #[test]
    fn a_file_or_a_folder_that_is_there_may_be_pointed_at() {
        assert_eq!(says("README.md", "See `crates/desk/src/open.rs` and `crates/desk/`.\n"), "");
    }

    #[test]
    fn one_that_is_not_there_is_named_with_its_line() {
        assert_eq!(
            says("README.md", "Read:\n`crates/desk/src/close.rs`\n"),
            "README.md:2: `crates/desk/src/close.rs` is not there"
        );
        assert_eq!(says("README.md", "`crates/des`"), "README.md:1: `crates/des` is not there");
    }

    #[test]
    fn patterns_commands_and_records_point_at_nothing() {
        assert_eq!(says("README.md", "`crates/<name>/src`, `crates/*`, `cargo test`\n"), "");
        assert_eq!(says("docs/decisions/0001-a.md", "`crates/gone/`\n"), "");
    }
}
