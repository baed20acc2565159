//! The figures, as plain rows of a label and a value.

use super::{Message, blocks, buttons, escape::line};
use crate::actions::Action;

/// Figures ready to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiguresSummary {
    /// Which incidents over which time, such as `The last 30 days, real incidents`.
    pub heading: String,
    /// The figures.
    pub rows: Vec<FigureRow>,
    /// What is left out and why, one sentence each.
    pub notes: Vec<String>,
    /// Where more of them are, if that can be reached.
    pub url: Option<String>,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureRow {
    /// What it is, such as `Time to acknowledge`.
    pub label: String,
    /// Its value, such as `median 4 min`.
    pub value: String,
    /// What stands beside it, such as `90th percentile 12 min · mean 5 min · 17 of 20`.
    pub beside: String,
}

/// The most rows shown.
const MOST: usize = 20;

/// The figures as a message.
pub fn figures(summary: &FiguresSummary) -> Message {
    let heading = line(&summary.heading, 200);
    let mut shown = vec![blocks::section(&format!("📊 *{heading}*"))];
    for row in summary.rows.iter().take(MOST) {
        shown.push(blocks::section(&format!(
            "*{}*: {}\n{}",
            line(&row.label, 80),
            line(&row.value, 100),
            line(&row.beside, 200)
        )));
    }
    let notes: Vec<String> = summary.notes.iter().take(5).map(|note| line(note, 200)).collect();
    if !notes.is_empty() {
        shown.push(blocks::context(&notes.join("\n")));
    }
    let mut steps = Vec::new();
    if let Some(url) = summary.url.as_deref().filter(|url| buttons::is_web_address(url)) {
        steps.push(buttons::link("📊 All figures", url));
    }
    steps.push(buttons::button("Open incidents", &Action::ListIncidents));
    shown.extend(blocks::actions(steps));
    let told: Vec<String> = summary
        .rows
        .iter()
        .take(6)
        .map(|row| format!("{}: {}", line(&row.label, 80), line(&row.value, 100)))
        .collect();
    Message { text: format!("{heading}. {}", told.join(" · ")), blocks: shown }
}
