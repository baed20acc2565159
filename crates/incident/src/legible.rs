//! What people and monitors write, without what nobody sees: taken out where it comes in, so that it
//! reaches no vendor.

/// Text without control characters and without those that turn the direction of all that follows:
/// nobody sees them, one of them can make a title read backwards wherever it is shown, and PostgreSQL
/// stores no NUL. White space stays, and so does what joins letters and emoji.
pub fn legible(given: &str) -> String {
    given.chars().filter(|letter| !is_unseen(*letter)).collect()
}

/// Whether a character shows nothing and may disturb what stands around it.
fn is_unseen(letter: char) -> bool {
    (letter.is_control() && !letter.is_whitespace())
        || matches!(letter,
            // Embeddings, overrides and isolates: Unicode's annex 9, read 2026-11-22.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
            // Shapes that are long out of use, a byte order mark, and interlinear notes.
            | '\u{206A}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_taken_out_and_every_script_stays() {
        assert_eq!(legible("pay\u{202E}ments\u{0}\u{7}\u{FEFF}"), "payments");
        assert_eq!(legible("\u{2067}الدفع\u{2069} متوقف"), "الدفع متوقف");
        for stays in ["👩‍👩‍👧‍👦 🏳️‍🌈 🏴\u{E0067}\u{E007F}", "نمی\u{200C}شود", "a\tb\r\nc", "支付失败"]
        {
            assert_eq!(legible(stays), stays);
        }
    }
}
