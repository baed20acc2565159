//! The commands that move an incident through its life.

use sima_incident::{Command, Dismissal};

use super::{
    Asked,
    marks::plain,
    registry::ago,
    typed::{Typed, split, unquoted},
};

/// `recover [15m ago]`
pub(super) fn recover(typed: &Typed<'_>) -> Result<Asked, String> {
    if typed.rest.is_empty() || typed.rest.eq_ignore_ascii_case("now") {
        return Ok(Asked::Change(Command::Recover { at: None }));
    }
    ago(typed.rest)
        .map(|ago| Asked::Recover { ago })
        .ok_or_else(|| "Say how long ago it was back to normal, or nothing for now.".to_owned())
}

/// `reopen [what came back]`
pub(super) fn reopen(rest: &str) -> Asked {
    match plain(unquoted(rest)) {
        empty if empty.is_empty() => Asked::ReopenForm,
        reason => Asked::Change(Command::Reopen { reason }),
    }
}

/// `dismiss [false positive | duplicate of INC-7 | mistake]`, or its reason as the word itself.
pub(super) fn dismiss(typed: &Typed<'_>) -> Result<Asked, String> {
    let reason = match typed.word.as_str() {
        "false-positive" | "false-alarm" => "false positive".to_owned(),
        "duplicate" | "dup" => format!("duplicate {}", typed.rest),
        "mistake" => "mistake".to_owned(),
        _ => plain(unquoted(typed.rest)),
    };
    if reason.trim().is_empty() {
        return Ok(Asked::DismissForm);
    }
    dismissal(&reason).map(|reason| Asked::Change(Command::Dismiss(reason))).ok_or_else(|| {
        "Say why it was no incident: false positive, duplicate of INC-7, or mistake.".to_owned()
    })
}

/// Reads why it was no incident.
fn dismissal(reason: &str) -> Option<Dismissal> {
    let reason = reason.trim().to_lowercase().replace(['-', '_'], " ");
    if let Some(original) = reason.strip_prefix("dup") {
        let original = original.trim_start_matches("licate").trim();
        let original = original.strip_prefix("of").unwrap_or(original).trim();
        return original.parse().ok().map(Dismissal::DuplicateOf);
    }
    match reason.trim_start_matches("by ").trim_start_matches("a ") {
        "false" | "false positive" | "false alarm" | "fp" | "noise" => {
            Some(Dismissal::FalsePositive)
        }
        "mistake" | "error" | "accident" | "opened by mistake" | "test" => Some(Dismissal::Mistake),
        _ => None,
    }
}

/// `stage fixing`
pub(super) fn stage(typed: &Typed<'_>) -> Result<Asked, String> {
    let target = split(typed.rest);
    let verb = super::about(&target.word).filter(|spec| {
        matches!(
            spec.word,
            "ack" | "fixing" | "monitoring" | "recover" | "close" | "reopen" | "dismiss"
        )
    });
    match verb {
        Some(spec) => (spec.read)(&target),
        None => Err(
            "Say which stage: investigating, fixing, monitoring, recovered, closed or dismissed."
                .to_owned(),
        ),
    }
}
