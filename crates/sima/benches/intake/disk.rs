//! How fast the disk makes small writes last: what no store can beat without sharing.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

/// Writes and syncs for a while; how long each took.
pub fn syncs(folder: &Path, span: Duration) -> Vec<Duration> {
    let mut file = File::create(folder.join("synced")).expect("a file");
    let page = [7_u8; 8192];
    let until = Instant::now() + span;
    let mut took = Vec::new();
    while Instant::now() < until {
        let began = Instant::now();
        file.write_all(&page).expect("it is written");
        file.sync_data().expect("it lasts");
        took.push(began.elapsed());
    }
    took
}
