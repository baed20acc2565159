//! Ids of the shapes the vendors give theirs.

use rand::RngExt as _;

const CAPITALS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// An id such as `C07K2M9QX1Z`: the vendor's prefix and ten capitals or digits.
pub(crate) fn id(prefix: &str) -> String {
    let mut rng = chance();
    let tail: String =
        (0..10).map(|_| char::from(CAPITALS[rng.random_range(0..CAPITALS.len())])).collect();
    format!("{prefix}{tail}")
}

/// A number below another.
pub(crate) fn below(end: usize) -> usize {
    chance().random_range(0..end)
}

/// A UUID with dashes.
pub(crate) fn uuid() -> String {
    uuid::Builder::from_random_bytes(chance().random()).into_uuid().to_string()
}

/// Lower-case hexadecimal digits, two for each byte.
pub(crate) fn hex(bytes: usize) -> String {
    let mut rng = chance();
    let raw: Vec<u8> = (0..bytes).map(|_| rng.random()).collect();
    hex::encode(raw)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a stand-in for a vendor draws its ids as the vendor does"
)]
fn chance() -> rand::rngs::ThreadRng {
    rand::rng()
}
