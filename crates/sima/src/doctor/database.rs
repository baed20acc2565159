//! The database: is it there, can it be written, are its tables those of this version?

use secrecy::ExposeSecret as _;

use super::Finding;
use crate::config::Config;

const AREA: &str = "database";

/// Looks at the database without changing it.
pub async fn examine(config: &Config) -> Vec<Finding> {
    let inspection = match sima_store::inspect(config.database.url.expose_secret()).await {
        Ok(Some(inspection)) => inspection,
        Ok(None) => {
            let says = "there is no database yet (database.url)";
            return vec![Finding::weak(AREA, says, "sima serve makes it when it starts")];
        }
        Err(error) => {
            let repair = "check database.url (SIMA_DATABASE__URL), and that its server runs";
            return vec![Finding::ill(AREA, error.to_string(), repair)];
        }
    };
    let mut findings = Vec::new();
    match &inspection.unwritable {
        None => findings.push(Finding::well(AREA, "it can be written")),
        Some(why) => findings.push(Finding::ill(
            AREA,
            format!("it cannot be written: {why}"),
            "let SIMA's user write to it and its folder; a copy or another program may hold it",
        )),
    }
    if !inspection.unknown.is_empty() {
        let says = format!("a newer SIMA has written to it: {}", numbers(&inspection.unknown));
        findings.push(Finding::ill(AREA, says, "run that version, or restore the last copy"));
    } else if inspection.pending.is_empty() {
        findings.push(Finding::well(AREA, "its tables are those of this version"));
    } else {
        let says = format!("its tables are older: {}", numbers(&inspection.pending));
        let repair = "copy it first; sima serve brings it up to date when it starts";
        findings.push(Finding::weak(AREA, says, repair));
    }
    findings
}

fn numbers(versions: &[i64]) -> String {
    let numbers: Vec<String> = versions.iter().map(|version| format!("{version:04}")).collect();
    format!("migration {}", numbers.join(", "))
}
