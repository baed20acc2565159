//! How long to wait before the next try: soon at first, never longer than a minute.

use jiff::SignedDuration;

/// The waits after the first, second … try, in milliseconds; the last one repeats.
const WAITS_MS: [i64; 8] = [250, 500, 1_000, 2_000, 5_000, 15_000, 30_000, 60_000];

/// The wait after so many tries. Effects differ a little, by their id, so that a vendor that comes
/// back is not met by all of them in the same instant.
pub fn after(attempts: u32, effect_id: i64) -> SignedDuration {
    let index = (attempts.max(1) as usize - 1).min(WAITS_MS.len() - 1);
    let wait_ms = WAITS_MS[index];
    let spread_ms = wait_ms / 5 * (effect_id.rem_euclid(5)) / 5;
    SignedDuration::from_millis(wait_ms + spread_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_at_about_a_minute() {
        let waits: Vec<i128> = (1..12).map(|attempts| after(attempts, 0).as_millis()).collect();
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
        assert_eq!(waits.first(), Some(&250));
        assert!((0..100).all(|id| after(99, id) < SignedDuration::from_secs(75)));
    }

    #[test]
    fn effects_do_not_all_come_back_at_once() {
        assert_ne!(after(8, 1), after(8, 2));
    }
}
