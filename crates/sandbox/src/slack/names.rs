//! The rules for channel names.

use super::refusal::Refusal;

/// Refuses a name that Slack refuses, each with its own code.
pub(crate) fn check(name: &str) -> Result<(), Refusal> {
    let refuse = |code: &str| Err(Refusal::new(code));
    if name.is_empty() {
        return refuse("invalid_name_required");
    }
    if name.chars().count() > 80 {
        return refuse("invalid_name_maxlength");
    }
    let allowed = |char: char| matches!(char, 'a'..='z' | '0'..='9' | '-' | '_');
    if !name.chars().all(allowed) {
        return refuse("invalid_name_specials");
    }
    if !name.chars().any(|char| char.is_ascii_alphanumeric()) {
        return refuse("invalid_name_punctuation");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bad_name_has_its_code() {
        let long = "a".repeat(81);
        let table = [
            ("", "invalid_name_required"),
            (long.as_str(), "invalid_name_maxlength"),
            ("Incident", "invalid_name_specials"),
            ("api down", "invalid_name_specials"),
            ("v1.2", "invalid_name_specials"),
            ("panne-é", "invalid_name_specials"),
            ("--_", "invalid_name_punctuation"),
        ];
        for (name, code) in table {
            assert_eq!(check(name).expect_err(name).code, code, "{name}");
        }
        assert!(check(&"a".repeat(80)).is_ok());
        assert!(check("incident_11_14_api-down").is_ok());
    }
}
