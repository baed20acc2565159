//! The calls of one opening as a chart for a terminal of 80 columns.

use std::fmt::Write as _;

use sima_sandbox::Call;

use crate::opening::Opening;

/// The columns of the label and of the bars.
const LABEL: usize = 22;
const WIDTH: usize = 44;

/// Draws every call as a bar from its arrival to its answer.
pub fn draw(opening: &Opening) -> String {
    let end = opening.calls.iter().map(|(_, _, end)| *end).max().unwrap_or_default();
    let column = |at: std::time::Duration| {
        (at.as_secs_f64() / end.as_secs_f64() * WIDTH as f64).round() as usize
    };
    let mut chart = String::new();
    let answered = column(opening.answered);
    let _ = writeln!(
        chart,
        "{:<LABEL$}│{}▏{}│ {:>4}",
        "SIMA answers the form",
        " ".repeat(answered),
        " ".repeat(WIDTH.saturating_sub(answered + 1)),
        opening.answered.as_millis()
    );
    for (call, start, finish) in &opening.calls {
        let (from, to) = (column(*start), column(*finish).max(column(*start) + 1));
        let _ = writeln!(
            chart,
            "{:<LABEL$}│{}{}{}│ {:>4} – {}",
            label(call),
            " ".repeat(from),
            "█".repeat(to - from),
            " ".repeat(WIDTH.saturating_sub(to)),
            start.as_millis(),
            finish.as_millis()
        );
    }
    chart
}

/// What a call is for, in few letters.
fn label(call: &Call) -> String {
    let channel = call.args["channel"].as_str().unwrap_or_default();
    match call.method.as_str() {
        "chat.postMessage" if channel.starts_with("C0PROD") => "chat.postMessage (all)".into(),
        "conversations.setTopic" => "conversations.setTopic".into(),
        method => method.to_owned(),
    }
}
