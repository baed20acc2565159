//! Percentiles of values that are all known, by linear interpolation.

/// The `p`th percentile (0 to 1) of values sorted ascending, rounded to the nearest whole.
///
/// Type 7: the definition of NumPy, R, spreadsheets and PostgreSQL's `percentile_cont`, so that
/// figures and exports agree. One value is its own percentile; no value has none.
///
/// ```
/// # use sima_incident::figures::percentile;
/// assert_eq!(percentile(&[5, 8, 12, 20], 0.5), Some(10));
/// assert_eq!(percentile(&[], 0.5), None);
/// ```
pub fn percentile(sorted: &[i64], p: f64) -> Option<i64> {
    let last = sorted.len().checked_sub(1)?;
    let place = last as f64 * p.clamp(0.0, 1.0);
    let below = place.floor() as usize;
    let lower = sorted[below];
    let upper = sorted[(below + 1).min(last)];
    // Only the difference is scaled, so that large values keep their last digits.
    Some(lower + ((upper - lower) as f64 * place.fract()).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    #[test]
    fn the_vector_of_the_definition() {
        let sorted = [5, 8, 12, 20, 33, 41, 58, 75, 240, 1440].map(|minutes| minutes * MINUTE);
        let cases =
            [(0.25, 14 * MINUTE), (0.5, 37 * MINUTE), (0.75, 4_245_000), (0.9, 360 * MINUTE)];
        for (p, expected) in cases {
            assert_eq!(percentile(&sorted, p), Some(expected), "p = {p}");
        }
    }

    #[test]
    fn one_value_is_every_percentile_and_no_value_has_none() {
        assert_eq!(percentile(&[7], 0.9), Some(7));
        assert_eq!(percentile(&[], 0.5), None);
    }

    #[test]
    fn the_ends_are_the_least_and_the_greatest() {
        assert_eq!(percentile(&[1, 2, 9], 0.0), Some(1));
        assert_eq!(percentile(&[1, 2, 9], 1.0), Some(9));
    }
}
