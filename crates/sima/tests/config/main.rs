//! Configuration as people write it: what works, and how each mistake is told.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod integrations;
mod mistakes;
mod printed;
mod steps;
mod written;

use std::{collections::BTreeMap, path::Path};

use sima::config::{Config, ConfigFault, Source, read};
use tempfile::TempDir;

/// Reads a file of this text, with these variables over it.
fn configured(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigFault> {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("sima.toml");
    std::fs::write(&file, text).expect("a file");
    read(&source(&file, variables))
}

/// A configuration of this file and these variables.
fn source(file: &Path, variables: &[(&str, &str)]) -> Source {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Source { file: file.to_owned(), named: true, variables }
}
