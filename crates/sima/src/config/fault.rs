//! What is wrong with the configuration, where, and what to do.

use std::fmt;

/// One thing that is wrong with the configuration. Its text names the place and the repair, and
/// never shows a value: it may be a secret.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where: `sima.toml:12:1`, or the name of a variable.
    pub place: String,
    /// Which setting, such as `http.listen`; empty when the file as a whole is meant.
    pub setting: String,
    /// What is wrong.
    pub wrong: String,
    /// What to do about it.
    pub repair: String,
}

impl std::error::Error for ConfigFault {}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.setting.is_empty() {
            write!(f, "{}: {}", self.place, self.wrong)?;
        } else {
            write!(f, "{}: {}: {}", self.place, self.setting, self.wrong)?;
        }
        write!(f, "\n  what to do: {}", self.repair)
    }
}
