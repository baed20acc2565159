//! The examples of docs/rules.md say what `sima rules test` says.

use crate::sima;

#[test]
fn each_example_says_what_is_so() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md");
    let page = std::fs::read_to_string(path).expect("docs/rules.md");
    let examples = page.split("\n### ").skip(1);
    let mut count = 0;
    for example in examples {
        let title = example.lines().next().unwrap_or_default();
        let [rules, body, says] = ["toml", "json", "text"].map(|kind| block(example, kind, title));
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("sima.toml");
        std::fs::write(&config, rules).unwrap();
        let said = sima(&config, &["rules", "test", "-"], body);
        assert_eq!(said.code, Some(0), "{title}: {}", said.told);
        assert_eq!(said.out.trim_end(), says.trim_end(), "{title}");
        count += 1;
    }
    assert_eq!(count, 4, "every example is read");
}

/// The block of a kind in an example.
fn block<'e>(example: &'e str, kind: &str, title: &str) -> &'e str {
    let begin = format!("```{kind}\n");
    let (_, rest) = example.split_once(&begin).unwrap_or_else(|| panic!("{title}: no {kind}"));
    rest.split_once("```").expect("the block ends").0
}
