//! One figure over many incidents: its quantiles, what it rests on, and what is missing.

use maud::{Markup, html};
use sima_incident::figures::{Method, Missing, Share, Spread, in_words};

/// With fewer values than this, quantiles far from the middle are not said: they would be noise.
const ENOUGH: usize = 6;

/// One figure: its name, what it measures from and to, and its spread.
pub(super) fn figure(name: &str, ends: &str, spread: &Spread, scale: &Scale) -> Markup {
    html! {
        article.figure {
            h3 { (name) }
            p.ends { (ends) }
            @if spread.of == 0 {
                p.value.none { "Not enough data" }
            } @else {
                p.value {
                    @match spread.median_ms {
                        Some(median) => {
                            (in_words(median)) " " span.unit { "median" }
                        }
                        None if spread.count == 0 => span.none { "Not enough data" },
                        None => span.none { "Not reached yet" },
                    }
                }
                p.rests { "from " (spread.count) " of " (counted(spread.of, "incident")) }
                @if spread.count >= ENOUGH { (scale.strip(spread)) }
                dl.rows {
                    div { dt.at-tail { "90th percentile" } dd { (tail(spread)) } }
                    div {
                        dt { "Mean" }
                        dd { (spread.mean_ms.map_or("–".to_owned(), in_words)) }
                    }
                }
                @if !spread.missing.is_empty() {
                    p.missing {
                        "Missing: "
                        @for (place, (reason, count)) in in_order(spread).enumerate() {
                            @if place > 0 { ", " }
                            (count) " " (reason.in_words())
                        }
                        "."
                    }
                }
                @if spread.method == Method::KaplanMeier {
                    p.missing {
                        "The percentiles count those still running as lasting at least so long"
                        @if let Some(oldest) = spread.oldest_open_ms {
                            "; the oldest for " (in_words(oldest))
                        }
                        "."
                    }
                }
            }
        }
    }
}

/// A share of many: of how many it is, and between what it likely lies.
pub(super) fn share(name: &str, meaning: &str, things: &str, share: &Share) -> Markup {
    html! {
        article.figure {
            h3 { (name) }
            p.ends { (meaning) }
            @match share.percent {
                None => p.value.none { "Not enough data" },
                Some(percent) => {
                    p.value { (percent) " " span.unit { "%" } }
                    p.rests { (share.count) " of " (share.of) " " (things) }
                    @if let (Some(low), Some(high)) = (share.low_percent, share.high_percent) {
                        dl.rows {
                            div { dt { "Likely between" } dd { (low) " and " (high) " %" } }
                        }
                    }
                }
            }
        }
    }
}

/// The 90th percentile, or why it is not said.
fn tail(spread: &Spread) -> Markup {
    html! {
        @if spread.count < ENOUGH {
            span.none { "not enough data" }
        } @else if let Some(ms) = spread.p90_ms {
            (in_words(ms))
        } @else {
            span.none { "not reached yet" }
        }
    }
}

fn in_order(spread: &Spread) -> impl Iterator<Item = (Missing, usize)> + '_ {
    Missing::ALL
        .into_iter()
        .filter_map(|reason| spread.missing.get(&reason).map(|count| (reason, *count)))
}

/// A count with its noun.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The one axis on which figures that stand side by side are drawn: logarithmic, as durations are.
pub(super) struct Scale {
    least: f64,
    greatest: f64,
}

impl Scale {
    /// The axis that shows all of these.
    pub(super) fn over(spreads: &[&Spread]) -> Self {
        let shown = || {
            spreads
                .iter()
                .filter(|spread| spread.count >= ENOUGH)
                .flat_map(|spread| [spread.p25_ms, spread.median_ms, spread.p75_ms, spread.p90_ms])
                .flatten()
                .map(weight)
        };
        Self {
            least: shown().fold(f64::INFINITY, f64::min),
            greatest: shown().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    /// A bar from the 25th to the 75th percentile with a stroke at the median and a dot at the
    /// 90th, drawn with attributes alone: the pages allow no inline styles.
    fn strip(&self, spread: &Spread) -> Markup {
        let Some(((low, high), median)) = spread.p25_ms.zip(spread.p75_ms).zip(spread.median_ms)
        else {
            return html! {};
        };
        let place = |ms| format!("{:.1}", self.place(ms));
        let width = (self.place(high) - self.place(low)).max(1.0);
        let words = format!("Half of them took between {} and {}", in_words(low), in_words(high));
        html! {
            figure.strip {
                svg viewBox="0 0 240 24" role="img" aria-label=(words) preserveAspectRatio="none" {
                    line.axis x1="0" y1="12" x2="240" y2="12" {}
                    rect.middle x=(place(low)) y="6" width=(format!("{width:.1}")) height="12" rx="3" {}
                    line.median x1=(place(median)) y1="3" x2=(place(median)) y2="21" {}
                    @if let Some(p90) = spread.p90_ms {
                        // No length and round ends: a dot that stays round however wide the drawing is.
                        line.tail x1=(place(p90)) y1="12" x2=(place(p90)) y2="12" {}
                    }
                }
                figcaption { "Half between " (in_words(low)) " and " (in_words(high)) }
            }
        }
    }

    /// Where a duration stands on an axis 240 wide, with room for a mark at both ends.
    fn place(&self, ms: i64) -> f64 {
        let range = self.greatest - self.least;
        let share = if range > 0.0 { (weight(ms) - self.least) / range } else { 0.5 };
        8.0 + share * 224.0
    }
}

/// A duration on a logarithmic scale; what is under a second counts as one.
fn weight(ms: i64) -> f64 {
    (ms.max(1000) as f64).ln()
}
