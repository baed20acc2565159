//! Checks, benchmarks and generated files: `cargo xtask`.
fn main() {}
