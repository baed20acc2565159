//! How bad a source says it is, in its words, as one of our severities.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};
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

/// What the words of one sender mean where they differ from the usual: `{ blocker = "SEV1" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Severities(BTreeMap<String, Severity>);

impl Severities {
    /// Nobody's words differ.
    pub(crate) const USUAL: Self = Self(BTreeMap::new());

    /// What a word means to this sender alone.
    pub(crate) fn of(&self, word: &str) -> Option<Severity> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&word.trim().to_lowercase()).copied()
    }

    /// All that are meant.
    pub(crate) fn meant(&self) -> impl Iterator<Item = Severity> {
        self.0.values().copied()
    }
}

impl<'de> Deserialize<'de> for Severities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = BTreeMap::<String, Level>::deserialize(deserializer)?;
        let means = |(word, level): (String, Level)| (word.trim().to_lowercase(), level.0);
        Ok(Self(written.into_iter().map(means).collect()))
    }
}

/// A severity as people write it in a configuration: `"SEV2"` or `2`.
pub(crate) struct Level(pub Severity);

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl de::Visitor<'_> for Written {
            type Value = Level;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a severity such as \"SEV2\" or 2")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Level, E> {
                text.parse().map(Level).map_err(E::custom)
            }

            fn visit_i64<E: de::Error>(self, level: i64) -> Result<Level, E> {
                u8::try_from(level).ok().and_then(Severity::new).map(Level).ok_or_else(|| {
                    E::custom(format!("severity {level} does not exist: use 1 to 9"))
                })
            }

            fn visit_u64<E: de::Error>(self, level: u64) -> Result<Level, E> {
                self.visit_i64(i64::try_from(level).unwrap_or(i64::MAX))
            }
        }
        deserializer.deserialize_any(Written)
    }
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
