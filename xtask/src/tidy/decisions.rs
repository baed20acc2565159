//! Decision records: each follows the template, is numbered in turn, and is found in the index.

use super::{File, Finding};

/// Where they lie.
const FOLDER: &str = "docs/decisions/";

/// What every record says, in this order.
const SECTIONS: [&str; 5] =
    ["Situation", "Choice", "What it costs", "What we turned down", "What would change our mind"];

/// Half a page, so that it is read: in words, headings included.
const LONGEST: usize = 520;

/// Every record follows the template and stands in the index, under the next number.
pub fn check(files: &[File]) -> Vec<Finding> {
    let index = files.iter().find(|file| file.path == format!("{FOLDER}README.md"));
    let index = index.map_or("", |file| file.text.as_str());
    let mut findings = Vec::new();
    let records = files.iter().filter_map(|file| {
        let name = file.path.strip_prefix(FOLDER)?.strip_suffix(".md")?;
        (name != "README").then_some((file, name))
    });
    for (place, (file, name)) in records.enumerate() {
        let number = format!("{:04}", place + 1);
        let mut say = |says: String| findings.push(Finding::new(&file.path, says));
        if !name.starts_with(&format!("{number}-")) {
            say(format!("records are numbered in turn, and this one is {number}"));
        }
        if !file.text.starts_with(&format!("# {number}. ")) {
            say(format!("its first line is `# {number}. What was decided`"));
        }
        if !index.contains(&format!("({name}.md)")) {
            say(format!("the index in {FOLDER}README.md does not link to it"));
        }
        for wrong in wrong_sections(&file.text) {
            say(wrong);
        }
        let words = file.text.split_whitespace().count();
        if words > LONGEST && !is_a_table(&file.text) {
            say(format!("{words} words; half a page is {LONGEST}"));
        }
    }
    findings
}

/// Says which sections are missing, in the wrong place, or empty.
fn wrong_sections(text: &str) -> Vec<String> {
    let mut parts = text.split("\n## ");
    parts.next();
    let found: Vec<(&str, &str)> =
        parts.map(|part| part.split_once('\n').unwrap_or((part, ""))).collect();
    let headings: Vec<&str> = found.iter().map(|(heading, _)| heading.trim()).collect();
    let mut wrong = Vec::new();
    if headings != SECTIONS {
        let expected: Vec<String> = SECTIONS.iter().map(|name| format!("## {name}")).collect();
        wrong.push(format!("its sections are {}, in this order", expected.join(", ")));
    }
    for (heading, said) in found {
        if said.trim().is_empty() {
            wrong.push(format!("`## {}` says nothing", heading.trim()));
        }
    }
    wrong
}

/// Whether a record is mostly a list that people look things up in.
fn is_a_table(text: &str) -> bool {
    let rows = text.lines().filter(|line| line.starts_with('|')).count();
    rows * 2 > text.lines().filter(|line| !line.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::said;

    const GOOD: &str = "# 0001. A\n\n## Situation\nS.\n\n## Choice\nC.\n\n## What it costs\nW.\n\n\
                        ## What we turned down\nT.\n\n## What would change our mind\nM.\n";

    /// What is said about one record that stands in the index.
    fn says(text: &str) -> String {
        all_said(&[("0001-a", text), ("README", "[A](0001-a.md)")])
    }

    fn all_said(records: &[(&str, &str)]) -> String {
        let files: Vec<File> = records
            .iter()
            .map(|(name, text)| File::new(&format!("docs/decisions/{name}.md"), text))
            .collect();
        said(&check(&files))
    }

    #[test]
    fn a_record_after_the_template_is_in_order() {
        assert_eq!(says(GOOD), "");
    }

    #[test]
    fn a_missing_an_empty_and_a_misplaced_section_are_told() {
        assert!(says(&GOOD.replace("## Choice\nC.\n", "")).contains("its sections are"));
        assert!(says(&GOOD.replace("C.", "")).contains("`## Choice` says nothing"));
        let swapped = GOOD.replace("Situation", "X").replace("Choice", "Situation");
        assert!(says(&swapped.replace('X', "Choice")).contains("in this order"));
    }

    #[test]
    fn number_title_and_index_must_agree() {
        assert!(says(&GOOD.replace("0001", "0007")).contains("its first line"));
        let second = GOOD.replace("0001", "0002");
        assert_eq!(
            all_said(&[("0001-a", GOOD), ("0002-b", &second), ("README", "[A](0001-a.md)")]),
            "docs/decisions/0002-b.md: the index in docs/decisions/README.md does not link to it"
        );
        assert!(all_said(&[("0003-c", GOOD)]).contains("numbered in turn"));
    }

    #[test]
    fn a_long_record_is_told_unless_it_is_a_table() {
        let prose = GOOD.replace("C.", &"word ".repeat(LONGEST));
        assert!(says(&prose).contains("half a page"));
        let table = GOOD.replace("C.", &"| a | b c d e f g h i j k l m n o p |\n".repeat(60));
        assert_eq!(says(&table), "");
    }
}
