//! How bad a source says it is, in its words, as one of our severities.

use sima_incident::Severity;

/// The severity that a source's word stands for; `None` for a word that is not known, so that the
/// configured default counts and the worst is never guessed.
pub fn severity_of(word: &str) -> Option<Severity> {
    let word = word.trim().to_ascii_lowercase();
    let level = match word.as_str() {
        "critical" | "fatal" | "page" | "disaster" | "emergency" | "sev0" | "p0" => 1,
        "error" | "high" | "major" => 2,
        "warning" | "warn" | "medium" | "average" => 3,
        "low" | "info" | "information" | "informational" | "debug" | "none" | "p5" => 4,
        // SEV1, S1, P1 and 1 all say their level.
        other => return other.parse().ok(),
    };
    Severity::new(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_all_sources_are_known() {
        let cases = [
            ("critical", Some(1)),
            (" Page ", Some(1)),
            ("Sev0", Some(1)),
            ("Sev1", Some(1)),
            ("P2", Some(2)),
            ("HIGH", Some(2)),
            ("warning", Some(3)),
            ("3", Some(3)),
            ("info", Some(4)),
            ("P5", Some(4)),
            ("none", Some(4)),
            ("", None),
            ("quite bad", None),
            ("0", None),
            ("99", None),
        ];
        for (word, level) in cases {
            assert_eq!(severity_of(word).map(Severity::level), level, "{word:?}");
        }
    }
}
