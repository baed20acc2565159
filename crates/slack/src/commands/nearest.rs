//! Did you mean: the known word that is nearest to one that was mistyped.

use super::registry::{REGISTRY, Spec};

/// The word that was probably meant: near enough in letters, the nearest first.
pub(super) fn nearest(given: &str) -> Option<&'static str> {
    let letters = given.chars().count();
    if letters > 24 {
        return None;
    }
    // One slip in a short word, two in a longer one, three in a long one.
    let slips = match letters {
        0..=2 => 0,
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    REGISTRY
        .iter()
        .flat_map(Spec::words)
        .filter(|known| known.len() > 2)
        .map(|known| (strsim::osa_distance(given, known), known))
        .filter(|(distance, _)| *distance <= slips)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
        .or_else(|| begun(given))
}

/// The one command a beginning belongs to, such as `recov`.
fn begun(given: &str) -> Option<&'static str> {
    let mut commands = REGISTRY.iter().filter(|spec| {
        given.chars().count() > 2 && spec.words().any(|known| known.starts_with(given))
    });
    let spec = commands.next()?;
    if commands.next().is_some() {
        return None;
    }
    spec.words().find(|known| known.starts_with(given))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_the_one_that_was_meant() {
        for (given, expected) in [
            ("reslove", Some("resolve")),
            ("opne", Some("open")),
            ("hlep", Some("help")),
            ("udpate", Some("update")),
            ("acknowlege", Some("acknowledge")),
            ("severty", Some("severity")),
            ("recov", Some("recover")),
            ("statsu", Some("status")),
            ("the", None),
            ("checkout", None),
            ("x", None),
            ("支付失败", None),
        ] {
            assert_eq!(nearest(given), expected, "{given}");
        }
    }
}
