//! The figures, as a private message.

use sima_incident::figures::{Counts, Figures, Share, Spread, in_words};
use sima_slack::messages::{self, FigureRow, FiguresSummary};

use super::reply::{self, Reply};
use crate::App;

/// The three durations over all incidents that everyone may see.
pub async fn reply(app: &App) -> Reply {
    let mut figures = Figures::new();
    let read = app.desk.store().for_each_incident(|incident| figures.add(&incident)).await;
    if let Err(error) = read {
        return Reply::Say(reply::to_unread(&error));
    }
    let summary = figures.summarise(app.desk.clock().now());
    let counts = &summary.incidents;
    let message = FiguresSummary {
        heading: format!("All incidents: {} real, {} open", counts.real, counts.open),
        rows: vec![
            row("Time to acknowledge", &summary.time_to_acknowledge),
            row("Time to repair", &summary.time_to_repair),
            row("Time to recover", &summary.time_to_recover),
            kept(&summary.promises_kept),
        ],
        notes: vec![
            missing_in_words("acknowledge", &summary.time_to_acknowledge),
            missing_in_words("repair", &summary.time_to_repair),
            missing_in_words("recover", &summary.time_to_recover),
            left_out(counts),
        ]
        .into_iter()
        .flatten()
        .collect(),
        url: Some(app.desk.policy().public_url.clone()),
    };
    Reply::Say(messages::figures(&message))
}

/// What does not count, if there is any of it.
fn left_out(counts: &Counts) -> Option<String> {
    let kinds = [
        (counts.false_positives, "false positives"),
        (counts.dismissed_otherwise, "dismissed otherwise"),
        (counts.drills, "drills"),
    ];
    let some: Vec<String> = kinds
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, kind)| format!("{count} {kind}"))
        .collect();
    (!some.is_empty()).then(|| format!("Not in these: {}.", some.join(", ")))
}

/// Which incidents a figure lacks, and why.
fn missing_in_words(to: &str, spread: &Spread) -> Option<String> {
    if spread.missing.is_empty() {
        return None;
    }
    let reasons: Vec<String> = spread
        .missing
        .iter()
        .map(|(reason, count)| format!("{count} {}", reason.in_words()))
        .collect();
    Some(format!("Missing in time to {to}: {}.", reasons.join(", ")))
}

/// The promises of updates that were kept.
fn kept(share: &Share) -> FigureRow {
    let beside = match (share.low_percent, share.high_percent) {
        (Some(low), Some(high)) => {
            format!(
                "{} of {} updates came as promised · likely {low} to {high} %",
                share.count, share.of
            )
        }
        _ => "no update was promised yet".to_owned(),
    };
    let value =
        share.percent.map_or_else(|| "no value yet".to_owned(), |share| format!("{share} %"));
    FigureRow { label: "Promises kept".to_owned(), value, beside }
}

fn row(label: &str, spread: &Spread) -> FigureRow {
    let measured = format!("{} of {} measured", spread.count, spread.of);
    let Some(median) = spread.median_ms else {
        return FigureRow {
            label: label.to_owned(),
            value: "no value yet".to_owned(),
            beside: measured,
        };
    };
    let words = |ms: Option<i64>| ms.map_or_else(|| "not reached".to_owned(), in_words);
    FigureRow {
        label: label.to_owned(),
        value: format!("median {}", in_words(median)),
        beside: format!(
            "90 % within {} · mean {} · {measured}",
            words(spread.p90_ms),
            words(spread.mean_ms)
        ),
    }
}
