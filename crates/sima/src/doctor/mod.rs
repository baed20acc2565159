//! The doctor: looks at everything the configuration names and says what keeps SIMA from working there,
//! with the step that mends it. It changes nothing.

mod database;
mod pager;
mod pages;
mod slack;
mod table;

use jiff::Timestamp;
use serde::Serialize;

use crate::config::Config;

pub use table::table;

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should be.
    Well,
    /// It works with something less.
    Weak,
    /// Something will not work until it is mended.
    Ill,
    /// It cannot be seen from here.
    Unseen,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where: `slack`, `pager`, `pages`, `database`.
    pub area: &'static str,
    /// How it stands.
    pub health: Health,
    /// What is so.
    pub says: String,
    /// What to do about it; nothing if all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<String>,
}

impl Finding {
    fn new(
        area: &'static str,
        health: Health,
        says: impl Into<String>,
        repair: impl Into<String>,
    ) -> Self {
        Self { area, health, says: says.into(), repair: Some(repair.into()) }
    }

    fn well(area: &'static str, says: impl Into<String>) -> Self {
        Self { area, health: Health::Well, says: says.into(), repair: None }
    }

    fn ill(area: &'static str, says: impl Into<String>, repair: impl Into<String>) -> Self {
        Self::new(area, Health::Ill, says, repair)
    }

    fn weak(area: &'static str, says: impl Into<String>, repair: impl Into<String>) -> Self {
        Self::new(area, Health::Weak, says, repair)
    }

    fn unseen(area: &'static str, says: impl Into<String>, repair: impl Into<String>) -> Self {
        Self::new(area, Health::Unseen, says, repair)
    }
}

/// Looks at everything. `now` is what this machine's clock says when it is asked.
///
/// # Errors
/// When the configuration cannot be used at all.
pub async fn examine(config: &Config, now: impl Fn() -> Timestamp) -> anyhow::Result<Vec<Finding>> {
    crate::serve::install_tls();
    let mut findings: Vec<Finding> = config
        .missing()
        .into_iter()
        .map(|fault| {
            let says = format!("{} is missing", fault.setting);
            Finding::ill("configuration", says, fault.repair)
        })
        .collect();
    findings.extend(database::examine(config).await);
    findings.extend(slack::examine(config, &now).await?);
    findings.extend(pager::examine(config, now()).await?);
    findings.extend(pages::examine(config).await?);
    Ok(findings)
}
