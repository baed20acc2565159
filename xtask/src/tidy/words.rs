//! Words that do not belong in a file: of unfinished work, of one machine, of how the work was done.

use super::{File, Finding};

// The words below are written in two halves, or this file would be its own first finding.

/// What marks work that is not finished, or a check somebody went round.
const UNFINISHED: [&str; 6] = [
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("d", "bg!("),
    concat!("#[", "ignore"),
    concat!("FIX", "ME"),
    concat!("X", "XX:"),
];

/// First folders of a path that exists on one machine only.
const FOLDERS: [&str; 5] = ["root", "home", "Users", "work", "farm"];

/// What tells of the making and not of the thing.
const OF_THE_MAKING: [&str; 8] = [
    concat!("as ", "requested"),
    concat!("as ", "instructed"),
    concat!("the task ", "asks"),
    concat!("the issue ", "asks"),
    concat!("coding ", "agent"),
    concat!("sub", "agent"),
    concat!("sub-", "agent"),
    concat!("language ", "model"),
];

/// Nothing is left for later than now.
pub fn unfinished(file: &File) -> Vec<Finding> {
    if !file.is_rust() {
        return Vec::new();
    }
    find(file, |line| {
        let word = UNFINISHED.iter().find(|word| line.contains(**word))?;
        Some(format!("`{word}` leaves something for later than now: finish it or take it out"))
    })
}

/// Nothing names a place that is on one machine only.
pub fn of_one_machine(file: &File) -> Vec<Finding> {
    find(file, |line| {
        let folder = FOLDERS.iter().find(|folder| names_a_path_in(line, folder))?;
        Some(format!("`/{folder}/…` is a path of one machine: say it from the project's root"))
    })
}

/// Nothing tells of how it was made: the log does, and readers want to know what is.
pub fn of_how_it_was_made(file: &File) -> Vec<Finding> {
    find(file, |line| {
        let lower = line.to_lowercase();
        let word = OF_THE_MAKING.iter().find(|word| lower.contains(**word))?;
        Some(format!("“{word}” tells how it was made: say what is so, and why"))
    })
}

/// Asks a rule about each line.
fn find(file: &File, rule: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    file.lines()
        .filter_map(|(place, line)| rule(line).map(|says| Finding::new(place, says)))
        .collect()
}

/// Whether a line has `/folder/something`, and not as the rest of a longer path or a URL.
fn names_a_path_in(line: &str, folder: &str) -> bool {
    let start = format!("/{folder}/");
    line.match_indices(&start).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + start.len()..].chars().next();
        !before.is_some_and(|letter| letter.is_alphanumeric() || "_.-}".contains(letter))
            && after.is_some_and(|letter| letter.is_ascii_alphabetic() || letter == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_of_unfinished_work_is_found_with_its_line() {
        for word in UNFINISHED {
            let file = File::new("a.rs", &format!("//! A.\nlet it = {word}1);\n"));
            let found = unfinished(&file);
            assert_eq!(found.len(), 1, "{word}");
            assert_eq!(found[0].place, "a.rs:2");
        }
        assert!(unfinished(&File::new("a.rs", "//! A todo list; debug!(\"x\")\n")).is_empty());
    }

    #[test]
    fn a_path_of_one_machine_is_found_and_a_longer_path_is_not() {
        let says = |line: &str| !of_one_machine(&File::new("a.md", line)).is_empty();
        for folder in FOLDERS {
            assert!(says(&format!("see /{folder}/notes.md")), "{folder}");
            assert!(says(&format!("\"/{folder}/.cargo\"")), "{folder}");
            assert!(!says(&format!("https://example.org/{folder}/notes")), "{folder}");
            assert!(!says(&format!("crates/{folder}/notes")), "{folder}");
            assert!(!says(&format!("either /{folder}/ or not")), "{folder}");
        }
    }

    #[test]
    fn words_of_the_making_are_found_however_they_are_written() {
        for word in OF_THE_MAKING {
            let file = File::new("a.md", &format!("Done {}.\n", word.to_uppercase()));
            assert_eq!(of_how_it_was_made(&file).len(), 1, "{word}");
        }
        let plain = File::new("a.md", "The worker does what was asked.\n");
        assert!(of_how_it_was_made(&plain).is_empty());
    }
}
