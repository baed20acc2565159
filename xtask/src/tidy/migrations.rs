//! Migrations: what one database has, the other has under the same name.

use std::collections::BTreeSet;

use super::{File, Finding};

/// Where they lie, one folder a database.
const FOLDER: &str = "crates/store/migrations";

/// Every migration has a twin of the same name, and a number of its own.
pub fn check(files: &[File]) -> Vec<Finding> {
    let sqlite = names(files, "sqlite");
    let postgres = names(files, "postgres");
    let mut findings = without_twin(&sqlite, "sqlite", &postgres, "postgres");
    findings.extend(without_twin(&postgres, "postgres", &sqlite, "sqlite"));
    findings.extend(same_number(&sqlite));
    findings
}

fn names<'a>(files: &'a [File], database: &str) -> BTreeSet<&'a str> {
    let folder = format!("{FOLDER}/{database}/");
    files.iter().filter_map(|file| file.path.strip_prefix(&folder)).collect()
}

fn without_twin(
    here: &BTreeSet<&str>,
    database: &str,
    there: &BTreeSet<&str>,
    other: &str,
) -> Vec<Finding> {
    here.difference(there)
        .map(|name| {
            let says =
                format!("has no twin in {FOLDER}/{other}: both databases take the same steps");
            Finding::new(format!("{FOLDER}/{database}/{name}"), says)
        })
        .collect()
}

fn same_number(names: &BTreeSet<&str>) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    names
        .iter()
        .filter(|name| !seen.insert(name.split('_').next()))
        .map(|name| Finding::new(format!("{FOLDER}/sqlite/{name}"), "its number is already taken"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(paths: &[&str]) -> Vec<String> {
        let files: Vec<File> =
            paths.iter().map(|path| File::new(&format!("{FOLDER}/{path}"), "")).collect();
        check(&files).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn twins_are_in_order() {
        assert!(says(&["sqlite/0001_start.sql", "postgres/0001_start.sql"]).is_empty());
    }

    #[test]
    fn one_without_a_twin_is_named_on_either_side() {
        let found = says(&["sqlite/0001_start.sql", "postgres/0001_begin.sql"]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("crates/store/migrations/sqlite/0001_start.sql: has no twin"));
        assert!(
            found[1].starts_with("crates/store/migrations/postgres/0001_begin.sql: has no twin")
        );
    }

    #[test]
    fn a_number_is_given_once() {
        let found = says(&[
            "sqlite/0001_roles.sql",
            "postgres/0001_roles.sql",
            "sqlite/0001_start.sql",
            "postgres/0001_start.sql",
        ]);
        assert_eq!(
            found,
            ["crates/store/migrations/sqlite/0001_start.sql: its number is already taken"]
        );
    }
}
