//! The page that says what to type where knows every source, and what it gives to paste is read.

use sima_alerts::{Reading, sources};

use super::try_read;

const PAGE: &str = include_str!("../../../../docs/alerts.md");

/// The part of the page below a heading.
fn below(heading: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("\n{heading}\n")).expect("a heading");
    rest.split("\n## ").next().expect("a part")
}

#[test]
fn every_source_has_its_line_in_the_page_and_no_other_has() {
    let lines = below("## Sources").lines().filter_map(|line| line.strip_prefix("| `"));
    let named: Vec<&str> = lines.filter_map(|line| line.split('`').next()).collect();
    assert_eq!(named, sources());
}

#[test]
fn what_is_there_to_paste_is_read() {
    let mut pasted = Vec::new();
    for part in below("## Bodies to paste").split("\n### ").skip(1) {
        let (source, rest) = part.split_once('\n').expect("a heading");
        let (_, rest) = rest.split_once("```json\n").expect("a body");
        let (body, _) = rest.split_once("```").expect("its end");
        pasted.push(source);
        match try_read(source, body.as_bytes()) {
            Ok(Reading::Alerts(_)) if source == "generic" => {}
            // As the sender's test button sends it, with every variable as it was typed.
            Ok(Reading::Nothing { why }) if why.contains("test") => {}
            other => panic!("{source}: {other:?}"),
        }
    }
    assert_eq!(pasted, ["datadog", "elastic", "zabbix", "generic"]);
}
