//! The store of a running or past SIMA, for commands that only look: never a new, empty one.

use std::path::Path;

use anyhow::bail;
use secrecy::ExposeSecret as _;
use sima_store::Store;

use crate::config::Config;

/// Opens the store that is there.
pub async fn store(config: &Config) -> anyhow::Result<Store> {
    let url = config.database.url.expose_secret();
    if let Some(path) = url.strip_prefix("sqlite:")
        && !Path::new(path.trim_start_matches("//")).exists()
    {
        bail!("there is no database at {path} (database.url): sima serve makes it when it starts");
    }
    Ok(Store::open(url).await?)
}
