//! Reasons: whatever the workspace depends on is named in a decision record that says why.

use super::{File, Finding};

/// Every dependency of the workspace that is not ours has a reason on record.
pub fn check(files: &[File]) -> Vec<Finding> {
    let Some(manifest) = files.iter().find(|file| file.path == "Cargo.toml") else {
        return Vec::new();
    };
    let table = match manifest.text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => return vec![Finding::new(&manifest.path, error.message())],
    };
    let listed = table.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    let listed = listed.and_then(toml::Value::as_table).into_iter().flatten();
    listed
        .filter(|(_, wanted)| wanted.get("path").is_none())
        .map(|(name, _)| name)
        .filter(|name| !is_named(name, files))
        .map(|name| {
            let says = format!("depends on `{name}` without a reason: say it in a decision record");
            Finding::new(&manifest.path, says)
        })
        .collect()
}

fn is_named(name: &str, files: &[File]) -> bool {
    let quoted = format!("`{name}`");
    files
        .iter()
        .filter(|file| file.path.starts_with("docs/decisions/"))
        .any(|file| file.text.contains(&quoted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::said;

    fn says(manifest: &str) -> String {
        said(&check(&[
            File::new("Cargo.toml", manifest),
            File::new("docs/decisions/0001-a.md", "| `serde` | JSON |\n"),
        ]))
    }

    #[test]
    fn a_dependency_of_others_needs_a_reason_and_one_of_ours_does_not() {
        assert_eq!(says("[workspace.dependencies]\nserde = '1'\nours = { path = 'ours' }\n"), "");
        assert_eq!(
            says("[workspace.dependencies]\nserde-json = { version = '1' }\n"),
            "Cargo.toml: depends on `serde-json` without a reason: say it in a decision record"
        );
    }

    #[test]
    fn a_manifest_that_cannot_be_read_is_told() {
        assert!(!says("[workspace").is_empty());
    }
}
