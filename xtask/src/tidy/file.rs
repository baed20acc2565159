//! The files of the checkout, and the rules each must keep by itself: its first line, its name, its length.

use std::{fs, path::Path};

use anyhow::Context as _;

use super::Finding;

/// The files that are read: by their endings, and those that have none.
const READ: [&str; 11] =
    [".rs", ".toml", ".md", ".sql", ".js", ".css", ".html", ".sh", ".yml", ".yaml", ".ci/run"];

/// Folders that hold nothing of ours: what is built, and what vendors sent.
const NOT_OURS: [&str; 3] = ["target", ".git", "contracts"];

/// Names that say nothing: whatever is put there could lie anywhere.
const SAYS_NOTHING: [&str; 8] =
    ["util", "utils", "common", "helper", "helpers", "types", "misc", "stuff"];

/// Above so many lines a file is likely two.
const LONG: usize = 400;

/// One text file.
#[derive(Debug)]
pub struct File {
    /// Its path from the root, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl File {
    #[cfg(test)]
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether it is Rust.
    pub fn is_rust(&self) -> bool {
        self.ends_with("rs")
    }

    /// Whether it is a document.
    pub fn is_document(&self) -> bool {
        self.ends_with("md")
    }

    fn ends_with(&self, ending: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|it| it == ending)
    }

    /// Its lines with the place of each, such as `README.md:3`.
    pub fn lines(&self) -> impl Iterator<Item = (String, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (format!("{}:{}", self.path, at + 1), line))
    }
}

/// Reads every text file below `root` that is ours, in the order of their paths.
///
/// # Errors
/// When one could not be read.
pub fn read_all(root: &Path) -> anyhow::Result<Vec<File>> {
    let mut files = Vec::new();
    read_folder(root, "", &mut files)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn read_folder(folder: &Path, path: &str, files: &mut Vec<File>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {path:?}"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        if entry.file_type()?.is_dir() {
            if !NOT_OURS.contains(&path.as_str()) {
                read_folder(&entry.path(), &path, files)?;
            }
        } else if READ.iter().any(|ending| path.ends_with(ending)) {
            let bytes = fs::read(entry.path()).with_context(|| format!("cannot read {path}"))?;
            files.push(File { path, text: String::from_utf8_lossy(&bytes).into_owned() });
        }
    }
    Ok(())
}

/// Every file of Rust opens with a sentence that says what is found there.
pub fn opens_with_its_doc(file: &File) -> Option<Finding> {
    let opens = file.text.starts_with("//! ");
    (file.is_rust() && !opens).then(|| {
        Finding::new(&file.path, "a file opens with `//!` and one sentence: what is found here")
    })
}

/// A file and its folders are named for what they are.
pub fn has_a_name(file: &File) -> Option<Finding> {
    let mut words = file.path.split(['/', '.']);
    let empty = words.find(|word| SAYS_NOTHING.contains(word))?;
    let says =
        format!("a file is named for what it is, and `{empty}` could be anything: say the noun");
    Some(Finding::new(&file.path, says))
}

/// Names the files that are likely two: no fault, but a question.
pub fn long(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| ["rs", "js", "css", "sql"].iter().any(|ending| file.ends_with(ending)))
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LONG)
        .map(|(file, lines)| {
            Finding::new(&file.path, format!("{lines} lines; is it still one noun or one act?"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_rust_opens_with_its_doc() {
        let opens = |path, text| opens_with_its_doc(&File::new(path, text)).is_none();
        assert!(opens("a.rs", "//! What an incident is.\n"));
        assert!(!opens("a.rs", "use std::fmt;\n"));
        assert!(!opens("a.rs", "// What an incident is.\n"));
        assert!(!opens("a.rs", "\n//! What an incident is.\n"));
        assert!(!opens("a.rs", ""));
        assert!(opens("a.md", "# Rust only\n"));
    }

    #[test]
    fn neither_file_nor_folder_has_a_name_that_says_nothing() {
        let named = |path| has_a_name(&File::new(path, "")).is_none();
        assert!(named("crates/slack/src/messages/brief.rs"));
        assert!(named("crates/store/src/uncommon.rs"));
        assert!(!named("crates/slack/src/util.rs"));
        assert!(!named("crates/sima/tests/common/mod.rs"));
        assert!(!named("crates/web/src/types.rs"));
    }

    #[test]
    fn long_files_are_named_with_their_length() {
        let files = [
            File::new("a.rs", &"//!\n".repeat(LONG)),
            File::new("b.rs", &"//!\n".repeat(LONG + 1)),
            File::new("c.md", &"text\n".repeat(LONG + 1)),
        ];
        let found: Vec<String> = long(&files).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["b.rs: 401 lines; is it still one noun or one act?"]);
    }

    #[test]
    fn our_own_files_are_read_and_what_is_built_is_not() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
        let files = read_all(root).expect("readable");
        let has = |path: &str| files.iter().any(|file| file.path == path);
        assert!(has("Cargo.toml") && has("xtask/src/tidy/file.rs") && has(".ci/run"));
        assert!(!files.iter().any(|file| file.path.starts_with("target/")));
    }
}
