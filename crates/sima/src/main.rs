//! The `sima` binary.
fn main() {}
