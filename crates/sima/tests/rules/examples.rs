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

/// What is commented out in the example of the configuration works once it is not.
#[test]
fn the_rules_in_the_committed_example_are_good() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sima.example.toml");
    let page = std::fs::read_to_string(path).expect("sima.example.toml");
    let mut inside = false;
    let rules = page.lines().filter(|line| {
        inside = *line == "# [[alerts.rules]]" || (inside && line.starts_with("# "));
        inside
    });
    let rules = rules.map(|line| &line[2..]).collect::<Vec<_>>().join("\n") + "\n";
    assert_eq!(rules.matches("[[alerts.rules]]").count(), 2, "{rules}");
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("sima.toml");
    let domain = "[[domains]]\nkey = \"outbound-email\"\nname = \"Outbound email\"\n";
    std::fs::write(&config, format!("{rules}{domain}")).unwrap();
    let body = "{\"title\": \"The queue is not draining\"}";
    let said = sima(&config, &["rules", "test", "-"], body);
    assert_eq!(said.code, Some(0), "{}", said.told);
    assert!(said.out.contains("queues: decides"), "{}", said.out);
}

/// The block of a kind in an example.
fn block<'e>(example: &'e str, kind: &str, title: &str) -> &'e str {
    let begin = format!("```{kind}\n");
    let (_, rest) = example.split_once(&begin).unwrap_or_else(|| panic!("{title}: no {kind}"));
    rest.split_once("```").expect("the block ends").0
}
