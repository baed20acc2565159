//! The findings as people read them: one line each, and below it what to do.

use super::{Finding, Health};

/// Writes the findings, and a last line that sums them up.
pub fn table(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.area.len()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for finding in findings {
        let word = match finding.health {
            Health::Well => "ok",
            Health::Weak => "note",
            Health::Ill => "MEND",
            Health::Unseen => "look",
        };
        lines.push(format!("{word:<4}  {:<width$}  {}", finding.area, finding.says));
        if let Some(repair) = &finding.repair {
            lines.push(format!("      {:<width$}  what to do: {repair}", ""));
        }
    }
    lines.push(match findings.iter().filter(|one| one.health == Health::Ill).count() {
        0 => "nothing has to be mended".to_owned(),
        1 => "1 thing has to be mended".to_owned(),
        ill => format!("{ill} things have to be mended"),
    });
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_has_its_line_and_its_repair_below() {
        let findings = [
            Finding::well("slack", "the bot token is good"),
            Finding::ill("database", "it cannot be written", "let SIMA's user write to it"),
            Finding::unseen("slack", "the public URL", "open it from outside"),
        ];
        let expected = "\
ok    slack     the bot token is good
MEND  database  it cannot be written
                what to do: let SIMA's user write to it
look  slack     the public URL
                what to do: open it from outside
1 thing has to be mended";
        assert_eq!(table(&findings), expected);
    }
}
