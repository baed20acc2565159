//! The post-mortem pages: can Notion's database be read, and has it the properties SIMA fills in?

use super::Finding;
use crate::config::Config;

const AREA: &str = "pages";

/// Looks at the database of post-mortems.
///
/// # Errors
/// When Notion's address cannot be used.
pub async fn examine(config: &Config) -> anyhow::Result<Vec<Finding>> {
    let Some(notion) = crate::serve::notion(config)? else {
        return Ok(vec![Finding::well(AREA, "SIMA keeps the post-mortems itself")]);
    };
    let fit = match notion.examine().await {
        Ok(fit) => fit,
        Err(setback) => {
            let repair = "check notion.token and notion.database_id, and that the connection was added \
                          to the database";
            return Ok(vec![Finding::ill(AREA, setback.to_string(), repair)]);
        }
    };
    let mut findings = vec![Finding::well(AREA, "Notion's database can be read")];
    if !fit.finds_pages_again {
        findings.push(Finding::ill(
            AREA,
            "the database has no property by which a page is found again",
            "add a text property named SIMA ID",
        ));
    }
    if !fit.missing.is_empty() {
        let says = format!("properties that would be filled in: {}", fit.missing.join(", "));
        let repair = "add those you want, of the kinds the README names";
        findings.push(Finding::weak(AREA, says, repair));
    }
    Ok(findings)
}
