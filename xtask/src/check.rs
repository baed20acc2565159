//! The check: brings what the tests need, runs the steps in order, and says honestly what was not run.

use std::{
    env,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::ValueEnum as _;

use crate::{
    need::{self, Need},
    step::{Outcome, Step},
};

/// A step that was run: what came of it, and how long it took.
struct Done {
    step: Step,
    outcome: Outcome,
    took: Duration,
}

/// Runs the steps asked for, or all of them; stops at the first that fails.
///
/// # Errors
/// When a step could not even be tried.
pub fn run(root: &Path, only: &[Step], may_install: bool) -> anyhow::Result<ExitCode> {
    let steps: Vec<Step> = Step::value_variants()
        .iter()
        .copied()
        .filter(|step| only.is_empty() || only.contains(step))
        .collect();
    let strict = is_ci(env::var("CI").ok().as_deref());
    let begun = Instant::now();

    heading("machine");
    let missing = prepare(root, &steps, may_install);
    if strict && !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|need| need.name()).collect();
        println!("\nFailed: under CI nothing is skipped, and {} is missing.", names.join(", "));
        return Ok(ExitCode::FAILURE);
    }

    let mut done = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        heading(&format!("{} of {}: {}", place + 1, steps.len(), step.name()));
        let started = Instant::now();
        let mut outcome = step.run(root, &missing)?;
        if let (true, Outcome::Partly { skipped, .. }) = (strict, &outcome) {
            outcome =
                Outcome::Failed(format!("under CI nothing is skipped: {}", skipped.join(", ")));
        }
        let failed = matches!(outcome, Outcome::Failed(_));
        done.push(Done { step: *step, outcome, took: started.elapsed() });
        if failed {
            break;
        }
    }

    heading("summary");
    for line in summary(&steps, &done, begun.elapsed()) {
        println!("{line}");
    }
    let failed = done.iter().any(|done| matches!(done.outcome, Outcome::Failed(_)));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Says what the steps need and have; brings what is missing if it may. Answers with what stays missing.
fn prepare(root: &Path, steps: &[Step], may_install: bool) -> Vec<Need> {
    let needs: Vec<Need> = steps.iter().flat_map(|step| step.needs()).copied().collect();
    let missing = look(root, &needs);
    if missing.is_empty() {
        return missing;
    }
    let missing = if may_install {
        need::bring(&missing);
        look(root, &missing)
    } else {
        missing
    };
    for need in &missing {
        println!("   to get {}: {}", need.name(), need.how());
    }
    missing
}

/// Says of each need whether it is there; answers with those that are not.
fn look(root: &Path, needs: &[Need]) -> Vec<Need> {
    let mut missing = Vec::new();
    for need in needs {
        if let Some(found) = need.find(root) {
            println!("   {:<14}{found}", need.name());
        } else {
            println!("   {:<14}missing", need.name());
            missing.push(*need);
        }
    }
    missing
}

/// The last words: every step with its outcome, what was skipped by name, and the verdict.
fn summary(steps: &[Step], done: &[Done], took: Duration) -> Vec<String> {
    let mut lines = Vec::new();
    let mut left_out = Vec::new();
    let mut failed = None;
    for step in steps {
        let Some(done) = done.iter().find(|done| done.step == *step) else {
            lines.push(row("not run", *step, "", ""));
            continue;
        };
        let seconds = format!("{:.1} s", done.took.as_secs_f64());
        lines.push(match &done.outcome {
            Outcome::Passed(words) => row("passed", *step, &seconds, words),
            Outcome::Partly { done: words, skipped } => {
                left_out.extend(skipped.iter().cloned());
                row("partly", *step, &seconds, words)
            }
            Outcome::Failed(why) => {
                failed = Some(*step);
                row("FAILED", *step, &seconds, why)
            }
        });
    }
    if !left_out.is_empty() {
        lines.push(String::new());
        lines.push(format!("Skipped on this machine, {} in all:", left_out.len()));
        lines.extend(left_out.iter().map(|name| format!("   {name}")));
    }
    lines.push(String::new());
    let minutes = format!("{} min {} s", took.as_secs() / 60, took.as_secs() % 60);
    lines.push(match failed {
        Some(step) => format!(
            "Failed after {minutes}. Again only this step: cargo xtask check --only {}",
            step.name()
        ),
        None if left_out.is_empty() => format!("All passed, in {minutes}."),
        None => format!("What could be run passed, in {minutes}; not everything could."),
    });
    lines
}

fn row(verdict: &str, step: Step, took: &str, words: &str) -> String {
    format!("   {verdict:<9}{:<9}{took:>8}   {words}", step.name()).trim_end().to_owned()
}

fn heading(title: &str) {
    println!("\n── {title} {}", "─".repeat(70_usize.saturating_sub(title.chars().count())));
}

/// Whether `CI` says that nobody is there to read a note about what was skipped.
fn is_ci(variable: Option<&str>) -> bool {
    !matches!(variable, None | Some("" | "0" | "false"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Step; 4] = [Step::Format, Step::Tidy, Step::Lints, Step::Tests];

    fn done(step: Step, outcome: Outcome) -> Done {
        Done { step, outcome, took: Duration::from_millis(1500) }
    }

    #[test]
    fn a_failure_names_what_was_not_run() {
        let lines = summary(
            &ALL,
            &[
                done(Step::Format, Outcome::Passed(String::new())),
                done(Step::Tidy, Outcome::Failed("cargo xtask tidy".into())),
            ],
            Duration::from_secs(61),
        );
        assert_eq!(
            lines,
            [
                "   passed   format      1.5 s",
                "   FAILED   tidy        1.5 s   cargo xtask tidy",
                "   not run  lints",
                "   not run  tests",
                "",
                "Failed after 1 min 1 s. Again only this step: cargo xtask check --only tidy",
            ]
        );
    }

    #[test]
    fn what_was_skipped_is_named_and_never_called_all() {
        let skipped = vec!["suite::postgres::keeps_order".to_owned()];
        let partly = Outcome::Partly { done: "12 passed".into(), skipped };
        let lines = summary(&[Step::Tests], &[done(Step::Tests, partly)], Duration::from_secs(2));
        let text = lines.join("\n");
        assert!(text.contains("   suite::postgres::keeps_order"), "{text}");
        assert!(text.contains("not everything could"), "{text}");
        assert!(!text.contains("All passed"), "{text}");
    }

    #[test]
    fn ci_is_what_the_variable_says() {
        assert!(is_ci(Some("true")) && is_ci(Some("1")));
        assert!(!is_ci(None) && !is_ci(Some("")) && !is_ci(Some("false")) && !is_ci(Some("0")));
    }
}
