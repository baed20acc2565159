//! What each source's words mean: a table a source of what fires, what ends and what is neither.

mod clouds;
mod observers;
mod others;
mod probes;

use serde_json::Value;

use super::{changed, outcome, try_read};

/// Asserts what becomes of a sample with some fields changed.
fn table(source: &str, name: &str, cases: &[(&[(&str, Value)], &str)]) {
    for (changes, wanted) in cases {
        let said = outcome(try_read(source, &changed(name, changes)));
        assert_eq!(said, *wanted, "{source}: {changes:?}");
    }
}
